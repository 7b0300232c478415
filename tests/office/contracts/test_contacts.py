"""Who may declare and order for a customer: named at the acceptance, changed in writing, and what others give."""

import uuid
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from kontor.kernel.actions.answering import answer
from kontor.kernel.actor import MACHINE
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions.conclusion import conclude, confirm_order
from kontor.office.contracts.actions.ending import EndingRefusedError
from kontor.office.contracts.actions.naming import Contact, name_contact
from kontor.office.contracts.actions.noticing import confirm_notice, give_notice, note_receipt
from kontor.office.contracts.actions.registers import note_facts, open_entry
from kontor.office.contracts.models import Contract, ContractNotice, OfferState, RegisterEntry, RegisterFacts
from kontor.office.contracts.queries.contacts import acting, may_declare
from kontor.office.contracts.queries.ending import ends_of, rows_of
from kontor.office.contracts.queries.orders import signs_for
from kontor.rulebook.refusal import RefusalError
from tests.background import run_jobs
from tests.factories import AT, House, accept, make_draft, make_house, make_party, send
from tests.office.contracts.ending_walk import LETTER, letter, noon, signed
from tests.office.contracts.walking import answers, customer, link_to
from tests.people import browser, make_tenant, verbs

pytestmark = pytest.mark.django_db
JONAS = {"name": "Jonas Alder", "function": "Geschäftsführer", "email": "jonas@alder.example"}
PAPER = ("mitteilung.pdf", b"%PDF-1.7 Mitteilung")
ON = date(2027, 3, 15)
WHO: dict[str, Any] = {"at": noon(ON), "actor": MACHINE}


@pytest.fixture
def house() -> House:
    return make_house()


def known_end(contract: Contract) -> date | None:
    return ends_of(contract, rows_of(contract))


def unnamed(house: House) -> Any:
    """Return an offer that was accepted, confirmed and received without anybody named."""
    offer = send(house, make_draft(house, make_party(house)))
    accept(house, offer, contact=None)
    with as_tenant(house.tenant.pk):
        confirm_order(offer.pk, at=AT, actor=house.actor)
    run_jobs()
    return offer


@pytest.mark.requirement("FW-036")
def test_without_an_authorised_contact_nothing_is_activated_and_a_strangers_notice_waits(house):
    offer = unnamed(house)
    with as_tenant(house.tenant.pk):
        assert conclude(offer.pk, at=AT) is None
        assert not Contract.objects.exists()
        name_contact(offer.pk, Contact(**JONAS), at=AT, actor=house.actor)
    run_jobs()
    with as_tenant(house.tenant.pk):
        contract = Contract.objects.get()
        entry = RegisterFacts.objects.get(entry__contract=contract)
        assert (entry.content["email"], entry.content["declares"], entry.file_id) == (
            "jonas@alder.example", True, contract.file_id,
        )  # fmt: skip
        assert [may_declare(contract, who, on=ON) for who in ("JONAS@alder.example", "mia@alder.example")] == [1, 0]

        notice = give_notice(contract, letter(ON, given_by="Mia Alder", authorised=False), **WHO)
        assert (notice.outcome, notice.clause, notice.ends_on, known_end(contract)) == (
            "unauthorised", "6.1", None, None,
        )  # fmt: skip
        confirmed = confirm_notice(notice.pk, on=date(2027, 3, 20), proof=LETTER, **WHO)
        assert (confirmed.received_on, confirmed.outcome, confirmed.ends_on) == (
            date(2027, 3, 20), "in_time", known_end(contract),
        )  # fmt: skip
        assert confirmed.ends_on is not None


def test_somebody_is_named_once_and_after_the_acceptance_only(house):
    offer = send(house, make_draft(house, make_party(house)))
    with as_tenant(house.tenant.pk), pytest.raises(RefusalError, match="once, after the acceptance"):
        name_contact(offer.pk, Contact(**JONAS), at=AT, actor=house.actor)
    accept(house, offer)
    with as_tenant(house.tenant.pk), pytest.raises(RefusalError, match="once, after the acceptance"):
        name_contact(offer.pk, Contact(**JONAS), at=AT, actor=house.actor)
    with as_tenant(make_tenant("Birke").pk), pytest.raises(OfferState.DoesNotExist):
        name_contact(offer.pk, Contact(**JONAS), at=AT, actor=house.actor)


