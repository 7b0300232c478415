"""Walking through the years day by day: at noon people act, in the evening the jobs of the day run."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from benchmarks.house import Market, noon
from benchmarks.oracle import bills
from benchmarks.oracle.days import DAY
from benchmarks.oracle.deal import Deal, Wish
from benchmarks.oracle.wishes import lived
from benchmarks.paid import Till, enter_fixture_rates
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.actions.receiving import note_opened
from kontor.office.books.models import Invoice
from kontor.office.contracts.actions import billing, changing, noticing, ordering, renewing
from kontor.office.contracts.actions.changing import ChangeRefusedError
from kontor.office.contracts.actions.ending import Ending, EndingRefusedError, end_contract
from kontor.office.contracts.models import Contract
from kontor.rulebook.ending.form import Means
from kontor.rulebook.ending.notice import Given
from kontor.rulebook.ending.told import Side
from kontor.rulebook.ruling import Clause, Ruling, Text

SIGNATORY = "jonas@alder.example"
PROOF = noticing.Upload(name="brief.pdf", media_type="application/pdf", content=b"%PDF-1.7 letter")
REFUSED = (ChangeRefusedError, EndingRefusedError)


def evening(on: date) -> datetime:
    """The hour at which the day's jobs run, when every zone of the packs has the same day."""
    return datetime.combine(on, time(19), UTC)


@dataclass
class Walk:
    """The deals on their way; `answers` what each wish came to, in turn."""

    market: Market
    deals: Sequence[Deal]
    until: date
    contracts: dict[int, Contract] = field(default_factory=dict)
    answers: dict[int, list[tuple[str, date | None]]] = field(default_factory=lambda: defaultdict(list))
    underway: dict[date, list[tuple[Any, int]]] = field(default_factory=lambda: defaultdict(list))
    placed: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def go(self, conclude: Callable[[Market, Deal], Contract]) -> None:
        """Live every deal through to the last day."""
        begun, acting = defaultdict(list), defaultdict(list)
        for deal in self.deals:
            begun[deal.formed].append(deal)
            for wish in deal.wishes:
                acting[wish.on].append((deal, wish))
        looked = {*begun, *acting, *(day for deal in self.deals for day in self._days(deal))}
        till = Till(self.market)
        enter_fixture_rates(self.market)
        for number in range((self.until - min(begun)).days + 1):
            day = min(begun) + number * DAY
            self._receive(day, till)
            till.take(day)
            for deal in begun.get(day, ()):
                self.contracts[deal.number] = conclude(self.market, deal)
            for deal, wish in acting.get(day, ()):
                self._wish(deal, wish)
            if day in looked or day.day in (1, 15):
                self._jobs(day)
                self._post(day)
                self._receive(day, till)
        for day in sorted(self.underway):
            self._receive(day, till)

    def _days(self, deal: Deal) -> set[date]:
        life = lived(deal, self.until)
        invoiced = {invoice.issued for invoice in bills.invoices(life, self.until)}
        return invoiced | {renewal.on for renewal in life.renewals}

    def _jobs(self, day: date) -> None:
        ids = [contract.pk for contract in self.contracts.values()]
        with as_tenant(self.market.house.tenant.pk):
            renewing.renew(ids, at=evening(day))
            run = billing.start_run_of(ids, until=day, at=evening(day), actor=MACHINE)
            for place in range(0, len(ids), billing.BATCH):
                billing.bill_contracts(run.pk, ids[place : place + billing.BATCH], at=evening(day))

    def _post(self, day: date) -> None:
        """Send a day's invoices: each is received so many days later, and paid so late."""
        deals = {contract.pk: number for number, contract in self.contracts.items()}
        with as_tenant(self.market.house.tenant.pk):
            rows = list(Invoice.objects.filter(issued_on=day, kind="380").defer("document").order_by("at", "number"))
        for row in rows:
            lag, lateness = self._lags(deals[row.subject_id])
            self.underway[day + lag * DAY].append((row, lateness))

    def _lags(self, number: int) -> tuple[int, int]:
        place = self.placed[number]
        self.placed[number] += 1
        deal = self._deal(number)
        return deal.receipts[place % len(deal.receipts)], deal.lateness[place % len(deal.lateness)]

    def _deal(self, number: int) -> Deal:
        return next(deal for deal in self.deals if deal.number == number)

    def _receive(self, day: date, till: Till) -> None:
        with as_tenant(self.market.house.tenant.pk):
            for invoice, lateness in self.underway.pop(day, ()):
                note_opened(invoice, at=evening(day), actor=Actor("OUTSIDE", None, "Jonas Alder"))
                till.expect(invoice, lateness)

    def _wish(self, deal: Deal, wish: Wish) -> None:
        contract = self.contracts[deal.number]
        try:
            with as_tenant(self.market.house.tenant.pk):
                found = {
                    "more": self._more,
                    "fewer": self._fewer,
                    "interval": self._interval,
                    "notice": self._notice,
                    "cause": self._cause,
                }[wish.what](contract, wish)
        except REFUSED:
            found = None
        self.answers[deal.number].append((wish.what, found))

    def _more(self, contract: Contract, wish: Wish) -> date | None:
        order = ordering.order_more(contract, {wish.item: wish.count}, **self._by(wish))
        state = changing.confirm_order(order.pk, at=noon(wish.on), actor=self.market.house.actor)
        changing.bill_at_once(contract.pk, until=wish.on, at=noon(wish.on))  # as the job that it queues does
        return state.effective_on

    def _fewer(self, contract: Contract, wish: Wish) -> date | None:
        order = ordering.order_fewer(contract, {wish.item: wish.count}, warned=[], **self._by(wish))
        return order.states.get().effective_on

    def _interval(self, contract: Contract, wish: Wish) -> date | None:
        order = ordering.order_interval(contract, wish.item, **self._by(wish))
        return order.states.get().effective_on

    def _by(self, wish: Wish) -> dict[str, Any]:
        return {
            "channel": "LETTER", "ordered_by": "Jonas Alder", "email": SIGNATORY, "received_on": wish.on,
            "at": noon(wish.on), "actor": Actor("OUTSIDE", None, "Jonas Alder"),
        }  # fmt: skip

    def _notice(self, contract: Contract, wish: Wish) -> date | None:
        given = Given(Means.REGISTERED_LETTER, sent=wish.sent, received=wish.on)
        notice = noticing.NewNotice(given=given, side=Side.CUSTOMER, given_by="Jonas Alder", proof=PROOF)
        made = noticing.give_notice(contract, notice, at=noon(wish.on), actor=self.market.house.actor)
        return made.ends_on

    def _cause(self, contract: Contract, wish: Wish) -> date | None:
        why = Ruling(
            wish.on, (Clause(contract.pack, "-", contract.version),), (), (Text("Wichtiger Grund.", "Good cause."),)
        )
        ending = Ending(kind="cause", ends=wish.on, told_on=wish.on, ruling=why, culpable=bool(wish.count))
        end_contract(contract, ending, at=noon(wish.on), actor=self.market.house.actor)
        return wish.on
