"""
Whether a module that handles personal data may be opened for a customer (visitor 10.2; Anlage 3, Anhang II).

>>> gate(required=True, concluded=False, beyond=frozenset()).value
<Gate.NO_AGREEMENT: 'NO_AGREEMENT'>
>>> gate(required=True, concluded=True, beyond=frozenset({"photo"})).value
<Gate.OUTSIDE_ANNEX: 'OUTSIDE_ANNEX'>
>>> gate(required=False, concluded=False, beyond=frozenset({"photo"})).value
<Gate.OUTSIDE_ANNEX: 'OUTSIDE_ANNEX'>
>>> gate(required=False, concluded=False, beyond=frozenset()).value
<Gate.OPEN: 'OPEN'>
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from kontor.rulebook.ruling import Clause, Ruling, Text


class Gate(StrEnum):
    """Whether the way is free: locked before the agreement is concluded, and for what its annex II does not name."""

    OPEN = "OPEN"
    NO_AGREEMENT = "NO_AGREEMENT"
    OUTSIDE_ANNEX = "OUTSIDE_ANNEX"
    SUSPENDED = "SUSPENDED"


_WORDS: Final = {
    Gate.OPEN: Text("Nichts steht entgegen.", "Nothing stands against it."),
    Gate.NO_AGREEMENT: Text(
        "Die Vereinbarung nach Art. 28 DSGVO ist nicht geschlossen: gesperrt.",
        "The agreement under GDPR Art. 28 is not concluded: locked.",
    ),
    Gate.OUTSIDE_ANNEX: Text(
        "Anhang II nennt nicht alles, was gebraucht wird: gesperrt, bis er ergänzt ist.",
        "Annex II does not name all that is needed: locked until it is amended.",
    ),
    Gate.SUSPENDED: Text(
        "Der Verantwortliche hat die Verarbeitung ausgesetzt: gesperrt, bis er es aufhebt.",
        "The controller has suspended the processing: locked until it lifts that.",
    ),
}


def gate(
    *, required: bool, concluded: bool, beyond: frozenset[str], suspended: bool = False, clauses: Iterable[Clause] = ()
) -> Ruling[Gate]:
    """
    Decide whether a module may be opened.

    required   the contract makes an agreement under Art. 28 a condition; where it does not, a missing one locks nothing
    concluded  both parties have signed one
    beyond     categories of persons and data that the module needs and neither annex II nor the terms name (leisure
               Anhang 4, Art. 1: what lies beyond is agreed in the offer)
    suspended  the controller has suspended the processing (Klausel 10 a)
    """
    if required and not concluded:
        found = Gate.NO_AGREEMENT
    elif suspended:
        found = Gate.SUSPENDED
    else:
        found = Gate.OUTSIDE_ANNEX if beyond else Gate.OPEN
    needed = ", ".join(sorted(beyond))
    return Ruling(found, tuple(clauses), (("beyond", needed),), (_WORDS[found],))
