"""Consumers at the offer and at its acceptance: a business contracts, a consumer is refused with the clause."""

import pytest
from django.urls import reverse

from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions.offers import IncompleteOfferError, OfferRefusedError, send_offer
from kontor.office.contracts.models import OfferState
from kontor.office.contracts.queries.readiness import lacks
from kontor.office.parties.actions.parties import change_party
from kontor.office.parties.forms import PartyForm
from tests.factories import AT, accept, make_draft, make_house, make_party, send
from tests.people import browser

pytestmark = pytest.mark.django_db
ACCEPTED, SENT = OfferState.State.ACCEPTED, OfferState.State.SENT


def turn(house, party, *, consumer: bool) -> None:
    with as_tenant(house.tenant.pk):
        change_party(party.pk, at=AT, actor=house.actor, consumer=consumer)


@pytest.mark.parametrize("pack", ["visitor", "bookkeeping"])
def test_no_offer_goes_to_a_consumer_and_one_goes_to_a_business(pack):
    house = make_house(pack)
    party = make_party(house, kind="PERSON", consumer=True)
    agreed = {"term.renewal": "12 months"} if pack == "bookkeeping" else {}
    draft = make_draft(house, party, agreed=agreed)
    with as_tenant(house.tenant.pk):
        (lack,) = [each for each in lacks(draft) if each.field == "party"]
        assert lack.clause is not None
        assert lack.clause.number == {"visitor": "3.5", "bookkeeping": "11"}[pack]
        with pytest.raises(IncompleteOfferError):
            send_offer(draft.pk, at=AT, actor=house.actor)
    if pack == "bookkeeping":
        page = browser(house.staff, house.tenant).get(reverse("contracts:draft", args=[draft.pk]))
        assert "The customer is a consumer" in page.content.decode()
    turn(house, party, consumer=False)
    with as_tenant(house.tenant.pk):
        assert [each for each in lacks(draft) if each.field == "party"] == []
    send(house, draft)


def test_who_turned_out_a_consumer_cannot_accept():
    house = make_house()
    party = make_party(house)
    offer = send(house, make_draft(house, party))
    turn(house, party, consumer=True)
    with pytest.raises(OfferRefusedError, match="businesses only"):
        accept(house, offer)
    with as_tenant(house.tenant.pk):
        assert OfferState.objects.get(offer=offer).state == SENT
    turn(house, party, consumer=False)
    accept(house, offer)
    with as_tenant(house.tenant.pk):
        assert OfferState.objects.get(offer=offer).state == ACCEPTED


@pytest.mark.parametrize(("kind", "fine"), [("PERSON", True), ("ORGANISATION", False)])
def test_only_a_person_is_a_consumer(kind, fine):
    told = {
        "kind": kind, "consumer": "on", "name": "Ada Birke", "street": "Hafenweg 9", "postcode": "20457",
        "city": "Hamburg", "country": "DE", "email": "ada@birke.example", "language": "de",
    }  # fmt: skip
    with as_tenant(make_house().tenant.pk):
        form = PartyForm(told)
        assert (form.is_valid(), "consumer" in form.errors) == (fine, not fine)


@pytest.mark.parametrize(("country", "fine"), [("DE", True), ("AT", False)])
def test_a_federal_state_is_asked_for_in_germany_only(country, fine):
    told = {
        "kind": "ORGANISATION", "name": "Birke AG", "street": "Hafenweg 9", "postcode": "20457", "city": "Hamburg",
        "country": country, "region": "HH", "email": "ada@birke.example", "language": "de",
    }  # fmt: skip
    with as_tenant(make_house().tenant.pk):
        form = PartyForm(told)
        assert (form.is_valid(), "region" in form.errors) == (fine, not fine)
