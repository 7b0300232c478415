"""
What becomes of announced prices: they hold from their day where the customer knew before, and never afterwards.

>>> fate(date(2027, 12, 1), received=date(2027, 9, 2), today=date(2027, 9, 3)).value
<Fate.APPLY: 'apply'>
>>> fate(date(2027, 12, 1), received=None, today=date(2027, 12, 1)).value
<Fate.DROP: 'drop'>
"""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.wording import day, said


class Fate(StrEnum):
    """What to do with an announced adjustment."""

    APPLY = "apply"
    WAIT = "wait"
    DROP = "drop"


def fate(
    effective: date,
    *,
    received: date | None,
    today: date,
    ends: date | None = None,
    settled: bool = True,
    clauses: Iterable[Clause] = (),
) -> Ruling[Fate]:
    """
    Decide about announced prices on a day.

    effective  the first day of the new prices
    received   the day the customer had the announcement, None while not known
    ends       the contract's last day, where it is known
    settled    whether the term or interval that begins on that day stands fast
    """
    inputs = (("effective", effective.isoformat()), ("received", received.isoformat() if received else ""))
    decided, step = _decided(effective, received, today, ends, settled=settled)
    return Ruling(decided, tuple(clauses), inputs, (step,))


def _decided(
    effective: date, received: date | None, today: date, ends: date | None, *, settled: bool
) -> tuple[Fate, Text]:
    told = {"effective": day(effective)}
    if ends is not None and ends < effective:
        return Fate.DROP, said(
            "Der Vertrag endet am {ends}, vor dem {effective}; der Preis bleibt.",
            "The contract ends on {ends}, before {effective}; the price stays.",
            ends=day(ends),
            **told,
        )
    if received is None and today < effective:
        german = "Der Zugang der Ankündigung ist noch nicht bekannt."
        return Fate.WAIT, Text(german, "It is not known yet that the announcement was received.")
    if received is None or received >= effective:
        return Fate.DROP, said(
            "Vor dem {effective} war nichts angekündigt; der Preis ändert sich nicht rückwirkend.",
            "Nothing was announced before {effective}; the price does not change in retrospect.",
            **told,
        )
    if not settled:
        return Fate.WAIT, said(
            "Ob der Vertrag über den {effective} hinaus läuft, steht noch nicht fest.",
            "Whether the contract runs beyond {effective} is not settled yet.",
            **told,
        )
    return Fate.APPLY, said(
        "Angekündigt am {received}, gilt der neue Preis ab dem {effective}.",
        "Announced on {received}, the new price holds from {effective} on.",
        received=day(received),
        **told,
    )
