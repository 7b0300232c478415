"""From what probes saw to the frozen month, the claim and its credit."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core import signing

from kontor.kernel.actions.answering import answer
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.models import StoredRuling
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.models import Invoice, InvoiceLine
from kontor.office.contracts.models import Charge, Contract
from kontor.office.contracts.public import unlocks
from kontor.office.service_levels.actions import claiming, components, outages, statements
from kontor.office.service_levels.actions.components import NewComponent, NewProbe
from kontor.office.service_levels.actions.outages import NewExcuse, NewOutage
from kontor.office.service_levels.actions.probing import Seen, note_results, note_silence
from kontor.office.service_levels.models import (
    AvailabilityStatement,
    ClaimDecision,
    Component,
    CreditClaim,
    Outage,
    Probe,
    ProbePlace,
    ProbeResult,
    StateInterval,
)
from kontor.office.service_levels.queries.counting import outages_of
from kontor.office.service_levels.queries.probes import door_of, due_trials, missed_heartbeats, opened_door, states
from kontor.rulebook.availability import month_of
from kontor.rulebook.moment import instant
from kontor.rulebook.money import Money
from kontor.rulebook.probing import ProbeRule, State, Watch, seen
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from tests.background import run_jobs
from tests.factories import House, make_house
from tests.office.contracts.test_billing import bill, concluded
from tests.people import make_tenant, verbs

pytestmark = pytest.mark.django_db
AT = datetime(2026, 12, 9, 9, 0, tzinfo=UTC)
DECEMBER, JANUARY = date(2026, 12, 1), date(2027, 1, 1)
AFTER = datetime(2027, 1, 2, 9, 0, tzinfo=UTC)
WHO: dict[str, Any] = {"at": AT, "actor": MACHINE}
TOLD = {
    "description": "Keine Anmeldung",
    "users_affected": "10",
    "users_location": "Hamburg",
    "own_attempts": "Neustart",
}
KAI = Actor("PERSON", None, "Kai")


@pytest.fixture
def house() -> House:
    return make_house("crm")


@pytest.fixture
def contract(house: House) -> Contract:
    return concluded(house)


def component(key: str = "platform") -> Component:
    told = NewComponent(key=key, name_de="Plattform", name_en="Platform")
    return components.add_component(told, **WHO)


def probed(*, purpose: str = "REACH", places: Sequence[str] = ("here",), **more: Any) -> list[ProbePlace]:
    told = NewProbe(kind="HTTP", target="https://kontor.example/", purpose=purpose, places=tuple(places), **more)
    probe = components.add_probe(component().pk, told, **WHO)
    return list(probe.places.order_by("place"))


def at(minute: int, second: int = 0) -> datetime:
    return AT + timedelta(minutes=minute, seconds=second)


def told(place: ProbePlace, *results: tuple[int, bool]) -> list[Outage]:
    changed = []
    for minute, good in results:
        changed += note_results([Seen(place.pk, at(minute), good=good, millis=30)], at=at(minute, 5))
    return changed


def down(start: datetime, minutes: int, *, hits: str = "ALL", **more: Any) -> Outage:
    parts = Component.objects.all() or [component()]
    given = {"noticed_at": start, "known_at": start, "found_by": "REPORT", **more}
    new = NewOutage(
        title="Ausfall", hits=hits, started_at=start, ended_at=start + timedelta(minutes=minutes),
        components=tuple(each.pk for each in parts), **given,
    )  # fmt: skip
    return outages.open_outage(new, **WHO)


def settled(contract: Contract, month: date = DECEMBER) -> AvailabilityStatement:
    statements.settle_month(month, at=AFTER)
    return AvailabilityStatement.objects.filter(contract=contract).order_by("-version")[0]


def claimed(contract: Contract, incident: datetime, filed: datetime) -> CreditClaim:
    with as_tenant(contract.customer_tenant_id):
        return answer(
            "service_levels.credit_claimed", contract.pk, incident_at=incident, told=TOLD, at=filed, actor=KAI
        )


# --- Probes ---


def test_an_outage_begins_with_its_first_failure_and_is_noticed_when_confirmed(house: House) -> None:
    with as_tenant(house.tenant.pk):
        (place,) = probed()
        opened, ended = told(place, (0, True), (1, False), (2, True), (3, False), (4, False), (5, False), (6, True))
        outage = Outage.objects.get()
        assert (opened.pk, ended.pk) == (outage.pk, outage.pk)
        assert (outage.started_at, outage.noticed_at, outage.ended_at) == (at(3), at(4, 5), at(6))
        rows = StateInterval.objects.order_by("start").values_list("state", "start", "end")
        assert list(rows) == [("up", at(0), at(3)), ("down", at(3), at(6)), ("up", at(6), None)]
        assert ProbeResult.objects.count() == 7
        again = note_results([Seen(place.pk, at(5), good=False)], at=at(7))
        assert (again, ProbeResult.objects.count()) == ([], 7)
    assert verbs(house.tenant, outage) == ["service_levels.outage_found", "service_levels.outage_ended"]


def test_the_intervals_equal_the_raw_results_looked_at_together(house: House) -> None:
    results = [(number, number % 11 not in {3, 4, 5, 9}) for number in range(60) if number not in range(30, 40)]
    with as_tenant(house.tenant.pk):
        (place,) = probed()
        told(place, *results)
        watch, flips = Watch(), []
        for row in ProbeResult.objects.order_by("at"):
            watch, new = seen(watch, instant(row.at), ProbeRule(2, 300_000_000), good=row.good)
            flips += [(flip.state.value, flip.at) for flip in new]
        kept = StateInterval.objects.order_by("start").values_list("state", "start")
        assert [(state, instant(start)) for state, start in kept] == flips


def test_two_places_fail_only_together_unless_any_may(house: House) -> None:
    with as_tenant(house.tenant.pk):
        here, there = probed(places=("here", "there"))
        assert told(here, (0, True), (1, False), (2, False)) == []
        told(there, (0, True), (2, False))
        (outage,) = told(there, (3, False))
        assert outage.started_at == at(2)  # both failed from then on
        (ended,) = told(here, (4, True))
        assert ended.ended_at == at(4)
        Probe.objects.update(all_fail=False)
        told(there, (5, True))
        told(here, (6, False))
        (again,) = told(here, (7, False))
        assert again.started_at == at(6)
        (over,) = told(here, (8, True))
        assert over.ended_at == at(8)


def test_silence_is_neither_up_nor_down(house: House) -> None:
    with as_tenant(house.tenant.pk):
        (place,) = probed()
        told(place, (0, True))
        assert note_silence(at=at(4)) == []
        assert states([Component.objects.get()]) == {Component.objects.get().pk: State.UP}
        assert note_silence(at=at(9)) == []
        rows = StateInterval.objects.order_by("start").values_list("state", "start", "end")
        assert list(rows) == [("up", at(0), at(5)), ("unknown", at(5), None)]
        assert Outage.objects.count() == 0
        assert list(states([Component.objects.get()]).values()) == [State.UNKNOWN]


def test_probes_fall_due_by_their_minutes_and_heartbeats_are_waited_for(house: House) -> None:
    with as_tenant(house.tenant.pk):
        (place,) = probed(minutes=5)
        assert [each.watched for each in due_trials("here", at=AT)] == [place.pk]
        told(place, (0, True))
        assert due_trials("here", at=at(4)) == []
        assert [each.target for each in due_trials("here", at=at(5))] == ["https://kontor.example/"]
        beat = components.add_probe(Component.objects.get().pk, NewProbe(kind="HEARTBEAT", minutes=10), **WHO)
        (heart,) = beat.places.all()
        assert missed_heartbeats(at=at(60)) == []
        told(heart, (0, True))
        assert (missed_heartbeats(at=at(9)), missed_heartbeats(at=at(11))) == ([], [heart.pk])
        token = door_of(heart.pk).rstrip("/").rpartition("/")[2]
        assert opened_door(token) == (house.tenant.pk, heart.pk)
        with pytest.raises(signing.BadSignature):
            opened_door(token[:-2])
        components.stop_probe(beat.pk, **WHO)
        assert missed_heartbeats(at=at(60)) == []


def test_what_cannot_be_watched_is_refused(house: House) -> None:
    with as_tenant(house.tenant.pk):
        part = component()
        with pytest.raises(RefusalError, match="key"):
            component()
        with pytest.raises(RefusalError, match="probed"):
            components.add_probe(part.pk, NewProbe(kind="TCP"), **WHO)
        with pytest.raises(RefusalError, match="from"):
            components.add_probe(part.pk, NewProbe(kind="READ", places=()), **WHO)
    with as_tenant(make_tenant("Birke").pk), pytest.raises(Component.DoesNotExist):
        components.add_probe(part.pk, NewProbe(kind="READ"), **WHO)


# --- Outages ---


def test_an_outage_is_reported_ended_told_and_excused_with_evidence(house: House, contract: Contract) -> None:
    with as_tenant(house.tenant.pk):
        outage = outages.open_outage(
            NewOutage(
                title="Ausfall", hits="ALL", started_at=at(0), noticed_at=at(20), known_at=at(20), found_by="REPORT",
                components=(component().pk,), contracts=(contract.pk,),
            ),
            **WHO,
        )  # fmt: skip
        assert (outage.everybody, outage.contracts.get().contract_id) == (False, contract.pk)
        assert outages.note_report(outage.pk, at(12), **WHO).noticed_at == at(12)
        assert outages.note_report(outage.pk, at(30), **WHO).noticed_at == at(12)
        with pytest.raises(RefusalError, match="before it begins"):
            outages.end_outage(outage.pk, at(-1), cause="Disk", **WHO)
        assert outages.end_outage(outage.pk, at(60), cause="Disk", **WHO).cause == "Disk"
        with pytest.raises(RefusalError, match="over"):
            outages.end_outage(outage.pk, at(60), cause="Disk", **WHO)
        outages.tell(outage.pk, "SOLVED", Text("Behoben.", "Solved."), **WHO)
        with pytest.raises(RefusalError, match="English"):
            outages.tell(outage.pk, "SOLVED", Text("Behoben.", " "), **WHO)
        given = {"pack": "crm", "cause": "internet", "start": at(0), "end": at(30), "evidence": "Traceroute"}
        assert outages.excuse(outage.pk, NewExcuse(**given), **WHO).clause == "§4"
        for wrong in ({"cause": "weather"}, {"evidence": " "}, {"end": at(0)}, {"pack": "leisure"}):
            with pytest.raises(RefusalError):
                outages.excuse(outage.pk, NewExcuse(**(given | wrong)), **WHO)
        with pytest.raises(RefusalError, match="hit"):
            outages.open_outage(
                NewOutage(
                    title="x", hits="ALL", started_at=at(0), noticed_at=at(0), known_at=at(0), found_by="PERSON",
                    components=(),
                ),
                **WHO,
            )  # fmt: skip
    assert verbs(house.tenant, outage) == [
        "service_levels.outage_opened", "service_levels.outage_reported", "service_levels.outage_reported",
        "service_levels.outage_ended", "service_levels.outage_told", "service_levels.outage_excused",
    ]  # fmt: skip
    with as_tenant(make_tenant("Birke").pk), pytest.raises(Outage.DoesNotExist):
        outages.end_outage(outage.pk, at(60), cause="", **WHO)


# --- The month ---


@pytest.mark.requirement("SO-018")
def test_a_month_counts_what_cannot_be_read_or_cannot_be_written(house: House, contract: Contract) -> None:
    with as_tenant(house.tenant.pk):
        (place,) = probed(purpose="WRITE", confirm=1)
        reads = components.add_probe(place.probe.component_id, NewProbe(kind="READ", purpose="READ"), **WHO)
        told(reads.places.get(), *((minute, True) for minute in range(0, 100, 4)))
        told(place, (0, True), (60, False), (62, False), (64, False), (66, False), (70, False), (74, False), (80, True))
        outage = Outage.objects.get()
        assert (outage.hits, outage.started_at, outage.ended_at) == ("WRITE", at(60), at(80))
        Outage.objects.update(noticed_at=at(60))
        made = settled(contract)
    assert made.down_micros == 20 * 60_000_000
    assert (made.total_minutes, str(made.percent), made.kept) == (44_640, "99.9551", True)


@pytest.mark.requirement("SO-019")
def test_the_statement_is_frozen_shared_and_lists_what_does_not_count(house: House, contract: Contract) -> None:
    with as_tenant(house.tenant.pk):
        work = down(at(0), 120)
        network = down(at(300), 50)
        down(at(600), 30)
        excused = (("maintenance", work, 120), ("customer_equipment", network, 50))
        for cause, outage, minutes in excused:
            start = outage.started_at
            end = start + timedelta(minutes=minutes)
            told_excuse = NewExcuse(pack="crm", cause=cause, start=start, end=end, evidence="Protokoll")
            outages.excuse(outage.pk, told_excuse, **WHO)
        with pytest.raises(RefusalError, match="not over"):
            statements.settle_month(DECEMBER, at=AT)
        made = settled(contract)
        assert statements.settle_month(DECEMBER, at=AFTER) == []
        assert StoredRuling.objects.get(pk=made.ruling).question == "service_levels.availability"
    assert made.down_micros == 30 * 60_000_000
    assert made.excused == [["maintenance", 120 * 60_000_000], ["customer_equipment", 50 * 60_000_000]]
    assert (len(made.days), made.days[8], made.version, made.difference_micros) == (
        31, ["2026-12-09", 1440, 30.0, 170.0, 0.0], 1, 0,
    )  # fmt: skip
    with as_tenant(contract.customer_tenant_id):
        assert AvailabilityStatement.received.get().pk == made.pk
    with as_tenant(make_tenant("Birke").pk):
        assert AvailabilityStatement.received.count() == 0


def test_trap_29_a_cause_accepted_later_makes_a_new_version(house: House, contract: Contract) -> None:
    with as_tenant(house.tenant.pk):
        outage = down(at(0), 100)
        with pytest.raises(RefusalError, match="not settled"):
            statements.correct_statement(contract.pk, DECEMBER, reason="x", at=AFTER, actor=MACHINE)
        settled(contract)
        for reason, match in ((" ", "Why"), ("Ursache", "Nothing")):
            with pytest.raises(RefusalError, match=match):
                statements.correct_statement(contract.pk, DECEMBER, reason=reason, at=AFTER, actor=MACHINE)
        told_excuse = NewExcuse(pack="crm", cause="internet", start=at(0), end=at(40), evidence="Störungsmeldung")
        outages.excuse(outage.pk, told_excuse, **WHO)
        made = statements.correct_statement(contract.pk, DECEMBER, reason="Ursache", at=AFTER, actor=MACHINE)
        assert (made.version, made.difference_micros, made.down_micros) == (2, -40 * 60_000_000, 60 * 60_000_000)
        assert [each.down_micros for each in AvailabilityStatement.objects.order_by("version")] == [
            100 * 60_000_000, 60 * 60_000_000,
        ]  # fmt: skip
        back = NewExcuse(pack="crm", cause="internet", start=at(0), end=at(40), evidence="Irrtum", accepted=False)
        outages.excuse(outage.pk, back, **WHO)
        again = statements.correct_statement(contract.pk, DECEMBER, reason="Irrtum", at=AFTER, actor=MACHINE)
        assert (again.version, again.down_micros) == (3, 100 * 60_000_000)
    assert verbs(house.tenant, again) == ["service_levels.statement_corrected"]


# --- Claims ---


@pytest.mark.trap(58)
def test_a_claim_in_time_is_granted_once_and_credited_at_the_invoices_rate(house: House, contract: Contract) -> None:
    """December: 44,640 minutes, 1,116 of them down are 2.5 %: of 303.00 net that is 7.575, 7.58."""
    bill(house, DECEMBER)
    with as_tenant(house.tenant.pk):
        outage = down(at(0), 1116)
    claim = claimed(contract, outage.ended_at, at(2000))
    with as_tenant(house.tenant.pk):
        with pytest.raises(RefusalError, match="settled"):
            claiming.decide_claim(claim.pk, granted=True, reasons="Ja", on=JANUARY, at=AFTER, actor=KAI)
        statement = settled(contract)
        with pytest.raises(RefusalError, match="reasons"):
            claiming.decide_claim(claim.pk, granted=True, reasons=" ", on=JANUARY, at=AFTER, actor=KAI)
        made = claiming.decide_claim(claim.pk, granted=True, reasons="Gemessen", on=JANUARY, at=AFTER, actor=KAI)
        assert (made.outcome, made.amount_minor, made.statement_id) == ("GRANTED", 758, statement.pk)
        note = Invoice.objects.get(pk=made.notes[0])
        lines = list(InvoiceLine.objects.filter(invoice=note).order_by("pk"))
        assert {(line.vat_rate, line.clause) for line in lines} == {(19, "§4")}
        assert sorted(abs(line.net_minor) for line in lines) == [313, 445]
        with pytest.raises(RefusalError, match="decided"):
            claiming.decide_claim(claim.pk, granted=False, reasons="Nein", on=JANUARY, at=AFTER, actor=KAI)
    second = claimed(contract, outage.ended_at, at(2001))
    with as_tenant(house.tenant.pk):
        with pytest.raises(RefusalError, match="given already"):
            claiming.decide_claim(second.pk, granted=True, reasons="Ja", on=JANUARY, at=AFTER, actor=KAI)
        refused = claiming.decide_claim(
            second.pk, granted=False, reasons="Schon gegeben", on=JANUARY, at=AFTER, actor=KAI
        )
        assert (refused.outcome, refused.amount_minor) == ("REFUSED", 0)
    with as_tenant(contract.customer_tenant_id):
        assert sorted(ClaimDecision.received.values_list("outcome", flat=True)) == ["GRANTED", "REFUSED"]


def test_trap_29_the_credit_follows_the_corrected_month(house: House, contract: Contract) -> None:
    """Of 303.00: 1,116 minutes are 7.58; 558 are 3.79; 1,674 are 11.36."""
    bill(house, DECEMBER)
    with as_tenant(house.tenant.pk):
        outage = down(at(0), 1116)
    claim = claimed(contract, outage.ended_at, at(2000))
    with as_tenant(house.tenant.pk):
        settled(contract)
        claiming.decide_claim(claim.pk, granted=True, reasons="Gemessen", on=JANUARY, at=AFTER, actor=KAI)
        half = {"pack": "crm", "cause": "internet", "start": at(0), "end": at(558)}
        outages.excuse(outage.pk, NewExcuse(**half, evidence="Störungsmeldung"), **WHO)
        correct = {"reason": "Ursache", "at": AFTER, "actor": KAI}
        less = statements.correct_statement(contract.pk, DECEMBER, **correct)
        assert less.decisions.get().amount_minor == -379
        assert sorted(each.quantity * each.price for each in Charge.objects.all()) == [Decimal("1.56"), Decimal("2.23")]
        outages.excuse(outage.pk, NewExcuse(**half, evidence="Irrtum", accepted=False), **WHO)
        down(at(1200), 558)
        more = statements.correct_statement(contract.pk, DECEMBER, **correct)
        assert more.decisions.get().amount_minor == 1136 - 379
        assert len(more.decisions.get().notes) == 1
        assert sum(claim.decisions.values_list("amount_minor", flat=True)) == 1136
        other = NewExcuse(pack="crm", cause="internet", start=at(1200), end=at(1201), evidence="Protokoll")
        outages.excuse(outage.pk, other, **WHO)  # outside of the outage: nothing changes
        with pytest.raises(RefusalError, match="Nothing"):
            statements.correct_statement(contract.pk, DECEMBER, **correct)
        excused = down(at(3000), 60)
        whole = NewExcuse(pack="crm", cause="internet", start=at(3000), end=at(3060), evidence="Protokoll")
        outages.excuse(excused.pk, whole, **WHO)
        same = statements.correct_statement(contract.pk, DECEMBER, **correct)
        assert (same.difference_micros, same.decisions.count()) == (0, 0)
    assert verbs(house.tenant, claim)[-1] == "service_levels.credit_corrected"


@pytest.mark.requirement("SO-022")
def test_a_late_claim_is_recorded_refused_by_rule_and_a_person_may_be_generous(
    house: House, contract: Contract
) -> None:
    incident = datetime(2026, 12, 10, 11, 0, tzinfo=UTC)
    in_time = claimed(contract, incident, datetime(2026, 12, 13, 22, 0, tzinfo=UTC))
    late = claimed(contract, incident, datetime(2026, 12, 13, 23, 1, tzinfo=UTC))  # 14 December 00:01 in Oslo
    assert (in_time.in_time, late.in_time, late.file_by) == (True, False, date(2026, 12, 13))
    with as_tenant(house.tenant.pk):
        assert in_time.decisions.count() == 0
        assert late.decisions.get().outcome == "REFUSED"
        with pytest.raises(RefusalError, match="follows a refusal"):
            claiming.grant_goodwill(
                in_time.pk, Money.parse("5", "EUR"), reasons="Kulanz", on=JANUARY, at=AFTER, actor=KAI
            )
        made = claiming.grant_goodwill(
            late.pk, Money.parse("5", "EUR"), reasons="Kulanz", on=JANUARY, at=AFTER, actor=KAI
        )
        assert (made.outcome, made.amount_minor, made.notes) == ("GOODWILL", 500, [])
        assert -sum(each.quantity * each.price for each in Charge.objects.all()) == 5
        with pytest.raises(RefusalError, match="once"):
            claiming.grant_goodwill(late.pk, Money.parse("5", "EUR"), reasons="Kulanz", on=JANUARY, at=AFTER, actor=KAI)
    with as_tenant(make_tenant("Birke").pk), pytest.raises(CreditClaim.DoesNotExist):
        claiming.decide_claim(late.pk, granted=False, reasons="x", on=JANUARY, at=AFTER, actor=KAI)


def test_a_claim_for_a_month_that_was_kept_is_refused_by_rule(house: House, contract: Contract) -> None:
    with as_tenant(house.tenant.pk):
        outage = down(at(0), 10)
    claim = claimed(contract, outage.ended_at, at(2000))
    with as_tenant(house.tenant.pk):
        settled(contract)
        with pytest.raises(RefusalError, match="kept"):
            claiming.decide_claim(claim.pk, granted=True, reasons="Ja", on=JANUARY, at=AFTER, actor=KAI)


@pytest.mark.requirement("SO-023")
def test_a_claim_without_what_the_contract_wants_is_not_filed(house: House, contract: Contract) -> None:
    with as_tenant(contract.customer_tenant_id), pytest.raises(RefusalError, match=r"^Missing: Location of the users"):
        answer(
            "service_levels.credit_claimed", contract.pk, incident_at=at(0), told=TOLD | {"users_location": " "},
            at=at(10), actor=KAI,
        )  # fmt: skip
    with as_tenant(house.tenant.pk):
        assert CreditClaim.objects.count() == 0


def test_terms_without_claims_take_none() -> None:
    contract = concluded(make_house("visitor"))
    run_jobs()
    with pytest.raises(RefusalError, match="no credit is claimed"):
        claimed(contract, at(0), at(10))


def test_an_outage_counts_for_whoever_had_ordered_a_part_that_it_hit() -> None:
    """
    The contract opens visitors and its platform from 1 December, and no signage.

    Counted is what hits a part that is ordered, or that everybody has, or what names the contract itself.
    """
    house = make_house("visitor")
    contract = concluded(house)
    with as_tenant(house.tenant.pk):
        assert {each.module for each in unlocks(contract.pk)} == {"platform", "visitors"}
        parts = [
            components.add_component(NewComponent(key=key, name_de=key, name_en=key, module=module), **WHO).pk
            for key, module in (("signs", "signage"), ("seats", "visitors"), ("gate", ""))
        ]

        def lost(*hit: int, named: tuple[Any, ...] = ()) -> int:
            outages.open_outage(
                NewOutage(
                    title="Ausfall", hits="ALL", started_at=at(0), noticed_at=at(0), known_at=at(0), found_by="PERSON",
                    ended_at=at(60), components=tuple(parts[each] for each in hit), contracts=named,
                ),
                **WHO,
            )  # fmt: skip
            return len(outages_of(contract.pk, month_of(DECEMBER, "Europe/Berlin"), "Europe/Berlin"))

        assert [lost(0), lost(0, 1), lost(2), lost(0, 2), lost(0, named=(contract.pk,))] == [0, 1, 2, 3, 4]
        early = (instant(datetime(2026, 11, 1, tzinfo=UTC)), instant(datetime(2026, 12, 1, tzinfo=UTC)))
        assert outages_of(contract.pk, early, "Europe/Berlin") == []
