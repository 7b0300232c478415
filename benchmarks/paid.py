"""Paying in the simulation: in time by a plain payment, late through the claim that its invoice has become."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from benchmarks.house import Market, noon
from benchmarks.oracle.deal import INSTALMENTS, Deal
from benchmarks.oracle.late import FIXTURE, agreed_on, fixtures, instalment_days
from kontor.office.books.actions import payments
from kontor.office.books.models import Invoice, InvoiceBalance, PaymentShare
from kontor.office.contracts.actions import claim_cases, claiming
from kontor.office.contracts.models import Claim, ClaimReceipt
from kontor.office.contracts.queries.claims import Facts, facts_of
from kontor.rulebook.instalments import Instalment
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
    """
    What will happen about an invoice: money comes, all that is open or a part in cents; or something else.

    act  "" money, "instalment" the next one of its plan; "plan" agreed on, "dispute" begun, "settled" a dispute is over
    """

    invoice: Invoice
    late: bool
    part: int = 0
    act: str = ""


@dataclass
class Till:
    """The payments to come, by their days, but for what the bank collects; the caller works as the house."""

    market: Market
    deals: Mapping[uuid.UUID, Deal]
    coming: dict[date, list[Coming]] = field(default_factory=lambda: defaultdict(list))
    claiming_on: set[date] = field(default_factory=set)
    parted: set[uuid.UUID] = field(default_factory=set)
    collected: set[uuid.UUID] = field(default_factory=set)

    def expect(self, came: Sequence[tuple[Invoice, int]]) -> None:
        """Plan the payment of invoices whose last day for payment is known, with the place of each in its contract."""
        if not came:
            return
        balances = InvoiceBalance.objects.filter(invoice__in=[row for row, _ in came])
        due = dict(balances.values_list("invoice_id", "due_on"))
        for row, place in came:
            owed = row.gross_minor > 0 and not row.occasion.startswith(ENDING) and row.pk not in self.collected
            if due[row.pk] is not None and owed:
                self._plan(row, due[row.pk], place)

    def expect_late(self, row: Invoice, *, since: date, later: int) -> None:
        """Plan the transfer for an invoice whose debit brought nothing, so many days after another."""
        self.coming[since + timedelta(days=later)].append(Coming(row, late=True))
        self.claiming_on.add(since + timedelta(days=1))

    def _plan(self, row: Invoice, due: date, place: int) -> None:
        deal = self.deals[row.subject_id]
        lateness = deal.lateness[place % len(deal.lateness)]
        late = lateness > 0 and not deal.mandate
        if late:
            self.claiming_on.add(due + timedelta(days=1))
            self._trouble(row, due, lateness, deal.trouble(place, lateness))
            if deal.parted and lateness > 1 and not deal.trouble(place, lateness):
                half = Coming(row, late, part=row.gross_minor // 2)
                self.coming[due + timedelta(days=lateness // 2)].append(half)
        self.coming[due + timedelta(days=min(lateness, 0) if deal.mandate else lateness)].append(Coming(row, late))

    def _trouble(self, row: Invoice, due: date, lateness: int, trouble: str) -> None:
        begins = agreed_on(due, lateness)
        acts = {"dispute": [(begins, "dispute"), (due + timedelta(days=lateness // 3 * 2), "settled")]}
        days = instalment_days(begins)
        for kind, kept in (("plan", days), ("broken", days[:1])):
            acts[kind] = [(begins, "plan"), *((day, "instalment") for day in kept)]
        for day, act in acts.get(trouble, ()):
            self.coming[day].append(Coming(row, late=True, act=act))

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
        touched = left != row.gross_minor and row.pk not in self.parted
        if touched or Invoice.objects.filter(corrects=row).exists():
            return  # credited in part meanwhile
        (facts,) = facts_of(Claim.objects.filter(invoice_id=row.pk).select_related("contract", "contract__offer"))
        if each.act in ACTS:
            ACTS[each.act](facts, day, self.market)
            return
        total = facts.on(day).value.total
        if not total:
            return  # the instalments were all of it
        money = Money("EUR", self._next(facts)) if each.act else Money("EUR", each.part) if each.part else total
        claim_cases.book_payment(
            facts.row.pk, money, paid_on=day, on_invoice_first=False, note="", at=noon(day),
            actor=self.market.house.actor,
        )  # fmt: skip
        if each.act or each.part:
            self.parted.add(row.pk)

    def _next(self, facts: Facts) -> int:
        """Return in cents what the next instalment of a claim's plan is."""
        assert facts.plan is not None, "it is kept so far"
        return next(each["minor"] for each in facts.plan.instalments[len(facts.came_since(facts.plan)) :])


def _agree(facts: Facts, day: date, market: Market) -> None:
    """Agree on what is owed today in instalments."""
    total = facts.on(day).value.total
    parts = [total.minor // INSTALMENTS] * (INSTALMENTS - 1)
    due = instalment_days(day)
    plan = [
        Instalment(on, Money(total.currency, minor))
        for on, minor in zip(due, [*parts, total.minor - sum(parts)], strict=True)
    ]
    claim_cases.agree_plan(facts.row.pk, plan, note="", at=noon(day), actor=market.house.actor)


def _contest(facts: Facts, day: date, market: Market) -> None:
    claim_cases.dispute(facts.row.pk, reason="Simulation", at=noon(day), actor=market.house.actor)


def _settle(facts: Facts, day: date, market: Market) -> None:
    claim_cases.end_dispute(facts.row.pk, reason="Simulation", at=noon(day), actor=market.house.actor)


ACTS = {"plan": _agree, "dispute": _contest, "settled": _settle}


def late_of(contract: Any) -> list[tuple[date, int, int, int]]:
    """Return a contract's late payments: day, and what went to costs, interest and the invoice."""
    rows = list(ClaimReceipt.objects.filter(claim__contract=contract))
    on_invoices = dict(
        PaymentShare.objects.filter(payment__in=[row.payment_id for row in rows]).values_list("payment", "amount_minor")
    )
    return sorted(
        (row.paid_on, row.costs_minor, row.interest_minor, on_invoices.get(row.payment_id, 0)) for row in rows
    )
