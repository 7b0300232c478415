"""
Clocks that run in business time, or all the time: add a length to a moment, measure the time between two moments.

`add` and `elapsed` are inverse in both directions. What is counted is time that really passes, so that a night on which
the clocks change has 7 or 9 hours between 23:00 and 07:00, not 8.

>>> from kontor.rulebook.calendar import HolidayList
>>> from kontor.rulebook.schedule import week
>>> hours = BusinessClock(Schedule("Europe/Berlin", week("Mon-Fri 09:00-18:00"), HolidayList("DE", "BY")))
>>> reported = datetime(2026, 6, 3, 16, tzinfo=hours.zone)  # the day before Corpus Christi
>>> hours.add(reported, timedelta(hours=24)).isoformat()
'2026-06-09T13:00:00+02:00'
>>> hours.elapsed(reported, hours.add(reported, timedelta(hours=24)))
datetime.timedelta(days=1)
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import repeat
from typing import Final, Protocol

from kontor.rulebook.moment import Span, at, instant, micros, utc, zone_named
from kontor.rulebook.schedule import Schedule, ScheduleError
from kontor.rulebook.timetable import FIRST_YEAR, LAST_YEAR, Table, course, table
from kontor.rulebook.wording import said

MANY: Final = 20_000  # so many moments are answered faster by a course than by the table, its making included


class Clock(Protocol):
    """What both clocks can do."""

    def add(self, moment: datetime, length: timedelta) -> datetime:
        """Return the moment at which `length` has been counted since `moment`."""

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """Return how much was counted from `start` to `end`; negative where `end` is earlier."""


class RunningClock:
    """
    A clock that never stands still: clock hours.

    >>> clock = RunningClock("Europe/Berlin")
    >>> clock.add(datetime(2026, 3, 28, 12, tzinfo=zone_named("Europe/Berlin")), timedelta(hours=24)).isoformat()
    '2026-03-29T13:00:00+02:00'
    """

    def __init__(self, zone: str) -> None:
        self.zone = zone_named(zone)

    def add(self, moment: datetime, length: timedelta) -> datetime:
        """Return the moment that much later, in this clock's zone."""
        return (utc(moment) + length).astimezone(self.zone)

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """Return the time that passes from `start` to `end`."""
        return utc(end) - utc(start)


class BusinessClock:
    """
    A clock that runs while a schedule's windows are open.

    Answers are moments in the schedule's zone. Moments from 1970 to 2150 can be asked; others raise ScheduleError.
    Making one is cheap: the tables are built when first needed and shared by all clocks of an equal schedule.
    """

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule
        self.zone = zone_named(schedule.zone)
        self._years = (0, 0)
        self._table: Table | None = None
        self._epoch = datetime(1970, 1, 1, tzinfo=self.zone)  # what its clocks then showed: wall times count from here

    def add(self, moment: datetime, length: timedelta) -> datetime:
        """
        Return the earliest moment by which `length` of open time has passed since `moment`.

        A length used up exactly at closing time ends then, not at the next opening. A negative length gives the
        latest moment from which that much open time passes until `moment`. No length gives the moment itself.
        """
        when, wanted = instant(moment), micros(length)
        if wanted > 0 and self._table is not None:
            first, end, starts, sums, offsets, walls = self._table
            if first <= when < end:
                number = bisect_right(starts, when) - 1
                target, closed = when - offsets[number], sums[number]
                target = (target if target < closed else closed) + wanted  # noqa: FURB136 - min() takes three times as long
                if target <= sums[-1] and (shown := walls[bisect_left(sums, target)]) is not None:
                    return self._epoch + timedelta(0, 0, target + shown)
        return at(self.add_all([when], wanted)[0], self.zone)

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """Return the open time from `start` to `end`; negative where `end` is earlier."""
        begins, ends = instant(start), instant(end)
        known = self._table
        if known is None or not (known.first <= begins < known.end and known.first <= ends < known.end):
            known = self._covering(min(begins, ends), max(begins, ends))
        return timedelta(0, 0, _passed_by(known, ends) - _passed_by(known, begins))

    def add_all(self, moments: Sequence[int], length: int) -> list[int]:
        """
        Do what `add` does for many moments at once.

        moments, length and the answers are microseconds, the moments since 1970-01-01T00:00Z: over three million a
        second in one process where there are many. Raises ScheduleError where a moment lies outside 1970 to 2150.
        """
        if not moments or length == 0:
            return list(moments)
        return self._later(moments, length) if length > 0 else self._earlier(moments, length)

    def elapsed_all(self, starts: Sequence[int], ends: Sequence[int]) -> list[int]:
        """Do what `elapsed` does for many pairs at once, in microseconds; both sequences have the same length."""
        if not starts:
            return []
        known = self._covering(min(*starts, *ends), max(*starts, *ends))
        passed = _passed(known, (*starts, *ends))
        half = len(starts)
        return [end - start for start, end in zip(passed[:half], passed[half:], strict=True)]

    def window(self, moment: datetime) -> Span | None:
        """Return the open window a moment lies in, windows that touch taken together, or None while closed."""
        when = instant(moment)
        known = self._covering(when, when)
        number = bisect_right(known.starts, when) - 1
        while number > 0 and known.starts[number] + _length(known, number) == known.end and self._years[1] < LAST_YEAR:
            known = self._grown(0, 1)
            number = bisect_right(known.starts, when) - 1
        while number > 0 and known.starts[number] == known.first and self._years[0] > FIRST_YEAR:
            known = self._grown(1, 0)
            number = bisect_right(known.starts, when) - 1
        start = known.starts[number]
        end = start + _length(known, number)
        return Span(at(start, self.zone), at(end, self.zone)) if when < end else None

    def window_from(self, moment: datetime) -> Span:
        """Return the open window a moment lies in, or the next one."""
        found = self.window(self.next_open(moment))
        assert found is not None  # next_open is open
        return found

    def is_open(self, moment: datetime) -> bool:
        """Say whether a moment lies in an open window; the closing moment itself does not."""
        return self.window(moment) is not None

    def next_open(self, moment: datetime) -> datetime:
        """Return the earliest moment from `moment` on at which a window is open: itself while open."""
        if self.is_open(moment):
            return moment.astimezone(self.zone)
        return at(self.add_all([instant(moment)], 1)[0] - 1, self.zone)

    def _later(self, moments: Sequence[int], length: int) -> list[int]:
        known = self._covering(min(moments), max(moments))
        while _passed_by(known, max(moments)) + length > known.sums[-1]:
            known = self._grown(0, 1)
        if len(moments) >= MANY:
            begins, fixed, more = course(self.schedule, *self._years, length)
            numbers = map(bisect_right, repeat(begins), moments)
            return [
                moment + more[number] if (due := fixed[number]) is None else due
                for moment, number in zip(moments, numbers, strict=True)
            ]
        sums, offsets = known.sums, known.offsets
        return [target + offsets[bisect_left(sums, target)] for target in _passed(known, moments, length)]

    def _earlier(self, moments: Sequence[int], length: int) -> list[int]:
        known = self._covering(min(moments), max(moments))
        while _passed_by(known, min(moments)) + length < 0:
            known = self._grown(1, 0)
        sums, offsets = known.sums, known.offsets
        return [target + offsets[bisect_right(sums, target)] for target in _passed(known, moments, length)]

    def _covering(self, earliest: int, latest: int) -> Table:
        """Return a table that knows both instants, widening this clock's own where needed."""
        known = self._table
        if known is not None and known.first <= earliest and latest < known.end:
            return known
        first, last = _year(earliest, self) - 1, _year(latest, self) + 1
        if known is not None:
            first, last = min(first, self._years[0]), max(last, self._years[1])
        return self._reach(max(first, FIRST_YEAR), min(last, LAST_YEAR))

    def _grown(self, back: int, ahead: int) -> Table:
        """Return the table widened into the past or the future by as many years as it has."""
        first, last = self._years
        span = last - first + 1
        if (back and first <= FIRST_YEAR) or (ahead and last >= LAST_YEAR):
            raise _out_of_reach()
        return self._reach(max(first - back * span, FIRST_YEAR), min(last + ahead * span, LAST_YEAR))

    def _reach(self, first: int, last: int) -> Table:
        known = table(self.schedule, first, last)
        self._table, self._years = known, (first, last)
        return known


