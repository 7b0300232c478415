"""What a customer sees of its own use: each meter of each contract, in a month that runs or one that is closed."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from kontor.kernel import registry
from kontor.kernel.models import Entitlement
from kontor.kernel.queries.meters import Gaps
from kontor.office.contracts.models import Amendment, Contract, UsageStatement
from kontor.office.contracts.queries.charges import plain
from kontor.office.contracts.queries.usage import Limit, Published, Taker, limits_of, part_of, read, zone_of
from kontor.office.contracts.queries.usage_gaps import gaps_of
from kontor.rulebook.period import Period
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.usage import forecast, month_at


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnUse:
    """
    One meter of one contract in a month.

    included  None where the supplier publishes no limit
    closed    the statement that closed the month; None while it runs
    expected  what the month comes to if its days go on as they went; None for levels and closed months
    """

    contract: Contract
    limit: Limit
    month: Period
    used: Decimal
    included: Decimal | None
    closed: UsageStatement | None
    expected: Ruling[Decimal] | None
    others: tuple[Taker, ...] = ()

    def part(self, reading: Decimal) -> Decimal:
        """Return, in the unit in which it is included, what of a reading of the customer's is this contract's."""
        return self.limit.in_units(part_of(Taker(self.contract, self.limit), reading, self.others).value)

    @property
    def title(self) -> Text:
        """What is counted."""
        return self.limit.meter.title or Text(self.limit.meter.name, self.limit.meter.name)

    @property
    def clause(self) -> Clause:
        """The clause that speaks of it."""
        return self.limit.clauses[0]

    @property
    def left(self) -> Decimal | None:
        """What may still be used; None without a limit."""
        return None if self.included is None else max(Decimal(0), self.included - self.used)


def own_use(month: Period, *, at: datetime) -> list[OwnUse]:
    """Return what the current tenant used in a month under each contract it received; the running month as of now."""
    contracts = list(Contract.received.order_by("start_on", "pk"))
    rows: dict[uuid.UUID, list[Amendment]] = {each.pk: [] for each in contracts}
    for row in Amendment.received.filter(contract_id__in=rows).order_by("contract_id", "number"):
        rows[row.contract_id].append(row)
    stated, allowed = _stated(month.first), _allowed(at)
    takers: list[Taker] = []
    for contract in contracts:
        known = {meter: row for (of, meter), row in stated.items() if of == contract.pk}
        limits = limits_of(contract, rows[contract.pk], month, _published(known))
        told = (_as_told(contract, limit, known.get(limit.meter.name), allowed) for limit in limits)
        takers += [Taker(contract, limit) for limit in told]
    gaps = gaps_of(contracts, own=False)
    return [
        _own(each, _beside(each, takers), month, stated.get(_key(each)), gaps.get(each.contract.pk, ()), at=at)
        for each in takers
    ]


def _key(taker: Taker) -> tuple[uuid.UUID, str]:
    return taker.contract.pk, taker.limit.meter.name


def _beside(mine: Taker, takers: Sequence[Taker]) -> tuple[Taker, ...]:
    """Return the other contracts with the same supplier that count the same meter."""
    return tuple(
        each
        for each in takers
        if each is not mine
        and each.limit.meter.key == mine.limit.meter.key
        and each.contract.tenant_id == mine.contract.tenant_id
    )


def _as_told(
    contract: Contract, limit: Limit, row: UsageStatement | None, allowed: Mapping[tuple[uuid.UUID, str], int]
) -> Limit:
    """Return a limit with what holds now: of a hard one the entitlement, else what the statement says is included."""
    now = allowed.get((contract.pk, limit.meter.name))
    if limit.hard and now is not None and (row is None or not row.number):
        return replace(limit, included=Ruling(Decimal(now), limit.clauses))
    return replace(limit, included=Ruling(plain(row.included), limit.clauses)) if row else limit


def _allowed(at: datetime) -> dict[tuple[uuid.UUID, str], int]:
    """Return what contracts allow at most on the day that runs, by the meter's name; one query."""
    names = {meter.name for module in registry.modules() for meter in module.meters}
    found: dict[tuple[uuid.UUID, str], int] = {}
    for row in Entitlement.objects.filter(module__in=names, quantity__isnull=False).exclude(contract=None):
        today = at.astimezone(ZoneInfo(row.zone)).date() if row.zone else at.date()
        if row.from_on <= today and (row.until_on is None or today < row.until_on):
            assert row.contract is not None
            assert row.quantity is not None
            found[row.contract, row.module] = found.get((row.contract, row.module), 0) + row.quantity
    return found


def history(contract: uuid.UUID | None = None) -> list[UsageStatement]:
    """Return the last word on each closed month that the current tenant was told, the newest first."""
    rows = UsageStatement.received.filter(number__gt=0).order_by("number")
    if contract is not None:
        rows = rows.filter(contract_id=contract)
    last = {(row.contract_id, row.meter, row.month): row for row in rows}
    return sorted(last.values(), key=lambda row: (row.month, row.meter), reverse=True)


def _stated(month: date) -> dict[tuple[uuid.UUID, str], UsageStatement]:
    rows = UsageStatement.received.filter(month=month).order_by("number")
    return {(row.contract_id, row.meter): row for row in rows}


def _published(known: dict[str, UsageStatement]) -> dict[str, Published]:
    """A customer reads the price list as the statement that opened the month tells it."""
    return {
        meter: Published(included=plain(row.included), block=row.block, price=row.price)
        for meter, row in known.items()
        if row.block is not None and row.price is not None
    }


def _own(
    mine: Taker, others: tuple[Taker, ...], month: Period, row: UsageStatement | None, gaps: Gaps, *, at: datetime
) -> OwnUse:
    contract, limit = mine.contract, mine.limit
    closed = row if row and row.number else None
    zone = zone_of(contract)
    reading = read(limit, month, zone=zone, until=at, without=gaps)
    used = plain(closed.used) if closed else limit.in_units(part_of(mine, reading, others).value)
    runs = closed is None and month == month_at(at, zone)
    level = limit.meter.measure.value == "level"
    return OwnUse(
        contract=contract,
        limit=limit,
        month=month,
        used=used,
        included=limit.included.value if limit.included else None,
        closed=closed,
        expected=forecast(used, month, at.astimezone(zone).date()) if runs and not level else None,
        others=others,
    )
