"""
How dates and moments are written in the working of a ruling.

>>> from datetime import date
>>> said("Ende am {end}.", "Ends on {end}.", end=day(date(2026, 12, 31)))
Text(de='Ende am 31.12.2026.', en='Ends on 31 December 2026.')
"""

from datetime import date, datetime
from typing import Final

from kontor.rulebook.ruling import Text

# Python's %A and %B follow the machine's locale; a ruling reads the same everywhere.
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_MONTHS_DE: Final = (
    *("Januar", "Februar", "März", "April", "Mai", "Juni"),
    *("Juli", "August", "September", "Oktober", "November", "Dezember"),
)
_DAYS_DE: Final = ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")
_DAYS_EN: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def said(de: str, en: str, **parts: Text | str | int) -> Text:
    """Fill both sentences; a Text gives each language its own words, anything else is written alike in both."""
    german = {name: part.de if isinstance(part, Text) else part for name, part in parts.items()}
    english = {name: part.en if isinstance(part, Text) else part for name, part in parts.items()}
    return Text(de.format(**german), en.format(**english))


def day(when: date) -> Text:
    """Write a date: "31.12.2026", "31 December 2026"."""
    return Text(f"{when:%d.%m.}{when.year}", f"{when.day} {_MONTHS[when.month - 1]} {when.year}")


def month_named(first: date) -> Text:
    """
    Write a month by its first day.

    >>> month_named(date(2026, 3, 1))
    Text(de='März 2026', en='March 2026')
    """
    return Text(f"{_MONTHS_DE[first.month - 1]} {first.year}", f"{_MONTHS[first.month - 1]} {first.year}")


def weekday(when: date) -> Text:
    """Write a date with its day of the week: "Sa 14.02.2026", "Sat 14 February 2026"."""
    words = day(when)
    return Text(f"{_DAYS_DE[when.weekday()]} {words.de}", f"{_DAYS_EN[when.weekday()]} {words.en}")


def moment(when: datetime) -> Text:
    """Write a moment as the clock of its own zone shows it: "Mo 01.06.2026, 10:00 Uhr", "Mon 1 June 2026, 10:00"."""
    words = weekday(when.date())
    return Text(f"{words.de}, {when:%H:%M} Uhr", f"{words.en}, {when:%H:%M}")
