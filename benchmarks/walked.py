"""
Walking through the years day by day: at noon people act, in the evening the jobs of the day run.

The jobs do what is due by a day, however long it has been due. So they are asked of a contract on every day on which
the oracle expects something of it and on the eve of each, and of all contracts each quarter and on the last day: what
the product does too early is done on the eve or before, what it does late is missing on its day, and what nobody
expects is done when all are asked. On other days they could do nothing that would not come to light as a difference.
"""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from django.db import reset_queries

from benchmarks.house import Market
from benchmarks.metered import Meters
from benchmarks.oracle import bills
from benchmarks.oracle.days import DAY
from benchmarks.oracle.deal import Deal, Wish
from benchmarks.oracle.wishes import lived
from benchmarks.paid import Till, enter_fixture_rates
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
        begun, acting, expected = defaultdict(list), defaultdict(list), defaultdict(set)
        for deal in self.deals:
            begun[deal.formed].append(deal)
            for wish in deal.wishes:
                acting[wish.on].append((deal, wish))
            for day in {deal.formed, *(wish.on for wish in deal.wishes), *self._days(deal)}:
                expected[day].add(deal.number)
                expected[day - DAY].add(deal.number)
        with as_tenant(self.market.house.tenant.pk):
            enter_fixture_rates(self.market)
        till, meters = Till(self.market, self.deal_of), Meters(self.market, self.deals, self.contracts)
        for day in self._calendar(min(begun)):
            swept = (day.day, day.month % 3) == (1, 1) or day == self.until
            quiet = not swept and not any(day in each for each in (begun, acting, expected, self.underway))
            if quiet and till.is_quiet(day) and meters.is_quiet(day):
                continue
            with as_tenant(self.market.house.tenant.pk):
                self._receive(day, till)
                meters.state(day)
                till.take(day)
                for deal in begun.get(day, ()):
                    self.contracts[deal.number] = conclude(self.market, deal)
                    self.deal_of[self.contracts[deal.number].pk] = deal
                for deal, wish in acting.get(day, ()):
                    self._wish(deal, wish)
                wanted = self.contracts if swept else expected.get(day, set()) & self.contracts.keys()
                if wanted:
                    self._jobs(day, [self.contracts[number] for number in sorted(wanted)])
                    self._post(day)
                    self._receive(day, till)
            meters.use(day)
        with as_tenant(self.market.house.tenant.pk):
            for day in sorted(self.underway):
                self._receive(day, till)

    def _calendar(self, first: date) -> Iterator[date]:
        for number in range((self.until - first).days + 1):
            day = first + number * DAY
            reset_queries()
            if self.quarterly and day.day == 1 and day.month % 3 == 1:
                self.quarterly(day, len(self.contracts))
            yield day

    def _days(self, deal: Deal) -> set[date]:
        life = lived(deal, self.until)
        invoiced = {invoice.issued for invoice in bills.invoices(life, self.until)}
        stated = {on for on, _ in bills.charged(life, self.until)}
        return invoiced | stated | {renewal.on for renewal in life.renewals}

    def _jobs(self, day: date, contracts: Sequence[Contract]) -> None:
        at, ids = evening(day), [contract.pk for contract in contracts]
        renewing.renew(ids, at=at)
        price_applying.apply_announced(at=at)
        run = billing.start_run_of(ids, until=day, at=at, actor=MACHINE)
        for place in range(0, len(ids), billing.BATCH):
            billing.bill_contracts(run.pk, ids[place : place + billing.BATCH], at=at)

    def _post(self, day: date) -> None:
        """Send a day's invoices: each is received so many days later, and paid so late."""
        found = Invoice.objects.filter(issued_on=day, kind="380").defer("document").select_related("seller")
        rows = list(found.order_by("at", "number"))
        announce_with_invoices(rows, at=evening(day))
        for row in rows:
            deal = self.deal_of[row.subject_id]
            place = self.placed[deal.number]
            self.placed[deal.number] += 1
            lag, lateness = deal.receipts[place % len(deal.receipts)], deal.lateness[place % len(deal.lateness)]
            self.underway[day + (lag if deal.terms["due_from"] == "receipt" else 0) * DAY].append((row, lateness))

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
