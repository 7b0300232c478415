"""
A month of a million probes: settled from the intervals that were kept, beside all raw results looked at with numpy.

    python benchmarks/availability.py [components]

The month is October 2026 in Berlin, each component probed every minute, some results missing for hours. Both must give
the same minutes to the microsecond. Times are processor time of this process, best of three for the settlement.
"""

import random
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, timedelta
from typing import TypeVar

import numpy as np

from kontor.rulebook import terms
from kontor.rulebook.availability import availability_of, month_of
from kontor.rulebook.availability_month import Aside, Month, Outage
from kontor.rulebook.availability_promise import Promise
from kontor.rulebook.calc.promises import promise_of
from kontor.rulebook.moment import EPOCH, Span
from kontor.rulebook.probing import Flip, ProbeRule, Timeline, Watch, seen, timeline, unheard

T = TypeVar("T")
OCTOBER = date(2026, 10, 1)
MINUTE = 60_000_000
RULE = ProbeRule(confirm=2, silence=5 * MINUTE)
WANTED_SECONDS = 0.1
Result = tuple[int, bool]


def results(components: int, frame: tuple[int, int]) -> list[list[Result]]:
    """Draw each component's results: mostly good, single failures, outages of minutes, hours without a prober."""
    drawn, found = random.Random(20261001), []
    for component in range(components):
        rows, bad, missing = [], 0, 0
        for at in range(frame[0] + component * 1_000_000, frame[1], MINUTE):
            bad = bad - 1 if bad else drawn.choices((0, 1, 1 + drawn.randrange(40)), (9990, 9, 1))[0]
            missing = missing - 1 if missing else (drawn.randrange(240) if drawn.random() < 0.00005 else 0)
            if not missing:
                rows.append((at, not bad))
        found.append(rows)
    return found


def flips(rows: list[Result], end: int) -> list[Flip]:
    """Take results in as they come, and keep what flips."""
    watch, kept = Watch(), list[Flip]()
    for at, good in rows:
        watch, new = seen(watch, at, RULE, good=good)
        kept.extend(new)
    return [*kept, *unheard(watch, end, RULE)[1]]


def settled(kept: list[list[Flip]], frame: tuple[int, int], promise: Promise) -> Month:
    """Settle the month from the intervals of all components."""
    lines: list[Timeline] = [timeline(each, frame) for each in kept]
    outages = [Outage(span(*each)) for line in lines for each in line.down]
    unknown = [span(*each) for line in lines for each in line.unknown]
    return availability_of(OCTOBER, promise, outages, Aside(unknown=unknown)).value


def control(raw: list[list[Result]], frame: tuple[int, int]) -> int:
    """Return the microseconds in which any component was down, from all results at once."""
    starts, ends = [], []
    for rows in raw:
        at = np.array([each[0] for each in rows], dtype=np.int64)
        good = np.array([each[1] for each in rows])
        until = np.minimum(np.append(at[1:], frame[1]), at + RULE.silence)
        heard = np.append(False, np.diff(at) <= RULE.silence)
        group = np.cumsum(~(heard & ~good & np.append(False, ~good[:-1])))[~good]
        first, last = np.unique(group, return_index=True)[1], np.unique(group[::-1], return_index=True)[1]
        size = np.bincount(group)[np.unique(group)]
        bad_at, bad_until = at[~good], until[~good]
        starts.append(bad_at[first][size >= RULE.confirm])
        ends.append(bad_until[len(group) - 1 - last][size >= RULE.confirm])
    start, end = np.concatenate(starts), np.concatenate(ends)
    order = np.argsort(start)
    start, reach = start[order], np.maximum.accumulate(end[order])
    opens = np.append(True, start[1:] > reach[:-1])
    closes = np.append(np.flatnonzero(opens)[1:] - 1, len(start) - 1)
    return int((reach[closes] - start[opens]).sum())


def span(start: int, end: int) -> Span:
    """Return two instants as a span."""
    return Span(*((EPOCH + timedelta(microseconds=each)).astimezone(UTC) for each in (start, end)))


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """Return what the work gives and the processor seconds it took."""
    began = time.process_time()
    result = work()
    return result, time.process_time() - began


def main() -> int:
    """Print both ways and their ratio; 1 where they differ or the settlement takes too long."""
    components = int(sys.argv[1]) if len(sys.argv) > 1 else 23
    promise = promise_of(terms.load("crm"))
    assert promise is not None
    frame = month_of(OCTOBER, "Europe/Berlin")
    raw = results(components, frame)
    kept, taking = timed(lambda: [flips(rows, frame[1]) for rows in raw])
    runs = [timed(lambda: settled(kept, frame, promise)) for _ in range(3)]
    month, settling = runs[0][0], min(took for _month, took in runs)
    found, controlling = timed(lambda: control(raw, frame))
    count = sum(map(len, raw))
    print(f"probes {count:,}, flips {sum(map(len, kept)):,}, down {float(month.down_minutes):,.2f} minutes")
    print(f"taken in      {taking:8.3f} s   {count / taking:,.0f} a second")
    print(f"settled       {settling:8.3f} s   wanted at most {WANTED_SECONDS} s")
    print(f"raw by numpy  {controlling:8.3f} s   {controlling / settling:.1f} times as long")
    equal = month.down_minutes * MINUTE == found
    print("equal" if equal else f"NOT equal: {found / MINUTE:,.4f} minutes raw")
    return 0 if equal and settling <= WANTED_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
