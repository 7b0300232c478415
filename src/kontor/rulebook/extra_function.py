"""
Functions beyond the order: paid ones are off until they are ordered, voluntary ones are on and not owed (FW-016).

>>> from kontor.rulebook.terms import load
>>> offered("VOLUNTARY", load("visitor")).value
True
>>> is_on("PAID", item="lobby", positions={"seats"})
False
"""

from collections.abc import Collection
from datetime import date
from typing import Final

from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.terms import TermsPack
from kontor.rulebook.wording import day, said

PAID: Final = "PAID"
VOLUNTARY: Final = "VOLUNTARY"


def offered(kind: str, pack: TermsPack) -> Ruling[bool]:
    """Return that a function of a kind may be offered; RefusalError where the terms do not regulate that."""
    step = (
        Text("Gegen Entgelt: aus, bis sie bestellt ist.", "For a fee: off until it is ordered.")
        if kind == PAID
        else Text("Freiwillig: an, und nicht geschuldet.", "Voluntary: on, and not owed.")
    )
    return Ruling(True, (_clause(pack),), (("kind", kind),), (step,))


def is_on(kind: str, *, item: str, positions: Collection[str], ended: bool = False) -> bool:
    """Tell whether a function is on: a paid one with its item ordered, a voluntary one until its end."""
    return item in positions if kind == PAID else not ended


def withdrawn(kind: str, pack: TermsPack, *, told_on: date, ends_on: date) -> Ruling[date]:
    """
    Return the first day without a voluntary function; RefusalError for a paid one and for a day before it is told.

    4.3.1 sets no period for what is voluntary, and 4.3.2 keeps its four weeks for more than mere extensions: the day
    named in the notice holds.
    """
    clause = _clause(pack)
    if kind == PAID:
        raise RefusalError(
            Text(
                "Eine bezahlte Funktion endet wie der Vertrag, nicht durch Rücknahme.",
                "A paid function ends as the contract does, not by withdrawal.",
            )
        )
    if ends_on <= told_on:
        raise RefusalError(
            said(
                "Der Kunde erfährt es am {told}; die Funktion endet frühestens am Tag danach.",
                "The customer learns of it on {told}; the function ends on the day after at the earliest.",
                told=day(told_on),
            )
        )
    step = said(
        "Mitgeteilt am {told}, ohne die Funktion ab {ends}; eine Frist setzt der Text für Freiwilliges nicht.",
        "Told on {told}, without the function from {ends}; the text sets no period for what is voluntary.",
        told=day(told_on), ends=day(ends_on),
    )  # fmt: skip
    return Ruling(ends_on, (clause,), (("told_on", told_on.isoformat()), ("ends_on", ends_on.isoformat())), (step,))


def _clause(pack: TermsPack) -> Clause:
    rule = pack.changes.voluntary_additions if pack.changes else None
    if rule is None or not rule.value:
        raise RefusalError(
            Text(
                "Diese Bedingungen regeln keine Funktionen über die Bestellung hinaus.",
                "These terms do not regulate functions beyond the order.",
            )
        )
    return rule.clause
