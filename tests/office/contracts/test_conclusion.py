"""Confirming and concluding: once, with the ruling that says why, and nothing beyond what the terms say."""

from datetime import UTC, datetime, timedelta

import pytest

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Blob, Entitlement, OutgoingMail, Tenant
from kontor.kernel.queries.record import history_of
from kontor.kernel.queries.rulings import reasons_of
from kontor.kernel.standing import standing_of
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.models import OrderConfirmation
from kontor.office.contracts.actions import amending, conclusion, moving_in, offers
from kontor.office.contracts.models import Amendment, Contract, OfferState
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.office.documents.models import DocumentVersion
from kontor.office.identity.models import User
from kontor.office.parties.models import Party
from kontor.office.privacy.models import Deletion
from kontor.rulebook.contract_state import ChangeQuantity
from kontor.rulebook.ruling import Clause, Ruling, Text
from tests.background import run_jobs
from tests.factories import AT, accept, make_draft, make_house, make_party, send
from tests.many import one_contract
from tests.people import make_tenant, verbs

pytestmark = pytest.mark.django_db


def test_only_an_accepted_offer_is_confirmed_and_only_once():
    house = make_house()
    offer = send(house, make_draft(house, make_party(house)))
    with as_tenant(house.tenant.pk), pytest.raises(offers.OfferRefusedError, match="An accepted offer is confirmed"):
        conclusion.confirm_order(offer.pk, at=AT, actor=house.actor)
    accept(house, offer)
    with as_tenant(house.tenant.pk):
        confirmed = conclusion.confirm_order(offer.pk, at=AT, actor=house.actor)
        with pytest.raises(offers.OfferRefusedError, match="and once"):
            conclusion.confirm_order(offer.pk, at=AT, actor=house.actor)

        assert confirmed.number == "AB-2026-00001"
        assert list(OrderConfirmation.objects.values_list("number", flat=True)) == [confirmed.number]
        mail = OutgoingMail.objects.get(to="jonas@alder.example")
        assert [each["name"] for each in mail.attachments] == ["AB-2026-00001.pdf"]
    assert verbs(house.tenant, offer)[-1] == "contracts.order_confirmed"


def test_the_earliest_receipt_of_the_confirmation_counts():
    house = make_house()
    contract = one_contract(house)
    with as_tenant(house.tenant.pk):
        conclusion.note_confirmation_received(contract.offer_id, at=AT + timedelta(days=1))
        assert OfferState.objects.get().confirmation_received_at == AT
        assert Contract.objects.count() == 1


def test_concluding_again_changes_nothing():
    house = make_house()
    contract = one_contract(house)
    with as_tenant(house.tenant.pk):
        assert conclusion.conclude(contract.offer_id, at=AT + timedelta(days=1)) == contract
        assert (Contract.objects.count(), Amendment.objects.count()) == (1, 1)
    assert verbs(house.tenant, contract) == ["contracts.amended", "contracts.register_noted", "contracts.concluded"]


def test_a_contract_keeps_the_decision_that_made_it():
    house = make_house()
    contract = one_contract(house)
    with as_tenant(house.tenant.pk):
        why = reasons_of(contract.conclusion_ruling)
        entry = history_of(contract.pk)[0]
    assert (why.question, why.pack, why.version, why.value) == ("contracts.conclusion", "visitor", "2026-01", AT)
    assert (why.clauses[0].number, entry.clause, entry.ruling) == ("3.1", str(why.clauses[0]), why.id)
    with as_tenant(contract.customer_tenant_id):
        assert reasons_of(contract.conclusion_ruling).digest == why.digest


def test_another_tenant_concludes_and_confirms_nothing():
    house = make_house()
    contract = one_contract(house)
    with as_tenant(make_tenant().pk):
        for act in (
            lambda: conclusion.conclude(contract.offer_id, at=AT),
            lambda: conclusion.note_confirmation_received(contract.offer_id, at=AT),
            lambda: conclusion.confirm_order(contract.offer_id, at=AT, actor=house.actor),
        ):
            with pytest.raises(OfferState.DoesNotExist):
                act()
        with pytest.raises(Contract.DoesNotExist):
            moving_in.luggage(contract.pk)


