"""
Business time as anybody would reckon it by hand: day after day, window after window, with nothing kept or looked up.

It shares no line with the rulebook: calendars are plain data, holidays are asked of the library, clocks of zoneinfo.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays

DAY = timedelta(days=1)
YEARS = range(2024, 2033)
FIRST, LAST = datetime(2025, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)  # six years
LENGTHS = (*(timedelta(hours=hours) for hours in (1, 5, 9, 24, 48, 160)), timedelta(minutes=37, microseconds=1))


@dataclass(frozen=True)
class Calendar:
    """
    When somebody is there.

    hours      weekday (Monday is 0) -> windows as minutes after its midnight; a close may lie in the next day
    closed     holidays; in_their_stead the windows of such a day
    """

    zone: ZoneInfo
    hours: dict[int, list[tuple[int, int]]]
    closed: frozenset[date] = frozenset()
    in_their_stead: tuple[tuple[int, int], ...] = ()


def _public(country: str, region: str | None = None) -> frozenset[date]:
    return frozenset(holidays.country_holidays(country, subdiv=region, years=YEARS))


def _every(days: range, *windows: tuple[int, int]) -> dict[int, list[tuple[int, int]]]:
    return {day: list(windows) for day in days}


MUNICH = Calendar(
    ZoneInfo("Europe/Berlin"),
    _every(range(5), (540, 1080)),
    _public("DE", "BY") | {date(year, 12, day) for year in YEARS for day in (24, 31)},
)
LUNCH = Calendar(ZoneInfo("Europe/Paris"), _every(range(5), (540, 750), (840, 1080)), _public("FR"))
ON_CALL = Calendar(
    ZoneInfo("Europe/Paris"),
    _every(range(5), (1080, 1320)) | _every(range(5, 7), (540, 1320)),
    frozenset(date(year, 5, 14) for year in YEARS),
    ((540, 1320),),
)
# Nights on which the clocks change lie inside a window, and others begin or end in the hour that is skipped or twice.
NIGHTS = Calendar(ZoneInfo("Europe/Oslo"), {2: [(1320, 1590)], 5: [(1200, 1560)], 6: [(135, 150), (165, 190)]})
CALENDARS = {"munich": MUNICH, "lunch": LUNCH, "on-call": ON_CALL, "nights": NIGHTS}


def showing(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """Return the first instant at which the zone's clocks show that many minutes after the day's midnight, or more."""
    shown = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)  # noqa: DTZ001 - the zone comes next
    found = shown.replace(tzinfo=zone).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == shown:
        return found
    found -= timedelta(hours=3)
    while found.astimezone(zone).replace(tzinfo=None) < shown:
        found += timedelta(minutes=1)
    return found


def windows(calendar: Calendar, day: date) -> list[tuple[datetime, datetime]]:
    """Return the windows that open on a day, as instants."""
    told = calendar.in_their_stead if day in calendar.closed else calendar.hours.get(day.weekday(), ())
    return [(showing(day, opens, calendar.zone), showing(day, closes, calendar.zone)) for opens, closes in told]


def add(calendar: Calendar, moment: datetime, length: timedelta) -> datetime:
    """Return the earliest instant by which `length` of open time has passed since `moment`, or before it: negative."""
    day, rest = moment.astimezone(calendar.zone).date(), abs(length)
    ahead = length > timedelta(0)
    day -= DAY if ahead else -DAY
    while True:
        for opens, closes in windows(calendar, day)[:: 1 if ahead else -1]:
            begins, ends = (max(opens, moment), closes) if ahead else (opens, min(closes, moment))
            if ends - begins >= rest:
                return begins + rest if ahead else ends - rest
            rest -= max(ends - begins, timedelta(0))
        day += DAY if ahead else -DAY


def elapsed(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """Return the open time from `start` to `end`, which is not earlier."""
    day, total = start.astimezone(calendar.zone).date() - DAY, timedelta(0)
    while day <= end.astimezone(calendar.zone).date():
        for opens, closes in windows(calendar, day):
            total += max(timedelta(0), min(closes, end) - max(opens, start))
        day += DAY
    return total


def cases(count: int, seed: int = 20_260_601) -> Iterator[tuple[str, datetime, timedelta]]:
    """Draw calendar, moment and length: every fourth moment on a full hour, every fourth within a day of a change."""
    drawn = random.Random(seed)
    changes = [change for year in range(2025, 2031) for change in _changes(year)]
    names = list(CALENDARS)
    for number in range(count):
        moment = FIRST + timedelta(microseconds=drawn.randrange((LAST - FIRST) // timedelta(microseconds=1)))
        if number % 4 == 1:
            moment = moment.replace(minute=0, second=0, microsecond=0)
        if number % 4 == 2:
            moment = drawn.choice(changes) + timedelta(minutes=drawn.randrange(-1440, 1440))
        yield names[drawn.randrange(len(names))], moment, drawn.choice(LENGTHS)


def _changes(year: int) -> Iterator[datetime]:
    """Yield when the clocks of Europe change: at 01:00 UTC of the last Sundays of March and October."""
    for month in (3, 10):
        last = date(year, month, 31)
        while last.weekday() != 6:
            last -= DAY
        yield datetime(last.year, last.month, last.day, 1, tzinfo=UTC)
