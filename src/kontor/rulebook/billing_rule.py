"""
How a contract is billed, and what a service period that is to be invoiced consists of.

>>> from datetime import UTC
>>> rule = BillingRule(
...     issued=Issued.DATES_OF_OFFER, anchor=date(2026, 2, 1), first_day=date(2025, 2, 1), concluded=date(2025, 1, 20),
...     zone=UTC, lead=Duration.parse("60 days"),
... )
>>> rule.issue_day(Period(date(2026, 2, 1), date(2027, 2, 1)))
datetime.date(2025, 12, 3)
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, tzinfo
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from kontor.rulebook.contract_state import Per, Quantity
from kontor.rulebook.duration import Duration
from kontor.rulebook.period import ONE_DAY, Months, Period, minus
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Text


class Issued(StrEnum):
    """When an invoice for a period is issued, by the packs' words (`invoicing.issued`); PERIOD_END is in arrears."""

    PERIOD_START = "period_start"
    BEFORE_PERIOD = "before_period"
    DATES_OF_OFFER = "dates_of_offer"
    PERIOD_END = "period_end"


class Kind(StrEnum):
    """
    Why something is billed.

    ADVANCE      a billing interval of the running contract (in arrears where the offer says so)
    DAYS_BEFORE  the days before the first interval
    INSTALMENT   a period of the first term whose date the offer fixes
    RENEWAL      a billing interval after the first term, where renewals have their own date
    ADDITION     what joined after its period's invoice, for the rest of that period
    REDUCTION    what left likewise; negative, to be corrected
    ONCE         hardware and services
    """

    ADVANCE = "advance"
    DAYS_BEFORE = "days_before"
    INSTALMENT = "instalment"
    RENEWAL = "renewal"
    ADDITION = "addition"
    REDUCTION = "reduction"
    ONCE = "once"


class Basis(StrEnum):
    """
    How a part of an interval is counted.

    DAYS    the interval's fee × days / days of the interval
    MONTHS  whole months of the interval count as one each, a broken one by its days
    """

    DAYS = "days"
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class Instalment:
    """An invoice whose date the offer fixes; `positions` names what it bills, None: all that recurs."""

    issued_on: date
    period: Period
    positions: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class LaterRule:
    """
    How intervals are billed from a day on, because another version of the terms holds.

    first    the day from which that version holds
    told_on  the day on which the contract learned of it: an interval whose invoice was issued before stays as it was
    """

    first: date
    told_on: date
    rule: "BillingRule"


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingRule:
    """
    How a contract is billed: its pack's rule with what its offer agreed.

    anchor       first day of the first billing interval; where the offer fixes dates, of the first renewal
    first_day    the contract's first day; what lies before `anchor` is free unless `days_before_charged`
    concluded    the day it came into being; nothing is invoiced before
    lead         how long before an interval its invoice is issued (BEFORE_PERIOD, and renewals of DATES_OF_OFFER)
    instalments  the dates of the offer
    clauses      what each kind rests on
    later        how intervals are billed that begin under a later version of the terms, in the order of their days

    A lead that is missing where it is needed raises RefusalError.
    """

    issued: Issued
    anchor: date
    first_day: date
    concluded: date
    zone: tzinfo
    lead: Duration | None = None
    days_before_charged: bool = False
    instalments: tuple[Instalment, ...] = ()
    part_by: Basis = Basis.DAYS
    months: Months = Months.ROLLING
    clauses: Mapping[Kind, tuple[Clause, ...]] = field(default_factory=dict)
    later: tuple[LaterRule, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a rule that cannot say when it bills."""
        if self.lead is None and self.issued in (Issued.BEFORE_PERIOD, Issued.DATES_OF_OFFER):
            raise RefusalError(
                Text(
                    "Es fehlt, wie lange vor ihrem Zeitraum eine Rechnung ausgestellt wird.",
                    "It is not said how long before its period an invoice is issued.",
                )
            )

    def issue_day(self, period: Period) -> date:
        """Return the day on which the invoice for an interval is issued, never before the contract stands."""
        return self._decided(period)[1]

    def of(self, period: Period) -> "BillingRule":
        """Return the rule by which an interval is billed: that of the terms in force on its first day."""
        return self._decided(period)[0]

    def earliest(self, first: date) -> date:
        """Return the day before which nothing that begins on or after `first` is issued, whichever terms hold."""
        begun = Period(first, first)
        return max(min(each.planned(begun) for each in (self, *(it.rule for it in self.later))), self.concluded)

    def _decided(self, period: Period) -> "tuple[BillingRule, date]":
        """Terms that became known on or after the day of an interval's invoice do not bill that interval again."""
        rule, issued_on = self, self.planned(period)
        for each in self.later:
            if each.first <= period.first and each.told_on < issued_on:
                rule, issued_on = each.rule, max(each.rule.planned(period), each.told_on + ONE_DAY)
        return rule, max(issued_on, self.concluded)

    def planned(self, period: Period) -> date:
        """Return the day that this rule alone gives for an interval's invoice."""
        if self.issued is Issued.PERIOD_START:
            return period.first
        if self.issued is Issued.PERIOD_END:
            return period.end
        return minus(period.first, self.lead) if self.lead else period.first


@dataclass(frozen=True, slots=True, order=True)
class DueKey:
    """
    What makes a billed service period unique within its contract.

    through  how many additions of that position to that day it covers, counted from the first; 0 for other kinds
    """

    position: str
    start: date
    kind: Kind
    through: int = 0

    @property
    def label(self) -> str:
        """The kind with its count, as a database column holds it: "advance", "addition-2"."""
        return f"{self.kind.value}-{self.through}" if self.through else self.kind.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """
    A service period of one position that is to be invoiced.

    quantity      how many, negative for a reduction
    price, per    one of them, in force when the period begins
    times         how often the price is charged for the whole interval: 3 for a monthly price and a quarter
    days, of_days the share by days where only a part is charged, None where all of it is
    """

    position: str
    kind: Kind
    period: Period
    issued_on: date
    quantity: Quantity
    price: Decimal
    per: Per
    times: Fraction
    days: int | None = None
    of_days: int | None = None
    through: int = 0
    clauses: tuple[Clause, ...] = ()

    @property
    def key(self) -> DueKey:
        """What makes it unique."""
        return DueKey(self.position, self.period.first, self.kind, self.through)

    @property
    def factor(self) -> Fraction:
        """How often the price of one is charged, exactly."""
        return self.times * Fraction(self.days, self.of_days) if self.days and self.of_days else self.times
