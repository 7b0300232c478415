"""What a contract includes of what is metered, what was used, and what that comes to; computed alike for both sides."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

from kontor.kernel import registry
from kontor.kernel.queries.blobs import STORAGE
from kontor.kernel.queries.meters import Gaps, Wanted, used as used_of
from kontor.office.contracts.models import Amendment, Contract, UsageStatement
from kontor.office.contracts.queries.charges import plain
from kontor.office.contracts.queries.limited import HARD, hard_limits, storage_in
from kontor.office.contracts.queries.state import amendments_of
from kontor.office.contracts.queries.terms import pack_of_terms, terms_on
from kontor.office.contracts.queries.unlocking import opened
from kontor.rulebook.amendments import History, days_of_change
from kontor.rulebook.contract_state import ContractState
from kontor.rulebook.currency import number
from kontor.rulebook.period import Period
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.terms import TermsPack
from kontor.rulebook.unlocking import Opens
from kontor.rulebook.usage import (
    Figure,
    MonthStatement,
    Rounding,
    Share,
    Size,
    Tariff,
    gigabytes,
    included_in,
    month_statement,
    parts_of,
)
from kontor.rulebook.wording import said

GB = Text("GB", "GB")


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What a price list publishes of a meter: what is included a month, and what a started block holds and costs."""

    included: Decimal
    block: Decimal
    price: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """
    What a contract says of a meter in a month.

    figure    what of the readings counts
    size      what a gigabyte is, for meters in bytes; None for others
    included  in `unit`; None where the terms leave it to price lists and none publishes it
    hard      use beyond it is refused, not charged
    """

    meter: registry.Meter
    figure: Figure
    size: Size | None
    unit: Text
    included: Ruling[Decimal] | None
    tariff: Tariff | None
    hard: bool
    clauses: tuple[Clause, ...]

    def in_units(self, reading: Decimal) -> Decimal:
        """Return a reading in the unit in which it is included and charged."""
        return gigabytes(reading, self.size) if self.size else plain(reading)

    def in_readings(self, quantity: Decimal) -> Decimal:
        """Return a quantity as readings count it: GB as bytes."""
        return quantity * self.size.bytes if self.size else quantity

    def statement(self, month: Period, used: Ruling[Decimal]) -> Ruling[MonthStatement]:
        """Return what a month comes to; `used` the part of the reading that belongs to this contract, and why."""
        stated = month_statement(
            month,
            self.in_units(used.value),
            included=self.included or Ruling(Decimal(0)),
            tariff=self.tariff,
            unit=self.unit,
            clauses=self.clauses,
        )
        return replace(stated, working=(*used.working, *stated.working))


def zone_of(contract: Contract) -> ZoneInfo:
    """Return the zone in which the contract's months begin and end."""
    return ZoneInfo(pack_of_terms(contract.terms).zone)


def limits_of(
    contract: Contract,
    rows: Sequence[Amendment],
    month: Period,
    published: Mapping[str, Published],
    *,
    positions: Mapping[str, Sequence[str]] | None = None,
) -> list[Limit]:
    """
    Return what the contract says of each meter in a month; a meter that neither terms nor price list name is missing.

    published  what the price list in force on the month's first day says, by the meter's name
    positions  (module, unit) that the contract's first positions open, where that is known

    What is free of charge is included by days. A hard limit is not: what stands last in the month holds as a whole.
    """
    pack = terms_on(contract, month.first, rows)
    states = _states(contract, rows, month)
    told = _published(pack, states, published) | _hard(contract, pack, month, states, opened(rows, positions or {}))
    return [
        _limit(meter, told[meter.name], pack, month=month, currency=contract.terms["currency"])
        for module in registry.modules()
        for meter in module.meters
        if meter.name in told
    ]


@dataclass(frozen=True, slots=True)
class _Told:
    """What is said of a meter: how much on which days, None where nobody says it; `price` of what goes beyond."""

    shares: Sequence[Share] | None
    clause: Clause
    limit: str
    price: Published | None


States = Sequence[tuple[Period, ContractState]]


def _published(pack: TermsPack, states: States, published: Mapping[str, Published]) -> dict[str, _Told]:
    """Return what the price list publishes, over it what the terms themselves include before they charge."""
    found: dict[str, _Told] = {}
    metering = pack.metering
    if metering and metering.chargeable:
        for item in metering.chargeable.value:
            price = published.get(item.key)
            shares = [Share(period, price.included) for period, _ in states] if price else None
            found[item.key] = _Told(shares, metering.chargeable.clause, "soft", price)
    for name, quota in (metering.meters if metering else {}).items():
        amount = Decimal(quota.value.amount)
        shares = [Share(period, amount) for period, _ in states]
        found[name] = _Told(shares, quota.clause, quota.value.limit, published.get(name))
    return found


def _hard(
    contract: Contract, pack: TermsPack, month: Period, states: States, opens: Mapping[str, Opens]
) -> dict[str, _Told]:
    """Return what the contract allows at most: the last word of the month, and of storage what positions add."""
    found: dict[str, _Told] = {}
    for _, state in states:
        for name, limit in hard_limits(contract.terms, pack, state).items():
            more = storage_in(state, opens) if name == STORAGE else 0
            found[name] = _Told([Share(month, Decimal(limit.amount + more))], limit.clause, HARD, None)
    return found


