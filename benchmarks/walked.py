"""
Walking through the years day by day: at noon people act, in the evening the jobs of the day run.

The jobs do what is due by a day, however long it has been due. So they are asked of a contract on every day on which
the oracle expects something of it and on the eve of each, and of all contracts each quarter and on the last day: what
the product does too early is done on the eve or before, what it does late is missing on its day, and what nobody
expects is done when all are asked. On other days they could do nothing that would not come to light as a difference.
"""

import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Self

from django.db import reset_queries

from benchmarks.banked import Bank
from benchmarks.house import Market
from benchmarks.metered import Meters
from benchmarks.oracle import bills
from benchmarks.oracle.days import DAY
from benchmarks.oracle.deal import Deal, Wish
from benchmarks.oracle.life import Life
from benchmarks.oracle.reminded import letters
from benchmarks.oracle.wishes import lived
from benchmarks.paid import ENDING, Till, enter_fixture_rates
from benchmarks.reminded import remind, settle_habits
from benchmarks.wished import Asked, answer
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.actions.announcing import announce_with_invoices
from kontor.office.books.actions.receiving import note_opened
from kontor.office.books.models import Invoice
from kontor.office.contracts.actions import billing, price_applying, renewing
from kontor.office.contracts.models import Contract


def evening(on: date) -> datetime:
    """The hour at which the day's jobs run, when every zone of the packs has the same day."""
    return datetime.combine(on, time(19), UTC)


@dataclass
class Plan:
    """
    On which days what is to be done, and of whom anything is expected.

    begun      the deals concluded on a day; `acting` the wishes of a day
    expected   the numbers of the deals of which something is expected on a day, or on the one after it
    reminding  the days on which a reminder is expected, and their eves
    """

    until: date
    begun: dict[date, list[Deal]] = field(default_factory=lambda: defaultdict(list))
    acting: dict[date, list[tuple[Deal, Wish]]] = field(default_factory=lambda: defaultdict(list))
    expected: dict[date, set[int]] = field(default_factory=lambda: defaultdict(set))
    reminding: set[date] = field(default_factory=set)

    @classmethod
    def of(cls, deals: Sequence[Deal], until: date) -> Self:
        """Return what the oracle expects of deals up to a day."""
        plan = cls(until)
        for deal in deals:
            life = lived(deal, until)
            plan.begun[deal.formed].append(deal)
            for wish in deal.wishes:
                plan.acting[wish.on].append((deal, wish))
            for day in {deal.formed, *(wish.on for wish in deal.wishes), *_days(life, until)}:
                plan.expected[day].add(deal.number)
                plan.expected[day - DAY].add(deal.number)
            for letter in letters(life, until):
                plan.reminding |= {letter.sent, letter.sent - DAY}
        return plan

    def asks_all(self, day: date) -> bool:
        """Tell whether all contracts are looked at on a day: the first of a quarter, and the last of all."""
        return (day.day, day.month % 3) == (1, 1) or day == self.until

    def is_quiet(self, day: date) -> bool:
        """Tell whether a day asks for nothing."""
        known = (self.begun, self.acting, self.expected, self.reminding)
        return not self.asks_all(day) and not any(day in each for each in known)

    def wanted(self, day: date, contracts: Collection[int]) -> list[int]:
        """Return the numbers of the contracts over which the day's jobs run."""
        return sorted(contracts if self.asks_all(day) else self.expected.get(day, set()) & set(contracts))


def _days(life: Life, until: date) -> set[date]:
    invoiced = {invoice.issued for invoice in bills.invoices(life, until)}
    stated = {on for on, _ in bills.charged(life, until)}
    return invoiced | stated | {renewal.on for renewal in life.renewals}


