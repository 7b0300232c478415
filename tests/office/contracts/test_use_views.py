"""The pages about use: who may see them, what they say, the file, and as many queries for one month as for three."""

from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kontor.kernel.models import Tenant
from kontor.office.identity.models import User
from tests.office.contracts.test_billing import concluded
from tests.office.contracts.test_usage import FEBRUARY, JANUARY, mailing, metered_house, state, use
from tests.people import administrator, browser, join, make_tenant, make_user

pytestmark = pytest.mark.django_db
PAGE = "/contracts/account/use/"
NOON = datetime(2027, 2, 10, 11, tzinfo=UTC)


@pytest.fixture
def used():
    house = metered_house()
    contract = concluded(house)
    state(house, contract, JANUARY)
    use(contract, mailing("m1", JANUARY, 12_500))
    state(house, contract, FEBRUARY)
    use(contract, mailing("m2", FEBRUARY, 4_000))
    return house, contract


@pytest.fixture(autouse=True)
def noon():
    with mock.patch.object(timezone, "now", return_value=NOON):  # the clock is outside; the pages are asked on one day
        yield


def agreed(contract) -> Client:
    """Return a browser of the customer's administrator who has agreed to the terms, and to nothing beyond them."""
    client = browser(administrator(customer(contract)), customer(contract))
    document = client.get("/documents/agree/").context["document"]
    client.post("/documents/agree/", {"document": document.pk, "sha256": bytes(document.sha256).hex()})
    asked = client.get("/privacy/statements/")
    if asked.context["first"]:
        client.post("/privacy/statements/", {"shown": asked.context["shown"]})
    return client


def customer(contract) -> Tenant:
    return Tenant.objects.get(pk=contract.customer_tenant_id)


@pytest.mark.requirement("SO-055")
def test_an_administrator_sees_use_limit_and_forecast(used):
    _, contract = used
    client = agreed(contract)
    text = client.get(PAGE).content.decode()
    assert "What you use in February 2027" in text
    assert "4,000 in 10 days; 4,000 × 28 / 10 = 11,200." in text.replace("\u202f", " ")
    assert text.count("Bulk mailings") >= 1
    lines = client.get(f"{PAGE}?format=csv").content.decode("utf-8-sig").splitlines()
    assert [line for line in lines if line.startswith("January 2027") and "mailings" in line] != []


@pytest.mark.requirement("SO-055")
def test_an_ordinary_user_is_refused(used):
    _, contract = used
    user = make_user("otto@alder.example", "Otto")
    join(customer(contract), user, role="Reader", permissions=["contracts.account"])
    assert browser(user, customer(contract)).get(PAGE).status_code == 403  # before any gate


def test_the_contract_has_the_same_beside_it_for_both_sides(used):
    house, contract = used
    client = agreed(contract)
    assert client.get(f"/contracts/account/contracts/{contract.pk}/use/").status_code == 200
    page = browser(house.staff, house.tenant).get(f"/contracts/running/{contract.pk}/use/")
    assert (page.status_code, "12,500" in page.content.decode()) == (200, True)


def test_another_tenants_contract_is_not_there(used):
    _, contract = used
    birch = make_tenant("Birch")
    stranger = administrator(birch, "jo@birch.example", "Jo")
    assert browser(stranger, birch).get(f"/contracts/account/contracts/{contract.pk}/use/").status_code == 404
    assert "Nothing is counted" in browser(stranger, birch).get(PAGE).content.decode()


def test_more_months_take_no_more_queries(used):
    house, contract = used
    agreed(contract)
    user = User.objects.get(email="jana@alder.example")

    def queries(at: datetime) -> int:
        with mock.patch.object(timezone, "now", return_value=at):
            client = browser(user, customer(contract))
            client.get(PAGE)
            with CaptureQueriesContext(connection) as found:
                assert client.get(PAGE).status_code == 200
        return len(found)

    before = queries(NOON)
    state(house, contract, FEBRUARY + timedelta(days=70))
    assert queries(NOON + timedelta(days=70)) == before
