"""Paying in the simulation: in time by a plain payment, late through the claim that its invoice has become."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from benchmarks.house import Market, noon
from benchmarks.oracle.late import FIXTURE, fixtures
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.actions import payments
from kontor.office.books.models import Invoice, InvoiceBalance
from kontor.office.contracts.actions import claim_cases, claiming
from kontor.office.contracts.models import Claim, ClaimReceipt
from kontor.office.contracts.queries.claims import facts_of
from kontor.rulebook.money import Money

ENDING = "ending"  # what an end leaves due is not paid here


def enter_fixture_rates(market: Market) -> None:
    """Enter the rates of half-years that nobody has published, named as what they are."""
    with as_tenant(market.house.tenant.pk):
        for law in ("de", "fr"):
            for first, last, percent in fixtures(law):
                claim_cases.enter_rate(
                    law, first=first, last=last, percent=Decimal(percent), source=FIXTURE, confirmed=False,
                    at=noon(date(2024, 1, 1)), actor=market.house.actor,
                )  # fmt: skip


@dataclass
class Till:
    """The payments to come, by their days, and what late ones were divided into, by contract."""

    market: Market
    coming: dict[date, list[tuple[Any, bool]]] = field(default_factory=lambda: defaultdict(list))
    claiming_on: set[date] = field(default_factory=set)

    def expect(self, invoice: Invoice, lateness: int) -> None:
        """Plan the payment of an invoice whose last day for payment is known."""
        due = InvoiceBalance.objects.get(invoice=invoice).due_on
        if due is None or invoice.gross_minor <= 0 or invoice.occasion.startswith(ENDING):
            return
        self.coming[due + timedelta(days=lateness)].append((invoice, lateness > 0))
        if lateness > 0:
            self.claiming_on.add(due + timedelta(days=1))

    def take(self, day: date) -> None:
        """Open the claims of a day, and book what is paid on it."""
        at, house = noon(day), self.market.house
        with as_tenant(house.tenant.pk):
            if day in self.claiming_on:
                claiming.keep_claims(at=at)
            for invoice, late in self.coming.pop(day, []):
                left = InvoiceBalance.objects.get(invoice=invoice).open_minor
                if left != invoice.gross_minor:
                    continue  # credited in part meanwhile
                if late:
                    self._late(invoice, day)
                else:
                    share = payments.Share(invoice.pk, left, payments.HAND)
                    booking = payments.Booking(shares=(share,), money=Money("EUR", left), paid_on=day)
                    payments.book_payment(booking, at=at, actor=house.actor)

    def _late(self, invoice: Invoice, day: date) -> None:
        (facts,) = facts_of(Claim.objects.filter(invoice_id=invoice.pk).select_related("contract", "contract__offer"))
        claim_cases.book_payment(
            facts.row.pk, facts.on(day).value.total, paid_on=day, on_invoice_first=False, note="", at=noon(day),
            actor=self.market.house.actor,
        )  # fmt: skip


def late_of(contract: Any) -> list[tuple[date, int, int, int, bool]]:
    """Return a contract's late payments: day, costs, interest, principal, and whether that settled the claim."""
    found = []
    for row in ClaimReceipt.objects.filter(claim__contract=contract).select_related("claim"):
        principal = Invoice.objects.get(pk=row.claim.invoice_id).gross_minor
        settled = row.claim.settled_on == row.paid_on
        found.append((row.paid_on, row.costs_minor, row.interest_minor, principal, settled))
    return sorted(found)
