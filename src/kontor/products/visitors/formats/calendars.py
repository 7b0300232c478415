"""An appointment as calendars take it by mail (RFC 5545, RFC 5546): asked for, changed, called off under one UID."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from icalendar import Calendar, Event, vCalAddress, vText

PRODUCT: Final = "-//Kontor//Visitors//EN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a calendar is told; `sequence` grows with each change, and with the cancellation."""

    uid: str
    sequence: int
    begins_at: datetime
    ends_at: datetime
    title: str
    place: str
    text: str
    organiser: tuple[str, str]
    guest: tuple[str, str]
    made_at: datetime


def uid_of(visit_id: uuid.UUID, given: str) -> str:
    """Return under which name calendars know a visit: the one it came with, else its own."""
    return given or f"{visit_id}@kontor"


def written(entry: Entry, *, cancelled: bool) -> bytes:
    """Return an iTIP message: REQUEST, or CANCEL for what is called off."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "REQUEST")
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.made_at.astimezone(UTC))
    event.add("dtstart", entry.begins_at.astimezone(UTC))
    event.add("dtend", entry.ends_at.astimezone(UTC))
    event.add("summary", entry.title)
    event.add("location", entry.place)
    event.add("description", entry.text)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    if entry.organiser[1]:
        event["organizer"] = _person(entry.organiser)
    guest = _person(entry.guest)
    guest.params["PARTSTAT"] = vText("NEEDS-ACTION")
    guest.params["RSVP"] = vText("TRUE")
    event.add("attendee", guest, encode=False)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _person(whom: tuple[str, str]) -> vCalAddress:
    name, email = whom
    said = vCalAddress(f"mailto:{email}")
    said.params["CN"] = vText(name)
    return said
