"""What a leisure offer may say of its services: budget, time and method, on the draft, the offer and its papers."""

import pytest
from django.urls import reverse

from kontor.kernel.tenancy import as_tenant
from kontor.office.books import public as books
from kontor.office.contracts.models import Contract, Offer, OfferDraft
from kontor.office.contracts.queries.estimates import estimated, estimates
from kontor.office.contracts.queries.paper import offer_paper
from kontor.office.contracts.queries.readiness import pack_of
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.office.parties import public as parties
from kontor.rulebook import terms
from tests.background import run_jobs
from tests.factories import AT, House, accept, make_draft, make_house, make_party, send
from tests.office.contracts.test_views import empty_draft, typed
from tests.office.contracts.walking import link_to
from tests.people import browser, visitor

pytestmark = pytest.mark.django_db
TOLD = {"e-budget": "8 bis 10 Tage, rund 9.600 EUR", "e-time": "KW 5 bis 7", "e-method": "Aufnahme, Aufbau, Abnahme"}


def written(house: House, **told: str) -> OfferDraft:
    """A leisure draft, filled in on its page."""
    draft = empty_draft(house, "leisure")
    client = browser(house.staff, house.tenant)
    answer = client.post(reverse("contracts:draft", args=[draft.pk]), typed(house, "leisure") | told)
    assert answer.status_code == 302
    with as_tenant(house.tenant.pk):
        return OfferDraft.objects.get()


@pytest.mark.requirement("AP-003")
def test_budget_time_and_method_stand_in_the_offer_its_paper_and_what_the_customer_reads():
    """Art. 5: for services an offer may have estimates of budget and time, and the method."""
    house = make_house("leisure")
    draft = written(house, **TOLD)
    assert draft.estimates == {
        "budget": "8 bis 10 Tage, rund 9.600 EUR", "time": "KW 5 bis 7", "method": "Aufnahme, Aufbau, Abnahme",
    }  # fmt: skip
    with as_tenant(house.tenant.pk):
        paper = offer_paper(
            draft, seller=books.seller_card(draft.seller_id), party=parties.card(draft.party_id), lines=[],
            issued_on=AT.date(), pack=pack_of(draft),
        )  # fmt: skip
    assert [(each["label"], each["clause"]) for each in paper["estimates"]] == [
        ("Geschätzte Kosten", "Art. 5"), ("Geschätzte Zeit", "Art. 5"), ("Vorgehen", "Art. 5"),
    ]  # fmt: skip
    assert paper["estimates"][1]["value"] == "KW 5 bis 7"

    offer = send(house, draft)
    shown = browser(house.staff, house.tenant).get(reverse("contracts:offer", args=[offer.pk])).content.decode()
    answer = visitor().get(link_to(house, offer)).content.decode()
    for page in (shown, answer):
        assert "8 bis 10 Tage, rund 9.600 EUR" in page
        assert "Budget estimate" in page
    accept(house, offer)
    run_jobs()
    with as_tenant(house.tenant.pk):
        contract = Contract.objects.get()
        told = estimated(pack_of_terms(contract.terms), contract.terms["estimates"])
    assert [each.key for each in told] == ["budget", "time", "method"]


def test_they_are_optional_and_what_is_emptied_is_gone():
    house = make_house("leisure")
    draft = written(house, **TOLD)
    client = browser(house.staff, house.tenant)
    client.post(
        reverse("contracts:draft", args=[draft.pk]), typed(house, "leisure") | {"e-time": "KW 5", "e-budget": ""}
    )
    with as_tenant(house.tenant.pk):
        draft.refresh_from_db()
    assert draft.estimates == {"time": "KW 5"}
    client.post(reverse("contracts:draft", args=[draft.pk]), typed(house, "leisure"))
    with as_tenant(house.tenant.pk):
        draft.refresh_from_db()
    assert draft.estimates == {}
    assert "Estimates and method" not in browser(house.staff, house.tenant).get(
        reverse("contracts:offer", args=[send(house, draft).pk])
    ).content.decode()  # fmt: skip


@pytest.mark.parametrize("pack_key", ["visitor", "crm", "dealership", "bookkeeping"])
def test_other_packs_have_none(pack_key: str):
    assert estimates(terms.load(pack_key), {"budget": "x"}) == []


def test_a_draft_of_another_pack_does_not_ask_for_them():
    house = make_house()
    draft = make_draft(house, make_party(house))
    page = browser(house.staff, house.tenant).get(reverse("contracts:draft", args=[draft.pk])).content.decode()
    assert "Estimates and method" not in page
    with as_tenant(house.tenant.pk):
        assert Offer.objects.count() == 0
