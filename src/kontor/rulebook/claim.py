"""
A claim that is paid late, as it stands on a day: a pure function of the invoice, the payments and the rates.

Costs come first, then interest, then the invoice (BGB § 367 (1)), unless the payer determined otherwise and it was
accepted. Interest bears no interest and costs bear none. Interest is summed exactly and rounded once.

>>> from kontor.rulebook.arrears import LumpSum
>>> from kontor.rulebook.interest import InterestTerms
>>> from decimal import Decimal
>>> euro = lambda amount: Money.parse(amount, "EUR")
>>> german = ArrearsTerms(
...     interest=InterestTerms(Clause("law-de", "BGB § 288 (2)"), points=Decimal(9)),
...     lump_sum=LumpSum(euro("40"), Clause("law-de", "BGB § 288 (5)")),
... )
>>> base = [LegalRate(date(2026, 1, 1), Decimal("1.27")), LegalRate(date(2026, 7, 1), Decimal("1.52"))]
>>> claim = claim_on(euro("1190"), german, due=date(2026, 5, 15), on=date(2026, 8, 20), legal_rates=base).value
>>> claim.interest.bare(), claim.costs.bare(), claim.total.bare()
('32.89', '40.00', '1262.89')
>>> paid = Receipt(date(2026, 6, 30), euro("1190"))  # the invoice alone: what came of the delay stays open
>>> rest = claim_on(
...     euro("1190"), german, due=date(2026, 5, 15), on=date(2026, 8, 20), legal_rates=base, receipts=[paid]
... ).value
>>> rest.principal.bare(), rest.interest.bare(), rest.costs.bare(), rest.is_settled
('0.00', '15.40', '40.00', False)
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from kontor.rulebook.arrears import NO_NOTICES, Arrears, ArrearsTerms, Notices, SetOff, arrears, set_off
from kontor.rulebook.interest import LegalRate, Payment, Segment, segments
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Ruling, combined
from kontor.rulebook.wording import said


@dataclass(frozen=True, slots=True)
class Receipt:
    """A payment as it was divided; the day it counts is the last one that bears interest on what it paid."""

    on: date
    principal: Money
    interest: Money | None = None
    costs: Money | None = None


@dataclass(frozen=True, slots=True)
class Cost:
    """What collecting cost besides the lump sum, such as a bank's fee for a returned debit; it bears no interest."""

    on: date
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimState:
    """
    A claim on a day.

    principal, interest, costs  what is still open of each; costs hold the lump sum
    accrued                     the whole interest up to the day, what was paid of it included
    segments                    the days, the principal and the rate that give it
    late                        lump sum, days and what the delay leads to
    """

    principal: Money
    interest: Money
    costs: Money
    accrued: Money
    segments: tuple[Segment, ...]
    late: Arrears

    @property
    def total(self) -> Money:
        """What would settle the claim on the day."""
        return self.principal + self.interest + self.costs

    @property
    def is_settled(self) -> bool:
        """Whether nothing at all is open: a claim whose invoice is paid stays while interest or costs are."""
        return self.total.minor <= 0


def claim_on(
    invoice: Money,
    terms: ArrearsTerms,
    *,
    due: date,
    on: date,
    legal_rates: Iterable[LegalRate],
    receipts: Sequence[Receipt] = (),
    costs: Sequence[Cost] = (),
    notices: Notices = NO_NOTICES,
) -> Ruling[ClaimState]:
    """
    Return what a claim is on a day, the day itself bearing interest.

    due      the last day on which payment is in time
    errors   RefusalError where a day of delay has no rate, or more was taken than was owed
    """
    rates = tuple(legal_rates)
    payments = [Payment(receipt.on, receipt.principal) for receipt in receipts if receipt.principal]
    late = arrears(invoice, terms, due=due, on=on, legal_rates=rates, payments=payments, notices=notices)
    nothing = Money.zero(invoice.currency)
    known = [receipt for receipt in receipts if receipt.on <= on]
    to_interest = Money.total((receipt.interest or nothing for receipt in known), invoice.currency)
    to_costs = Money.total((receipt.costs or nothing for receipt in known), invoice.currency)
    spent = Money.total((cost.amount for cost in costs if cost.on <= on), invoice.currency)
    _refuse_more(to_interest, late.value.interest)
    _refuse_more(to_costs, late.value.lump_sum + spent)
    spans: tuple[Segment, ...] = ()
    if terms.interest is not None:
        spans = segments(invoice, terms.interest, due=due, on=on, legal_rates=rates, payments=payments)
    state = ClaimState(
        principal=late.value.principal,
        interest=late.value.interest - to_interest,
        costs=late.value.lump_sum + spent - to_costs,
        accrued=late.value.interest,
        segments=spans,
        late=late.value,
    )
    return combined(state, late)


def divided(payment: Money, state: ClaimState, *, clause: Clause) -> Ruling[SetOff]:
    """Return how a payment on the day of `state` is divided by law: costs, interest, the invoice (BGB § 367 (1))."""
    return set_off(payment, costs=state.costs, interest=state.interest, principal=state.principal, clause=clause)


def _refuse_more(taken: Money, owed: Money) -> None:
    if taken > owed:
        raise RefusalError(
            said(
                "Verrechnet sind {taken}, geschuldet waren nur {owed}.",
                "{taken} was set off, only {owed} was owed.",
                taken=taken.text,
                owed=owed.text,
            )
        )
