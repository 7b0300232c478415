"""
Business-time deadlines in one process: the rulebook's clock against pandas and businesstimedelta on the same reports.

    uv run --group dev --group bench python benchmarks/business_time.py [reports]

The promise is "24 office hours, Monday to Friday 09:00 to 18:00, Bavaria with 24 and 31 December". Every answer of the
peers must equal ours, the microsecond included; times are processor time of this process, best of three for ours.
A promise used up exactly at closing time is due then; pandas names the next opening instead, the same point of office
time, and is compared by that.
"""

import random
import sys
import time
import warnings
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import businesstimedelta
import pandas as pd
import pytz

from kontor.rulebook.calendar import HolidayList
from kontor.rulebook.clock import BusinessClock
from kontor.rulebook.moment import at, instant
from kontor.rulebook.schedule import Schedule, week

T = TypeVar("T")
ZONE = "Europe/Berlin"
HOURS = 24
BAVARIA = HolidayList("DE", "BY", ("12-24", "12-31"))
CLOCK = BusinessClock(Schedule(ZONE, week("Mon-Fri 09:00-18:00"), BAVARIA))
YEARS = range(2025, 2031)
# The peers take a while; each is asked as often as it can answer in some seconds, on the first reports of all.
PANDAS, BUSINESSTIMEDELTA, SCALAR = 3_000, 300, 100_000


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


def main() -> None:
    """Time all ways on the same reports and print what each reaches."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 500_000
    moments = reports(count)
    instants = [instant(moment) for moment in moments]
    length = HOURS * 3_600_000_000
    _, built = timed(lambda: CLOCK.add_all([min(instants), max(instants)], length))
    runs = [timed(lambda: CLOCK.add_all(instants, length)) for _ in range(3)]
    dues, seconds = min(runs, key=lambda run: run[1])
    ours = count / seconds
    counted, back = timed(lambda: CLOCK.elapsed_all(instants, dues))
    assert set(counted) == {length}, "elapsed must undo add for every report"
    walls = [at(due, CLOCK.zone).replace(tzinfo=None) for due in dues[:SCALAR]]
    print(f"tables of {len(YEARS)} years built in {built * 1000:.0f} ms")
    print(f"kontor, {count} instants at once      {ours:>12,.0f} deadlines/s")
    print(f"kontor, elapsed between two instants {count / back:>12,.0f} pairs/s")
    single, took = timed(lambda: [CLOCK.add(moment, timedelta(hours=HOURS)) for moment in moments[:SCALAR]])
    assert [moment.replace(tzinfo=None) for moment in single] == walls[: len(single)], "one by one must equal at once"
    rate = len(single) / took
    print(f"kontor, datetimes one by one         {rate:>12,.0f} deadlines/s   1/{ours / rate:.0f}")
    for name, asked, prepare in (
        ("pandas CustomBusinessHour", PANDAS, by_pandas),
        ("businesstimedelta", BUSINESSTIMEDELTA, by_businesstimedelta),
    ):
        expected = [next_opening(due) if prepare is by_pandas else due for due in walls[:asked]]
        run = prepare(moments[:asked])
        found, took = timed(run)
        assert found == expected, f"{name} must give the same {len(found)} answers"
        rate = len(found) / took
        print(f"{name:<36} {rate:>12,.0f} deadlines/s   1/{ours / rate:.0f}   {len(found)} of {len(found)} equal")
    assert ours >= 500_000, f"500,000 deadlines/s are promised, {ours:,.0f} reached"


if __name__ == "__main__":
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the peers' own deprecations are not our subject
        main()
