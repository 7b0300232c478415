"""From a draft to a contract, refusals included."""

from datetime import UTC, datetime, timedelta

import pytest

from kontor.kernel.models import Entitlement, OutgoingMail, SentMail, Tenant
from kontor.kernel.queries.record import history_of
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions import conclusion, drafts, offers
from kontor.office.contracts.models import Contract, OfferDraft, OfferState
from kontor.office.contracts.queries.readiness import lacks
from kontor.office.documents.models import DocumentVersion, Signature
from kontor.office.documents.public import ChangedTextError, Evidence
from tests.background import run_jobs
from tests.factories import AT, accept, make_draft, make_house, make_party, send
from tests.people import verbs

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("FW-001")
def test_a_visitor_contract_comes_into_being_when_the_confirmation_is_received():
    house = make_house("visitor")
    offer = send(house, make_draft(house, make_party(house)))
    accept(house, offer)
    run_jobs()
    with as_tenant(house.tenant.pk):
        assert list(Contract.objects.all()) == []
        conclusion.confirm_order(offer.pk, at=AT, actor=house.actor)
        assert list(Contract.objects.all()) == []

    run_jobs()

    with as_tenant(house.tenant.pk):
        contract = Contract.objects.get()
        received = OfferState.objects.get().confirmation_received_at
        assert contract.concluded_at == received
        assert contract.start_on.isoformat() == "2026-12-01"
        assert contract.number == f"VT-{received.year}-00001"
        assert contract.customer_tenant_id is not None
    with as_tenant(contract.customer_tenant_id):
        assert list(Contract.received.values_list("pk", flat=True)) == [contract.pk]
        # visitors stay locked before both have signed the agreement under Art. 28 (10.2; privacy/test_gate)
        unlocked = {
            row.module: (row.quantity, str(row.from_on), str(row.until_on)) for row in Entitlement.objects.all()
        }
        assert unlocked == {
            "platform": (10, "2026-12-01", "2027-12-01"),
            "storage": (2, "2026-12-01", "2027-12-01"),
        }
        assert [row.key for row in DocumentVersion.objects.all()] == ["terms-visitor"]
        assert list(OutgoingMail.objects.values_list("to", flat=True)) == ["jonas@alder.example"]


def test_an_offer_keeps_who_signed_what():
    house = make_house()
    offer = send(house, make_draft(house, make_party(house)))
    accept(house, offer)

    with as_tenant(house.tenant.pk):
        signature = Signature.objects.get()
        assert bytes(signature.sha256) == bytes(offer.sha256)
        assert (signature.name, signature.function, signature.address) == (
            "Jonas Alder",
            "Geschäftsführer",
            "192.0.2.7",
        )
        assert [each["key"] for each in signature.declarations] == ["terms", "entrepreneur", "processing_agreement"]


def test_an_offer_is_accepted_once():
    house = make_house()
    offer = send(house, make_draft(house, make_party(house)))
    accept(house, offer)

    with pytest.raises(offers.OfferRefusedError, match="accepted already"):
        accept(house, offer)


@pytest.mark.requirement("FW-006")
def test_an_offer_is_not_accepted_without_every_declaration():
    house = make_house()
    offer = send(house, make_draft(house, make_party(house)))

    with pytest.raises(offers.OfferRefusedError, match="entrepreneur within the meaning of section 14 BGB"):
        accept(house, offer, ticked=["terms", "processing_agreement"])
    with as_tenant(house.tenant.pk):
        assert OfferState.objects.get().state == "SENT"


def test_an_offer_is_valid_to_the_end_of_its_last_day_in_the_sellers_zone():
    house = make_house()
    last_moment = datetime(2026, 11, 30, 22, 59, 59, tzinfo=UTC)  # 23:59:59 in Berlin
    first_too_late = datetime(2026, 11, 30, 23, 0, tzinfo=UTC)
    offer = send(house, make_draft(house, make_party(house)))

    with pytest.raises(offers.OfferRefusedError, match="valid until 30 Nov 2026"):
        accept(house, offer, at=first_too_late)
    accept(house, offer, at=last_moment)


def test_a_withdrawn_offer_is_not_accepted():
    house = make_house()
    offer = send(house, make_draft(house, make_party(house)))
    with as_tenant(house.tenant.pk):
        offers.withdraw_offer(offer.pk, at=AT, actor=house.actor)

    with pytest.raises(offers.OfferRefusedError, match="withdrawn"):
        accept(house, offer)


