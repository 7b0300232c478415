"""The house's page on use and limits: the fullest first, as a file, for whoever may see figures."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.queries.customers_use import stated_months, stated_use
from tests.factories import make_user
from tests.office.contracts.test_billing import concluded
from tests.office.contracts.test_usage import FEBRUARY, JANUARY, mailing, metered_house, state, use
from tests.people import administrator, browser, join, make_tenant

pytestmark = pytest.mark.django_db
PAGE = "/contracts/figures/use/"


@pytest.fixture
def house():
    made = metered_house()
    contract = concluded(made)
    state(made, contract, JANUARY)
    use(contract, mailing("m1", JANUARY, 12_500))
    state(made, contract, FEBRUARY)
    return made


def test_the_house_sees_who_used_how_much_of_what_is_included(house):
    client = browser(house.staff, house.tenant)
    page = client.get(PAGE).content.decode()
    assert "What customers used in January 2027" in page
    lines = client.get(f"{PAGE}?format=csv").content.decode("utf-8-sig").splitlines()
    (told,) = [line for line in lines if "12500" in line or "12,500" in line]
    assert told.split(";")[0].strip('"') == "Alder & Söhne GmbH" or told.startswith(("Alder", '"Alder'))
    assert {"Contract", "Unit"} <= {head.strip('"') for head in re.split("[;,]", lines[0])}  # columns of their own
    assert client.get(f"{PAGE}?format=xlsx").status_code == 200
    assert "December 2026" in client.get(f"{PAGE}?month=2026-12").content.decode()
    assert client.get(f"{PAGE}?month=2020-01").status_code == 404
    with as_tenant(house.tenant.pk):
        first = stated_use(stated_months()[0])[0]
        assert (first.meter, first.used, first.included, first.percent) == ("bulk_mailings", 12_500, 10_000, 125)
        assert first.amount.bare() == "3.00"


def test_without_permission_and_without_months(house):
    reader = make_user("otto@lindwurm.example", "Otto")
    join(house.tenant, reader, role="Reader", permissions=["contracts.see"])
    assert browser(reader, house.tenant).get(PAGE).status_code == 403
    birch = make_tenant("Birch")
    page = browser(administrator(birch, "jo@birch.example", "Jo"), birch).get(PAGE)
    assert page.status_code in (200, 403)
    assert "Alder" not in page.content.decode()


def test_more_contracts_take_no_more_queries(house):
    client = browser(house.staff, house.tenant)

    def queries() -> int:
        client.get(PAGE)
        with CaptureQueriesContext(connection) as found:
            assert client.get(PAGE).status_code == 200
        return len(found)

    before = queries()
    for place in range(2):
        more = concluded(house, name=f"Birke {place}", email=f"b{place}@birke.example", vat_id="")
        state(house, more, JANUARY)
        state(house, more, FEBRUARY)
    assert queries() == before
