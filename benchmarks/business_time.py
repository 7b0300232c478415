"""
Business-time deadlines in one process: the rulebook's clock against pandas, businesstimedelta and a loop over days.

    uv run --group dev --group bench python -m benchmarks.business_time [reports]

First 20,000 random cases over six years, four calendars (a lunch break, on-call hours on holidays, windows over the
nights on which the clocks change) and seven lengths: each answer must be the one of a loop over days that shares no
line with the rulebook (`oracle/day_loop.py`), forwards, backwards, measured, and at once.

Then speed. The promise is "24 office hours, Monday to Friday 09:00 to 18:00, Bavaria with 24 and 31 December". Every
answer of the peers must equal ours, the microsecond included; times are processor time of this process, best of three
for ours. A promise used up exactly at closing time is due then; pandas names the next opening instead, the same point
of office time, and is compared by that. The loop over days answers the same reports.
"""

import random
import sys
import time
import warnings
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import businesstimedelta
import pandas as pd
import pytz

from benchmarks.oracle import day_loop
from kontor.rulebook.calendar import HolidayList
from kontor.rulebook.clock import MANY, BusinessClock
from kontor.rulebook.moment import at, instant, micros
from kontor.rulebook.schedule import DayWindow, Schedule, week

T = TypeVar("T")
ZONE = "Europe/Berlin"
HOURS = 24
BAVARIA = HolidayList("DE", "BY", ("12-24", "12-31"))
CLOCK = BusinessClock(Schedule(ZONE, week("Mon-Fri 09:00-18:00"), BAVARIA))
YEARS = range(2025, 2031)
CASES = 20_000
CLOCKS = {
    "munich": CLOCK,
    "lunch": BusinessClock(
        Schedule("Europe/Paris", week("Mon-Fri 09:00-12:30", "Mon-Fri 14:00-18:00"), HolidayList("FR"))
    ),
    "on-call": BusinessClock(
        Schedule(
            "Europe/Paris",
            week("Mon-Fri 18:00-22:00", "Sat-Sun 09:00-22:00"),
            HolidayList(days=("05-14",)),
            on_holidays=(DayWindow(540, 1320),),
        )
    ),
    "nights": BusinessClock(
        Schedule(
            "Europe/Oslo",
            week("Wed 22:00 - Thu 02:30", "Sat 20:00 - Sun 02:00", "Sun 02:15-02:30", "Sun 02:45-03:10"),
        )
    ),
}
WANTED_SINGLE, WANTED_BATCH = 500_000, 3_000_000
# The peers take a while; each is asked as often as it can answer in some seconds, on the first reports of all.
PANDAS, BUSINESSTIMEDELTA, DAY_LOOP, SCALAR = 3_000, 300, 20_000, 200_000


def reports(count: int) -> list[datetime]:
    """Draw moments over four years, every second one on a full minute, with all edges of a day among them."""
    drawn = random.Random(20260601)
    first = datetime(2026, 1, 1, tzinfo=UTC)
    seconds = 4 * 365 * 86_400
    found = [first + timedelta(seconds=drawn.randrange(seconds)) for _ in range(count)]
    found[::2] = [moment.replace(second=0) for moment in found[::2]]
    edges = (datetime(2026, 6, 3, hour, tzinfo=CLOCK.zone) for hour in (0, 8, 9, 17, 18, 23))
    return [*edges, *found][:count]


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """Return what the work gives and the processor seconds it took."""
    began = time.process_time()
    result = work()
    return result, time.process_time() - began


def by_pandas(moments: list[datetime]) -> Callable[[], list[datetime]]:
    """Prepare pandas, whose business hours know no zone: local wall times in, local wall times out."""
    days = sorted(day for year in YEARS for day in BAVARIA.of(year))
    hour = pd.offsets.CustomBusinessHour(start="09:00", end="18:00", holidays=days, weekmask="Mon Tue Wed Thu Fri")
    promise = HOURS * hour
    local = [pd.Timestamp(moment.astimezone(CLOCK.zone).replace(tzinfo=None)) for moment in moments]

    def run() -> list[datetime]:
        return [(moment + promise).to_pydatetime() for moment in local]

    return run


def by_businesstimedelta(moments: list[datetime]) -> Callable[[], list[datetime]]:
    """Prepare businesstimedelta, which works with pytz zones only."""
    zone = pytz.timezone(ZONE)
    days = {day: "holiday" for year in YEARS for day in BAVARIA.of(year)}
    opens, closes = datetime(2026, 1, 1, 9).time(), datetime(2026, 1, 1, 18).time()  # noqa: DTZ001 - times of day
    workday = businesstimedelta.WorkDayRule(start_time=opens, end_time=closes, working_days=[0, 1, 2, 3, 4], tz=zone)
    rules = businesstimedelta.Rules([workday, businesstimedelta.HolidayRule(days, tz=zone)])
    promise = businesstimedelta.BusinessTimeDelta(rules, hours=HOURS)
    local = [moment.astimezone(zone) for moment in moments]

    def run() -> list[datetime]:
        return [(moment + promise).astimezone(CLOCK.zone).replace(tzinfo=None) for moment in local]

    return run


