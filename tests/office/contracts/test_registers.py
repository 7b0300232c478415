"""Keeping the registers of a contract: entries, what becomes known of them, their pages and deadlines."""

import uuid
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import OutgoingMail, RecordEntry, StoredRuling
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions.certificates import remind_of_certificates
from kontor.office.contracts.actions.registers import note_facts, open_entry
from kontor.office.contracts.models import Amendment, Contract, RegisterEntry, RegisterFacts
from kontor.office.contracts.queries.next_steps import next_steps
from kontor.office.contracts.queries.registers import entries_of
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError
from tests.factories import make_house, make_user
from tests.office.contracts.test_billing import concluded
from tests.office.contracts.walking import customer
from tests.people import browser, join, make_tenant

pytestmark = pytest.mark.django_db
AT = datetime(2026, 12, 10, 9, 0, tzinfo=UTC)
TODAY = date(2026, 12, 10)
PROOF = ("nachweis.pdf", b"%PDF-1.7 proof")


def add(contract: Contract, register: str, facts: dict[str, Any], **given: Any) -> RegisterEntry:
    told = {"key": uuid.uuid4(), "at": AT, "actor": MACHINE, **given}
    return open_entry(contract.pk, register, facts, **told)


def standing(contract: Contract) -> list[Any]:
    rows = list(Amendment.objects.filter(contract=contract).order_by("number"))
    return entries_of(contract, rows, own=True, today=TODAY)


DELIVERED = {"what": "Zeitmessung", "received_on": date(2026, 12, 7)}


@pytest.fixture
def house():
    return make_house("leisure")


@pytest.fixture
def contract(house) -> Contract:
    return concluded(house)


@pytest.mark.requirement("AP-016")
def test_an_entry_keeps_every_version_of_its_facts_with_its_decision(house, contract):
    with as_tenant(house.tenant.pk):
        entry = add(contract, "acceptance", DELIVERED, proof=PROOF, by="Ida")
        used = DELIVERED | {"used_on": date(2026, 12, 9)}
        made = note_facts(entry.pk, used, after=1, close=True, at=AT, actor=house.actor)
        (found,) = standing(contract)
        assert (found.ruling.value.state.en, found.closed, found.title) == ("accepted by use", True, "Zeitmessung")
        assert [version.number for version in found.versions] == [2, 1]
        assert found.versions[1].content == {"what": "Zeitmessung", "received_on": "2026-12-07"}
        assert found.versions[1].file.name == "nachweis.pdf"
        assert StoredRuling.objects.get(pk=made.ruling).question == "contracts.register.acceptance"
        assert RecordEntry.objects.filter(verb="contracts.register_noted", object_id=contract.pk).count() == 2


def test_the_same_entry_is_opened_once(house, contract):
    key = uuid.uuid4()
    with as_tenant(house.tenant.pk):
        first, again = (add(contract, "acceptance", DELIVERED, key=key) for _each in range(2))
        assert (first.pk, RegisterFacts.objects.count()) == (again.pk, 1)


def test_what_lacks_or_is_not_regulated_is_refused_and_leaves_nothing(house, contract):
    with as_tenant(house.tenant.pk):
        with pytest.raises(RefusalError, match="Missing: Received on"):
            add(contract, "acceptance", {"what": "x"})
        with pytest.raises(RefusalError, match="regulate no such register"):
            add(contract, "disputes", {"what": "x"})
        with pytest.raises(RefusalError, match="no PDF"):
            add(contract, "acceptance", DELIVERED, proof=("x.pdf", b"MZ"))
        entry = add(contract, "acceptance", DELIVERED)
        with pytest.raises(RefusalError, match="it lacks the acceptance"):
            note_facts(entry.pk, DELIVERED, after=1, close=True, at=AT, actor=MACHINE)
        assert RegisterFacts.objects.count() == 1


def test_who_was_slower_loads_again_and_a_closed_entry_stays(house, contract):
    used = DELIVERED | {"used_on": date(2026, 12, 9)}
    with as_tenant(house.tenant.pk):
        entry = add(contract, "acceptance", DELIVERED)
        note_facts(entry.pk, DELIVERED, after=1, at=AT, actor=MACHINE)
        with pytest.raises(RefusalError, match="load it again"):
            note_facts(entry.pk, used, after=1, at=AT, actor=MACHINE)
        note_facts(entry.pk, used, after=2, close=True, at=AT, actor=MACHINE)
        with pytest.raises(RefusalError, match="load it again"):
            note_facts(entry.pk, used, after=3, at=AT, actor=MACHINE)