@dataclass
class Walk:
    """
    The deals on their way.

    answers   what each wish came to, in turn
    quarterly what is done besides on the first day of each quarter, given that day and how many contracts there are
    """

    market: Market
    deals: Sequence[Deal]
    until: date
    quarterly: Callable[[date, int], None] | None = None
    contracts: dict[int, Contract] = field(default_factory=dict)
    deal_of: dict[uuid.UUID, Deal] = field(default_factory=dict)
    answers: dict[int, list[tuple[str, date | str | None]]] = field(default_factory=lambda: defaultdict(list))
    underway: dict[date, list[tuple[Invoice, int]]] = field(default_factory=lambda: defaultdict(list))
    placed: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def go(self, conclude: Callable[[Market, Deal], Contract]) -> None:
        """Live every deal through to the last day."""
        plan = Plan.of(self.deals, self.until)
        with as_tenant(self.market.house.tenant.pk):
            enter_fixture_rates(self.market)
            settle_habits(self.market)
        till, meters = Till(self.market, self.deal_of), Meters(self.market, self.deals, self.contracts)
        bank = Bank(self.market, self.deal_of, till)
        for day in self._calendar(min(plan.begun)):
            if day not in self.underway and all(each.is_quiet(day) for each in (plan, till, bank, meters)):
                continue
            with as_tenant(self.market.house.tenant.pk):
                self._receive(day, till)
                meters.state(day)
                bank.tell(day)
                till.take(day)
                for deal in plan.begun.get(day, ()):
                    self.contracts[deal.number] = conclude(self.market, deal)
                    self.deal_of[self.contracts[deal.number].pk] = deal
                for deal, wish in plan.acting.get(day, ()):
                    self._wish(deal, wish)
                self._evening(day, plan, till, bank)
            meters.use(day)
        with as_tenant(self.market.house.tenant.pk):
            for day in sorted(self.underway):
                self._receive(day, till)

    def _evening(self, day: date, plan: Plan, till: Till, bank: Bank) -> None:
        """Run the day's jobs over the contracts of which anything is expected, or over all."""
        wanted = plan.wanted(day, self.contracts)
        if wanted:
            self._jobs(day, [self.contracts[number] for number in wanted])
            self._post(day, bank)
            self._receive(day, till)
        if plan.asks_all(day) or day in plan.reminding:
            remind(evening(day))

    def _calendar(self, first: date) -> Iterator[date]:
        for number in range((self.until - first).days + 1):
            day = first + number * DAY
            reset_queries()
            if self.quarterly and day.day == 1 and day.month % 3 == 1:
                self.quarterly(day, len(self.contracts))
            yield day

    def _jobs(self, day: date, contracts: Sequence[Contract]) -> None:
        at, ids = evening(day), [contract.pk for contract in contracts]
        renewing.renew(ids, at=at)
        price_applying.apply_announced(at=at)
        run = billing.start_run_of(ids, until=day, at=at, actor=MACHINE)
        for place in range(0, len(ids), billing.BATCH):
            billing.bill_contracts(run.pk, ids[place : place + billing.BATCH], at=at)

    def _post(self, day: date, bank: Bank) -> None:
        """Send a day's invoices: each is received so many days later, and paid so late or collected."""
        found = Invoice.objects.filter(issued_on=day, kind="380").defer("document").select_related("seller")
        rows = list(found.order_by("at", "number"))
        places: dict[uuid.UUID, int] = {}
        for row in rows:
            deal = self.deal_of[row.subject_id]
            place = places[row.pk] = self.placed[deal.number]
            self.placed[deal.number] += not row.occasion.startswith(ENDING)  # what an end claims is not counted
            lag = deal.receipts[place % len(deal.receipts)]
            self.underway[day + (lag if deal.terms["due_from"] == "receipt" else 0) * DAY].append((row, place))
        bank.present(announce_with_invoices(rows, at=evening(day)), places, day=day)

    def _receive(self, day: date, till: Till) -> None:
        """Note what customers receive on a day, where that is what the days to pay count from."""
        came = self.underway.pop(day, [])
        for invoice, _ in came:
            if self.deal_of[invoice.subject_id].terms["due_from"] == "receipt":
                note_opened(invoice, at=evening(day), actor=Actor("OUTSIDE", None, "Jonas Alder"))
        till.expect(came)

    def _wish(self, deal: Deal, wish: Wish) -> None:
        asked = Asked(self.market, self.contracts[deal.number], deal, wish)
        self.answers[deal.number].append((wish.what, answer(asked)))
