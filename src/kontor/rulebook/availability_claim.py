"""
Claiming the credit for an outage: in time, with what the contract wants told, decided within its period.

A period after an event ends with its last day, in the contract's zone (BGB §§ 187, 188 count alike): an incident on
10 May and three days leave until 13 May, 24:00.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from kontor.rulebook.availability_month import Month
from kontor.rulebook.availability_promise import Claiming
from kontor.rulebook.moment import utc, zone_named
from kontor.rulebook.period import last_day_after
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.terms.units import Item
from kontor.rulebook.wording import moment, said, weekday


@dataclass(frozen=True, slots=True)
class Filing:
    """
    A claim that was filed.

    file_by    last day on which it is in time
    decide_by  last day on which it is to be decided; None where the contract names none
    """

    in_time: bool
    file_by: date
    decide_by: date | None


class Verdict(StrEnum):
    """What the rules say to a claim; OPEN is for a person to decide with the measured data."""

    OPEN = "open"
    LATE = "late"
    KEPT = "kept"
    TWICE = "twice"


def filing_of(incident: datetime, filed: datetime, claiming: Claiming) -> Ruling[Filing]:
    """
    Decide whether a claim was filed in time, and by when it is to be decided.

    incident  the end of the outage; RefusalError where it lies after the filing
    """
    zone = zone_named(claiming.zone)
    happened, told = incident.astimezone(zone), filed.astimezone(zone)
    if utc(filed) < utc(incident):
        words = "Erwartet wird ein Zeitpunkt ab dem Vorfall: {when}.", "Expected a moment from the incident on: {when}."
        raise RefusalError(said(*words, when=moment(happened)))
    file_by = last_day_after(happened.date(), claiming.within)
    decide_by = None if claiming.decided_within is None else last_day_after(told.date(), claiming.decided_within)
    in_time = told.date() <= file_by
    steps = [
        said(
            "{within} nach dem Tag des Vorfalls enden mit Ablauf des {last}.",
            "{within} after the day of the incident end with {last}.",
            within=claiming.within.spoken,
            last=weekday(file_by),
        ),
        said(
            "Eingegangen am {filed}: rechtzeitig." if in_time else "Eingegangen am {filed}: zu spät.",
            "Filed on {filed}: in time." if in_time else "Filed on {filed}: too late.",
            filed=moment(told),
        ),
    ]
    if decide_by is not None:
        words = "Zu bearbeiten bis {last}.", "To be dealt with by {last}."
        steps.append(said(*words, last=weekday(decide_by)))
    inputs = (("incident", happened.isoformat()), ("filed", told.isoformat()))
    return Ruling(Filing(in_time, file_by, decide_by), claiming.clauses, inputs, tuple(steps))


def lacking(claiming: Claiming, told: Mapping[str, str]) -> tuple[Item, ...]:
    """Return what the contract wants told and nobody told; the claim is not filed before it is complete."""
    return tuple(item for item in claiming.contains if not told.get(item.key, "").strip())


def verdict(filing: Ruling[Filing], month: Month, *, claimed: Collection[date]) -> Ruling[Verdict]:
    """
    Decide what the rules say to a claim for a month that is settled.

    claimed  first days of the months for which a credit was given already
    """
    if not filing.value.in_time:
        found, step = Verdict.LATE, Text("Verspätet: nach der Regel abgelehnt.", "Late: refused by rule.")
    elif month.first in claimed:
        found = Verdict.TWICE
        step = Text("Für diesen Monat wurde schon gutgeschrieben.", "A credit for this month was given already.")
    elif month.kept:
        found = Verdict.KEPT
        step = Text("Die Zusage des Monats wurde eingehalten.", "The month's promise was kept.")
    else:
        found = Verdict.OPEN
        step = Text("Eine Person entscheidet anhand der Messung.", "A person decides by what was measured.")
    return filing.map(lambda _: found).because(working=(step,))
