"""
The extraordinary endings: which of them a pack has, who may use them, and what each needs to be told.

>>> from kontor.rulebook import terms
>>> [kind.value for kind in kinds_of(terms.load("leisure"))]
['by_delay', 'not_cured', 'immediate', 'force_majeure']
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from kontor.rulebook.ending import breach, circumstances, late_payment
from kontor.rulebook.ending.finding import Case, Finding
from kontor.rulebook.ending.told import Side, Told
from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.terms.pack import TermsPack

BOTH: Final = (Side.PROVIDER, Side.CUSTOMER)


class Kind(StrEnum):
    """The kinds of extraordinary ending."""

    AFTER_THREAT = "after_threat"
    BY_DELAY = "by_delay"
    NON_PAYMENT = "non_payment"
    NOT_CURED = "not_cured"
    GOOD_CAUSE = "good_cause"
    IMMEDIATE = "immediate"
    FULL_REDUCTIONS = "full_reductions"
    FORCE_MAJEURE = "force_majeure"
    OBJECTION = "objection"


@dataclass(frozen=True, slots=True)
class Shape:
    """
    One kind of ending.

    title   what it is
    needs   dotted key of the pack's value without which the contract does not know it
    sides   who may end the contract so
    asks    the fields of `Told` it uses, by step
    fault   true where it is the other side's fault that the contract ends
    """

    title: Text
    needs: str
    decide: Callable[[Case], Ruling[Finding]]
    sides: tuple[Side, ...]
    asks: tuple[tuple[str, ...], ...]
    fault: bool = True


_PROVIDER: Final = (Side.PROVIDER,)
_DECLARED: Final = ("declared_on", "declared_by")
SHAPES: Final[Mapping[Kind, Shape]] = {
    Kind.AFTER_THREAT: Shape(
        Text("Zahlungsverzug nach Androhung", "Arrears after a threat"), "arrears.termination_after",
        late_payment.after_threat, _PROVIDER, (("due", "paid_on"), ("threat_on", "threat_by"), _DECLARED),
    ),
    Kind.BY_DELAY: Shape(
        Text("Ende von selbst durch Zahlungsverzug", "End by itself after a delay"), "arrears.ends_after",
        late_payment.by_delay, _PROVIDER, (("due", "paid_on"),),
    ),
    Kind.NON_PAYMENT: Shape(
        Text("Nichtzahlung nach Benachrichtigung", "Non-payment after a notification"), "arrears.termination_at_once",
        late_payment.at_once, _PROVIDER, (("due", "paid_on"), ("notified_on",), _DECLARED),
    ),
    Kind.NOT_CURED: Shape(
        Text("Pflichtverletzung ohne Abhilfe", "Breach not cured"), "termination.cure_period", breach.not_cured, BOTH,
        (("letter_on", "letter_by", "letter_states"), ("cured_on",), _DECLARED),
    ),
    Kind.GOOD_CAUSE: Shape(
        Text("Wichtiger Grund", "Good cause"), "termination.provider_grounds", breach.good_cause, BOTH,
        (("ground", "ground_text"), ("breaches", "cure_until"), _DECLARED),
    ),
    Kind.IMMEDIATE: Shape(
        Text("Fristlos wegen eines Verstoßes", "At once for a breach"), "termination.immediate_grounds",
        breach.immediate, _PROVIDER, (("ground",), _DECLARED),
    ),
    Kind.FULL_REDUCTIONS: Shape(
        Text("Volle Minderungen in Folge", "Full reductions in a row"), "termination.full_reductions_in_a_row",
        circumstances.full_reductions, (Side.CUSTOMER,), (("capped",), _DECLARED),
    ),
    Kind.FORCE_MAJEURE: Shape(
        Text("Höhere Gewalt", "Force majeure"), "force_majeure.lasts", circumstances.force_majeure, BOTH,
        (("event", "event_text"), ("event_sent", "event_on"), ("event_over",), _DECLARED), fault=False,
    ),
    Kind.OBJECTION: Shape(
        Text("Widerspruch gegen eine Änderung", "Objection to a change"),
        "changes.kinds.restriction.termination_after_objection", circumstances.objection, _PROVIDER,
        (("objected_on",), ("unreasonable",), _DECLARED), fault=False,
    ),
}  # fmt: skip


def kinds_of(pack: TermsPack) -> tuple[Kind, ...]:
    """Return the extraordinary endings that a pack knows."""
    return tuple(kind for kind, shape in SHAPES.items() if pack.value(shape.needs) is not None)


def decide(kind: Kind, pack: TermsPack, told: Told, *, on: date, side: Side = Side.PROVIDER) -> Ruling[Finding]:
    """Decide a case on a day; SilentError where the pack does not know that ending."""
    return SHAPES[kind].decide(Case(kind.value, pack, told, on, side))


def by_itself(kind: Kind, pack: TermsPack) -> bool:
    """Say whether the contract ends by itself, so that nobody need declare anything."""
    lasting = pack.force_majeure.then if pack.force_majeure else None
    return kind is Kind.BY_DELAY or (kind is Kind.FORCE_MAJEURE and lasting is not None and lasting.value == "ends")
