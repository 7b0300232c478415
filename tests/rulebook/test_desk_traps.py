"""
The traps of deadlines, each by name: dates and hours as counted by hand, Monday to Friday 09:00 to 18:00 unless said.

Those that need mail (16 to 18) are proved where mail is read; what a replayed log adds stands in test_replay.
"""

from datetime import UTC, datetime, timedelta

import pytest

from kontor.rulebook import terms
from kontor.rulebook.calc.promised import promises_of
from kontor.rulebook.calendar import HolidayList
from kontor.rulebook.clock import BusinessClock, paused
from kontor.rulebook.moment import Span, utc, zone_named
from kontor.rulebook.replay import replay
from kontor.rulebook.schedule import Schedule, week
from kontor.rulebook.ticket_log import REASONABLE, Logged, What

BERLIN = zone_named("Europe/Berlin")
OFFICE = week("Mon-Fri 09:00-18:00")


def clock(*days: str, region: str = "BY", windows: tuple[str, ...] = ()) -> BusinessClock:
    return BusinessClock(
        Schedule("Europe/Berlin", week(*windows) if windows else OFFICE, HolidayList("DE", region, days))
    )


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def due(reported: str, hours: int, *, on: BusinessClock) -> str:
    return on.add(berlin(reported), timedelta(hours=hours)).isoformat(timespec="minutes")[:16]


def test_trap_1_corpus_christi_is_a_holiday_in_bavaria_alone() -> None:
    assert due("2026-06-03T16:00", 24, on=clock()) == "2026-06-09T13:00"
    assert due("2026-06-03T16:00", 24, on=clock(region="BE")) == "2026-06-08T13:00"


@pytest.mark.parametrize("reported", ["2026-11-21T11:00", "2026-11-23T06:00", "2026-11-20T18:00"])
def test_trap_2_whatever_is_reported_while_closed_counts_from_opening(reported: str) -> None:
    assert due(reported, 24, on=clock()) == "2026-11-25T15:00"
    assert due("2026-11-20T17:59", 24, on=clock()) == "2026-11-25T14:59"


def test_trap_3_nine_hours_from_opening_end_at_closing_of_that_day() -> None:
    assert due("2026-11-23T09:00", 9, on=clock()) == "2026-11-23T18:00"


def test_trap_4_the_contract_names_the_municipality_where_assumption_is_kept() -> None:
    assert due("2028-08-14T17:00", 4, on=clock("08-15")) == "2028-08-16T12:00"
    assert due("2028-08-14T17:00", 4, on=clock()) == "2028-08-15T12:00"


def test_trap_5_epiphany() -> None:
    assert due("2027-01-05T17:00", 8, on=clock()) == "2027-01-07T16:00"
    assert due("2027-01-05T17:00", 8, on=clock(region="BE")) == "2027-01-06T16:00"


def test_trap_6_christmas_eve_works_unless_the_contract_says_otherwise() -> None:
    assert due("2026-12-23T15:00", 24, on=clock()) == "2026-12-29T12:00"
    # Visitor, annex 2, 2.7 says otherwise: 3 h on 23 Dec, 9 on 28, 9 on 29, 3 on 30
    assert due("2026-12-23T15:00", 24, on=clock("12-24", "12-31")) == "2026-12-30T12:00"


def test_trap_7_easter_and_the_spring_change() -> None:
    found = clock().add(berlin("2027-03-26T12:00"), timedelta(hours=24))
    assert found.isoformat() == "2027-04-01T15:00:00+02:00"


@pytest.mark.parametrize(("saturday", "hours"), [("2026-10-17", 12), ("2026-10-24", 13), ("2027-03-27", 11)])
def test_trap_8_a_night_on_call_has_eleven_to_thirteen_hours(saturday: str, hours: int) -> None:
    night = BusinessClock(Schedule("Europe/Berlin", week("Sat 20:00 - Sun 08:00")))
    found = night.window(berlin(f"{saturday}T21:00"))
    assert found is not None
    assert found.length == timedelta(hours=hours)


def test_trap_9_half_past_two_comes_twice_or_not_at_all() -> None:
    twice = berlin("2026-10-25T02:30")
    assert (utc(twice), utc(twice.replace(fold=1))) == (
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    )
    assert utc(berlin("2027-03-28T02:30")) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


def test_trap_10_a_day_and_night_calendar_has_its_last_minute() -> None:
    always = clock(region="BE", windows=("Mon-Sun 00:00-24:00",))
    assert due("2026-11-23T23:59", 24, on=always) == "2026-11-24T23:59"
    assert always.elapsed(berlin("2026-11-23T23:00"), berlin("2026-11-24T01:00")) == timedelta(hours=2)


def test_trap_11_lunch_is_a_gap_and_no_holiday() -> None:
    lunch = clock(windows=("Mon-Fri 09:00-13:00", "Mon-Fri 14:00-18:00"))
    assert due("2026-11-23T09:00", 5, on=lunch) == "2026-11-23T15:00"
    assert due("2026-11-23T13:30", 5, on=lunch) == "2026-11-24T10:00"  # 4 in the afternoon, 1 the next morning


def test_trap_12_a_pause_over_the_weekend_takes_three_hours() -> None:
    pause = Span(berlin("2026-11-20T16:00"), berlin("2026-11-23T10:00"))
    plain = clock().add(berlin("2026-11-20T10:00"), timedelta(hours=24))
    held = paused(clock(), berlin("2026-11-20T10:00"), timedelta(hours=24), pauses=[pause])
    assert clock().elapsed(plain, held) == timedelta(hours=3)


def test_trap_19_the_action_plan_is_due_on_a_saturday_when_seven_days_end_there() -> None:
    paris = zone_named("Europe/Paris")
    saturday = datetime(2026, 12, 19, 12, tzinfo=paris)
    found = replay(
        [
            Logged(saturday, What.REPORTED),
            Logged(saturday, What.CLASSIFIED, "blocking"),
            Logged(saturday, What.WORKED_AROUND, REASONABLE),
        ],
        promised=promises_of(terms.load("leisure")),
    )
    plan = found.promises[-1]
    assert (plan.name, plan.due.isoformat()) == ("plan", "2026-12-27T00:00:00+01:00")  # the end of Saturday, 26 Dec
