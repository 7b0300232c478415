"""What a pack demands of where data lies: no offer without such a place, and every customer's tenant is told."""

import pytest

from kontor.kernel.models import RecordEntry, StoredRuling, Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions.conclusion import confirm_order, note_confirmation_received
from kontor.office.contracts.actions.offers import IncompleteOfferError
from kontor.office.contracts.actions.trials import Offering, TrialRefusedError, offer_trial
from kontor.office.contracts.models import Contract
from kontor.office.contracts.queries.readiness import lacks
from kontor.office.parties import public as parties
from tests.factories import AT, accept, make_draft, make_house, make_party, send
from tests.office.contracts.test_trials import registered
from tests.people import make_tenant
from tests.places import declare

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("pack", "database", "english", "clause"),
    [
        ("crm", "DE", "the database, backups", "§9.2"),
        ("dealership", "NO", "the database, backups", "§6"),
        ("crm", None, "files", "§9.2"),
    ],
)
def test_no_offer_goes_out_while_data_would_lie_where_the_pack_does_not_admit(
    settings, tmp_path, pack, database, english, clause
):
    house = make_house(pack)
    draft = make_draft(house, make_party(house))
    if database:
        declare(settings, tmp_path, database=database)
    else:
        settings.KONTOR_PLACES = ()
    with pytest.raises(IncompleteOfferError) as refused:
        send(house, draft)
    (lack,) = refused.value.lacks
    assert lack.text.en.endswith(
        f"No place for that is declared here ({english}): whoever runs this declares one in KONTOR_PLACES."
    )
    assert lack.clause is not None
    assert lack.clause.number == clause


def test_a_pack_that_names_no_country_is_offered_anywhere(settings):
    settings.KONTOR_PLACES = ()
    house = make_house("leisure")
    send(house, make_draft(house, make_party(house)))


def test_a_customer_who_must_lie_in_germany_is_offered_nothing_that_must_lie_in_norway():
    house = make_house("crm")
    party = make_party(house)
    own = make_tenant("Birch")
    under = {"pack": "visitor", "version": "2026-01", "countries": ["DE"], "clause": "Anlage 3, Anhang II"}
    Tenant.objects.filter(pk=own.pk).update(kept_under=[under])
    draft = make_draft(house, party)
    with as_tenant(house.tenant.pk):
        assert lacks(draft) == []
        parties.settle_in(party.pk, own, at=AT, actor=house.actor)
        (lack,) = lacks(draft)
    assert "(files)" in lack.text.en


@pytest.mark.parametrize(
    ("pack", "countries", "clause"),
    [("visitor", ["DE"], "Anlage 3, Anhang II"), ("crm", ["NO"], "§9.2"), ("leisure", [], "")],
)
def test_who_concludes_is_kept_where_the_pack_demands_with_the_decision_for_both_sides(pack, countries, clause):
    house = make_house(pack)
    offer = send(house, make_draft(house, make_party(house)))
    accept(house, offer)
    with as_tenant(house.tenant.pk):
        if not Contract.objects.exists():  # its pack concludes with the confirmation of the order
            confirm_order(offer.pk, at=AT, actor=house.actor)
            note_confirmation_received(offer.pk, at=AT)
        contract = Contract.objects.get()
        tenant = Tenant.objects.get(pk=contract.customer_tenant_id)
        entry = RecordEntry.objects.get(verb="kernel.place_demanded")
    assert tenant.kept_under == [{"pack": pack, "version": contract.version, "countries": countries, "clause": clause}]
    with as_tenant(tenant.pk):
        assert StoredRuling.received.filter(pk=entry.ruling, question="contracts.data_place").exists()


def test_a_trial_is_offered_only_where_its_data_may_lie_and_is_kept_there(settings):
    house = make_house("crm")
    trial = registered(house)
    assert Tenant.objects.get(pk=trial.customer_tenant_id).kept_under[0]["countries"] == ["NO"]
    settings.KONTOR_PLACES = ()
    told = Offering(pack="crm", seller=house.seller.pk, length="30 days", warned_before=(7,), opens=[{"module": "crm"}])
    with as_tenant(house.tenant.pk), pytest.raises(TrialRefusedError, match="No place for that is declared"):
        offer_trial(told, at=AT, actor=house.actor)
