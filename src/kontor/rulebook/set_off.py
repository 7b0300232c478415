"""
With which claims a customer may set off: undisputed, adjudicated, directly reciprocal, as far as its contract says so.

>>> needs = {"undisputed": Text("Unbestritten", "Undisputed"), "adjudicated": Text("Zuerkannt", "Adjudicated")}
>>> set_off(Status.ADJUDICATED, needs, clauses=(Clause("visitor", "13.2"),)).value
True
>>> set_off(Status.DISPUTED, needs, clauses=(Clause("visitor", "13.2"),)).value
False
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.wording import said


class Status(StrEnum):
    """What is known of the customer's own claim."""

    UNDISPUTED = "undisputed"
    ADJUDICATED = "adjudicated"
    RECIPROCAL = "reciprocal"
    DISPUTED = "disputed"


_WORDS = {
    Status.UNDISPUTED: Text("unbestritten", "undisputed"),
    Status.ADJUDICATED: Text("rechtskräftig zuerkannt", "adjudicated"),
    Status.RECIPROCAL: Text("aus demselben Gegenseitigkeitsverhältnis", "directly reciprocal"),
    Status.DISPUTED: Text("bestritten", "disputed"),
}


def set_off(status: Status, needs: Mapping[str, Text] | None, *, clauses: Iterable[Clause] = ()) -> Ruling[bool]:
    """
    Decide whether a claim of this status may be set off.

    needs  the statuses that the contract admits, by key; None where it is silent: then nothing but a dispute stands in
           the way, since what nobody has decided cannot be booked as paid
    """
    inputs = (("status", status.value),)
    word = _WORDS[status]
    if needs is None:
        allowed = status is not Status.DISPUTED
        silent = said(
            "Der Vertrag beschränkt die Aufrechnung nicht; die Forderung ist {word}.",
            "The contract does not limit set-off; the claim is {word}.",
            word=word,
        )
        return Ruling(allowed, tuple(clauses), inputs, (silent,))
    allowed = status.value in needs
    listed = Text(
        ", ".join(_inside(each.de) for each in needs.values()), ", ".join(_inside(each.en) for each in needs.values())
    )
    step = said(
        "Aufrechnen darf der Kunde nur mit Forderungen, die so sind: {listed}. Diese ist {word}.",
        "The customer may set off only with claims that are: {listed}. This one is {word}.",
        listed=listed,
        word=word,
    )
    return Ruling(allowed, tuple(clauses), inputs, (step,))


def _inside(label: str) -> str:
    """A label as it stands inside a sentence."""
    return label[:1].lower() + label[1:]
