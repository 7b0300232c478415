"""
What an access card opens at a moment, and why: while it is in a visitor's hand, the zones and hours of its group.

Hours are those of the site's clocks. A time that comes twice in the night in which clocks go back is its first; a time
that they leave out is the moment at which they jump. Hours that close before they open end on the next day.

>>> from kontor.rulebook.moment import zone_named
>>> berlin = zone_named("Europe/Berlin")
>>> morning = datetime(2026, 11, 2, 8, tzinfo=berlin)
>>> card = CardInHand(active_at=morning, until=morning + timedelta(hours=2), zones=("lobby",))
>>> [door(card, "lobby", at=morning + timedelta(hours=hours), zone=berlin).value.value for hours in (0, 2)]
['opens', 'over']
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from kontor.rulebook.moment import at as moment_of, instant
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.timetable import wall
from kontor.rulebook.wording import moment, said

CLAUSES: Final = (Clause("visitor", "Anlage 1, 1.2"),)
_DAY: Final = timedelta(days=1)
_MINUTES_AN_HOUR: Final = 60


class Door(StrEnum):
    """What a door does with a card that is held before it."""

    OPENS = "opens"
    NOT_YET = "not_yet"
    REVOKED = "revoked"
    OVER = "over"
    OTHER_ZONE = "other_zone"
    OUT_OF_HOURS = "out_of_hours"


@dataclass(frozen=True, slots=True, kw_only=True)
class CardInHand:
    """
    A card that was handed out, and what its group opens.

    active_at   from when it opens anything; until: from when no more, also if nobody gives it back
    revoked_at  from when it was made to open nothing; None while it was not
    zones       of the access-control system that its group opens
    opens_at, closes_at  the group's hours at the site, whole minutes; where either is missing it has none: all day
    """

    active_at: datetime
    until: datetime
    revoked_at: datetime | None = None
    zones: tuple[str, ...]
    opens_at: time | None = None
    closes_at: time | None = None


def door(card: CardInHand, asked: str, *, at: datetime, zone: ZoneInfo) -> Ruling[Door]:
    """
    Return what a door of a zone does with a card at a moment; the first of the reasons against it stands.

    asked  the zone of the access-control system that the door leads into
    zone   the site's time zone
    """
    found, step = _found(card, asked, at=at, zone=zone)
    inputs = (
        ("at", at.astimezone(zone).isoformat()),
        ("door_zone", asked),
        ("card_zones", ", ".join(card.zones)),
        ("card_from", card.active_at.astimezone(zone).isoformat()),
        ("card_until", card.until.astimezone(zone).isoformat()),
        ("card_revoked_at", card.revoked_at.astimezone(zone).isoformat() if card.revoked_at else ""),
        ("card_hours", _hours(card)),
    )
    return Ruling(found, CLAUSES, inputs, (step,))


def _found(card: CardInHand, asked: str, *, at: datetime, zone: ZoneInfo) -> tuple[Door, Text]:
    now = instant(at)
    if card.revoked_at is not None and instant(card.revoked_at) <= now:
        return Door.REVOKED, said("Gesperrt seit {at}.", "Revoked since {at}.", at=_said(card.revoked_at, zone))
    if now < instant(card.active_at):
        return Door.NOT_YET, said("Öffnet erst ab {at}.", "Opens from {at} only.", at=_said(card.active_at, zone))
    if instant(card.until) <= now:
        return Door.OVER, said("Abgelaufen seit {at}.", "Run out since {at}.", at=_said(card.until, zone))
    if asked not in card.zones:
        return Door.OTHER_ZONE, said(
            "Die Zone {zone} gehört nicht zu dieser Karte.", "The zone {zone} is not this card’s.", zone=asked
        )
    if not _in_hours(card, now, at.astimezone(zone), zone):
        return Door.OUT_OF_HOURS, said(
            "Außerhalb der Stunden der Kartengruppe, {hours}.", "Outside the card group’s hours, {hours}.",
            hours=_hours(card),
        )  # fmt: skip
    return Door.OPENS, said("In der Zone, in der Zeit, nicht gesperrt.", "In its zone, in its time, not revoked.")


def _in_hours(card: CardInHand, now: int, here: datetime, zone: ZoneInfo) -> bool:
    """Tell whether a moment lies in the hours that opened on its day or, over midnight, on the day before."""
    if card.opens_at is None or card.closes_at is None:
        return True
    later = _DAY if card.closes_at <= card.opens_at else timedelta()
    for day in (here.date(), here.date() - _DAY):
        opens = wall(day, _minutes(card.opens_at), zone)
        if opens <= now < wall(day + later, _minutes(card.closes_at), zone):
            return True
    return False


def _minutes(when: time) -> int:
    return when.hour * _MINUTES_AN_HOUR + when.minute


def _hours(card: CardInHand) -> str:
    if card.opens_at is None or card.closes_at is None:
        return "00:00–24:00"
    return f"{card.opens_at:%H:%M}–{card.closes_at:%H:%M}"


def _said(when: datetime, zone: ZoneInfo) -> Text:
    return moment(moment_of(instant(when), zone))
