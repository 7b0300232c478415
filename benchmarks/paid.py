"""Paying in the simulation: in time by a plain payment, late through the claim that its invoice has become."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from benchmarks.house import Market, noon
from benchmarks.oracle.deal import Deal
from benchmarks.oracle.late import FIXTURE, fixtures
from kontor.office.books.actions import payments
from kontor.office.books.models import Invoice, InvoiceBalance, PaymentShare
from kontor.office.contracts.actions import claim_cases, claiming
from kontor.office.contracts.models import Claim, ClaimReceipt
from kontor.office.contracts.queries.claims import facts_of
from kontor.rulebook.money import Money

ENDING = "ending"  # what an end leaves due is not paid here


def enter_fixture_rates(market: Market) -> None:
    """Enter the rates of half-years that nobody has published, named as what they are."""
    for law in ("de", "fr"):
        for first, last, percent in fixtures(law):
            claim_cases.enter_rate(
                law, first=first, last=last, percent=Decimal(percent), source=FIXTURE, confirmed=False,
                at=noon(date(2024, 1, 1)), actor=market.house.actor,
            )  # fmt: skip


@dataclass(frozen=True)
class Coming:
    """Money that will come for an invoice: all that is open, or half of the invoice first."""

    invoice: Invoice
    late: bool
    half: bool = False


@dataclass
class Till:
    """The payments to come, by their days, but for what the bank collects; the caller works as the house."""

    market: Market
    deals: Mapping[uuid.UUID, Deal]
    coming: dict[date, list[Coming]] = field(default_factory=lambda: defaultdict(list))
    claiming_on: set[date] = field(default_factory=set)
    halved: set[uuid.UUID] = field(default_factory=set)
    collected: set[uuid.UUID] = field(default_factory=set)

    def expect(self, came: Sequence[tuple[Invoice, int]]) -> None:
        """Plan the payment of invoices whose last day for payment is known, with how many days late they are paid."""
        if not came:
            return
        balances = InvoiceBalance.objects.filter(invoice__in=[row for row, _ in came])
        due = dict(balances.values_list("invoice_id", "due_on"))
        for row, lateness in came:
            owed = row.gross_minor > 0 and not row.occasion.startswith(ENDING) and row.pk not in self.collected
            if due[row.pk] is not None and owed:
                self._plan(row, due[row.pk], lateness)

    def expect_late(self, row: Invoice, *, since: date, later: int) -> None:
        """Plan the transfer for an invoice whose debit brought nothing, so many days after another."""
        self.coming[since + timedelta(days=later)].append(Coming(row, late=True))
        self.claiming_on.add(since + timedelta(days=1))

    def _plan(self, row: Invoice, due: date, lateness: int) -> None:
        deal = self.deals[row.subject_id]
        late = lateness > 0 and not deal.mandate
        self.coming[due + timedelta(days=min(lateness, 0) if deal.mandate else lateness)].append(Coming(row, late))
        if late:
            self.claiming_on.add(due + timedelta(days=1))
            if deal.parted and lateness > 1:
                self.coming[due + timedelta(days=lateness // 2)].append(Coming(row, late, half=True))

    def is_quiet(self, day: date) -> bool:
        """Tell whether nothing is paid and no claim opened on a day."""
        return day not in self.coming and day not in self.claiming_on

    def take(self, day: date) -> None:
        """Open the claims of a day, and book what is paid on it."""
        if day in self.claiming_on:
            claiming.open_new_claims(at=noon(day))
        came = self.coming.pop(day, [])
        balances = InvoiceBalance.objects.filter(invoice__in=[each.invoice for each in came]) if came else ()
        left = {balance.invoice_id: balance.open_minor for balance in balances}
        bookings = []
        for each in came:
            row, open_now = each.invoice, left[each.invoice.pk]
            if each.late:
                self._late(each, open_now, day)
            elif open_now > 0:
                share = payments.Share(row.pk, open_now, payments.HAND)
                bookings.append(payments.Booking(shares=(share,), money=Money("EUR", open_now), paid_on=day))
        payments.book_payments(bookings, at=noon(day), actor=self.market.house.actor)

    def _late(self, each: Coming, left: int, day: date) -> None:
        row = each.invoice
        touched = left != row.gross_minor and row.pk not in self.halved
        if touched or Invoice.objects.filter(corrects=row).exists():
            return  # credited in part meanwhile
        (facts,) = facts_of(Claim.objects.filter(invoice_id=row.pk).select_related("contract", "contract__offer"))
        money = Money("EUR", row.gross_minor // 2) if each.half else facts.on(day).value.total
        claim_cases.book_payment(
            facts.row.pk,
            money,
            paid_on=day,
            on_invoice_first=False,
            note="",
            at=noon(day),
            actor=self.market.house.actor,
        )
        if each.half:
            self.halved.add(row.pk)


def late_of(contract: Any) -> list[tuple[date, int, int, int]]:
    """Return a contract's late payments: day, and what went to costs, interest and the invoice."""
    rows = list(ClaimReceipt.objects.filter(claim__contract=contract))
    on_invoices = dict(
        PaymentShare.objects.filter(payment__in=[row.payment_id for row in rows]).values_list("payment", "amount_minor")
    )
    return sorted(
        (row.paid_on, row.costs_minor, row.interest_minor, on_invoices.get(row.payment_id, 0)) for row in rows
    )
