"""Claiming a credit, planning maintenance, and what both must be refused for."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from kontor.rulebook import terms
from kontor.rulebook.availability import availability_of
from kontor.rulebook.availability_claim import Verdict, filing_of, lacking, verdict
from kontor.rulebook.availability_month import Outage
from kontor.rulebook.calc.promises import claiming_of, promise_of, upkeep_of
from kontor.rulebook.maintenance_plan import UpkeepTerms, Work, excusable, planned, warned_at
from kontor.rulebook.moment import Span, zone_named
from kontor.rulebook.probing import ProbeRule, State, Watch, seen, timeline, together
from kontor.rulebook.refusal import RefusalError

OSLO, BERLIN, VILNIUS = (zone_named(f"Europe/{city}") for city in ("Oslo", "Berlin", "Vilnius"))
CLAIMING = claiming_of(terms.load("crm"))
TOLD = {"description": "no sign-in", "users_affected": "12", "users_location": "Bergen", "own_attempts": "restarted"}


def oslo(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=OSLO)


@pytest.mark.parametrize(
    ("filed", "in_time"),
    [
        ("2026-05-13T23:00", True),
        ("2026-05-13T23:59:59", True),
        ("2026-05-14T00:00:00", False),
        ("2026-05-14T00:01", False),
    ],
)
def test_trap_30_three_days_end_with_their_last_second(filed: str, in_time: bool) -> None:
    assert CLAIMING
    found = filing_of(oslo("2026-05-10T12:00"), oslo(filed), CLAIMING).value
    assert (found.in_time, found.file_by) == (in_time, date(2026, 5, 13))


def test_a_claim_is_decided_within_thirty_days() -> None:
    assert CLAIMING
    assert filing_of(oslo("2026-05-31T12:00"), oslo("2026-06-01T09:00"), CLAIMING).value.decide_by == date(2026, 7, 1)
    with pytest.raises(RefusalError, match=r"^Expected a moment from the incident on: Sun 31 May 2026, 12:00.$"):
        filing_of(oslo("2026-05-31T12:00"), oslo("2026-05-31T11:59"), CLAIMING)


def test_a_claim_without_a_period_to_decide_has_no_last_day() -> None:
    assert CLAIMING
    filing = filing_of(oslo("2026-05-31T12:00"), oslo("2026-06-01T09:00"), replace(CLAIMING, decided_within=None))
    assert (filing.value.decide_by, len(filing.working)) == (None, 2)


def test_a_claim_names_what_it_lacks() -> None:
    assert CLAIMING
    assert lacking(CLAIMING, TOLD) == ()
    assert [item.key for item in lacking(CLAIMING, TOLD | {"users_location": " "})] == ["users_location"]


def test_the_rules_refuse_what_is_late_kept_or_claimed_twice() -> None:
    promise = promise_of(terms.load("crm"))
    assert CLAIMING
    assert promise
    may = date(2026, 5, 1)
    down = Outage(Span(oslo("2026-05-10T10:00"), oslo("2026-05-10T12:00")))
    missed, kept = (availability_of(may, promise, outages).value for outages in ([down], []))
    in_time = filing_of(oslo("2026-05-10T12:00"), oslo("2026-05-11T12:00"), CLAIMING)
    late = filing_of(oslo("2026-05-10T12:00"), oslo("2026-05-14T12:00"), CLAIMING)
    assert verdict(in_time, missed, claimed=()).value is Verdict.OPEN
    assert verdict(late, missed, claimed=()).value is Verdict.LATE
    assert verdict(in_time, missed, claimed=(may,)).value is Verdict.TWICE
    assert verdict(in_time, kept, claimed=()).value is Verdict.KEPT


def test_a_pack_may_name_no_causes_and_no_hours() -> None:
    visitor, crm = terms.load("visitor"), terms.load("crm")
    assert visitor.service_level
    bare = visitor.model_copy(update={"service_level": visitor.service_level.model_copy(update={"excuses": None})})
    promise = promise_of(bare)
    assert promise
    assert (promise.causes, promise.windows, promise.window_key) == ({}, None, "")
    assert upkeep_of(crm.model_copy(update={"support": None})).office is None


def test_packs_without_claims_have_no_claiming() -> None:
    assert [claiming_of(terms.load(key)) for key in ("visitor", "dealership", "leisure", "bookkeeping")] == [None] * 4


def work(zone: str, start: str, end: str, **more: object) -> Work:
    named = zone_named(zone)
    span = Span(*(datetime.fromisoformat(text).replace(tzinfo=named) for text in (start, end)))
    return Work(**({"span": span, "stops": True} | more))  # type: ignore[arg-type]


TUESDAY, SATURDAY = "2026-06-02", "2026-06-06"


@pytest.mark.requirement("SM-033")
def test_what_stops_the_service_goes_into_the_window_of_dealership() -> None:
    upkeep = upkeep_of(terms.load("dealership"))
    evening = work("Europe/Berlin", f"{TUESDAY}T19:30", f"{TUESDAY}T21:00")
    assert planned(evening, upkeep).value.in_window
    for day, hour in ((TUESDAY, 18), (SATURDAY, 20)):
        outside = work("Europe/Berlin", f"{day}T{hour}:00", f"{day}T{hour + 1}:00")
        with pytest.raises(
            RefusalError, match=r"^Work that stops the service wholly belongs into the maintenance window"
        ):
            planned(outside, upkeep)
        urgent = Work(span=outside.span, stops=True, urgent=True, announced=outside.span.start)
        assert planned(urgent, upkeep).value.lead == timedelta(0)
    harmless = work("Europe/Berlin", f"{TUESDAY}T11:00", f"{TUESDAY}T12:00", stops=False)
    assert planned(harmless, upkeep).working[-1].en == "The service stays usable."


@pytest.mark.parametrize("announced", [None, datetime(2026, 6, 3, 11, 1, tzinfo=BERLIN)])
def test_urgent_work_begins_once_the_customers_were_told(announced: datetime | None) -> None:
    patch = work("Europe/Berlin", "2026-06-03T11:00", "2026-06-03T12:00", urgent=True, announced=announced)
    with pytest.raises(RefusalError, match=r"^Urgent work begins only once the customers have been told.$"):
        planned(patch, upkeep_of(terms.load("dealership")))


def test_work_by_day_needs_a_reason_of_crm() -> None:
    upkeep = upkeep_of(terms.load("crm"))
    by_day = work("Europe/Vilnius", f"{TUESDAY}T10:00", f"{TUESDAY}T11:00")
    with pytest.raises(
        RefusalError, match=r"^A reason has to be given for this time: Fix an error, Prevent an error.$"
    ):
        planned(by_day, upkeep)
    ruling = planned(Work(span=by_day.span, stops=True, reason="fix_error"), upkeep)
    assert ruling.working[-1].en == "Reason: Fix an error."
    assert planned(work("Europe/Vilnius", f"{TUESDAY}T17:00", f"{TUESDAY}T18:00"), upkeep).value.lead is None


def test_leisure_wants_one_of_its_reasons() -> None:
    upkeep = upkeep_of(terms.load("leisure"))
    with pytest.raises(RefusalError):
        planned(work("Europe/Paris", f"{TUESDAY}T10:00", f"{TUESDAY}T11:00"), upkeep)
    repair = work("Europe/Paris", f"{TUESDAY}T10:00", f"{TUESDAY}T11:00", reason="repair")
    assert planned(repair, upkeep).working[-1].en == "Reason: Repair."


def test_a_pack_that_says_nothing_wants_nothing() -> None:
    upkeep = upkeep_of(terms.load("bookkeeping"))
    anytime = work("Europe/Berlin", f"{TUESDAY}T10:00", f"{TUESDAY}T11:00", urgent=True)
    assert planned(anytime, upkeep).value.in_window is False
    assert planned(anytime, UpkeepTerms(zone="Europe/Berlin", only_in_window=True)).value.in_window is False


def test_trap_24_the_excess_of_a_window_is_not_excused() -> None:
    agreed = Span(oslo("2026-06-02T20:00"), oslo("2026-06-02T22:00"))
    longer = Span(oslo("2026-06-02T19:50"), oslo("2026-06-02T22:45"))
    assert excusable(agreed, longer).length == timedelta(hours=2)
    day = timedelta(hours=24)
    assert excusable(agreed, agreed, announced=oslo("2026-06-01T20:30"), lead=day).length == timedelta(minutes=90)
    assert excusable(agreed, agreed, lead=day).length == timedelta(0)
    assert excusable(agreed, Span(oslo("2026-06-03T01:00"), oslo("2026-06-03T02:00"))).length == timedelta(0)


@pytest.mark.parametrize("pack", ["dealership"])
def test_people_are_warned_after_three_quarters_of_the_recovery(pack: str) -> None:
    known = datetime(2026, 6, 1, 10, tzinfo=BERLIN)
    assert terms.load(pack)
    assert warned_at(known, datetime(2026, 6, 4, 10, tzinfo=BERLIN)) == datetime(2026, 6, 3, 16, tzinfo=BERLIN)


def test_trap_26_an_outage_begins_with_its_first_failure_and_ends_with_the_first_good_probe() -> None:
    watch, flips = Watch(), []
    for at, good in ((0, True), (1, False), (2, True), (3, False), (4, False), (5, False), (6, True)):
        watch, new = seen(watch, at, ProbeRule(confirm=2, silence=3), good=good)
        flips += new
    assert timeline(flips, (0, 7)).down == ((3, 6),)
    alone, _flips = seen(Watch(), 0, ProbeRule(confirm=1, silence=3), good=False)
    assert alone.state is State.DOWN


def test_trap_25_two_places_fail_only_together_unless_the_contract_says_any() -> None:
    good = [seen(Watch(), 0, ProbeRule(1, 9), good=True)[1], seen(Watch(), 0, ProbeRule(1, 9), good=False)[1]]
    here, there, nobody = (timeline(flips, (0, 5)) for flips in (*good, ()))
    assert (together([here, there], all_fail=True).down, together([here, there], all_fail=False).down) == (
        (),
        ((0, 5),),
    )
    assert together([there, there], all_fail=True).down == ((0, 5),)
    assert together([there, nobody], all_fail=True).unknown == ((0, 5),)
    assert together([here, nobody], all_fail=True).up == [(0, 5)]
