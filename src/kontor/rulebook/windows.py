"""
Whether somebody is there at a moment, and whether a moment lies in the maintenance window.

>>> from kontor.rulebook.schedule import Schedule, week
>>> window = BusinessClock(Schedule("Europe/Berlin", week("Sat 07:00 - Sun 22:00")))
>>> maintenance(datetime(2026, 11, 21, 6, 30, tzinfo=window.zone), window).value.inside
False
>>> maintenance(datetime(2026, 11, 22, 3, 0, tzinfo=window.zone), window).value.span.end.isoformat()
'2026-11-22T22:00:00+01:00'
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kontor.rulebook.clock import BusinessClock
from kontor.rulebook.moment import Span, utc
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.wording import moment, said


class Presence(StrEnum):
    """Who is there: the office, the technician on call, nobody."""

    OFFICE = "office"
    ON_CALL = "on_call"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Opening:
    """
    What a caller finds at a moment.

    presence   who is there
    next_open  the earliest moment from then on at which somebody is; the moment itself while open
    """

    presence: Presence
    next_open: datetime

    @property
    def open(self) -> bool:
        """Whether anybody is there."""
        return self.presence is not Presence.CLOSED


@dataclass(frozen=True, slots=True)
class Upkeep:
    """
    A moment and the maintenance window.

    inside  whether the moment lies in the window
    span    that window, or the next one where the moment lies in none
    """

    inside: bool
    span: Span


def opening(
    when: datetime, office: BusinessClock, *, on_call: BusinessClock | None = None, clauses: Iterable[Clause] = ()
) -> Ruling[Opening]:
    """
    Decide who is there at a moment; office hours go before being on call.

    on_call  None where the caller's fault is none that anybody is on call for, or nobody ever is
    """
    shown = when.astimezone(office.zone)
    clocks = (office,) if on_call is None else (office, on_call)
    presence = Presence.CLOSED
    if office.is_open(when):
        presence = Presence.OFFICE
    elif on_call is not None and on_call.is_open(when):
        presence = Presence.ON_CALL
    next_open = min((clock.next_open(when) for clock in clocks), key=utc).astimezone(office.zone)
    found = {
        Presence.OFFICE: Text("geöffnet", "open"),
        Presence.ON_CALL: Text("in Bereitschaft", "on call"),
        Presence.CLOSED: Text("geschlossen", "closed"),
    }[presence]
    steps = [said("{when}: {found}.", "{when}: {found}.", when=moment(shown), found=found)]
    if presence is Presence.CLOSED:
        german = "Wieder erreichbar: {next}."
        steps.append(said(german, "Open again: {next}.", next=moment(next_open)))
    inputs = (("at", shown.isoformat()),)
    return Ruling(Opening(presence, next_open), tuple(clauses), inputs, tuple(steps))


def maintenance(when: datetime, windows: BusinessClock, *, clauses: Iterable[Clause] = ()) -> Ruling[Upkeep]:
    """Decide whether a moment lies in the regular maintenance window, and name that window or the next one."""
    shown = when.astimezone(windows.zone)
    inside = windows.is_open(when)
    span = windows.window_from(when)
    german = "{when} liegt im Wartungsfenster." if inside else "{when} liegt in keinem Wartungsfenster."
    english = "{when} lies in the maintenance window." if inside else "{when} lies in no maintenance window."
    steps = (
        said(german, english, when=moment(shown)),
        said(
            "Es reicht von {start} bis {end}." if inside else "Das nächste reicht von {start} bis {end}.",
            "It lasts from {start} to {end}." if inside else "The next one lasts from {start} to {end}.",
            start=moment(span.start),
            end=moment(span.end),
        ),
    )
    return Ruling(Upkeep(inside, span), tuple(clauses), (("at", shown.isoformat()),), steps)
