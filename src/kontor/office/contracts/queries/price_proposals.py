"""What is proposed: new prices of one contract from a day on, with the decision, or why there are none."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from kontor.office.contracts.models import AgreedPrice, Amendment, Contract, PriceAdjustment, PriceAdjustmentState
from kontor.office.contracts.queries.billing import billed_keys
from kontor.office.contracts.queries.index_register import Register, register
from kontor.office.contracts.queries.remembered import history_of
from kontor.office.contracts.queries.state import amendments_by_contract
from kontor.office.contracts.queries.terms import pack_of_terms, terms_on
from kontor.office.contracts.queries.unlocking import added_names
from kontor.rulebook.amendments import History
from kontor.rulebook.billing_rule import DueKey
from kontor.rulebook.calc.facts import known
from kontor.rulebook.contract_state import ChangePrice, Per, Position, Quantity
from kontor.rulebook.period import minus
from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.terms import TermsPack


@dataclass(frozen=True, slots=True)
class NewPrice:
    """One position's price before and after; `basis` what the next adjustment starts from, {} where nothing does."""

    key: str
    name: str
    quantity: Quantity
    per: Per
    before: Decimal
    after: Decimal
    basis: Mapping[str, str] = field(default_factory=dict)

    @property
    def difference(self) -> Decimal:
        """What one of it costs more, less than nothing where it costs less."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Proposal:
    """New prices of a contract from a day on, and why."""

    contract: Contract
    effective_on: date
    lines: tuple[NewPrice, ...]
    ruling: Ruling[Any]

    @property
    def currency(self) -> str:
        """The contract's currency."""
        return str(self.contract.terms["currency"])

    @property
    def changes(self) -> list[ChangePrice]:
        """What an amendment will say."""
        return [ChangePrice(line.key, line.after) for line in self.lines if line.after != line.before]


@dataclass(frozen=True, slots=True)
class NoProposal:
    """Why the prices of a contract stay; `blocked` where somebody has to do something first."""

    contract: Contract
    text: Text
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """A contract as its prices are asked about; `announced` the adjustments its customer was told, the latest first."""

    contract: Contract
    rows: Sequence[Amendment]
    billed: Collection[DueKey]
    announced: Sequence[PriceAdjustment]
    agreed: Sequence[AgreedPrice]
    at: datetime

    @property
    def pack(self) -> TermsPack:
        """The terms as the contract has them on this day."""
        return terms_on(self.contract, self.today, self.rows)

    @property
    def today(self) -> date:
        """The day in the contract's zone."""
        return self.at.astimezone(ZoneInfo(pack_of_terms(self.contract.terms).zone)).date()

    @property
    def history(self) -> History:
        """The contract's changes."""
        return history_of(self.contract, self.rows)

    @property
    def names(self) -> Mapping[str, str]:
        """What positions are called."""
        return {**self.contract.terms["names"], **added_names(self.rows)}

    def recurring(self, on: date) -> list[Position]:
        """Return the positions that are paid for again and again and of which there are any on a day."""
        return [it for it in self.history.state(on).positions if it.per is not Per.ONCE and it.quantity]

    def billed_from(self, on: date) -> bool:
        """Say whether anything from a day on is invoiced, or due to be by now: its price cannot change any more."""
        once = {it.key for it in self.history.state(date.max).positions if it.per is Per.ONCE}
        invoiced = any(key.start >= on and key.position not in once for key in self.billed)
        return invoiced or self._invoiced_on(on) <= self.today

    def _invoiced_on(self, on: date) -> date:
        """Return the day on which the interval that begins on a day is invoiced: so long before as the terms say."""
        section = self.pack.invoicing
        lead = known((section.renewal_lead or section.lead) if section else None)
        return minus(on, lead.value) if lead else on

    def priced_on(self, key: str) -> date:
        """Return the day from which a position's present price was agreed: the conclusion, or the change since."""
        concluded = self.contract.concluded_at.astimezone(ZoneInfo(self.pack.zone)).date()
        found = concluded
        for row in self.rows:
            if row.kind != "conclusion" and any(_prices(told, key) for told in row.content):
                found = row.effective_on
        return found

    def price_by(self, key: str, on: date) -> tuple[Decimal, date]:
        """Return a position's price on a day and the day from which it is agreed, or was announced to the customer."""
        price, since = self.history.state(on).existing(key, on).price, self.priced_on(key)
        for told in self.announced:
            if since < told.effective_on <= on:
                for line in told.lines:
                    if line["key"] == key:
                        return Decimal(line["after"]), told.effective_on
        return price, since


def cases(contracts: Iterable[Contract], *, at: datetime) -> tuple[list[Case], Register]:
    """Return these contracts as their prices are asked about, in a fixed number of queries."""
    chosen = list(contracts)
    ids = [contract.pk for contract in chosen]
    rows, billed = amendments_by_contract(ids), billed_keys(ids)
    announced: dict[uuid.UUID, list[PriceAdjustment]] = {contract: [] for contract in ids}
    dropped = PriceAdjustmentState.objects.filter(state=PriceAdjustmentState.State.DROPPED).values("adjustment_id")
    told = PriceAdjustment.objects.filter(contract_id__in=ids).exclude(pk__in=dropped)
    for row in told.order_by("-effective_on"):
        announced[row.contract_id].append(row)
    agreed: dict[uuid.UUID, list[AgreedPrice]] = {contract: [] for contract in ids}
    for price in AgreedPrice.objects.filter(contract_id__in=ids):
        agreed[price.contract_id].append(price)
    found = [Case(it, rows[it.pk], billed[it.pk], announced[it.pk], agreed[it.pk], at) for it in chosen]
    return found, register(ids)


def _prices(told: Mapping[str, Any], key: str) -> bool:
    return told.get("key") == key and told["change"] in ("AddItem", "ChangePrice")
