"""What a pack is expected to say, as rows of a table."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from kontor.rulebook.calendar import NO_HOLIDAYS, HolidayList
from kontor.rulebook.clock import BusinessClock
from kontor.rulebook.schedule import Schedule, Window
from kontor.rulebook.terms import Setting, Stated, TermsPack, units as terms
from kontor.rulebook.terms.units import Item

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def row(key: str, value: object, clause: str, *requirements: str) -> object:
    """One value of a table test: dotted key, value, deciding clause; the requirement rows it proves."""
    marks = [pytest.mark.requirement(name) for name in requirements]
    return pytest.param(key, value, clause, marks=marks, id=key)


def stated(pack: TermsPack, key: str) -> tuple[object, str]:
    """Return value and deciding clause of a key whose value the text itself gives; lists as their keys."""
    found = pack.value(key)
    assert isinstance(found, Stated), key
    return plain(found.value), found.clause.number


def left_open(pack: TermsPack, key: str) -> tuple[object, object, str]:
    """Return default, choices and deciding clause of a key the text leaves open to reading."""
    found = pack.value(key)
    assert isinstance(found, Setting), key
    choices = None if found.choices is None else tuple(plain(choice) for choice in found.choices)
    return plain(found.setting), choices, found.clause.number


def plain(value: object) -> object:
    """Return a list of entries as their keys, anything else as it is."""
    items = value if isinstance(value, tuple) else ()
    return tuple(item.key for item in items) if items and all(isinstance(item, Item) for item in items) else value


def keys(values: Iterable[tuple[str, object]]) -> tuple[str, ...]:
    """Return the keys alone."""
    return tuple(key for key, _ in values)


def clock(zone: str, windows: Iterable[terms.Window], holidays: terms.HolidayRule | None = None) -> BusinessClock:
    """Return the clock of a pack's windows in a zone."""
    weekly = (
        Window(DAYS.index(day), window.opens, window.closes, window.days_later)
        for window in windows
        for day in window.days
    )
    rule = NO_HOLIDAYS if holidays is None else HolidayList(holidays.country, holidays.subdivision, holidays.days)
    return BusinessClock(Schedule(zone, tuple(weekly), rule))


def local(zone: str, text: str) -> datetime:
    """Return a moment as the clock of a zone shows it: "2026-12-24 10:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