def test_an_offer_without_what_the_pack_leaves_open_is_not_sent():
    house = make_house("visitor")
    draft = make_draft(house, make_party(house), agreed={"invoicing.interval": ""})

    with pytest.raises(offers.IncompleteOfferError) as refused:
        send(house, draft)

    assert [(lack.field, str(lack.clause)) for lack in refused.value.lacks] == [("invoicing.interval", "7.4")]


def test_another_tenant_sees_no_offer():
    house = make_house()
    offer = send(house, make_draft(house, make_party(house)))
    stranger = Tenant.objects.create(name="Birch", created_at=AT)

    with as_tenant(stranger.pk), pytest.raises(OfferState.DoesNotExist):
        offers.withdraw_offer(offer.pk, at=AT, actor=house.actor)


def test_the_offer_is_mailed_with_its_file():
    house = make_house()
    offer = send(house, make_draft(house, make_party(house)))
    run_jobs()

    with as_tenant(house.tenant.pk):
        mail = OutgoingMail.objects.get()
        assert mail.to == "einkauf@alder.example"
        assert [each["name"] for each in mail.attachments] == [f"{offer.number}.pdf"]
        assert SentMail.objects.get().sent_at is not None


def test_an_offer_is_sent_once():
    house = make_house()
    draft = make_draft(house, make_party(house))
    send(house, draft)

    with pytest.raises(offers.OfferRefusedError, match="sent already"):
        send(house, draft)
    with as_tenant(house.tenant.pk):
        assert OfferState.objects.count() == OutgoingMail.objects.count() == 1


def test_all_that_an_offer_lacks_is_said_at_once():
    house = make_house()
    draft = make_draft(house, make_party(house), notice_customer="", notice_seller="")
    with as_tenant(house.tenant.pk):
        drafts.set_positions(draft.pk, [], at=AT, actor=house.actor)

    with pytest.raises(offers.IncompleteOfferError) as refused:
        send(house, draft)

    assert [lack.field for lack in refused.value.lacks] == ["positions", "notice_customer", "notice_seller"]
    assert str(refused.value).startswith("The offer has no position.; ")


def test_nobody_without_an_address_is_offered_anything():
    house = make_house()
    draft = make_draft(house, make_party(house, kind="PERSON", street="", postcode="", city="", email=""))

    with pytest.raises(offers.IncompleteOfferError) as refused:
        send(house, draft)

    assert [lack.text.en for lack in refused.value.lacks] == [
        "The customer's street or town is missing; the contract and every invoice state both.",
        "The customer has no e-mail address for the offer to go to.",
    ]


def test_only_what_nobody_accepted_is_withdrawn():
    house = make_house()
    offer = send(house, make_draft(house, make_party(house)))
    accept(house, offer)
    with as_tenant(house.tenant.pk), pytest.raises(offers.OfferRefusedError, match="accepted already"):
        offers.withdraw_offer(offer.pk, at=AT, actor=house.actor)


def test_the_first_opening_is_kept():
    house = make_house()
    offer = send(house, make_draft(house, make_party(house)))
    with as_tenant(house.tenant.pk):
        offers.note_opened(offer.pk, at=AT)
        offers.note_opened(offer.pk, at=AT + timedelta(days=1))
        assert OfferState.objects.get().opened_at == AT


def test_other_bytes_than_those_sent_are_not_signed():
    house = make_house()
    offer = send(house, make_draft(house, make_party(house)))
    with pytest.raises(ChangedTextError):
        accept(house, offer, sha256=bytes(32))
    with as_tenant(house.tenant.pk):
        assert OfferState.objects.get().state == "SENT"


def test_what_happens_to_an_offer_is_recorded():
    house = make_house()
    offer = send(house, make_draft(house, make_party(house)))
    accept(house, offer)
    other = send(house, make_draft(house, make_party(house)))
    with as_tenant(house.tenant.pk):
        offers.withdraw_offer(other.pk, at=AT, actor=house.actor)
        accepted = history_of(offer.pk)[0]
    assert verbs(house.tenant, offer) == ["contracts.offer_sent", "contracts.offer_accepted"]
    assert verbs(house.tenant, other) == ["contracts.offer_sent", "contracts.offer_withdrawn"]
    assert (accepted.actor_kind, accepted.actor_name, accepted.after) == (
        "OUTSIDE", "Jonas Alder", {"name": "Jonas Alder", "function": "Geschäftsführer"},
    )  # fmt: skip