# ---- the first amendment and those that follow


def test_the_conclusion_is_written_down_as_the_first_amendment():
    house = make_house()
    contract = one_contract(house)
    with as_tenant(house.tenant.pk):
        first = Amendment.objects.get()
    assert (first.number, first.kind, first.effective_on) == (1, "conclusion", contract.start_on)
    assert first.clause == "4.6.1"  # the term begins on the day in the offer
    assert [(change["change"], change.get("key")) for change in first.content] == [
        ("AddItem", "visitors"), ("AddItem", "seats"), ("AddItem", "terminal"),
        ("SetInterval", None), ("SetTerm", None), ("SetNotice", None),
    ]  # fmt: skip
    assert first.content[3:] == [
        {"change": "SetInterval", "interval": "month"},
        {"change": "SetTerm", "first": "2026-12-01", "end": "2027-12-01"},
        {"change": "SetNotice", "notice": "3 months"},
    ]


def test_what_the_terms_are_silent_about_is_not_written_down(monkeypatch):
    house = make_house()
    silent = {"invoicing": None, "term": None, "notice": None}
    contract = one_contract(house)
    monkeypatch.setattr(amending, "pack_of_terms", lambda terms: pack_of_terms(terms).model_copy(update=silent))
    start = Ruling(contract.start_on, (), (), (Text("s", "s"),))
    with as_tenant(house.tenant.pk):
        again = amending.first_amendment(contract, start=start, at=AT)
    assert [change["change"] for change in again.content] == ["AddItem"] * 3
    assert again.clause == ""


def test_an_amendment_follows_with_the_next_number_and_its_decision():
    house = make_house()
    contract = one_contract(house)
    why = Ruling(contract.start_on, (Clause("visitor", "4.1", "2026-01"),), (), (Text("mehr", "more"),))
    with as_tenant(house.tenant.pk):
        made = amending.amend(
            contract, "seats", [ChangeQuantity("seats", 2)],
            effective_on=contract.start_on, ruling=why, at=AT, actor=house.actor,
        )  # fmt: skip
        assert (made.number, made.content) == (2, [{"change": "ChangeQuantity", "key": "seats", "by": 2}])
        assert reasons_of(made.ruling).ruling == why
        assert history_of(contract.pk)[0].after == {
            "kind": "seats", "effective_on": "2026-12-01", "changes": made.content,
        }  # fmt: skip


# ---- moving in


def test_a_customer_with_a_tenant_moves_into_no_second_one():
    house = make_house()
    party = make_party(house)
    own = make_tenant("Alder", at=AT)
    with as_tenant(house.tenant.pk):
        Party.objects.filter(pk=party.pk).update(own_tenant=own)
    offer = send(house, make_draft(house, party))
    accept(house, offer)
    with as_tenant(house.tenant.pk):
        conclusion.confirm_order(offer.pk, at=AT, actor=house.actor)
    run_jobs()

    with as_tenant(house.tenant.pk):
        contract = Contract.objects.get()
        assert contract.customer_tenant_id == own.pk
        assert (contract.file_id, Blob.objects.filter(name=contract.file.name).count()) == (offer.file_id, 1)
    assert Tenant.objects.count() == 2


def test_moving_in_again_invites_nobody_twice_and_unlocks_nothing_twice():
    house = make_house()
    contract = one_contract(house)
    with as_tenant(house.tenant.pk):
        told = moving_in.luggage(contract.pk)
    with as_tenant(contract.customer_tenant_id):
        moving_in.move_in(told, at=AT)
        moving_in.move_in(told, at=AT + timedelta(hours=1))

        assert list(OutgoingMail.objects.values_list("to", flat=True)) == ["jonas@alder.example"]
        assert Entitlement.objects.count() == 2  # visitors wait for the agreement of 10.2
        assert DocumentVersion.objects.count() == 1
    assert verbs(contract.customer_tenant).count("kernel.entitled") == 2


