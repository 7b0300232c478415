"""
Where a payment is performed, and whether a due day there that is no working day moves to the next one (BGB § 193).

The place is the debtor's business seat when the contract came about: BGB § 269 (1), (2); that money travels at the
debtor's cost and risk changes nothing about it, § 270 (4). Moved are days that the contract leaves to the offer; where
its text counts days itself they are calendar days and stay.

>>> from datetime import date
>>> from kontor.rulebook import terms
>>> hamburg = Place("DE", "HH")
>>> found = moved_by(terms.load("dealership"), hamburg)
>>> date(2026, 2, 14) in found.days, date(2026, 10, 31) in found.days
(False, False)
>>> moved_by(terms.load("visitor"), hamburg) is None
True
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from kontor.rulebook import terms
from kontor.rulebook.calendar import CalendarError, HolidayList, WorkingDays
from kontor.rulebook.ruling import Clause, Text
from kontor.rulebook.terms import TermsPack, ToBeAgreed
from kontor.rulebook.wording import said


@dataclass(frozen=True, slots=True)
class Place:
    """A place by its country and, where known, its part of it: ISO 3166 codes such as "DE" and "HH"; "" unknown."""

    country: str = ""
    state: str = ""

    @classmethod
    def read(cls, told: Mapping[str, Any] | None) -> Self:
        """Return the place that a contract keeps; one of nothing known where it keeps none."""
        return cls() if told is None else cls(told["country"], told["state"])

    @property
    def told(self) -> dict[str, str]:
        """The place in JSON's terms."""
        return {"country": self.country, "state": self.state}


@dataclass(frozen=True, slots=True)
class Moved:
    """The working days of a place of performance, the clauses that move a due day, and what the place is."""

    days: WorkingDays
    clauses: tuple[Clause, ...]
    step: Text


def moved_by(pack: TermsPack, place: Place) -> Moved | None:
    """Return the working days by which due days under a pack move; None where its own text or its law moves none."""
    law = terms.law_of(pack)
    rule = law.counting.due_on_day_off if law and law.counting else None
    text = terms.load(pack.key, pack.version)
    due = text.invoicing.due if text.invoicing else None
    if rule is None or not isinstance(due, ToBeAgreed):
        return None
    days, known = working_days_at(place)
    return Moved(days, rule.clauses, known)


def working_days_at(place: Place) -> tuple[WorkingDays, Text]:
    """Return Monday to Friday without the holidays of a place, as far as they are known, and what is known."""
    seat = "Leistungsort ist der Sitz des Kunden bei Vertragsschluss (BGB § 269, § 270 (4))"
    where = "The place of performance is the customer's seat when the contract came about (BGB § 269, § 270 (4))"
    try:
        found = HolidayList(place.country or None, place.state or None)
    except CalendarError:
        return WorkingDays(), said(
            seat + ": {country}; ein Feiertagskalender ist nicht bekannt, es zählen Samstag und Sonntag.",
            where + ": {country}; no holiday calendar is known, Saturday and Sunday count.",
            country=place.country,
        )
    if not place.country:
        return WorkingDays(found), Text(
            f"{seat}; er ist nicht festgehalten, es zählen Samstag und Sonntag.",
            f"{where}; it was not written down, Saturday and Sunday count.",
        )
    code = "-".join(part for part in (place.country, place.state) if part)
    return WorkingDays(found), said(seat + ": {code}.", where + ": {code}.", code=code)
