"""
Dates and months: half-open periods, the two month rules, and the three ways a contract counts.

A period before an effect is kept when that whole period lies between the event and the day the effect begins:

>>> notice = Duration.parse("3 months")
>>> latest_before(date(2027, 1, 1), notice), latest_before(date(2026, 7, 1), notice)
(datetime.date(2026, 9, 30), datetime.date(2026, 3, 31))

A period after an event ends with its last day; the event's own day is not counted (BGB 187 (1), 188):

>>> last_day_after(date(2026, 1, 31), Duration.parse("1 month"))
datetime.date(2026, 2, 28)

A date computed from a date is plain subtraction:

>>> minus(date(2026, 2, 1), Duration.parse("60 days"))
datetime.date(2025, 12, 3)
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import count
from typing import Self

from kontor.rulebook.duration import MONTHS_A_YEAR, Duration
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from kontor.rulebook.wording import day, said

ONE_DAY = timedelta(days=1)


class PeriodError(RefusalError):
    """A period that would end before it begins."""

    def __init__(self, first: date, end: date) -> None:
        super().__init__(
            said(
                "Ein Zeitraum kann nicht am {first} beginnen und vor dem {end} enden.",
                "A period cannot begin on {first} and end before {end}.",
                first=day(first),
                end=day(end),
            )
        )


class Months(StrEnum):
    """
    Where a month begins that has no day of the anchor's number.

    ROLLING   on the first of the next month, so that a month from the 31st loses no day (BGB 188 (2), (3))
    CLAMPING  on the last day the month has
    """

    ROLLING = "rolling"
    CLAMPING = "clamping"


class Interval(StrEnum):
    """How often is billed."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def months(self) -> int:
        """Return the interval's length in months."""
        return {Interval.MONTH: 1, Interval.QUARTER: 3, Interval.YEAR: MONTHS_A_YEAR}[self]

    @property
    def spoken(self) -> Text:
        """Return the interval in words: "Quartal", "quarter"."""
        german = {Interval.MONTH: "Monat", Interval.QUARTER: "Quartal", Interval.YEAR: "Jahr"}
        return Text(german[self], self.value)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """
    Days from `first` up to, not including, `end`; empty where they are equal.

    >>> term = Period(date(2026, 1, 1), date(2027, 1, 1))
    >>> term.last, term.days, date(2026, 12, 31) in term, term.end in term
    (datetime.date(2026, 12, 31), 365, True, False)
    """

    first: date
    end: date

    def __post_init__(self) -> None:
        """Refuse a period that runs backwards."""
        if self.end < self.first:
            raise PeriodError(self.first, self.end)

    @property
    def last(self) -> date:
        """The last day that belongs to the period; the day before `first` where it is empty."""
        return self.end - ONE_DAY

    @property
    def days(self) -> int:
        """How many days belong to the period."""
        return (self.end - self.first).days

    def __contains__(self, when: date) -> bool:
        return self.first <= when < self.end

    def common(self, other: Self) -> Self | None:
        """Return the days both periods have, or None where they share none."""
        first, end = max(self.first, other.first), min(self.end, other.end)
        return type(self)(first, end) if first < end else None

    def split(self, when: date) -> tuple[Self, Self]:
        """Return the part before `when` and the part from it on; the day of change belongs to the second part only."""
        edge = min(max(when, self.first), self.end)
        return type(self)(self.first, edge), type(self)(edge, self.end)

    @property
    def spoken(self) -> Text:
        """The period with its first and last day."""
        return said("{first} bis {last}", "{first} to {last}", first=day(self.first), last=day(self.last))


def add_months(anchor: date, months: int, *, rule: Months = Months.ROLLING) -> date:
    """
    Return the day that many months after `anchor` (before it, where negative), always counted from the anchor itself.

    >>> [add_months(date(2026, 1, 31), n).isoformat() for n in range(1, 5)]
    ['2026-03-01', '2026-03-31', '2026-05-01', '2026-05-31']
    >>> [add_months(date(2026, 1, 31), n, rule=Months.CLAMPING).isoformat() for n in range(1, 4)]
    ['2026-02-28', '2026-03-31', '2026-04-30']
    """
    years, month = divmod(anchor.month - 1 + months, MONTHS_A_YEAR)
    year, month = anchor.year + years, month + 1
    longest = monthrange(year, month)[1]
    if anchor.day <= longest:
        return date(year, month, anchor.day)
    last = date(year, month, longest)
    return last + ONE_DAY if rule is Months.ROLLING else last


def add(anchor: date, duration: Duration, *, times: int = 1, rule: Months = Months.ROLLING) -> date:
    """
    Return the first day after a period of that length, repeated `times`, that begins on `anchor` (BGB 187 (2), 188).

    Raises DurationError for hours and working days: those need a clock or a calendar.
    """
    if duration.counts_months:
        return add_months(anchor, duration.months * times, rule=rule)
    return anchor + timedelta(days=duration.days * times)


def last_day_after(event: date, duration: Duration) -> date:
    """
    Return the last day of a period that begins with an event, whose own day is not counted (BGB 187 (1), 188 (2), (3)).

    Raises DurationError for hours and working days: those need a clock or a calendar.
    """
    return add(event, duration, rule=Months.CLAMPING)


def latest_before(effect: date, duration: Duration) -> date:
    """
    Return the last day on which an event still leaves the whole period before `effect`, the day the effect begins.

    Counting back clamps: the period must fit, and the latest month that fits before 31 March begins on 28 February.

    >>> latest_before(date(2026, 3, 31), Duration.parse("1 month"))
    datetime.date(2026, 2, 27)
    """
    return minus(effect, duration) - ONE_DAY


def minus(when: date, duration: Duration) -> date:
    """Return `when` minus that many days, weeks, months or years: plain subtraction, a missing day clamped."""
    return add(when, duration, times=-1, rule=Months.CLAMPING)


def intervals(anchor: date, every: Interval, *, rule: Months = Months.ROLLING) -> Iterator[Period]:
    """
    Return the billing intervals from `anchor` on without end, each counted from the anchor, none overlapping.

    >>> year = intervals(date(2026, 1, 1), Interval.QUARTER)
    >>> [next(year).first.isoformat() for _ in range(4)]
    ['2026-01-01', '2026-04-01', '2026-07-01', '2026-10-01']
    """
    return (interval(anchor, every, number, rule=rule) for number in count())


def interval(anchor: date, every: Interval, number: int, *, rule: Months = Months.ROLLING) -> Period:
    """Return the billing interval of that number, counted from `anchor`, whose own interval is number 0."""
    first = add_months(anchor, every.months * number, rule=rule)
    return Period(first, add_months(anchor, every.months * (number + 1), rule=rule))


def next_month(when: date) -> date:
    """
    Return the change of month at or after a date: the first of a month is its own, any other day has the next.

    A contract that begins on the first begins with the change of month, so nothing lies before its first interval.

    >>> next_month(date(2026, 6, 18)), next_month(date(2026, 7, 1))
    (datetime.date(2026, 7, 1), datetime.date(2026, 7, 1))
    """
    return when if when.day == 1 else add_months(when.replace(day=1), 1)
