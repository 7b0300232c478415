"""Business time: the notes' traps by name, a plain day loop as oracle, and the properties that must hold everywhere."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given, settings, strategies as st

from kontor.rulebook.calendar import HolidayList
from kontor.rulebook.clock import BusinessClock, RunningClock, counted, paused
from kontor.rulebook.moment import Span, instant, zone_named
from kontor.rulebook.schedule import DayWindow, Schedule, ScheduleError, week

BAVARIA = HolidayList("DE", "BY")
MUNICH = BusinessClock(Schedule("Europe/Berlin", week("Mon-Fri 09:00-18:00"), BAVARIA))
PARIS = BusinessClock(
    Schedule(
        "Europe/Paris", week("Mon-Fri 09:00-12:30", "Mon-Fri 14:00-18:00"), HolidayList(days=("easter+1", "05-14"))
    )
)
ON_CALL = BusinessClock(
    Schedule(
        "Europe/Paris",
        week("Mon-Fri 18:00-22:00", "Sat-Sun 09:00-22:00"),
        HolidayList(days=("05-14",)),
        on_holidays=(DayWindow(540, 1320),),
    )
)
NIGHTS = BusinessClock(Schedule("Europe/Oslo", week("Sat 20:00 - Sun 08:00", "Wed 22:00 - Thu 02:30")))
VILNIUS = BusinessClock(Schedule("Europe/Vilnius", week("Mon-Fri 08:00-16:00"), HolidayList("LT", None, ("12-24",))))
SMALL_HOURS = BusinessClock(Schedule("Europe/Berlin", week("Sun 01:15-02:30", "Sun 02:45-03:10")))
ALWAYS = BusinessClock(Schedule("Europe/Berlin", week("Mon-Sun 00:00-24:00")))
CLOCKS = [MUNICH, PARIS, ON_CALL, NIGHTS, VILNIUS, SMALL_HOURS]
MICRO = timedelta(microseconds=1)

MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
LENGTHS = st.timedeltas(MICRO, timedelta(hours=400))
# Instants around the nights the clocks change, where most clocks go wrong.
CHANGES = st.sampled_from([datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)])
NEAR_A_CHANGE = st.builds(lambda change, minutes: change + timedelta(minutes=minutes), CHANGES, st.integers(-600, 600))
ANY = st.one_of(MOMENTS, NEAR_A_CHANGE)

every_clock = pytest.mark.parametrize("clock", CLOCKS, ids=["munich", "paris", "on-call", "nights", "vilnius", "small"])


def local(clock: BusinessClock, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=clock.zone)


def shown(when: datetime) -> str:
    return when.isoformat(timespec="minutes")[:16]


def open_by_hand(clock: BusinessClock, start: datetime, end: datetime) -> timedelta:
    """Sum the open time by walking the days and overlapping each merged window with the span asked about."""
    windows = []
    day = start.astimezone(clock.zone).date() - timedelta(days=8)
    while day <= end.astimezone(clock.zone).date() + timedelta(days=1):
        midnight = datetime(day.year, day.month, day.day)
        for window in clock.schedule.opening_on(day):
            opens = midnight + timedelta(minutes=window.opens)
            closes = midnight + timedelta(days=window.days_later, minutes=window.closes)
            windows.append((first_showing(opens, clock), first_showing(closes, clock)))
        day += timedelta(days=1)
    total, seen = timedelta(0), start
    for opens, closes in sorted(windows):
        total += max(timedelta(0), min(closes, end) - max(opens, seen))
        seen = max(seen, min(closes, end))
    return total


def first_showing(wall: datetime, clock: BusinessClock) -> datetime:
    """Find the first instant, minute by minute, at which the clocks show `wall` or later."""
    guess = wall.replace(tzinfo=UTC) - timedelta(hours=4)
    while guess.astimezone(clock.zone).replace(tzinfo=None) < wall:
        guess += timedelta(minutes=5)
    return guess


@pytest.mark.parametrize(
    ("region", "reported", "hours", "due"),
    [
        ("BY", "2026-06-03T16:00", 24, "2026-06-09T13:00"),  # Corpus Christi on Thursday: 2 + 9 (Fri) + 9 + 4
        ("BE", "2026-06-03T16:00", 24, "2026-06-08T13:00"),
        ("BY", "2026-11-21T11:00", 24, "2026-11-25T15:00"),  # Saturday, before opening, at closing: all the same
        ("BY", "2026-11-23T06:00", 24, "2026-11-25T15:00"),
        ("BY", "2026-11-20T18:00", 24, "2026-11-25T15:00"),
        ("BY", "2026-11-20T17:59", 24, "2026-11-25T14:59"),
        ("BY", "2026-11-23T09:00", 9, "2026-11-23T18:00"),  # used up at closing time: that evening
        ("BY", "2027-01-05T17:00", 8, "2027-01-07T16:00"),  # Epiphany
        ("BE", "2027-01-05T17:00", 8, "2027-01-06T16:00"),
        ("BY", "2026-12-23T15:00", 24, "2026-12-29T12:00"),  # 3 + 9 on 24 Dec + 9 on 28 Dec + 3
        ("BY", "2027-03-26T12:00", 24, "2027-04-01T15:00"),  # Good Friday to Easter Monday, clocks change between
    ],
)
def test_office_hours_fall_due_as_counted_by_hand(region: str, reported: str, hours: int, due: str) -> None:
    clock = BusinessClock(Schedule("Europe/Berlin", week("Mon-Fri 09:00-18:00"), HolidayList("DE", region)))
    found = clock.add(local(clock, reported), timedelta(hours=hours))
    assert shown(found) == due
    assert found.tzinfo is clock.zone


@pytest.mark.requirement("AP-061")
@pytest.mark.requirement("AP-062")
@pytest.mark.parametrize(("hours", "due"), [(24, "2026-06-03T16:00"), (48, "2026-06-08T13:00")])
def test_leisure_s_working_hours_are_nine_a_day(hours: int, due: str) -> None:
    clock = BusinessClock(Schedule("Europe/Paris", week("Mon-Fri 09:00-18:00")))
    assert shown(clock.add(local(clock, "2026-06-01T10:00"), timedelta(hours=hours))) == due


def test_a_lunch_break_is_a_gap_between_two_windows() -> None:
    # 11:30 to 12:30 is one hour, the second one runs from 14:00
    assert shown(PARIS.add(local(PARIS, "2026-06-01T11:30"), timedelta(hours=2))) == "2026-06-01T15:00"
    assert PARIS.elapsed(local(PARIS, "2026-06-01T09:00"), local(PARIS, "2026-06-01T18:00")) == timedelta(hours=7.5)


@pytest.mark.trap(10)
def test_24_clock_hours_over_the_spring_change_end_an_hour_later_on_the_wall() -> None:
    clock = RunningClock("Europe/Berlin")
    start = datetime(2026, 3, 28, 12, tzinfo=clock.zone)
    due = clock.add(start, timedelta(hours=24))
    assert due.isoformat() == "2026-03-29T13:00:00+02:00"
    assert clock.elapsed(start, due) == timedelta(hours=24)
    assert clock.elapsed(due, start) == -timedelta(hours=24)


@pytest.mark.trap(11)
@pytest.mark.parametrize(
    ("first", "end", "hours"), [("2026-03-01", "2026-04-01", 743), ("2026-10-01", "2026-11-01", 745)]
)
def test_a_round_the_clock_calendar_loses_no_minute(first: str, end: str, hours: int) -> None:
    assert ALWAYS.elapsed(local(ALWAYS, first), local(ALWAYS, end)) == timedelta(hours=hours)


@pytest.mark.parametrize("length", [timedelta(days=7305), -timedelta(days=7305)])  # 20 years
def test_an_answer_may_lie_far_from_the_question(length: timedelta) -> None:
    start = datetime(2026, 6, 1, 12, tzinfo=UTC)
    assert BusinessClock(ALWAYS.schedule).add(start, length) == start + length


@pytest.mark.trap(12)
def test_the_hour_that_comes_twice_is_counted_twice() -> None:
    first, second = (datetime(2026, 10, 25, 2, 30, tzinfo=ALWAYS.zone, fold=fold) for fold in (0, 1))
    assert ALWAYS.elapsed(first, second) == timedelta(hours=1)


@pytest.mark.parametrize(("saturday", "hours"), [("2026-10-24", 13), ("2027-03-27", 11), ("2026-06-06", 12)])
def test_a_night_on_call_is_as_long_as_the_clocks_make_it(saturday: str, hours: int) -> None:
    window = NIGHTS.window(local(NIGHTS, f"{saturday}T23:00"))
    assert window is not None
    assert shown(window.start) == f"{saturday}T20:00"
    assert window.length == timedelta(hours=hours)


def test_windows_in_the_hour_the_spring_change_skips() -> None:
    # 29 March 2026: 01:15 to 02:00 is all there is of the first window (45 min), 03:00 to 03:10 of the second (10 min)
    morning, noon = local(SMALL_HOURS, "2026-03-29T00:00"), local(SMALL_HOURS, "2026-03-29T12:00")
    assert SMALL_HOURS.elapsed(morning, noon) == timedelta(minutes=55)
    window = SMALL_HOURS.window(local(SMALL_HOURS, "2026-03-29T03:05"))
    assert window is not None
    assert shown(window.start) == "2026-03-29T01:15"  # 02:00 is 03:00: both windows touch


def test_what_the_clock_says_while_closed() -> None:
    closed = local(MUNICH, "2026-06-04T10:00")
    assert MUNICH.window(closed) is None
    assert not MUNICH.is_open(closed)
    assert shown(MUNICH.next_open(closed)) == "2026-06-05T09:00"
    assert not MUNICH.is_open(local(MUNICH, "2026-06-05T18:00"))
    assert MUNICH.is_open(local(MUNICH, "2026-06-05T09:00"))
    assert shown(MUNICH.next_open(local(MUNICH, "2026-06-05T09:30"))) == "2026-06-05T09:30"


def test_an_announced_window_opens_for_its_day_only() -> None:
    clock = BusinessClock(
        Schedule("Europe/Vilnius", week("Mon-Fri 08:00-16:00"), announced=((date(2026, 6, 6), DayWindow(600, 720)),))
    )
    assert clock.is_open(local(clock, "2026-06-06T10:00"))
    assert not clock.is_open(local(clock, "2026-06-06T12:00"))
    assert not clock.is_open(local(clock, "2026-06-13T10:00"))


def test_windows_over_the_turn_of_a_table_s_years_are_whole() -> None:
    clock = BusinessClock(Schedule("Europe/Berlin", week("Thu 20:00 - Fri 08:00")))
    clock.elapsed(local(clock, "2025-06-01"), local(clock, "2025-07-01"))  # a table of 2024 to 2026
    window = clock.window(local(clock, "2026-12-31T23:00"))
    assert window is not None
    assert (shown(window.start), shown(window.end)) == ("2026-12-31T20:00", "2027-01-01T08:00")
    back = BusinessClock(Schedule("Europe/Berlin", week("Tue 20:00 - Wed 08:00")))
    back.elapsed(local(back, "2025-06-01"), local(back, "2025-07-01"))
    window = back.window(local(back, "2024-01-01T00:00"))
    assert window is None
    always = ALWAYS.window(local(ALWAYS, "2026-06-01"))
    assert always is not None
    assert (always.start.year, always.end.year) == (1970, 2151)


def test_a_window_that_began_before_its_table_is_whole() -> None:
    clock = BusinessClock(Schedule("Europe/Berlin", week("Sun 20:00 - Mon 08:00")))
    clock.elapsed(local(clock, "2025-06-01"), local(clock, "2025-07-01"))  # a table from 1 January 2024, a Monday
    window = clock.window(local(clock, "2024-01-01T03:00"))
    assert window is not None
    assert shown(window.start) == "2023-12-31T20:00"


@pytest.mark.parametrize(
    "ask",
    [
        lambda: MUNICH.add(datetime(2150, 12, 31, tzinfo=UTC), timedelta(hours=9000)),
        lambda: MUNICH.add(datetime(1970, 1, 5, tzinfo=UTC), timedelta(hours=-9000)),
        lambda: MUNICH.is_open(datetime(2151, 6, 1, tzinfo=UTC)),
        lambda: MUNICH.is_open(datetime(1969, 6, 1, tzinfo=UTC)),
        lambda: MUNICH.is_open(datetime(9999, 12, 31, 23, 59, tzinfo=UTC)),
    ],
)
def test_moments_outside_the_years_counted_are_refused(ask: Callable[[], object]) -> None:
    with pytest.raises(ScheduleError) as refused:
        ask()
    assert str(refused.value) == "Time is counted from 1970 to 2150; the answer would lie outside."


def test_nothing_asked_nothing_answered() -> None:
    moment = instant(datetime(2026, 6, 6, tzinfo=UTC))
    assert MUNICH.add_all([], 5) == []
    assert MUNICH.elapsed_all([], []) == []
    assert MUNICH.add_all([moment], 0) == [moment]


@every_clock
@settings(deadline=None, max_examples=40)
@given(start=ANY, length=LENGTHS)
@example(start=datetime(2026, 6, 5, 16, tzinfo=UTC), length=timedelta(hours=9))
def test_elapsed_undoes_add_in_both_directions(clock: BusinessClock, start: datetime, length: timedelta) -> None:
    # In UTC: a microsecond less is wall-clock arithmetic where the moment carries a zone.
    later = clock.add(start, length).astimezone(UTC)
    earlier = clock.add(start, -length).astimezone(UTC)
    assert clock.elapsed(start, later) == length
    assert clock.elapsed(earlier, start) == length
    assert clock.elapsed(later, start) == -length
    # The earliest such moment, and the latest: one microsecond nearer counts less.
    assert clock.elapsed(start, later - MICRO) == length - MICRO
    assert clock.elapsed(earlier + MICRO, start) == length - MICRO


@every_clock
@settings(deadline=None, max_examples=40)
@given(start=ANY, end=ANY)
def test_add_undoes_elapsed_up_to_closed_time(clock: BusinessClock, start: datetime, end: datetime) -> None:
    passed = clock.elapsed(start, end)
    reached = clock.add(start, passed)
    assert clock.elapsed(reached, end) == timedelta(0)
    if clock.is_open(end) and passed > timedelta(0) and clock.is_open(end - MICRO):
        assert instant(reached) == instant(end)


@every_clock
@settings(deadline=None, max_examples=15)
@given(start=ANY, span=st.timedeltas(timedelta(0), timedelta(days=20)))
def test_elapsed_agrees_with_walking_the_days(clock: BusinessClock, start: datetime, span: timedelta) -> None:
    start = start.replace(second=0, microsecond=0)
    assert clock.elapsed(start, start + span) == open_by_hand(clock, start, start + span)


@every_clock
@settings(deadline=None, max_examples=25)
@given(moments=st.lists(ANY, min_size=2, max_size=8).map(sorted), length=LENGTHS)
def test_later_reports_are_never_due_earlier_and_parts_make_the_whole(
    clock: BusinessClock, moments: list[datetime], length: timedelta
) -> None:
    dues = [clock.add(moment, length) for moment in moments]
    assert [instant(due) for due in dues] == sorted(instant(due) for due in dues)
    parts = sum((clock.elapsed(one, two) for one, two in pairwise(moments)), timedelta(0))
    assert parts == clock.elapsed(moments[0], moments[-1])
    half = length // 2
    assert clock.add(clock.add(moments[0], half), length - half) == dues[0]
    many = clock.add_all([instant(moment) for moment in moments], length // MICRO)
    assert many == [instant(due) for due in dues]


@pytest.mark.parametrize("clock", [MUNICH, RunningClock("Europe/Berlin")], ids=["office", "running"])
@settings(deadline=None, max_examples=60)
@given(start=ANY, length=LENGTHS, edges=st.lists(st.integers(0, 500), min_size=2, max_size=8))
def test_a_paused_clock_counts_exactly_the_rest(
    clock: BusinessClock | RunningClock, start: datetime, length: timedelta, edges: list[int]
) -> None:
    hours = [timedelta(hours=hour) for hour in edges]
    pauses = [Span(start + min(pair), start + max(pair)) for pair in zip(hours[::2], hours[1::2], strict=False)]
    due = paused(clock, start, length, pauses=pauses)
    assert counted(clock, start, due, pauses=pauses) == length
    assert instant(due) >= instant(clock.add(start, length))
    assert paused(clock, start, length, pauses=reversed(pauses)) == due


def test_a_pause_over_the_weekend_takes_three_office_hours() -> None:
    pause = Span(local(MUNICH, "2026-11-20T16:00"), local(MUNICH, "2026-11-23T10:00"))
    start = local(MUNICH, "2026-11-20T10:00")
    # 6 hours before the pause, 2 + 9 + 7 of the remaining 18 after it: without it Tuesday 16:00
    assert shown(MUNICH.add(start, timedelta(hours=24))) == "2026-11-24T16:00"
    assert shown(paused(MUNICH, start, timedelta(hours=24), pauses=[pause])) == "2026-11-25T10:00"


def test_a_pause_before_the_report_or_after_the_deadline_changes_nothing() -> None:
    start = local(MUNICH, "2026-11-23T10:00")
    due = MUNICH.add(start, timedelta(hours=2))
    early = Span(local(MUNICH, "2026-11-20T10:00"), local(MUNICH, "2026-11-20T12:00"))
    late = Span(due, local(MUNICH, "2026-11-24T10:00"))
    assert paused(MUNICH, start, timedelta(hours=2), pauses=[late, early]) == due


def test_zones_are_shared() -> None:
    assert MUNICH.zone is zone_named("Europe/Berlin")