def _limit(meter: registry.Meter, told: _Told, pack: TermsPack, *, month: Period, currency: str) -> Limit:
    figure, size = _figure(meter, pack), _size(meter, pack)
    included = None
    if told.shares is not None:
        included = included_in(month, told.shares, rounding=_rounding(pack), clauses=(told.clause,))
    priced = told.price if told.limit == "soft" else None
    return Limit(
        meter=meter,
        figure=figure,
        size=size,
        unit=GB if size else meter.unit,
        included=included,
        tariff=Tariff(plain(priced.block), priced.price, currency) if priced else None,
        hard=told.limit == HARD,
        clauses=(told.clause,),
    )


def _figure(meter: registry.Meter, pack: TermsPack) -> Figure:
    """Return what of the readings counts; a level of which the terms say nothing is shown as it last was."""
    if meter.measure is registry.Measure.UNIQUE:
        return Figure.UNIQUE
    if meter.measure is registry.Measure.SUM:
        return Figure.SUM
    said = pack.metering.level_measured if pack.metering else None
    return Figure(said.value) if said else Figure.MONTH_END


def _size(meter: registry.Meter, pack: TermsPack) -> Size | None:
    if not meter.in_bytes:
        return None
    said = pack.metering.gigabyte if pack.metering else None
    return Size(said.value) if said else Size.DECIMAL


def _states(contract: Contract, rows: Sequence[Amendment], month: Period) -> States:
    """Return the month's days on which the contract runs, cut where it changes, each with its state."""
    changes = amendments_of(rows, pack=contract.pack, version=contract.version)
    history = History(changes)
    first = max(month.first, contract.start_on)
    if first >= month.end:
        return []
    running = Period(first, month.end)
    edges = [first, *days_of_change(changes, running), month.end]
    parts = [Period(start, end) for start, end in pairwise(edges)]
    found = []
    for part in parts:
        state = history.state(part.first)
        kept = part if state.ends is None else _until(part, state.ends)
        if kept is not None:
            found.append((kept, state))
    return found


def _until(part: Period, last: date) -> Period | None:
    end = min(part.end, date.fromordinal(last.toordinal() + 1))
    return Period(part.first, end) if end > part.first else None


def _rounding(pack: TermsPack) -> Rounding:
    said = pack.metering.included_rounding if pack.metering else None
    return Rounding(said.value) if said else Rounding.NEAREST


def read(limit: Limit, month: Period, *, zone: ZoneInfo, until: datetime | None = None, without: Gaps = ()) -> Decimal:
    """Return the current tenant's reading of a meter in a month, in the meter's own unit; `without` does not count."""
    return used_of(limit.meter.key, month, zone=zone, figure=limit.figure, until=until, without=without)


@dataclass(frozen=True, slots=True)
class Taker:
    """A contract of one customer that counts a meter, and how it does."""

    contract: Contract
    limit: Limit

    @property
    def includes(self) -> Decimal:
        """What it includes, as readings count it."""
        limit = self.limit
        return limit.in_readings(limit.included.value) if limit.included else Decimal(0)

    @property
    def turn(self) -> tuple[bool, date, str]:
        """Its place among them."""
        return self.limit.tariff is not None, self.contract.start_on, self.contract.number


def part_of(mine: Taker, reading: Decimal, others: Sequence[Taker]) -> Ruling[Decimal]:
    """
    Return which part of a customer's reading belongs to one of its contracts; a use is charged once.

    No clause says it, so each contract takes what it includes: those that charge nothing beyond first, then the older.
    What goes beyond all of them belongs to the last that charges.
    """
    takers = sorted([mine, *others], key=lambda taker: taker.turn)
    if len(takers) == 1:
        return Ruling(reading)
    included = [each.includes for each in takers]
    part = parts_of(reading, included)[takers.index(mine)]
    step = said(
        "Von {all} {unit} gehören {part} zu diesem Vertrag, der Rest zu: {others}.",
        "Of {all} {unit}, {part} belong to this contract, the rest to: {others}.",
        all=number(mine.limit.in_units(reading)),
        unit=mine.limit.unit,
        part=number(mine.limit.in_units(part)),
        others=", ".join(each.contract.number for each in takers if each is not mine),
    )
    return Ruling(part, (), (), (step,))


def wish(limit: Limit, month: Period, *, tenant: uuid.UUID, zone: ZoneInfo, without: Gaps = ()) -> Wanted:
    """Return a tenant's reading of a meter in a month as it is asked for with those of others."""
    meter, figure = limit.meter.key, limit.figure
    return Wanted(tenant=tenant, meter=meter, period=month, zone=zone, figure=figure, without=without)


def statements_of(contracts: Collection[uuid.UUID]) -> dict[uuid.UUID, list[UsageStatement]]:
    """Return the statements of contracts that the current tenant made, by month, meter and number, in one query."""
    found: dict[uuid.UUID, list[UsageStatement]] = {contract: [] for contract in contracts}
    rows = UsageStatement.objects.filter(contract_id__in=contracts)
    for row in rows.order_by("contract_id", "month", "meter", "number"):
        found[row.contract_id].append(row)
    return found


def latest(rows: Iterable[UsageStatement]) -> dict[tuple[str, date], UsageStatement]:
    """Return the last word on each meter and month."""
    return {(row.meter, row.month): row for row in sorted(rows, key=lambda row: row.number)}
