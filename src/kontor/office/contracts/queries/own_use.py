"""What a customer sees of its own use: each meter of each contract, in a month that runs or one that is closed."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from kontor.office.contracts.models import Amendment, Contract, UsageStatement
from kontor.office.contracts.queries.charges import plain
from kontor.office.contracts.queries.usage import Limit, Published, limits_of, read, zone_of
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
    stated = _stated(month.first)
    found = []
    for contract in contracts:
        known = {meter: row for (of, meter), row in stated.items() if of == contract.pk}
        limits = limits_of(contract, rows[contract.pk], month, _published(known))
        found += [_own(contract, limit, month, known.get(limit.meter.name), at=at) for limit in limits]
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


def _own(contract: Contract, limit: Limit, month: Period, row: UsageStatement | None, *, at: datetime) -> OwnUse:
    closed = row if row and row.number else None
    zone = zone_of(contract)
    reading = read(limit, month, zone=zone, until=at)
    used = plain(closed.used) if closed else limit.in_units(reading)
    included = plain(row.included) if row else (limit.included.value if limit.included else None)
    runs = closed is None and month == month_at(at, zone)
    level = limit.meter.measure.value == "level"
    return OwnUse(
        contract=contract,
        limit=limit,
        month=month,
        used=used,
        included=included,
        closed=closed,
        expected=forecast(used, month, at.astimezone(zone).date()) if runs and not level else None,
    )