def test_another_tenant_accepts_nothing():
    house = make_house()
    offer = send(house, make_draft(house, make_party(house)))
    draft = make_draft(house, make_party(house))
    stranger = Tenant.objects.create(name="Birch", created_at=AT)
    with as_tenant(stranger.pk):
        with pytest.raises(OfferDraft.DoesNotExist):
            offers.send_offer(draft.pk, at=AT, actor=house.actor)
        with pytest.raises(OfferState.DoesNotExist):
            offers.accept_offer(
                offer.pk, name="N", function="F", email="n@birch.example", ticked=[], sha256=bytes(offer.sha256),
                evidence=Evidence(), credential=None, at=AT, actor=house.actor,
            )  # fmt: skip


@pytest.mark.requirement("AP-001")
def test_hardware_has_terms_of_its_own_to_accept():
    """Art. 2: with hardware the terms of sale for it are accepted beside the terms of use, without it only these."""
    house = make_house("leisure")
    agreed = {"term.initial": "12 months", "invoicing.interval": "year", "invoicing.due": "30 days"}
    told = []
    for without in ((), ("terminal",)):
        draft = make_draft(house, make_party(house), agreed=agreed)
        with as_tenant(house.tenant.pk):
            draft.lines.filter(item__key__in=without).delete()
        offer = send(house, draft)
        accept(house, offer)
        with as_tenant(house.tenant.pk):
            signed = Signature.objects.get(subject_id=offer.pk)
            told.append([(each["key"], each["clause"]) for each in signed.declarations])
            assert (offer.terms["pack"], offer.terms["version"]) == ("leisure", "2026-01")
    assert told == [
        [("terms", "Art. 3"), ("hardware_terms", "Art. 2"), ("insurance", "Art. 19")],
        [("terms", "Art. 3"), ("insurance", "Art. 19")],
    ]
    with pytest.raises(offers.OfferRefusedError, match="terms of sale for hardware"):
        accept(house, send(house, make_draft(house, make_party(house), agreed=agreed)), ticked=["terms", "insurance"])


def test_a_pack_that_asks_for_no_declaration_gets_none():
    house = make_house("bookkeeping")
    offer = send(house, make_draft(house, make_party(house), agreed={"invoicing.issued": "period_start"}))
    accept(house, offer)
    with as_tenant(house.tenant.pk):
        assert Signature.objects.get().declarations == []


@pytest.mark.requirement("AP-003")
@pytest.mark.parametrize(
    ("without", "given", "lacking"),
    [
        ((), {"sites": []}, [("sites", "This is missing: Sites.", "Art. 1")]),
        (
            ("visitors", "seats"),
            {},
            [("positions", "This is missing: Software, Licence terms, Number of licences.", "Art. 1")],
        ),
        ((), {"notice_customer": ""}, [("notice_customer", "The customer's address for notices is missing.", "")]),
        ((), {}, []),
    ],
)
def test_a_leisure_offer_names_sites_licences_and_addresses(without, given, lacking):
    house = make_house("leisure")
    draft = make_draft(house, make_party(house), **given)
    with as_tenant(house.tenant.pk):
        draft.lines.filter(item__key__in=without).delete()
        found = [(lack.field, lack.text.en, lack.clause.number if lack.clause else "") for lack in lacks(draft)]
    assert found == lacking


@pytest.mark.requirement("SO-007")
@pytest.mark.parametrize(
    ("without", "agreed", "lacking"),
    [
        ((), {"invoicing.interval": ""}, [("invoicing.interval", "§1.2")]),
        (("seats",), {}, [("positions", "§1.2")]),
    ],
)
def test_an_order_form_without_interval_or_users_per_plan_is_not_sent(without, agreed, lacking):
    house = make_house("crm")
    draft = make_draft(house, make_party(house), agreed=agreed)
    with as_tenant(house.tenant.pk):
        draft.lines.filter(item__key__in=without).delete()
    with pytest.raises(offers.IncompleteOfferError) as refused:
        send(house, draft)
    assert [(lack.field, str(lack.clause.number)) for lack in refused.value.lacks] == lacking
