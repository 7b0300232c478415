"""
A schedule laid out as a table of intervals with prefix sums, so that every count of time is one or two bisections.

Moments are whole microseconds since 1970-01-01T00:00Z: exact, without zone, without daylight saving time. A wall-clock
time that the spring change skips is the instant of the change; one that the autumn change repeats is its first pass.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from kontor.rulebook.moment import at, instant, micros, zone_named
from kontor.rulebook.period import ONE_DAY
from kontor.rulebook.schedule import DAYS_A_WEEK, MINUTES_A_DAY, Schedule

FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 2150
_MINUTE: Final = 60_000_000
_DAY: Final = MINUTES_A_DAY * _MINUTE
_ONE_CHANGE: Final = 2 * _DAY  # in two days the clocks of a zone change once at most


class Table(NamedTuple):
    """
    Open intervals of some years, in order, neither touching nor overlapping.

    first, end  the instants between which the table knows everything
    starts      when each interval opens; the first entry is an empty interval at `first`
    sums        how much open time has passed when each interval closes
    offsets     what added to passed open time gives the instant inside that interval: opening less time passed before
    walls       the same for what the zone's clocks show, None where they change or repeat themselves inside
    """

    first: int
    end: int
    starts: list[int]
    sums: list[int]
    offsets: list[int]
    walls: list[int | None]


class Course(NamedTuple):
    """
    By when a promise of one length falls due, for every moment of a table: piece by piece, so that one bisection does.

    begins  the first instant of each piece
    fixed   the due instant of all moments of a piece that are due together, None where later ones are due later;
            the first entry stands for what lies before all pieces
    more    what added to a moment of such a piece gives its due instant
    """

    begins: list[int]
    fixed: list[int | None]
    more: list[int]


def wall(day: date, minutes: int, zone: ZoneInfo) -> int:
    """
    Return the instant at which the clocks of `zone` show that many minutes after midnight, or skip over them.

    >>> berlin = zone_named("Europe/Berlin")
    >>> [at(wall(date(2026, 3, 29), minutes, berlin), berlin).isoformat() for minutes in (119, 150, 180)]
    ['2026-03-29T01:59:00+01:00', '2026-03-29T03:00:00+02:00', '2026-03-29T03:00:00+02:00']
    """
    shown = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)  # noqa: DTZ001 - the zone comes next
    local = shown.replace(tzinfo=zone)
    found = instant(local)
    if at(found, zone).replace(tzinfo=None) == shown:
        return found
    return _change(instant(local.replace(fold=1)), found, zone)


def _change(before: int, after: int, zone: ZoneInfo) -> int:
    """Return the instant at which the zone's offset changes between two instants around one change."""
    old = at(before, zone).utcoffset()
    while after - before > 1:
        middle = (before + after) // 2
        if at(middle, zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after


@lru_cache(maxsize=128)
def table(schedule: Schedule, first_year: int, last_year: int) -> Table:
    """Return the table of those years, both included, of the schedule's zone."""
    zone = zone_named(schedule.zone)
    first, end = wall(date(first_year, 1, 1), 0, zone), wall(date(last_year + 1, 1, 1), 0, zone)
    starts, sums, offsets = [first], [0], [first]
    for opens, closes in _merged(schedule, date(first_year, 1, 1), date(last_year + 1, 1, 1)):
        start, stop = max(opens, first), min(closes, end)
        if start < stop:
            starts.append(start)
            offsets.append(start - sums[-1])
            sums.append(sums[-1] + stop - start)
    walls = [_wall_offset(zone, *each) for each in zip(starts, offsets, (0, *sums), sums, strict=False)]
    return Table(first, end, starts, sums, offsets, walls)


def _wall_offset(zone: ZoneInfo, start: int, offset: int, before: int, passed: int) -> int | None:
    """Return what `Table.walls` holds of an interval: its opening and its close show by how much the clocks differ."""
    length = passed - before
    if not 0 < length < _ONE_CHANGE:
        return None
    opening, close = at(start, zone), at(start + length, zone)
    shift = opening.utcoffset()
    if shift is None or shift != close.utcoffset() or opening.fold or close.fold:
        return None
    return offset + micros(shift)


@lru_cache(maxsize=32)
def course(schedule: Schedule, first_year: int, last_year: int, length: int) -> Course:
    """
    Return by when a promise of `length` microseconds falls due in the table of those years, as far as it reaches.

    Making one takes as long as some ten thousand answers that it then gives in half the time.
    """
    known = table(schedule, first_year, last_year)
    closes = [total + offset for total, offset in zip(known.sums, known.offsets, strict=True)]
    begins: list[int] = []
    fixed: list[int | None] = [None]
    more = [0]
    reached = known.sums[-1] - length
    for begin in _pieces(known, closes, length):
        number = bisect_right(known.starts, begin) - 1
        passed = min(begin - known.offsets[number], known.sums[number])
        if passed <= reached:
            due = passed + length + known.offsets[bisect_left(known.sums, passed + length)]
            begins.append(begin)
            fixed.append(due if begin >= closes[number] else None)
            more.append(due - begin)
    return Course(begins, fixed, more)


def _pieces(known: Table, closes: Sequence[int], length: int) -> list[int]:
    """Return where a piece begins: at each opening and close, and where the due instant leaps a closed time."""
    found = {*known.starts, *closes}
    passed = 0
    for total, offset in zip(known.sums, known.offsets, strict=True):
        first, last = bisect_left(known.sums, passed + length), bisect_left(known.sums, total + length)
        found.update(each - length + offset + 1 for each in known.sums[first:last])
        passed = total
    return sorted(found)


def _merged(schedule: Schedule, first: date, end: date) -> Iterator[tuple[int, int]]:
    """Yield the open intervals in order, windows that touch or overlap joined."""
    spread = _spread(schedule, first, end)
    start, stop = next(spread)  # a year has a window: no schedule is without one
    for opens, closes in spread:
        if opens <= stop:
            stop = max(stop, closes)
        else:
            yield start, stop
            start, stop = opens, closes
    yield start, stop


def _spread(schedule: Schedule, first: date, end: date) -> Iterator[tuple[int, int]]:
    """Yield each window's instants by its opening, beginning a week early for windows that span days."""
    zone = zone_named(schedule.zone)
    days = [first + ONE_DAY * number for number in range(-DAYS_A_WEEK, (end - first).days + DAYS_A_WEEK)]
    midnights = [wall(day, 0, zone) for day in days]

    def point(number: int, minutes: int) -> int:
        """Return the instant of a time on a day; only a day on which the clocks change needs the zone."""
        midnight = midnights[number]
        ordinary = midnights[number + 1] - midnight == _DAY
        return midnight + minutes * _MINUTE if ordinary else wall(days[number], minutes, zone)

    for number, day in enumerate(days[:-DAYS_A_WEEK]):
        for window in sorted(schedule.opening_on(day)):
            yield point(number, window.opens), point(number + window.days_later, window.closes)
