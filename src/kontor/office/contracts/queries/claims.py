"""Claims as they stand on a day: the rulebook's function of the invoice, its payments, the terms and the rates."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from kontor.office.books import public as books
from kontor.office.contracts.models import (
    Amendment,
    Claim,
    ClaimLetter,
    ClaimReceipt,
    Contract,
    EnteredRate,
    PaymentPlan,
)
from kontor.office.contracts.queries.reminder_plans import Habit, habit_of, newest_plans
from kontor.office.contracts.queries.terms import changed_rows, pack_of_terms, terms_on
from kontor.rulebook.arrears import Arrears, ArrearsTerms, Notices, arrears
from kontor.rulebook.arrears_terms import arrears_terms, rates_on_file
from kontor.rulebook.claim import ClaimState, Cost, Receipt, claim_on
from kontor.rulebook.instalments import Instalment, broken_on
from kontor.rulebook.interest import LegalRate, Payment
from kontor.rulebook.money import Money
from kontor.rulebook.reminders import Coming, Sent, next_reminder, worth_reminding
from kontor.rulebook.ruling import Clause, Ruling
from kontor.rulebook.terms import TermsPack


@dataclass(frozen=True)
class Facts:
    """
    Everything a claim is computed from; no query is made once it is read.

    plan  the payment plan that runs, None without one
    rows  the contract's amendments, where later terms than its own are on file; else none is read
    """

    row: Claim
    invoice: books.OwedInvoice
    receipts: tuple[Receipt, ...]
    letters: tuple[ClaimLetter, ...]
    plan: PaymentPlan | None
    habit: Habit | None
    entered: tuple[LegalRate, ...]
    rows: Sequence[Amendment]

    def today(self, at: datetime) -> date:
        """Return which day it is where the seller is."""
        return at.astimezone(ZoneInfo(self.invoice.zone)).date()

    @property
    def contract(self) -> Contract:
        """The contract that the invoice is about."""
        contract: Contract = self.row.contract
        return contract

    @cached_property
    def pack(self) -> TermsPack:
        """The terms as this contract had them when the invoice fell due."""
        return terms_on(self.contract, self.row.due_on, self.rows)

    @cached_property
    def terms(self) -> ArrearsTerms:
        """What late payment leads to under them."""
        return arrears_terms(self.pack)

    @property
    def rates(self) -> tuple[LegalRate, ...]:
        """The legal rates on file, those entered by the house included."""
        return rates_on_file(self.pack, self.entered)

    @property
    def notices(self) -> Notices:
        """When the customer had the first reminder and the threat, as far as it is known that they arrived."""
        came = [letter.received_on for letter in self.letters if letter.received_on]
        threats = [
            letter.received_on
            for letter in self.letters
            if letter.received_on and letter.kind == ClaimLetter.Kind.THREAT
        ]
        return Notices(arrears=min(came, default=None), threat=min(threats, default=None))

    @property
    def costs(self) -> tuple[Cost, ...]:
        """What banks took for debits that came back."""
        return tuple(Cost(on, fee) for on, fee in self.invoice.fees)

    def on(self, day: date) -> Ruling[ClaimState]:
        """Return the claim on a day, which bears interest; RefusalError where the rate of a day is on no file."""
        return claim_on(
            self.invoice.claimed,
            self.terms,
            due=self.row.due_on,
            on=day,
            legal_rates=self.rates,
            receipts=self.receipts,
            costs=self.costs,
            notices=self.notices,
        )

    def late_on(self, day: date) -> Arrears:
        """Return what the delay leads to on a day; the interest is left out, so that no missing rate hides an end."""
        payments = [Payment(receipt.on, receipt.principal) for receipt in self.receipts if receipt.principal]
        return arrears(
            self.invoice.claimed,
            replace(self.terms, interest=None),
            due=self.row.due_on,
            on=day,
            legal_rates=(),
            payments=payments,
            notices=self.notices,
        ).value

    @property
    def principal(self) -> Money:
        """What is open of the invoice itself."""
        return self.invoice.open

    @property
    def is_reminded_of(self) -> bool:
        """Whether reminders go at all: not while it is disputed, agreed on by instalments, given up or tiny."""
        if self.row.disputed_on or self.row.written_off_on or self.row.settled_on or self.plan or not self.habit:
            return False
        return not self.invoice.cancelled and worth_reminding(self.principal, self.habit.tolerance(self.principal))

    @property
    def next_reminder(self) -> Ruling[Coming | None]:
        """Return the reminder that comes next, None where none does."""
        if not self.is_reminded_of or self.habit is None:
            return Ruling(None)
        sent = [
            Sent(letter.key, letter.sent_on, letter.pay_until)
            for letter in self.letters
            if letter.kind == ClaimLetter.Kind.REMINDER
        ]
        return next_reminder(self.habit.steps_for(self.pack), due=self.row.due_on, sent=sent)

    def plan_broken_on(self, day: date) -> date | None:
        """Return the day from which the running plan counts as broken, None where it is kept or there is none."""
        if self.plan is None:
            return None
        return broken_on(instalments(self.plan, self.invoice.claimed.currency), self.came_since(self.plan), on=day)

    def came_since(self, plan: PaymentPlan) -> list[tuple[date, Money]]:
        """Return what was paid since a plan was agreed, however it was divided."""
        nothing = Money.zero(self.invoice.claimed.currency)
        return [
            (receipt.on, receipt.principal + (receipt.interest or nothing) + (receipt.costs or nothing))
            for receipt in self.receipts
            if receipt.on >= plan.agreed_on
        ]


def instalments(plan: PaymentPlan, currency: str) -> list[Instalment]:
    """Return a plan's instalments as the rulebook takes them."""
    return [Instalment(date.fromisoformat(each["due"]), Money(currency, each["minor"])) for each in plan.instalments]