def next_opening(due: datetime) -> datetime:
    """Return how pandas names a moment: closing time is the next opening."""
    return CLOCK.next_open(due.replace(tzinfo=CLOCK.zone)).replace(tzinfo=None)


def by_day_loop(moments: list[datetime]) -> Callable[[], list[datetime]]:
    """Prepare the loop over days."""

    def run() -> list[datetime]:
        dues = (day_loop.add(day_loop.MUNICH, moment, timedelta(hours=HOURS)) for moment in moments)
        return [due.astimezone(CLOCK.zone).replace(tzinfo=None) for due in dues]

    return run


def agree() -> None:
    """Hold every case against the loop over days; AssertionError names the first that differs."""
    asked = defaultdict(list)
    for name, moment, length in day_loop.cases(CASES):
        clock, calendar = CLOCKS[name], day_loop.CALENDARS[name]
        due = day_loop.add(calendar, moment, length)
        assert clock.add(moment, length).astimezone(UTC) == due, (name, moment, length)
        begun = day_loop.add(calendar, moment, -length)
        assert clock.add(moment, -length).astimezone(UTC) == begun, (name, moment, -length)
        assert clock.elapsed(moment, due) == length == day_loop.elapsed(calendar, moment, due), (name, moment, due)
        asked[name, length].append((instant(moment), instant(due)))
    for (name, length), pairs in asked.items():
        many = [moment for moment, _ in pairs] * (MANY // len(pairs) + 1)
        assert CLOCKS[name].add_all(many, micros(length))[: len(pairs)] == [due for _, due in pairs], (name, length)
    print(f"{CASES:,} random cases, four calendars, six years: forwards, backwards, measured and at once all equal")


def single(moments: list[datetime], dues: list[int]) -> float:
    """Time datetimes one by one, in UTC and in the clock's zone; return the rate in UTC, as the database gives them."""
    rates = []
    length = timedelta(hours=HOURS)
    for name, given in (("UTC", moments), (ZONE, [moment.astimezone(CLOCK.zone) for moment in moments])):
        runs = [timed(lambda given=given: [CLOCK.add(moment, length) for moment in given]) for _ in range(3)]
        found, seconds = min(runs, key=lambda run: run[1])
        assert [instant(due) for due in found] == dues, "one by one must equal at once"
        rates.append(len(given) / seconds)
        print(f"kontor, one by one, moments in {name:<14} {rates[-1]:>12,.0f} deadlines/s")
    return rates[0]


def main() -> None:
    """Compare, then time all ways on the same reports and print what each reaches."""
    agree()
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    moments = reports(count)
    instants = [instant(moment) for moment in moments]
    length = HOURS * 3_600_000_000
    fresh = BusinessClock(Schedule(ZONE, week("Mon-Fri 09:00-17:00"), BAVARIA))
    _, built = timed(lambda: fresh.add_all([min(instants), max(instants)], length))
    runs = [timed(lambda: CLOCK.add_all(instants, length)) for _ in range(3)]
    dues, seconds = min(runs, key=lambda run: run[1])
    batch = count / seconds
    counted, back = timed(lambda: CLOCK.elapsed_all(instants, dues))
    assert set(counted) == {length}, "elapsed must undo add for every report"
    print(f"tables of {len(YEARS)} years built in {built * 1000:.0f} ms")
    print(f"kontor, {count:,} at once                  {batch:>12,.0f} deadlines/s")
    print(f"kontor, elapsed between two instants         {count / back:>12,.0f} pairs/s")
    one = single(moments[:SCALAR], dues[:SCALAR])
    walls = [at(due, CLOCK.zone).replace(tzinfo=None) for due in dues[:SCALAR]]
    print(f"{'peer':<38} {'deadlines/s':>12}   we, one by one   at once")
    for name, asked, prepare in (
        ("loop over days", DAY_LOOP, by_day_loop),
        ("pandas CustomBusinessHour", PANDAS, by_pandas),
        ("businesstimedelta", BUSINESSTIMEDELTA, by_businesstimedelta),
    ):
        expected = [next_opening(due) if prepare is by_pandas else due for due in walls[:asked]]
        run = prepare(moments[:asked])
        found, took = timed(run)
        assert found == expected, f"{name} must give the same {len(found)} answers"
        rate = len(found) / took
        print(f"{name:<38} {rate:>12,.0f}   {one / rate:>8,.0f} times {batch / rate:>8,.0f} times   {len(found)} equal")
    assert one >= WANTED_SINGLE, f"{WANTED_SINGLE:,} deadlines/s are promised one by one, {one:,.0f} reached"
    assert batch >= WANTED_BATCH, f"{WANTED_BATCH:,} deadlines/s are promised at once, {batch:,.0f} reached"


if __name__ == "__main__":
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the peers' own deprecations are not our subject
        main()
