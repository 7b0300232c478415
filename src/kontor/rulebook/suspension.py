"""
What stays due while services are suspended for late payment: the fees, for the contract runs on; use stops.

>>> from kontor.rulebook import terms
>>> stays = due_while_suspended(terms.load("crm"))
>>> stays.value.fees, stays.value.use, [clause.number for clause in stays.clauses]
(True, False, ['§13', '§3'])
"""

from dataclasses import dataclass
from typing import Final

from kontor.rulebook.arrears_terms import arrears_terms
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.terms import TermsPack, ToBeAgreed

_RUNS_ON: Final = Text(
    "Ausgesetzt sind nur die Leistungen; der Vertrag läuft weiter, seine Gebühren bleiben fällig.",
    "Only the services are suspended; the contract runs on and its fees stay due.",
)
_WHOLE_PERIOD: Final = Text(
    "Die Sperre befreit nicht von der Zahlung für den ganzen laufenden Abrechnungszeitraum.",
    "Blocking does not release from paying for the whole running billing period.",
)
_NO_USE: Final = Text("Genutzt wird nichts, also fällt keine Nutzung an.", "Nothing is used, so no use is charged.")
_NONE: Final = Text(
    "Für Zahlungsverzug kennt der Vertrag keine Sperre; alles bleibt, wie es ist.",
    "The contract knows no suspension for late payment; all stays as it is.",
)


@dataclass(frozen=True, slots=True)
class DueMeanwhile:
    """Whether the fees of the positions stay due while services are suspended, and whether use is charged."""

    fees: bool
    use: bool


def due_while_suspended(pack: TermsPack) -> Ruling[DueMeanwhile]:
    """
    Return what stays due under a pack while its services are suspended for late payment.

    Crm: the fees, and in any case those of the whole running billing period (§13, §3). Leisure: the fees, since only
    the services rest (Art. 11). Where a text knows no such suspension nothing changes at all: fees and use are due.
    """
    rule = arrears_terms(pack).suspension
    if rule is None:
        return Ruling(DueMeanwhile(fees=True, use=True), (), (), (_NONE,))
    clauses, steps = [rule.clause], [_RUNS_ON]
    period = _whole_period(pack)
    if period is not None:
        clauses.append(period)
        steps.append(_WHOLE_PERIOD)
    return Ruling(DueMeanwhile(fees=True, use=False), tuple(clauses), (), (*steps, _NO_USE))


def _whole_period(pack: TermsPack) -> Clause | None:
    """Return the clause by which a measure of the provider leaves the whole running period to be paid."""
    owed = pack.termination.fees_owed if pack.termination else None
    if owed is None or isinstance(owed, ToBeAgreed) or owed.value != "current_period":
        return None
    return owed.clause