@pytest.mark.requirement("FW-003")
@pytest.mark.parametrize(
    ("now", "open_modules"),
    [
        (datetime(2026, 11, 30, 22, 59, tzinfo=UTC), set()),
        (datetime(2026, 11, 30, 23, 0, tzinfo=UTC), {"platform", "storage"}),
        (datetime(2027, 11, 30, 22, 59, tzinfo=UTC), {"platform", "storage"}),
        (datetime(2027, 11, 30, 23, 0, tzinfo=UTC), set()),
    ],
)
def test_modules_are_open_from_the_first_day_to_the_last_of_the_term(now, open_modules):
    """12 months from 1 December 2026, the day in the offer: to midnight in Berlin after 30 November 2027."""
    house = make_house()
    contract = one_contract(house)
    with as_tenant(house.tenant.pk):
        told = moving_in.luggage(contract.pk)
    with as_tenant(contract.customer_tenant_id):
        moving_in.move_in(told, at=AT)
        reader = User.objects.get(email="jonas@alder.example")
        standing = standing_of(reader.pk, tenant_id=contract.customer_tenant_id, now=now)
    assert standing is not None
    assert standing.modules == open_modules


@pytest.mark.requirement("FW-003")
def test_modules_are_unlocked_from_the_day_in_the_offer_for_the_initial_term():
    """Concluded on 2 November 2026; the offer names 1 December and 12 months: until before 1 December 2027."""
    house = make_house()
    contract = one_contract(house)
    with as_tenant(house.tenant.pk):
        told = moving_in.luggage(contract.pk)
    with as_tenant(contract.customer_tenant_id):
        moving_in.move_in(told, at=AT)
        rows = Entitlement.objects.order_by("module").values_list("module", "unit", "quantity")
        assert list(rows) == [("platform", "USER", 10), ("storage", "GB", 2)]
        terms = {(str(row.from_on), str(row.until_on), row.contract) for row in Entitlement.objects.all()}
        assert terms == {("2026-12-01", "2027-12-01", contract.pk)}
        reasons = {row.reason_en for row in Entitlement.objects.all()}
        assert reasons == {f"Contract {contract.number}, from 1 Dec 2026 to 30 Nov 2027"}


def test_acceptance_alone_confirms_nothing_under_a_pack_that_wants_more():
    house = make_house()
    offer = send(house, make_draft(house, make_party(house)))
    accept(house, offer)
    with as_tenant(house.tenant.pk):
        assert conclusion.conclude(offer.pk, at=AT) is None
    assert "contracts.concluded" not in verbs(house.tenant)


def test_the_machine_concludes():
    house = make_house()
    contract = one_contract(house)
    with as_tenant(house.tenant.pk):
        (entry,) = [each for each in history_of(contract.pk) if each.verb == "contracts.concluded"]
    assert (entry.actor, entry.actor_kind, entry.after) == (
        None, MACHINE.kind, {"number": contract.number, "start": "2026-12-01"},
    )  # fmt: skip


def test_a_customer_who_comes_back_after_an_erasure_begins_in_a_tenant_of_its_own():
    house = make_house()
    first = one_contract(house)
    with as_tenant(house.tenant.pk):
        Deletion.objects.create(of_tenant=first.customer_tenant_id, at=AT)
    offer = send(house, make_draft(house, first.party))
    accept(house, offer)
    with as_tenant(house.tenant.pk):
        conclusion.confirm_order(offer.pk, at=AT, actor=house.actor)
        conclusion.note_confirmation_received(offer.pk, at=AT)
        again = Contract.objects.get(offer=offer)

    assert again.party_id == first.party_id
    assert again.customer_tenant_id not in {None, first.customer_tenant_id}