def open_claims() -> QuerySet[Claim]:
    """Return the claims on which something is open, the oldest first, with their contracts."""
    return (
        Claim.objects.filter(settled_on=None, written_off_on=None)
        .select_related("contract", "contract__offer")
        .order_by("due_on", "pk")
    )


def facts_of(claims: Iterable[Claim]) -> list[Facts]:
    """Return everything these claims are computed from, in a fixed number of queries; order as given."""
    rows = list(claims)
    ids = [row.pk for row in rows]
    invoices = books.owed_invoices([row.invoice_id for row in rows])
    letters = _grouped(ClaimLetter.objects.filter(claim_id__in=ids).order_by("sent_on", "pk"))
    plans = {plan.claim_id: plan for plan in PaymentPlan.objects.filter(claim_id__in=ids, broken_on=None, kept_on=None)}
    taken = list(ClaimReceipt.objects.filter(claim_id__in=ids).order_by("paid_on", "pk"))
    standing = books.standing_payments([each.payment_id for each in taken])
    divided = _grouped(each for each in taken if each.payment_id in standing)
    habits = newest_plans()
    entered = entered_rates()
    amendments = changed_rows(row.contract for row in rows)
    return [
        Facts(
            row=row,
            invoice=invoices[row.invoice_id],
            receipts=_receipts(invoices[row.invoice_id], divided.get(row.pk, ())),
            letters=tuple(letters.get(row.pk, ())),
            plan=plans.get(row.pk),
            habit=habit_of(habits, row.contract.pack),
            entered=entered.get(pack_of_terms(row.contract.terms).law, ()),
            rows=amendments.get(row.contract_id, ()),
        )
        for row in rows
    ]


def entered_rates() -> dict[str, tuple[LegalRate, ...]]:
    """Return the rates that people entered, by law; one query."""
    found: dict[str, list[LegalRate]] = {}
    for row in EnteredRate.objects.order_by("first"):
        end = date.fromordinal(row.last.toordinal() + 1)
        rate = LegalRate(row.first, row.percent, end, row.source, row.confirmed)
        found.setdefault(row.law, []).append(rate)
    return {law: tuple(rates) for law, rates in found.items()}


def _grouped(rows: Iterable[Any]) -> dict[uuid.UUID, list[Any]]:
    found: dict[uuid.UUID, list[Any]] = {}
    for row in rows:
        found.setdefault(row.claim_id, []).append(row)
    return found


def _receipts(invoice: books.OwedInvoice, divided: Sequence[ClaimReceipt]) -> tuple[Receipt, ...]:
    """Join what was paid on the invoice with what of the same payments went to costs and interest."""
    currency = invoice.claimed.currency
    beside = {each.payment_id: each for each in divided}
    found = []
    for share in invoice.paid:
        row = beside.pop(share.payment, None)
        found.append(_receipt(share.on, share.amount, row))
    found += [_receipt(row.paid_on, Money.zero(currency), row) for row in beside.values()]
    return tuple(sorted(found, key=lambda receipt: receipt.on))


def _receipt(on: date, principal: Money, row: ClaimReceipt | None) -> Receipt:
    if row is None:
        return Receipt(on, principal)
    currency = principal.currency
    return Receipt(on, principal, Money(currency, row.interest_minor), Money(currency, row.costs_minor))


def clauses_of(facts: Facts) -> tuple[Clause, ...]:
    """Return the clauses under which a claim grows: interest and lump sum."""
    rules = facts.terms
    found = [rules.interest.clause if rules.interest else None, rules.lump_sum.clause if rules.lump_sum else None]
    return tuple(dict.fromkeys(clause for clause in found if clause))


def claims_of(ids: Collection[uuid.UUID]) -> list[Facts]:
    """Return the facts of these contracts' open claims."""
    return facts_of(open_claims().filter(contract_id__in=ids))
