"""
Who is told that a promise is about to break, and when: at work, on call, or not before somebody is there again.

>>> from datetime import UTC
>>> from kontor.rulebook import terms
>>> tuesday = datetime(2026, 6, 2, 17, tzinfo=UTC)  # 19:00 in Paris
>>> found = alert(terms.load("leisure"), "blocking", at=tuesday, help_consulted=True).value
>>> found.whom.value
'on_call'
>>> alert(terms.load("leisure"), "semi_blocking", at=tuesday, help_consulted=True).value.at.isoformat()
'2026-06-03T09:00:00+02:00'
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Final

from kontor.rulebook.calc.facts import cited, clock_of, known, on_call_clock, support_holidays, support_of, support_zone
from kontor.rulebook.clock import BusinessClock, counted
from kontor.rulebook.kept import Kept, Standing
from kontor.rulebook.moment import utc
from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.schedule import Schedule, week
from kontor.rulebook.terms import TermsPack
from kontor.rulebook.terms.value import Sourced
from kontor.rulebook.windows import Presence, opening

QUARTER: Final = Fraction(1, 4)


class Stage(StrEnum):
    """When somebody is told: while there is time left, and when the promise breaks."""

    AHEAD = "ahead"
    BREACH = "breach"


@dataclass(frozen=True, slots=True)
class Escalation:
    """One moment at which somebody has to be told of a promise."""

    promise: str
    stage: Stage
    at: datetime


@dataclass(frozen=True, slots=True)
class Alert:
    """
    Who is told.

    whom  the office, the technician on call, or nobody now
    at    the moment itself, or the next one at which the office is open
    """

    whom: Presence
    at: datetime


def escalations(kept: Kept, *, left: Fraction = QUARTER) -> tuple[Escalation, ...]:
    """
    Return when somebody has to be told of a promise: with a share of its time left, and at its breach.

    The share is counted by the promise's own clock: a quarter of 24 office hours is six office hours. A promise that
    is kept, dropped or stands still tells nobody.
    """
    if not kept.open or kept.standing(kept.due) is Standing.STILL:
        return ()
    clock = kept.promise.clock
    whole = counted(clock, kept.since, kept.due, pauses=kept.pauses)
    ahead = clock.add(kept.due, -whole * left.numerator / left.denominator)
    return Escalation(kept.name, Stage.AHEAD, ahead), Escalation(kept.name, Stage.BREACH, kept.due)


def alert(pack: TermsPack, class_key: str, *, at: datetime, help_consulted: bool) -> Ruling[Alert]:
    """
    Decide who is told at a moment; outside the hours and the windows of being on call nobody is woken.

    help_consulted  whether the customer looked at the online help first, where the contract asks for it
    """
    section = support_of(pack)
    rests_on: list[Sourced | None] = [section.hours, section.holidays]
    office = _office(pack)
    on_call = on_call_clock(pack, class_key)
    steps: list[Text] = []
    if on_call is not None and section.on_call is not None:
        rests_on += [section.on_call.windows, section.on_call.classes]
        first = known(section.on_call.help_consulted_first)
        if first is not None and first.value and not help_consulted:
            on_call = None
            rests_on.append(section.on_call.help_consulted_first)
            german = "Die Online-Hilfe wurde nicht zuerst befragt: keine Bereitschaft."
            steps.append(Text(german, "The online help was not consulted first: nobody on call."))
    found = opening(at, office, on_call=on_call, clauses=cited(*rests_on))
    when = at if found.value.open else office.next_open(at)
    moment = when.astimezone(office.zone)
    return found.map(lambda told: Alert(told.presence, moment)).because(working=steps)


def is_behind(escalation: Escalation, now: datetime) -> bool:
    """Say whether its moment has come."""
    return utc(escalation.at) <= utc(now)


def _office(pack: TermsPack) -> BusinessClock:
    """Return the office's clock; where the contract names no hours, somebody reads at any time."""
    hours = known(support_of(pack).hours)
    if hours is None:
        return BusinessClock(Schedule(pack.zone, week("Mon-Sun 00:00-24:00")))
    return clock_of(hours.value, zone=support_zone(pack), holidays=support_holidays(pack))
