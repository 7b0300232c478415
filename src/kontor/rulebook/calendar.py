"""
Working days: a country's public holidays, a contract's own closed list, extra days, and the banks' TARGET calendar.

>>> paris = WorkingDays(HolidayList(days=("01-01", "easter+1", "05-01")))
>>> date(2026, 4, 6) in paris, date(2026, 5, 25) in paris
(False, True)
>>> BANK_DAYS.on_or_after(date(2026, 4, 3))
datetime.date(2026, 4, 7)
"""

import re
from calendar import isleap
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, Self

import holidays

from kontor.rulebook.period import ONE_DAY
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from kontor.rulebook.wording import said

MONDAY_TO_FRIDAY: Final = frozenset(range(5))
MONDAY_TO_SATURDAY: Final = frozenset(range(6))
_DAYS_A_WEEK: Final = 7
_DAY_RULE: Final = re.compile(r"easter(?P<shift>[+-][0-9]{1,2})|(?P<month>[0-9]{2})-(?P<day>[0-9]{2})", re.ASCII)
_A_LEAP_YEAR: Final = 2024


class CalendarError(RefusalError):
    """A holiday rule or a country no calendar is known for, or a week without any working day."""


def easter(year: int) -> date:
    """
    Return Easter Sunday of the Gregorian calendar (Meeus, Astronomical Algorithms, chapter 8).

    >>> easter(2026), easter(2027)
    (datetime.date(2026, 4, 5), datetime.date(2027, 3, 28))
    """
    golden = year % 19
    century, rest = divmod(year, 100)
    correction = (century + 8) // 25
    epact = (19 * golden + century - century // 4 - (century - correction + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@dataclass(frozen=True, slots=True)
class HolidayList:
    """
    The days of a year on which nobody works, whatever their weekday.

    country, subdivision  ISO 3166 codes whose public holidays count; without a country `days` is the closed list
    days                  further days of each year: "12-24", or counted from Easter Sunday: "easter+1", "easter-2"
    """

    country: str | None = None
    subdivision: str | None = None
    days: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a rule no calendar can follow, naming it."""
        for rule in self.days:
            _check(rule)
        if self.country is not None:
            _public_holidays(self.country, self.subdivision, _A_LEAP_YEAR)

    def __contains__(self, when: date) -> bool:
        return when in _days_of(self, when.year)

    def of(self, year: int) -> frozenset[date]:
        """Return the year's holidays."""
        return _days_of(self, year)


NO_HOLIDAYS: Final = HolidayList()


@lru_cache(maxsize=1024)
def _days_of(rules: HolidayList, year: int) -> frozenset[date]:
    public = frozenset[date]() if rules.country is None else _public_holidays(rules.country, rules.subdivision, year)
    return public.union(*(_resolved(rule, year) for rule in rules.days))


def _public_holidays(country: str, subdivision: str | None, year: int) -> frozenset[date]:
    try:
        return frozenset(holidays.country_holidays(country, subdiv=subdivision, years=year))
    except NotImplementedError as unknown:
        place = country if subdivision is None else f"{country}-{subdivision}"
        text = "Für {place} ist kein Feiertagskalender bekannt.", "No holiday calendar is known for {place}."
        raise CalendarError(said(*text, place=place)) from unknown


def _check(rule: str) -> None:
    try:
        _resolved(rule, _A_LEAP_YEAR)
    except ValueError as wrong:
        german = "„{rule}“: erwartet wird ein Tag wie 12-24 oder easter+1."
        raise CalendarError(said(german, "“{rule}”: expected a day such as 12-24 or easter+1.", rule=rule)) from wrong


def _resolved(rule: str, year: int) -> tuple[date, ...]:
    """Return the day a rule means in that year; none for 29 February in a common year."""
    match = _DAY_RULE.fullmatch(rule)
    if match is None:
        raise ValueError(rule)
    if match["shift"] is not None:
        return (easter(year) + timedelta(days=int(match["shift"])),)
    month, day = int(match["month"]), int(match["day"])
    if (month, day) == (2, 29) and not isleap(year):
        return ()
    return (date(year, month, day),)


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """
    The days on which work is done: those weekdays (Monday is 0) that are no holidays.

    Raises CalendarError for a week without any working day.
    """

    holidays: HolidayList = NO_HOLIDAYS
    weekdays: frozenset[int] = MONDAY_TO_FRIDAY

    def __post_init__(self) -> None:
        """Refuse a calendar in which counting would never end."""
        if not self.weekdays or not self.weekdays <= frozenset(range(_DAYS_A_WEEK)):
            text = "Erwartet wird mindestens ein Wochentag von 0 bis 6.", "Expected at least one weekday from 0 to 6."
            raise CalendarError(Text(*text))

    def __contains__(self, when: date) -> bool:
        return when.weekday() in self.weekdays and when not in self.holidays

    def on_or_after(self, when: date) -> date:
        """Return the day itself or, where it is none, the next working day (BGB 193; the banks' rule too)."""
        while when not in self:
            when += ONE_DAY
        return when

    def on_or_before(self, when: date) -> date:
        """Return the day itself or, where it is none, the last working day before it."""
        while when not in self:
            when -= ONE_DAY
        return when

    def add(self, when: date, count: int) -> date:
        """
        Return the last of `count` working days after `when` (before it, where negative); its own day is not counted.

        >>> list_without_whit_monday = HolidayList(days=("easter+39",))
        >>> WorkingDays(list_without_whit_monday).add(date(2026, 5, 11), 20)
        datetime.date(2026, 6, 9)
        """
        step = ONE_DAY if count >= 0 else -ONE_DAY
        for _ in range(abs(count)):
            when += step
            while when not in self:
                when += step
        return when

    def elapsed(self, start: date, end: date) -> int:
        """Return how many working days lie after `start` up to and including `end`; negative where `end` is earlier."""
        first, last = sorted((start, end))
        count = sum(first + timedelta(days=n) in self for n in range(1, (last - first).days + 1))
        return count if start <= end else -count

    def without(self, more: HolidayList) -> Self:
        """Return this calendar with further holidays of its own list, such as 24 and 31 December."""
        joined = HolidayList(self.holidays.country, self.holidays.subdivision, (*self.holidays.days, *more.days))
        return type(self)(joined, self.weekdays)


# TARGET's closing days as the European Central Bank has fixed them since 2002.
BANK_DAYS: Final = WorkingDays(HolidayList(days=("01-01", "easter-2", "easter+1", "05-01", "12-25", "12-26")))
