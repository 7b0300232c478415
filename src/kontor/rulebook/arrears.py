"""
What late payment leads to: interest, the lump sum, and the days from which more may follow.

>>> from decimal import Decimal
>>> contract = Clause("leisure", "Art. 11")
>>> terms = ArrearsTerms(
...     interest=InterestTerms(contract, factor=3),
...     lump_sum=LumpSum(Money.parse("40", "EUR"), contract),
...     suspension=Consequence(contract),
...     automatic_end=Consequence(contract, longer_than=Duration.parse("30 days")),
... )
>>> rate = LegalRate(date(2026, 1, 1), Decimal("4.92"))
>>> late = arrears(
...     Money.parse("10000.00", "EUR"), terms, due=date(2026, 1, 17), on=date(2026, 1, 27), legal_rates=[rate]
... ).value
>>> late.interest.bare(), late.lump_sum.bare(), late.total.bare(), late.days
('40.44', '40.00', '10080.44', 10)
>>> late.suspension_from.isoformat(), late.ends_automatically_on.isoformat()
('2026-01-18', '2026-02-17')
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from kontor.rulebook.duration import Duration
from kontor.rulebook.interest import InterestTerms, LegalRate, Payment, default_interest, open_after
from kontor.rulebook.money import Money
from kontor.rulebook.period import ONE_DAY, last_day_after
from kontor.rulebook.ruling import Clause, Ruling, Text, combined
from kontor.rulebook.wording import day, said


@dataclass(frozen=True, slots=True)
class LumpSum:
    """What is owed once per claim for collecting it; it bears no VAT and no interest."""

    amount: Money
    clause: Clause


@dataclass(frozen=True, slots=True)
class Consequence:
    """
    Something that may follow, or follows, from delay.

    clause       who says so
    longer_than  the delay that must be exceeded; None: the first day of delay is enough
    notified     true where the customer must have been notified of the arrears before
    threat       how long before it the customer must have been threatened with it
    """

    clause: Clause
    longer_than: Duration | None = None
    notified: bool = False
    threat: Duration | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrearsTerms:
    """What a contract, or where it is silent its law, attaches to late payment; None where it attaches nothing."""

    interest: InterestTerms | None
    lump_sum: LumpSum | None = None
    suspension: Consequence | None = None
    automatic_end: Consequence | None = None
    termination: Consequence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """The days on which the customer received what a consequence asks for; None where it was not sent."""

    arrears: date | None = None
    threat: date | None = None


NO_NOTICES: Final = Notices()


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrears:
    """
    A claim on a day.

    interest, lump_sum  owed beside the claim
    principal           what is open of the claim itself
    total               all three: a claim whose principal is paid stays open with the rest
    days                days of delay, the day asked about included

    The three days are None where the contract has no such rule, where a notification it asks for was not received,
    and where the claim was paid before.
    """

    interest: Money
    lump_sum: Money
    principal: Money
    total: Money
    days: int
    suspension_from: date | None
    ends_automatically_on: date | None
    termination_possible_from: date | None


@dataclass(frozen=True, slots=True)
class SetOff:
    """How one payment is divided; `over` is what nothing was owed for."""

    costs: Money
    interest: Money
    principal: Money
    over: Money


def arrears(
    claim: Money,
    terms: ArrearsTerms,
    *,
    due: date,
    on: date,
    legal_rates: Iterable[LegalRate],
    payments: Sequence[Payment] = (),
    notices: Notices = NO_NOTICES,
) -> Ruling[Arrears]:
    """
    Return what a claim has become on a day, the day of payment or the day asked about; errors as `default_interest`.

    The threat of termination is assumed in time where `notices` names none: the day then is the earliest possible.
    """
    interest = Ruling(Money.zero(claim.currency))
    if terms.interest is not None:
        interest = default_interest(claim, terms.interest, due=due, on=on, legal_rates=legal_rates, payments=payments)
    late = on > due and bool(open_after(claim, payments, until=due))
    lump = _lump_sum(terms.lump_sum if late else None, claim.currency)
    paid_on = _paid_on(claim, payments)
    since = _late_since(claim, payments, due=due)
    last = on if paid_on is None else min(on, paid_on)
    principal = open_after(claim, payments, until=on)
    suspension = _from(terms.suspension, _SUSPENSION, due=since, notices=notices, paid_on=paid_on)
    end = _from(terms.automatic_end, _END, due=since, notices=notices, paid_on=paid_on)
    termination = _from(terms.termination, _TERMINATION, due=since, notices=notices, paid_on=paid_on)
    value = Arrears(
        interest=interest.value,
        lump_sum=lump.value,
        principal=principal,
        total=principal + interest.value + lump.value,
        days=days_late(since, last),
        suspension_from=suspension.value,
        ends_automatically_on=end.value,
        termination_possible_from=termination.value,
    )
    return combined(value, interest, lump, suspension, end, termination)


def days_late(due: date, on: date) -> int:
    """
    Return the days of delay up to and including a day: the day after the due date is the first.

    >>> days_late(date(2026, 1, 17), date(2026, 1, 17)), days_late(date(2026, 1, 17), date(2026, 2, 17))
    (0, 31)
    """
    return max(0, (on - due).days)


def set_off(payment: Money, *, costs: Money, interest: Money, principal: Money, clause: Clause) -> Ruling[SetOff]:
    """
    Divide a payment that does not cover all: costs first, then interest, then the claim (BGB § 367 (1)).

    >>> euro = lambda amount: Money.parse(amount, "EUR")
    >>> law = Clause("law-de", "BGB § 367 (1)")
    >>> parts = set_off(euro("50"), costs=euro("40"), interest=euro("32.55"), principal=euro("1190"), clause=law).value
    >>> parts.costs.bare(), parts.interest.bare(), parts.principal.bare(), parts.over.bare()
    ('40.00', '10.00', '0.00', '0.00')
    """
    left = payment
    taken: list[Money] = []
    for owed in (costs, interest, principal):
        part = min(owed, left)
        taken.append(part)
        left -= part
    step = said(
        "Von {payment} gehen {costs} auf Kosten, {interest} auf Zinsen, {principal} auf die Forderung.",
        "Of {payment}, {costs} goes to costs, {interest} to interest, {principal} to the claim.",
        payment=payment.text,
        costs=taken[0].text,
        interest=taken[1].text,
        principal=taken[2].text,
    )
    inputs = (("payment", payment.bare()), ("currency", payment.currency))
    return Ruling(SetOff(taken[0], taken[1], taken[2], left), (clause,), inputs, (step,))


_SUSPENSION = Text("Sperren ist möglich ab", "Suspension is possible from")
_END = Text("Der Vertrag endet von selbst am", "The contract ends by itself on")
_TERMINATION = Text("Kündigen ist möglich ab", "Termination is possible from")


def _lump_sum(lump_sum: LumpSum | None, currency: str) -> Ruling[Money]:
    if lump_sum is None:
        return Ruling(Money.zero(currency))
    step = said(
        "Pauschale, einmal je Forderung: {amount}",
        "Lump sum, once per claim: {amount}",
        amount=lump_sum.amount.text,
    )
    return Ruling(lump_sum.amount, (lump_sum.clause,), (), (step,))


def _paid_on(claim: Money, payments: Sequence[Payment]) -> date | None:
    """Return the day from which a claim stayed paid, None while something is left."""
    found = None
    for when in sorted({payment.on for payment in payments}):
        left = open_after(claim, payments, until=when)
        found = None if left else found or when
    return found


def _late_since(claim: Money, payments: Sequence[Payment], *, due: date) -> date:
    """Return the last day in time: the due day or, where all was paid and some of it given back since, that day."""
    given_back = sorted({payment.on for payment in payments if payment.amount.minor < 0 and payment.on > due})
    again = [when for when in given_back if not open_after(claim, payments, until=when - ONE_DAY)]
    return max(again, default=due)


def _from(
    rule: Consequence | None, name: Text, *, due: date, notices: Notices, paid_on: date | None
) -> Ruling[date | None]:
    if rule is None:
        return Ruling(None)
    begins = (last_day_after(due, rule.longer_than) if rule.longer_than else due) + ONE_DAY
    if rule.notified:
        if notices.arrears is None:
            step = said("{name}: erst nach einer Benachrichtigung.", "{name}: only after a notification.", name=name)
            return Ruling(None, (rule.clause,), (), (step,))
        begins = max(begins, notices.arrears)
    steps: tuple[Text, ...] = ()
    if rule.threat and notices.threat:
        begins = max(begins, last_day_after(notices.threat, rule.threat) + ONE_DAY)
    elif rule.threat:
        steps = (
            said(
                "Vorausgesetzt, die Kündigung wurde {threat} vorher angedroht.",
                "Provided that the termination was threatened {threat} before.",
                threat=rule.threat.spoken,
            ),
        )
    if paid_on is not None and paid_on < begins:
        return Ruling(None)
    step = said("{name}: {begins}", "{name}: {begins}", name=name, begins=day(begins))
    return Ruling(begins, (rule.clause,), (), (step, *steps))