def paused(clock: Clock, moment: datetime, length: timedelta, *, pauses: Iterable[Span]) -> datetime:
    """
    Return the moment at which `length` has been counted since `moment` by a clock that stands still during the pauses.

    Pauses may overlap, touch and come in any order. Only time the clock would have counted is held back: a pause from
    Friday 16:00 to Monday 10:00 takes three office hours, not 66. `length` is positive.
    """
    rest, cursor = length, utc(moment)
    for start, end in _in_order(pauses):
        before = clock.elapsed(cursor, max(start, cursor))
        if before >= rest:
            break
        rest -= before
        cursor = max(end, cursor)
    return clock.add(cursor, rest)


def counted(clock: Clock, start: datetime, end: datetime, *, pauses: Iterable[Span]) -> timedelta:
    """Return what a clock that stands still during the pauses counts from `start` to `end`, which is not earlier."""
    total, cursor, last = timedelta(0), utc(start), utc(end)
    for pause_start, pause_end in _in_order(pauses):
        total += clock.elapsed(cursor, min(max(pause_start, cursor), last))
        cursor = min(max(pause_end, cursor), last)
    return total + clock.elapsed(cursor, last)


def _in_order(pauses: Iterable[Span]) -> list[tuple[datetime, datetime]]:
    return sorted((utc(pause.start), utc(pause.end)) for pause in pauses)


def _passed_by(known: Table, moment: int) -> int:
    """Return the open time that has passed in the table at one moment."""
    number = bisect_right(known.starts, moment) - 1
    return min(moment - known.offsets[number], known.sums[number])


def _passed(known: Table, moments: Sequence[int], more: int = 0) -> list[int]:
    """Return the open time that has passed in the table at each moment, plus `more`."""
    sums, offsets = known.sums, known.offsets
    numbers = map(bisect_right, repeat(known.starts), moments)
    return [
        (passed if (passed := moment - offsets[number - 1]) < (closed := sums[number - 1]) else closed) + more
        for moment, number in zip(moments, numbers, strict=True)
    ]


def _length(known: Table, number: int) -> int:
    return known.sums[number] - known.sums[number - 1] if number else 0


def _year(micros: int, clock: BusinessClock) -> int:
    try:
        year = at(micros, clock.zone).year
    except OverflowError as far:
        raise _out_of_reach() from far
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise _out_of_reach()
    return year


def _out_of_reach() -> ScheduleError:
    german = "Gerechnet wird von {first} bis {last}; das Ergebnis läge außerhalb."
    english = "Time is counted from {first} to {last}; the answer would lie outside."
    return ScheduleError(said(german, english, first=FIRST_YEAR, last=LAST_YEAR))
