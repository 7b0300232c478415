"""What a contract includes of what is metered, what was used, and what that comes to; computed alike for both sides."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

from kontor.kernel import registry
from kontor.kernel.queries.meters import used as used_of
from kontor.office.contracts.models import Amendment, Contract, UsageStatement
from kontor.office.contracts.queries.charges import plain
from kontor.office.contracts.queries.state import amendments_of
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.rulebook.amendments import History, days_of_change
from kontor.rulebook.contract_state import ContractState
from kontor.rulebook.period import Period
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.terms import TermsPack
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
)

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

    def statement(self, month: Period, reading: Decimal) -> Ruling[MonthStatement]:
        """Return what a month's reading comes to."""
        return month_statement(
            month,
            self.in_units(reading),
            included=self.included or Ruling(Decimal(0)),
            tariff=self.tariff,
            unit=self.unit,
            clauses=self.clauses,
        )


def zone_of(contract: Contract) -> ZoneInfo:
    """Return the zone in which the contract's months begin and end."""
    return ZoneInfo(pack_of_terms(contract.terms).zone)


def limits_of(
    contract: Contract, rows: Sequence[Amendment], month: Period, published: Mapping[str, Published]
) -> list[Limit]:
    """
    Return what the contract says of each meter in a month; a meter that neither terms nor price list name is missing.

    published  what the price list in force on the month's first day says, by the meter's name
    """
    pack = pack_of_terms(contract.terms)
    told = _told(pack, _states(contract, rows, month), published)
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


def _told(pack: TermsPack, states: States, published: Mapping[str, Published]) -> dict[str, _Told]:
    """Return what the price list publishes, over it what the terms themselves or the mailing plan ordered include."""
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
    for key, plan in (pack.mailing.plans if pack.mailing else {}).items():
        days = [period for period, state in states if state.quantity(key) > 0]
        if plan.monthly and days:
            shares = [Share(period, Decimal(plan.monthly.value.amount)) for period in days]
            found["bulk_mailings"] = _Told(shares, plan.monthly.clause, plan.monthly.value.limit, None)
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
        hard=told.limit == "hard",
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


def read(limit: Limit, month: Period, *, zone: ZoneInfo, until: datetime | None = None) -> Decimal:
    """Return the current tenant's reading of a meter in a month, in the meter's own unit."""
    return used_of(limit.meter.key, month, zone=zone, figure=limit.figure, until=until)


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