def test_a_notice_that_waits_for_no_confirmation_is_not_confirmed(house):
    contract = signed(house)
    with as_tenant(house.tenant.pk):
        waiting = give_notice(contract, letter(ON, authorised=False), **WHO)
        with pytest.raises(EndingRefusedError, match="noted already"):
            note_receipt(waiting.pk, received_on=ON, proof=None, **WHO)
        confirm_notice(waiting.pk, on=ON, proof=LETTER, **WHO)
        with pytest.raises(EndingRefusedError, match="nothing to confirm"):
            confirm_notice(waiting.pk, on=ON, proof=LETTER, **WHO)
    assert "contracts.notice_given" in verbs(house.tenant, contract)
    with as_tenant(make_tenant("Birke").pk), pytest.raises(ContractNotice.DoesNotExist):
        confirm_notice(waiting.pk, on=ON, proof=None, **WHO)


def test_terms_that_name_no_contact_take_a_notice_from_everybody():
    house = make_house("bookkeeping")
    contract = signed(house, agreed={"notice.to": "any_time", "notice.period": "1 month"})
    with as_tenant(house.tenant.pk):
        assert may_declare(contract, "anybody@alder.example", on=ON)
        assert give_notice(contract, letter(ON, authorised=False), **WHO).outcome == "in_time"


def platform(house: House) -> Contract:
    """Return a contract whose written form may be met on the platform."""
    return signed(house, settings={"notice.email_is_written": True})


def test_on_the_platform_a_colleagues_notice_waits_for_the_contact(house):
    contract = platform(house)

    def given(email: str) -> ContractNotice:
        with as_tenant(contract.customer_tenant_id):
            told = {"wished": None, "given_by": "Mia Alder", "email": email}
            row = answer("contracts.notice_by_customer", contract.pk, **told, **WHO)
            assert isinstance(row, ContractNotice)
            return row

    row = given("mia@alder.example")
    assert row.outcome == "unauthorised"
    with as_tenant(contract.customer_tenant_id):
        with pytest.raises(EndingRefusedError, match="Only somebody who makes declarations"):
            answer("contracts.notice_confirmed", row.pk, email="mia@alder.example", **WHO)
        confirmed = answer("contracts.notice_confirmed", row.pk, email="jonas@alder.example", **WHO)
    assert (confirmed.outcome, confirmed.received_on) == ("in_time", ON)


@pytest.mark.requirement("FW-036")
def test_pages_name_the_contact_and_confirm_the_notice(house):
    offer = unnamed(house)
    staff = browser(house.staff, house.tenant)
    page = reverse("contracts:offer", args=[offer.pk])
    assert "named nobody yet" in staff.get(page).content.decode()
    naming = reverse("contracts:offer-contact", args=[offer.pk])
    assert staff.get(naming).status_code == 200
    assert staff.post(naming, JONAS | {"email": "jonas"}).status_code == 422
    assert staff.post(naming, JONAS)["Location"] == page
    assert staff.post(naming, JONAS).status_code == 422
    run_jobs()
    assert "jonas@alder.example" in staff.get(page).content.decode()
    with as_tenant(house.tenant.pk):
        contract = Contract.objects.get()
        notice = give_notice(contract, letter(ON, authorised=False), **WHO)
    ending = reverse("contracts:ending", args=[contract.pk])
    assert "not authorised" in staff.get(ending).content.decode()
    confirm = reverse("contracts:notice-confirm", args=[notice.pk])
    assert staff.get(confirm).status_code == 200
    assert staff.post(confirm, {"on": "2027-03-20"}).status_code == 422
    assert staff.get(reverse("contracts:notice-confirm", args=[uuid.uuid4()])).status_code == 404
    theirs = customer(contract)
    assert "not authorised" in theirs.get(reverse("contracts:account-ending", args=[contract.pk])).content.decode()
    back = theirs.post(reverse("contracts:account-notice-confirm", args=[notice.pk]))
    assert back["Location"] == reverse("contracts:account-ending", args=[contract.pk])
    with as_tenant(house.tenant.pk):
        assert ContractNotice.objects.filter(receipt_of=notice).count() == 1
    theirs.post(reverse("contracts:account-notice-confirm", args=[notice.pk]))
    with as_tenant(house.tenant.pk):
        assert ContractNotice.objects.filter(receipt_of=notice).count() == 1


