"""
Personal data that leaves the European Economic Area: on what ground, and whether that ground still holds.

>>> adequate = Ground("adequacy", date(2026, 1, 1), until=date(2026, 6, 30), documented=True)
>>> decided = transfer("US", adequate, on=date(2026, 7, 1))
>>> decided.value
<Transfer.EXPIRED: 'EXPIRED'>
>>> transfer("NO", None, on=date(2026, 7, 1)).value
<Transfer.NONE: 'NONE'>
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.union import in_union
from kontor.rulebook.wording import said, weekday

# Agreement on the European Economic Area: the GDPR applies there since
# 20 July 2018 (Decision of the EEA Joint Committee No 154/2018).
_EEA_ONLY: Final = frozenset({"NO", "IS", "LI"})
GROUNDS: Final = {
    "adequacy": Text("Angemessenheitsbeschluss, Art. 45 DSGVO", "Adequacy decision, Art. 45 GDPR"),
    "standard_clauses": Text(
        "Standarddatenschutzklauseln, Art. 46 Abs. 2 lit. c DSGVO",
        "Standard data protection clauses, Art. 46 (2) (c) GDPR",
    ),
    "other_safeguards": Text("Andere Garantien nach Art. 46 DSGVO", "Other safeguards under Art. 46 GDPR"),
}


class Transfer(StrEnum):
    """What a transfer is: none at all, one with its ground, or one that must not happen."""

    NONE = "NONE"
    GROUNDED = "GROUNDED"
    LACKING = "LACKING"
    EXPIRED = "EXPIRED"


@dataclass(frozen=True, slots=True)
class Ground:
    """
    What secures a transfer to a third country.

    key      of GROUNDS
    since    day of the decision or of the signed clauses
    until    the last day on which it holds; None where no end is known
    instruction  the controller's documented instruction, "" where there is none; the contract may demand it
    documented   the decision or the clauses are there as a document (leisure Anhang 4, Übertragung; bookkeeping 13)
    """

    key: str
    since: date | None
    until: date | None = None
    instruction: str = ""
    documented: bool = False


def third_country(country: str, on: date) -> bool:
    """Tell whether a country (ISO 3166, capitals) lies outside the European Economic Area on a day."""
    return country not in _EEA_ONLY and not in_union(country, on)


def transfer(
    country: str, ground: Ground | None, *, on: date, instructed: bool = False, clauses: Iterable[Clause] = ()
) -> Ruling[Transfer]:
    """
    Decide whether data may go to a country on a day.

    instructed  the contract lets data leave on the controller's documented instruction or by legal duty only
    """
    inputs = (("country", country), ("on", on.isoformat()))
    rules = tuple(clauses)
    if not third_country(country, on):
        return Ruling(Transfer.NONE, rules, inputs, (_INSIDE,))
    if ground is None or ground.key not in GROUNDS or ground.since is None or ground.since > on:
        return Ruling(Transfer.LACKING, rules, inputs, (_LACKING,))
    if not ground.documented:
        return Ruling(Transfer.LACKING, rules, inputs, (_UNDOCUMENTED,))
    if instructed and not ground.instruction.strip():
        return Ruling(Transfer.LACKING, rules, inputs, (_UNTOLD,))
    if ground.until is not None and ground.until < on:
        step = said("Die Grundlage galt bis {last}.", "The ground held until {last}.", last=weekday(ground.until))
        return Ruling(Transfer.EXPIRED, rules, inputs, (step,))
    step = said(
        "{ground}, seit {since}.", "{ground}, since {since}.", ground=GROUNDS[ground.key], since=weekday(ground.since)
    )
    return Ruling(Transfer.GROUNDED, rules, inputs, (step,))


_INSIDE = Text("Das Land liegt im Europäischen Wirtschaftsraum.", "The country lies in the European Economic Area.")
_LACKING = Text(
    "Außerhalb des Europäischen Wirtschaftsraums braucht es eine Grundlage mit Datum: Angemessenheitsbeschluss, "
    "Standardklauseln oder eine andere Garantie.",
    "Outside the European Economic Area a ground with its date is needed: adequacy decision, standard clauses or "
    "another safeguard.",
)
_UNDOCUMENTED = Text(
    "Zur Grundlage fehlt ihr Dokument: der Beschluss, die Klauseln oder die Garantien.",
    "The ground's document is missing: the decision, the clauses or the safeguards.",
)
_UNTOLD = Text(
    "Der Vertrag verlangt dafür eine dokumentierte Weisung oder eine Rechtspflicht.",
    "The contract demands a documented instruction or a legal duty for it.",
)
