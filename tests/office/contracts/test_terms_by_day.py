"""Which edition of its terms a contract has on a day: for the house, for its customer, for nobody else."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.models import Contract
from tests.factories import make_house, make_user
from tests.many import copies
from tests.office.contracts.test_billing import concluded
from tests.office.contracts.test_terms_changes import announced, draft, had, noon
from tests.people import browser, entitle, join, make_tenant

pytestmark = pytest.mark.django_db


def asked(contract: object = "", on: str = "") -> str:
    return reverse("contracts:terms-by-day") + f"?contract={contract}&on={on}"


@pytest.mark.requirement("SO-002")
def test_a_contract_dated_between_two_editions_shows_the_text_of_2015_until_the_later_one_holds():
    """Concluded in November 2026 under the text of 18 June 2015; a later one holds from 1 December 2027."""
    house = make_house("crm")
    contract = concluded(house)
    announced(house, draft("terms", "crm", named_on=None), at=noon(2027, 4, 10))
    had(house, noon(2027, 4, 10))
    client = browser(house.staff, house.tenant)
    before = client.get(asked(contract.pk, "2027-11-30"))
    assert before.context["ruling"].value == "2026-01"
    assert before.context["applied"].text_dated == date(2015, 6, 18)
    assert "text of 18 June 2015" in before.content.decode()
    assert "From 1 December 2027 edition 2027-01 applies." in before.content.decode()
    after = client.get(asked(contract.pk, "2027-12-01"))
    assert (after.context["applied"].version, after.context["applied"].pack) == ("2027-01", None)  # on paper alone
    assert "The changed edition 2027-01 applies from 1 December 2027." in after.content.decode()
    never = client.get(asked(contract.pk, "2026-11-30"))
    assert "On 30 Nov 2026 none applied" in never.content.decode()


def test_its_customer_asks_of_its_own_contract_and_finds_no_other():
    house = make_house()
    contract = concluded(house)
    tenant = Tenant.objects.get(pk=contract.customer_tenant_id)
    boss = make_user("chef@alder.example", "Jana Chefin")
    join(tenant, boss, role="some", permissions=["contracts.terms", "contracts.account"])
    stranger, other = make_tenant("Dorn"), make_user("karl@dorn.example", "Karl Dorn")
    join(stranger, other)
    entitle(stranger, "contracts")
    client = browser(boss, tenant)
    shown = client.get("/documents/agree/").context
    if shown:
        document = shown["document"]
        client.post("/documents/agree/", {"document": document.pk, "sha256": bytes(document.sha256).hex()})
    assert client.get(asked(contract.pk, "2027-01-01")).context["applied"].version == "2026-01"
    assert browser(other, stranger).get(asked(contract.pk, "2027-01-01")).status_code == 404
    assert "There is no contract yet" in browser(other, stranger).get(asked()).content.decode()


def test_without_a_contract_or_with_nonsense_it_says_what_to_do():
    house = make_house()
    concluded(house)
    client = browser(house.staff, house.tenant)
    assert "Choose a contract and a day" in client.get(asked()).content.decode()
    assert client.get(asked("nonsense")).status_code == 404
    assert client.get(asked("", "nonsense")).status_code == 200
    assert reverse("contracts:terms-by-day") in client.get(reverse("contracts:terms")).content.decode()


def test_who_may_not_read_terms_is_refused():
    house = make_house()
    reader = make_user("nora@lindwurm.example", "Nora Klein")
    join(house.tenant, reader, role="some", permissions=["contracts.see"])
    assert browser(reader, house.tenant).get(asked()).status_code == 403


def test_the_number_of_queries_does_not_depend_on_the_contracts():
    house = make_house()
    contract = concluded(house)
    client, counts = browser(house.staff, house.tenant), []
    for more in ([], [{"name": "Kunde 2 GmbH"}, {"name": "Kunde 3 GmbH"}]):
        with as_tenant(house.tenant.pk):
            copies(Contract.objects.select_related("offer__quote", "party").get(pk=contract.pk), more)
        client.get(asked(contract.pk, "2027-01-01"))
        with CaptureQueriesContext(connection) as found:
            client.get(asked(contract.pk, "2027-01-01"))
        counts.append(len(found))
    assert counts[0] == counts[1]