@pytest.mark.requirement("SO-035")
def test_what_a_settled_damage_took_of_the_cap_is_missing_for_the_next():
    """crm: the cap is a term's remuneration; the second claim gets what the first has left."""
    crm = make_house("crm")
    contract = concluded(crm)
    on = date(2027, 2, 1)
    claim = {"what": "Ausfall", "on": on, "fault": "slight", "settled_on": on}
    with as_tenant(crm.tenant.pk):
        add(contract, "liability", {**claim, "claimed": Money("EUR", 100_000_000)})
        add(contract, "liability", {**claim, "claimed": Money("EUR", 1)})
        first, second = (entry.ruling.value.amount for entry in standing(contract))
    term = 12 * 30_300  # 2 × 89.00 + 10 × 12.50 a month for twelve months
    assert (first, second) == (Money("EUR", term), Money("EUR", 0))


@pytest.mark.requirement("FW-044")
def test_a_claim_of_others_is_told_the_same_day_and_not_acknowledged_alone():
    visitor = make_house("visitor")
    contract = concluded(visitor)
    claim = {"what": "Marke auf dem Kiosk", "claimant": "Markenverein", "known_on": TODAY, "told_on": TODAY}
    with as_tenant(visitor.tenant.pk):
        before = set(OutgoingMail.objects.values_list("pk", flat=True))
        entry = add(contract, "infringements", claim)
        (mail,) = OutgoingMail.objects.exclude(pk__in=before)
        assert (mail.to, mail.subject) == (
            contract.terms["notice_customer"], f"Ansprüche Dritter zu Vertrag {contract.number}",
        )  # fmt: skip
        assert (mail.at.date(), "Markenverein macht zum Vertrag" in mail.text) == (TODAY, True)
        with pytest.raises(RefusalError, match="acknowledged before the consultation"):
            note_facts(entry.pk, {**claim, "acknowledged_on": TODAY}, after=1, at=AT, actor=MACHINE)
        consulted = {**claim, "consulted_on": TODAY, "acknowledged_on": TODAY}
        assert note_facts(entry.pk, consulted, after=1, at=AT, actor=MACHINE).number == 2


@pytest.mark.requirement("AP-045")
def test_a_certificate_is_reminded_of_once_thirty_days_before_it_ends(house, contract):
    """31 December less thirty days is 1 December; a later certificate of the entry before its own."""
    facts = {
        "what": "Nord AG 77", "cover": Money.parse("15000.00", "EUR"), "from_on": date(2026, 1, 1),
        "until_on": date(2026, 12, 31), "covers_liability": True, "covers_operations": True,
        "covers_professional": True,
    }  # fmt: skip

    def reminded(*day: int) -> int:
        return remind_of_certificates(at=datetime(*day, 9, tzinfo=UTC))

    with as_tenant(house.tenant.pk):
        entry = add(contract, "insurance", facts)
        assert [reminded(2026, 11, 30), reminded(2026, 12, 1), reminded(2026, 12, 2)] == [0, 1, 0]
        mails = OutgoingMail.objects.filter(subject__startswith="Versicherungsnachweis").order_by("to")
        assert [mail.to for mail in mails] == sorted(
            {contract.terms["notice_customer"], contract.terms["notice_seller"]}
        )
        assert "endet am 31.12.2026" in mails[0].text
        renewed = facts | {"until_on": date(2027, 12, 31)}
        note_facts(entry.pk, renewed, after=1, at=AT, actor=MACHINE)
        assert [reminded(2026, 12, 31), reminded(2027, 12, 1), reminded(2028, 1, 1)] == [0, 1, 0]


@pytest.mark.requirement("AP-039")
@pytest.mark.parametrize("event", ["liquidation", "cessation", "maintenance_ended"])
def test_the_source_is_released_after_a_proved_event_once_signed_for(house, contract, event):
    deposit = {"what": "Version 7.2", "deposited_on": date(2026, 1, 5)}
    out = {"released_on": TODAY}
    happened = deposit | {"event": event, "proved_on": TODAY}
    signed = happened | {"signed_on": TODAY, "signed_by": "Jonas Alder"}
    with as_tenant(house.tenant.pk):
        entry = add(contract, "escrow", deposit)

        def note(facts: dict[str, Any], after: int, **given: Any) -> RegisterFacts:
            return note_facts(entry.pk, facts, after=after, at=AT, actor=MACHINE, **given)

        for facts in (deposit | out, signed | out):
            with pytest.raises(RefusalError, match="after one of the events only, with its evidence"):
                note(facts, 1)
        note(happened, 1, proof=PROOF)
        with pytest.raises(RefusalError, match="First the signature"):
            note(happened | out, 2)
        note(signed | out, 2, close=True)
        (found,) = standing(contract)
        assert (found.ruling.value.state.en, found.closed) == ("released on 10 December 2026", True)
        assert [clause.number for clause in found.ruling.clauses] == ["Art. 13"]


