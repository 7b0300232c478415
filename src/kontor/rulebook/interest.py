"""
Default interest by days.

It runs from the day after the due date to the day of payment, which counts. Every year has 365 days, rates change on
their day, and the sum is rounded once. The interest bears no interest.

>>> from kontor.rulebook.ruling import Clause
>>> nine_points = InterestTerms(Clause("law-de", "BGB § 288 (2)"), points=Decimal(9))
>>> base = [LegalRate(date(2026, 1, 1), Decimal("1.27")), LegalRate(date(2026, 7, 1), Decimal("1.52"))]
>>> owed = default_interest(
...     Money.parse("1190.00", "EUR"), nine_points, due=date(2026, 5, 15), on=date(2026, 8, 20), legal_rates=base
... )
>>> owed.value.bare()
'32.89'
>>> for step in owed.working:
...     print(step.en)
16 May 2026 to 30 June 2026: 46 days on €1,190.00 at 10.27 %
1 July 2026 to 20 August 2026: 51 days on €1,190.00 at 10.52 %
Together, a year being 365 days, rounded once: €32.89
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import groupby, pairwise
from typing import Final

from kontor.rulebook.currency import number
from kontor.rulebook.money import Money
from kontor.rulebook.period import ONE_DAY, Period
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.wording import day, said

DAYS_A_YEAR: Final = 365


@dataclass(frozen=True, slots=True)
class LegalRate:
    """
    A yearly rate in percent: the base rate of section 247 BGB, the French legal rate.

    first      the first day it holds
    end        the first day for which it is no longer known to hold; None: until the next one begins
    source     where it is published, "" where somebody told it
    confirmed  false until somebody has compared it with that place
    """

    first: date
    percent: Decimal
    end: date | None = None
    source: str = ""
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Payment:
    """
    What was paid on the claim itself, and the day; what goes to costs and interest first is `set_off`'s to say.

    Below zero: what was given back on that day, and is owed again from the next one on.
    """

    on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class InterestTerms:
    """
    How default interest follows the legal rate: factor × rate + points, never below nothing.

    German law: 9 points above the base rate (BGB § 288 (2)). Leisure: three times the legal rate (Art. 11).
    """

    clause: Clause
    factor: int = 1
    points: Decimal = Decimal(0)

    def percent(self, legal_rate: Decimal) -> Decimal:
        """Return the yearly rate of default interest in percent."""
        return max(self.factor * legal_rate + self.points, Decimal(0))


@dataclass(frozen=True, slots=True)
class Segment:
    """
    Days on which one amount bore one rate.

    left     the principal that bears interest
    rate     the legal rate that held
    percent  the yearly rate of default interest that follows from it
    """

    period: Period
    left: Money
    rate: LegalRate
    percent: Decimal

    @property
    def exact(self) -> Fraction:
        """The interest of these days in currency units, not rounded: the sum of all segments is rounded once."""
        return Fraction(self.left.amount) * Fraction(self.percent) / 100 * self.period.days / DAYS_A_YEAR


def segments(
    claim: Money,
    terms: InterestTerms,
    *,
    due: date,
    on: date,
    legal_rates: Iterable[LegalRate],
    payments: Sequence[Payment] = (),
) -> tuple[Segment, ...]:
    """Return the days of delay up to and including `on`, cut where rate or principal change; as `default_interest`."""
    open_after(claim, payments, until=date.max)
    rates = sorted(legal_rates, key=lambda rate: rate.first)
    changes = [edge for rate in rates for edge in (rate.first, rate.end) if edge]
    found: list[Segment] = []
    for span in _spans(due, on, edges=[*changes, *(payment.on + ONE_DAY for payment in payments)]):
        left = open_after(claim, payments, until=span.first - ONE_DAY)
        if not left:
            continue
        rate = _rate_on(rates, span.first)
        found.append(Segment(span, left, rate, terms.percent(rate.percent)))
    return tuple(found)


def first_without_rate(legal_rates: Iterable[LegalRate], first: date, last: date) -> date | None:
    """
    Return the first day between two, both counted, for which no rate is known; None where all are covered.

    >>> half = LegalRate(date(2026, 1, 1), Decimal("2.62"), date(2026, 7, 1))
    >>> first_without_rate([half], date(2026, 6, 1), date(2026, 8, 1))
    datetime.date(2026, 7, 1)
    """
    rates = sorted(legal_rates, key=lambda rate: rate.first)
    when = first
    while when <= last:
        begun = [rate for rate in rates if rate.first <= when]
        if not begun or (begun[-1].end is not None and begun[-1].end <= when):
            return when
        later = [rate.first for rate in rates if rate.first > when]
        when = min(begun[-1].end or date.max, min(later, default=date.max))
    return None


def default_interest(
    claim: Money,
    terms: InterestTerms,
    *,
    due: date,
    on: date,
    legal_rates: Iterable[LegalRate],
    payments: Sequence[Payment] = (),
) -> Ruling[Money]:
    """
    Return the interest on a claim up to and including a day.

    claim        what was to be paid, not negative
    due          the last day on which payment is in time, already moved where the law moves it
    on           the day of payment, or the day asked about
    legal_rates  the rates that held; RefusalError where a day of delay has none
    payments     part payments: from the day after each, interest runs on what is left; more than the claim is refused
    """
    found = segments(claim, terms, due=due, on=on, legal_rates=legal_rates, payments=payments)
    owed = sum((segment.exact for segment in found), Fraction())
    steps = [_told(segment) for segment in found]
    interest = Money.rounded(owed, claim.currency)
    sum_up = said(
        "Zusammen, das Jahr zu 365 Tagen, einmal gerundet: {interest}",
        "Together, a year being 365 days, rounded once: {interest}",
        interest=interest.text,
    )
    in_time = said("Bis zum {due} ist nichts verspätet.", "Nothing is late up to {due}.", due=day(due))
    inputs = (("claim", claim.bare()), ("currency", claim.currency), ("due", due.isoformat()), ("on", on.isoformat()))
    return Ruling(interest, (terms.clause,), inputs, (*steps, sum_up) if steps else (in_time,))


def open_after(claim: Money, payments: Sequence[Payment], *, until: date) -> Money:
    """
    Return what is left of a claim after the payments up to and including a day; what was given back is left again.

    RefusalError where on any day more was paid than the claim, or more given back than was paid.
    """
    paid = Money.zero(claim.currency)
    for _on, amounts in groupby(sorted((each for each in payments if each.on <= until), key=_day), key=_day):
        paid += Money.total((each.amount for each in amounts), claim.currency)
        if paid > claim or paid.minor < 0:
            break
    if claim.minor < 0 or paid > claim or paid.minor < 0:
        raise RefusalError(
            said(
                "Auf eine Forderung von {claim} lassen sich nicht {paid} anrechnen.",
                "{paid} cannot be set against a claim of {claim}.",
                claim=claim.text,
                paid=paid.text,
            )
        )
    return claim - paid


def _day(payment: Payment) -> date:
    return payment.on


def _spans(due: date, on: date, *, edges: Iterable[date]) -> tuple[Period, ...]:
    first, end = due + ONE_DAY, on + ONE_DAY
    if end <= first:
        return ()
    cuts = sorted({first, end, *(edge for edge in edges if first < edge < end)})
    return tuple(Period(start, stop) for start, stop in pairwise(cuts))


def _told(segment: Segment) -> Text:
    return said(
        "{span}: {days} Tage auf {left} zu {percent} %",
        "{span}: {days} days on {left} at {percent} %",
        span=segment.period.spoken,
        days=segment.period.days,
        left=segment.left.text,
        percent=number(segment.percent),
    )


def _rate_on(rates: Sequence[LegalRate], on: date) -> LegalRate:
    known = [rate for rate in rates if rate.first <= on]
    if not known or (known[-1].end and on >= known[-1].end):
        raise RefusalError(
            said(
                "Für den {on} fehlt der gesetzliche Zinssatz.",
                "The legal rate for {on} is missing.",
                on=day(on),
            )
        )
    return known[-1]
