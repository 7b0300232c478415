"""
When somebody is there: windows that recur every week in one zone, other windows on holidays, announced ones.

>>> hours = Schedule("Europe/Berlin", week("Mon-Fri 09:00-18:00"), HolidayList("DE", "BY", ("12-24", "12-31")))
>>> len(hours.weekly), hours.weekly[4]
(5, Window(weekday=4, opens=540, closes=1080, days_later=0))
>>> week("Sat 07:00 - Sun 22:00")
(Window(weekday=5, opens=420, closes=1320, days_later=1),)
"""

import re
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Final

from kontor.rulebook.calendar import NO_HOLIDAYS, HolidayList
from kontor.rulebook.moment import zone_named
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from kontor.rulebook.wording import said

DAYS_A_WEEK: Final = 7
MINUTES_A_DAY: Final = 24 * 60
_NAMES: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DAY: Final = "Mon|Tue|Wed|Thu|Fri|Sat|Sun"
_TIME: Final = "[0-2][0-9]:[0-5][0-9]"
_SAME_DAY: Final = re.compile(rf"({_DAY})(?:-({_DAY}))? ({_TIME})-({_TIME})", re.ASCII)
_SPANNING: Final = re.compile(rf"({_DAY}) ({_TIME}) - ({_DAY}) ({_TIME})", re.ASCII)


class ScheduleError(RefusalError):
    """Windows that never open, that close before they open, or that nobody can read."""


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """
    A window that recurs every week.

    weekday     the day on which it opens, Monday is 0
    opens       minutes after midnight
    closes      minutes after midnight of the day `days_later` days on; 1440 is that day's end
    """

    weekday: int
    opens: int
    closes: int
    days_later: int = 0

    def __post_init__(self) -> None:
        """Refuse a window that does not open, or is longer than a week."""
        _check(self.opens, self.closes, self.days_later)
        if not 0 <= self.weekday < DAYS_A_WEEK:
            raise ScheduleError(Text("Erwartet wird ein Wochentag von 0 bis 6.", "Expected a weekday from 0 to 6."))


@dataclass(frozen=True, slots=True, order=True)
class DayWindow:
    """A window of one day: minutes after midnight; 1440 is the day's end."""

    opens: int
    closes: int

    def __post_init__(self) -> None:
        """Refuse a window that does not open."""
        _check(self.opens, self.closes, 0)


@dataclass(frozen=True, slots=True)
class Schedule:
    """
    Recurring windows in one zone, read by the wall clock of that zone.

    zone         IANA name
    weekly       windows on ordinary days
    holidays     on these days `on_holidays` takes the place of the weekly windows that would open
    on_holidays  windows on holidays; none: closed
    announced    windows announced for single days, beside the others

    Raises MomentError for an unknown zone, ScheduleError for a schedule that never opens.
    """

    zone: str
    weekly: tuple[Window, ...]
    holidays: HolidayList = NO_HOLIDAYS
    on_holidays: tuple[DayWindow, ...] = ()
    announced: tuple[tuple[date, DayWindow], ...] = ()

    def __post_init__(self) -> None:
        """Refuse what would never open."""
        zone_named(self.zone)
        if not self.weekly:
            raise ScheduleError(Text("Erwartet wird mindestens ein Zeitfenster.", "Expected at least one window."))

    def opening_on(self, day: date) -> tuple[Window, ...]:
        """Return the windows that open on a day, the announced ones included, as they stand (they may overlap)."""
        weekday = day.weekday()
        own = [window for when, window in self.announced if when == day]
        if day in self.holidays:
            own.extend(self.on_holidays)
            return tuple(Window(weekday, window.opens, window.closes) for window in own)
        usual = (window for window in self.weekly if window.weekday == weekday)
        return (*usual, *(Window(weekday, window.opens, window.closes) for window in own))


def week(*texts: str) -> tuple[Window, ...]:
    """
    Read windows such as "Mon-Fri 09:00-18:00", "Sat 10:00-12:00" or, over several days, "Sat 07:00 - Sun 22:00".

    Raises ScheduleError naming the text and what was expected.
    """
    return tuple(chain.from_iterable(_read(text) for text in texts))


def _read(text: str) -> tuple[Window, ...]:
    if match := _SAME_DAY.fullmatch(text):
        first, last = _NAMES.index(match[1]), _NAMES.index(match[2] or match[1])
        days = range(first, last + 1 if last >= first else last + 1 + DAYS_A_WEEK)
        return tuple(Window(day % DAYS_A_WEEK, _minutes(match[3]), _minutes(match[4])) for day in days)
    if match := _SPANNING.fullmatch(text):
        opens, closes = _NAMES.index(match[1]), _NAMES.index(match[3])
        return (Window(opens, _minutes(match[2]), _minutes(match[4]), (closes - opens) % DAYS_A_WEEK),)
    german = "„{text}“: erwartet wird ein Fenster wie Mon-Fri 09:00-18:00 oder Sat 07:00 - Sun 22:00."
    english = "“{text}”: expected a window such as Mon-Fri 09:00-18:00 or Sat 07:00 - Sun 22:00."
    raise ScheduleError(said(german, english, text=text))


def _minutes(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def _check(opens: int, closes: int, days_later: int) -> None:
    in_a_day = 0 <= opens < MINUTES_A_DAY and 0 <= closes <= MINUTES_A_DAY
    if not in_a_day or not 0 <= days_later < DAYS_A_WEEK or (days_later == 0 and closes <= opens):
        german = "Ein Fenster öffnet vor {day} Minuten nach Mitternacht und schließt danach, spätestens um 24:00 Uhr."
        english = "A window opens within {day} minutes after midnight and closes later, at 24:00 at the latest."
        raise ScheduleError(said(german, english, day=MINUTES_A_DAY))
