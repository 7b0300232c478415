"""
A controller's audit of its processor: how often it has a right to one (leisure Anhang 4; GDPR Art. 28 (3) h).

>>> within_right(date(2026, 9, 1), [date(2026, 3, 1)], allowed=1).value
False
>>> within_right(date(2027, 1, 1), [date(2026, 3, 1)], allowed=1).value
True
"""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Final

from kontor.rulebook.ruling import Clause, Ruling
from kontor.rulebook.wording import said

_LAW: Final = Clause("gdpr", "GDPR Art. 28 (3) h")


def within_right(
    asked_on: date, earlier: Collection[date], *, allowed: int | None, clauses: Iterable[Clause] = ()
) -> Ruling[bool]:
    """
    Tell whether an audit lies within what the contract gives a right to in its calendar year; beyond it, one may agree.

    earlier  the days on which audits were asked for before
    allowed  how many a year; None where the contract names no number, and the law sets none
    """
    inputs = (("asked", asked_on.isoformat()),)
    told = (*clauses, _LAW)
    if allowed is None:
        german = "Der Vertrag nennt keine Zahl: Die Prüfung steht zu."
        return Ruling(True, told, inputs, (said(german, "The contract names no number: the audit is a right."),))
    same = sum(day.year == asked_on.year for day in earlier)
    year = str(asked_on.year)
    step = said(
        "{year}: {same} Prüfung(en) vor dieser, {allowed} im Jahr stehen zu.",
        "{year}: {same} audit(s) before this one, {allowed} a year are a right.",
        year=year, same=str(same), allowed=str(allowed),
    )  # fmt: skip
    return Ruling(same < allowed, told, inputs, (step,))
