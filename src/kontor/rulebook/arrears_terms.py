"""
What a pack, or where it is silent its law, attaches to late payment, as the plain values that `arrears` takes.

>>> from kontor.rulebook.terms import load
>>> leisure = arrears_terms(load("leisure"))
>>> leisure.interest.factor, leisure.lump_sum.amount.bare(), str(leisure.automatic_end.longer_than)
(3, '40.00', '30 days')
>>> german = arrears_terms(load("visitor"))
>>> german.interest.points, str(german.interest.clause), str(german.termination.threat)
(Decimal('9'), 'BGB § 288 (2)', '2 weeks')
>>> arrears_terms(load("crm")).interest is None  # no pack holds its law
True
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final, TypeVar

from kontor.rulebook import terms
from kontor.rulebook.arrears import ArrearsTerms, Consequence, LumpSum
from kontor.rulebook.duration import Duration
from kontor.rulebook.interest import InterestTerms, LegalRate
from kontor.rulebook.period import ONE_DAY
from kontor.rulebook.ruling import Clause
from kontor.rulebook.terms import Setting, Stated, TermsPack, ToBeAgreed
from kontor.rulebook.terms.commerce import Arrears
from kontor.rulebook.terms.law import LawPack, Rate

T = TypeVar("T")

MULTIPLE: Final = "multiple_of_legal_rate"
POINTS: Final = "base_rate_plus_points"


def arrears_terms(pack: TermsPack) -> ArrearsTerms:
    """
    Return what late payment leads to under a pack.

    The interest is None where neither the pack nor its law gives a rate that is kept on file: the French law's own rate
    rests on that of the European Central Bank, which nobody keeps here.
    """
    own = pack.arrears or Arrears()
    law = _law(pack)
    return ArrearsTerms(
        interest=_interest(own) or _interest(law),
        lump_sum=_lump_sum(own, law),
        suspension=_suspension(own),
        automatic_end=_after(own.ends_after),
        termination=_termination(own),
    )


def rates_on_file(pack: TermsPack, more: Sequence[LegalRate] = ()) -> tuple[LegalRate, ...]:
    """
    Return the legal rates of a pack's law, and those that a house entered for later half-years.

    more  what the law pack already has is not overruled by it: a rate that begins on a known day is left out
    """
    source = terms.law_of(pack)
    stored = source.legal_rates if source else ()
    starts = {rate.first for rate in stored}
    return (*(_legal(rate) for rate in stored), *(rate for rate in more if rate.first not in starts))


def suspension_clauses(pack: TermsPack) -> tuple[Clause, ...]:
    """Return where a pack says when service may be suspended or blocked at all, for late payment or otherwise."""
    blocking = pack.blocking.reasons.clauses if pack.blocking and pack.blocking.reasons else ()
    late = pack.arrears.suspension.clauses if pack.arrears and pack.arrears.suspension else ()
    return late or blocking


def _said(answer: Stated[T] | Setting[T] | ToBeAgreed[T] | None) -> Stated[T] | Setting[T] | None:
    """Return an answer that has a value; None where the text is silent or leaves it to the offer."""
    return None if isinstance(answer, ToBeAgreed) else answer


def _law(pack: TermsPack) -> Arrears:
    source: LawPack | None = terms.law_of(pack)
    return Arrears() if source is None or source.arrears is None else source.arrears


def _interest(section: Arrears) -> InterestTerms | None:
    formula = _said(section.interest)
    if formula is None:
        return None
    factor, points = _said(section.interest_factor), _said(section.interest_points)
    if formula.value.name == MULTIPLE and factor is not None:
        return InterestTerms(formula.clause, factor=factor.value)
    if formula.value.name == POINTS and points is not None:
        return InterestTerms(formula.clause, points=Decimal(points.value))
    return None


def _lump_sum(own: Arrears, law: Arrears) -> LumpSum | None:
    stated, statutory = _said(own.lump_sum), _said(law.lump_sum)
    if stated is None:
        return None if statutory is None else LumpSum(statutory.value, statutory.clause)
    both = _said(own.statutory_lump_sum)
    if both is not None and both.value == "added" and statutory is not None:
        return LumpSum(stated.value + statutory.value, stated.clause)
    return LumpSum(stated.value, stated.clause)


def _suspension(own: Arrears) -> Consequence | None:
    rule = _said(own.suspension)
    return None if rule is None else Consequence(rule.clause, notified=rule.value == "after_notification")


def _after(rule: Stated[Duration] | Setting[Duration] | ToBeAgreed[Duration] | None) -> Consequence | None:
    found = _said(rule)
    return None if found is None else Consequence(found.clause, longer_than=found.value)


def _termination(own: Arrears) -> Consequence | None:
    after, threat = _said(own.termination_after), _said(own.termination_threat)
    if after is not None:
        return Consequence(after.clause, longer_than=after.value, threat=threat.value if threat else None)
    at_once = _said(own.termination_at_once)
    return Consequence(at_once.clause) if at_once is not None and at_once.value else None


def _legal(rate: Rate) -> LegalRate:
    return LegalRate(rate.first, Decimal(rate.percent), rate.last + ONE_DAY, rate.source, rate.confirmed)