@pytest.mark.requirement("AP-052")
def test_an_assignment_waits_for_consent_and_prices_and_a_subcontracted_task_shows_who_does_it(house, contract):
    asked = {"by": "customer", "what": "Nova AG", "effective_on": date(2027, 2, 1)}
    given = asked | {"consent": "given"}
    with as_tenant(house.tenant.pk):
        entry = add(contract, "transfer", asked)
        states = [standing(contract)[0].ruling.value.state.en]
        for number, facts in enumerate((given, given | {"terms_settled": True}), start=1):
            note_facts(entry.pk, facts, after=number, at=AT, actor=MACHINE)
            states.append(standing(contract)[0].ruling.value.state.en)
        assert states == ["without effect", "without effect", "effective from 1 February 2027"]
        add(contract, "subcontracting", {"what": "Hosting", "to": "Rechenwerk AG", "from_on": date(2026, 1, 1)})
    for page in (
        browser(house.staff, house.tenant).get(reverse("contracts:registers", args=[contract.pk])),
        customer(contract).get(reverse("contracts:account-registers", args=[contract.pk])),
    ):
        shown = page.content.decode()
        assert ("Hosting" in shown, "Rechenwerk AG" in shown) == (True, True)


def test_deadlines_of_open_entries_are_next_steps_and_those_of_closed_ones_are_not(house, contract):
    with as_tenant(house.tenant.pk):
        entry = add(contract, "acceptance", DELIVERED)
        rows = {contract: list(Amendment.objects.filter(contract=contract).order_by("number"))}
        told = [(step.on, step.title.en) for _, step in next_steps(rows, today=TODAY) if "defects" in step.title.en]
        assert told == [(date(2026, 12, 12), "Last day to report defects")]
        used = DELIVERED | {"used_on": date(2026, 12, 9)}
        note_facts(entry.pk, used, after=1, close=True, at=AT, actor=MACHINE)
        assert not [step for _, step in next_steps(rows, today=TODAY) if "defects" in step.title.en]


def test_another_tenant_finds_neither_contract_nor_entry(house, contract):
    with as_tenant(house.tenant.pk):
        entry = add(contract, "acceptance", DELIVERED)
    with as_tenant(make_tenant("Birke").pk):
        with pytest.raises(Contract.DoesNotExist):
            add(contract, "acceptance", DELIVERED)
        with pytest.raises(RegisterEntry.DoesNotExist):
            note_facts(entry.pk, DELIVERED, after=1, at=AT, actor=MACHINE)


def test_staff_keep_a_register_on_the_page(house, contract):
    staff = browser(house.staff, house.tenant)
    page = reverse("contracts:registers", args=[contract.pk])
    assert "No entry yet." in staff.get(page).content.decode()
    new = reverse("contracts:register-new", args=[contract.pk, "insurance"])
    entered = {
        "key": str(uuid.uuid4()), "what": "Nord AG 77", "cover": "10000.00", "from_on": "2026-01-01",
        "until_on": "2026-12-31", "covers_liability": "on",
    }  # fmt: skip
    assert staff.post(new, {**entered, "cover": ""}).status_code == 422
    assert staff.post(new, entered)["Location"] == page
    assert "not sufficient" in staff.get(page).content.decode()

    with as_tenant(house.tenant.pk):
        row = RegisterEntry.objects.get()
    url = reverse("contracts:register-entry", args=[row.pk])
    assert staff.get(url).status_code == 200
    early = staff.post(url, {**entered, "after": "1", "close": "on"})
    assert (early.status_code, "To be closed it lacks" in early.content.decode()) == (422, True)
    file = SimpleUploadedFile("police.pdf", PROOF[1], content_type="application/pdf")
    assert staff.post(url, {**entered, "after": "1", "proof": file})["Location"] == page
    with as_tenant(house.tenant.pk):
        facts = RegisterFacts.objects.get(number=2)
    assert b"".join(staff.get(reverse("contracts:register-proof", args=[facts.pk]))) == PROOF[1]
    for unknown in ("disputes", "nothing"):
        assert staff.get(reverse("contracts:register-new", args=[contract.pk, unknown])).status_code == 404


def test_readers_see_but_do_not_keep_and_strangers_find_nothing(house, contract):
    with as_tenant(house.tenant.pk):
        entry = add(contract, "acceptance", DELIVERED)
    reader = make_user("leser@lindwurm.example", "Lea Leser")
    join(house.tenant, reader, role="Leser", permissions=["contracts.see"])
    client = browser(reader, house.tenant)
    assert client.get(reverse("contracts:registers", args=[contract.pk])).status_code == 200
    assert client.get(reverse("contracts:register-new", args=[contract.pk, "insurance"])).status_code == 403
    assert client.get(reverse("contracts:register-entry", args=[entry.pk])).status_code == 403
    staff = browser(house.staff, house.tenant)
    for name in ("register-entry", "register-proof"):
        assert staff.get(reverse(f"contracts:{name}", args=[uuid.uuid4()])).status_code == 404


def test_the_page_asks_as_often_for_three_entries_as_for_one(house, contract):
    staff, counts = browser(house.staff, house.tenant), []
    url = reverse("contracts:registers", args=[contract.pk])
    staff.get(url)
    for entries in (1, 2):
        with as_tenant(house.tenant.pk):
            for _each in range(entries):
                add(contract, "acceptance", DELIVERED)
        with CaptureQueriesContext(connection) as queries:
            assert staff.get(url).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