def test_the_customer_names_its_contact_on_the_page_of_the_offer(house, client):
    offer = send(house, make_draft(house, make_party(house)))
    link = link_to(house, offer)
    lacking = {key: value for key, value in answers(offer).items() if key != "contact_email"}
    assert client.post(link, lacking).status_code == 422
    assert client.post(link, answers(offer)).status_code == 302
    with as_tenant(house.tenant.pk):
        assert OfferState.objects.get(offer=offer).contact == JONAS


# Changes of who acts (crm §17)


@pytest.fixture
def vendor() -> House:
    return make_house("crm")


@pytest.fixture
def crm(vendor) -> Contract:
    return signed(vendor)


def named(contract: Contract, email: str, **given: Any) -> dict[str, Any]:
    facts = {"name": "Mia Alder", "function": "Einkauf", "orders": True, "notified_on": date(2026, 12, 1)}
    return facts | {"email": email, **given}


def entered(contract: Contract, facts: dict[str, Any], **given: Any) -> RegisterEntry:
    return open_entry(contract.pk, "contacts", facts, key=uuid.uuid4(), **{**WHO, **given})


def orderers(contract: Contract) -> list[str]:
    return sorted(acting(contract, "orders", on=ON))


@pytest.mark.requirement("SO-072")
def test_a_new_authorised_person_without_written_evidence_is_not_active_and_the_former_goes_on(crm):
    with as_tenant(crm.tenant_id):
        assert orderers(crm) == ["jonas@alder.example"]
        entry = entered(crm, named(crm, "mia@alder.example"))
        assert (orderers(crm), signs_for(crm, "mia@alder.example", on=ON)) == (["jonas@alder.example"], False)
        assert signs_for(crm, "jonas@alder.example", on=ON)
        assert not signs_for(crm, "", on=ON)
        note_facts(entry.pk, named(crm, "mia@alder.example"), after=1, proof=PAPER, **WHO)
        assert (orderers(crm), signs_for(crm, "mia@alder.example", on=ON)) == (["mia@alder.example"], True)
        note_facts(entry.pk, named(crm, "pia@alder.example"), after=2, **WHO)
        assert orderers(crm) == ["mia@alder.example"]
        note_facts(entry.pk, named(crm, "pia@alder.example"), after=3, proof=PAPER, **WHO)
        assert orderers(crm) == ["pia@alder.example"]
        over = named(crm, "pia@alder.example", until_on=date(2027, 3, 14))
        note_facts(entry.pk, over, after=4, **WHO)
        assert orderers(crm) == []
    with as_tenant(crm.customer_tenant_id):
        assert orderers(Contract.received.get(pk=crm.pk)) == []


@pytest.mark.requirement("SO-072")
def test_the_history_of_a_contact_shows_old_new_and_evidence(vendor, crm):
    with as_tenant(crm.tenant_id):
        entry = entered(crm, named(crm, "mia@alder.example"), proof=PAPER)
        note_facts(entry.pk, named(crm, "pia@alder.example"), after=1, **WHO)
    staff = browser(vendor.staff, vendor.tenant)
    page = staff.get(reverse("contracts:register-entry", args=[entry.pk])).content.decode()
    assert "<s>mia@alder.example</s> pia@alder.example" in page
    assert "mitteilung.pdf" in page
    assert "not active" in page
