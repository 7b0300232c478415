"""
Each month's use, stated: read as the customer, kept by the supplier, seen by both.

A month is opened by a statement number 0, which says what is included; it is closed by number 1 once it is over in the
contract's zone; what is reported later makes a further one. What goes beyond is charged with the next invoice, and a
correction charges or gives back the difference; no invoice is changed.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from kontor.kernel.actions.levels import note_storage
from kontor.kernel.actions.rulings import Decision, store_rulings
from kontor.kernel.actor import Actor
from kontor.kernel.queries.meters import Gaps, months_reported_since, used_of_each, written_at
from kontor.kernel.rows import uuid7
from kontor.kernel.tenancy import current_tenant
from kontor.office.books import public as books
from kontor.office.contracts.actions.charges import add_charge
from kontor.office.contracts.actions.entitling import positions_told
from kontor.office.contracts.models import Amendment, Contract, UsageStatement
from kontor.office.contracts.queries.bills import contracts_by_id
from kontor.office.contracts.queries.state import amendments_by_contract
from kontor.office.contracts.queries.usage import (
    Limit,
    Published,
    Taker,
    latest,
    limits_of,
    part_of,
    statements_of,
    wish,
    zone_of,
)
from kontor.office.contracts.queries.usage_charges import charge_text
from kontor.office.contracts.queries.usage_gaps import gaps_of, without_gaps
from kontor.rulebook.period import Period
from kontor.rulebook.ruling import Ruling
from kontor.rulebook.usage import MonthStatement, month_at, month_of

LOOKED_BACK: Final = 12  # months; what is reported later still is a case for people
OVERLAP: Final = timedelta(days=1)  # a transaction that was open during the last look has ended by then
CHARGED: Final = "C62"  # UN/ECE Recommendation 20: one


class _PriceLists:
    """What price lists publish of metered use; each is read once for a batch."""

    def __init__(self) -> None:
        self._known: dict[tuple[uuid.UUID, str, date], Mapping[str, Published]] = {}

    def of(self, contract: Contract, on: date) -> Mapping[str, Published]:
        """Return what holds for a contract on a day, by the meter's name in terms."""
        asked = (contract.seller_id, contract.pack, on)
        if asked not in self._known:
            self._known[asked] = {
                name: Published(included=each.included, block=each.block, price=each.price)
                for name, each in books.metered_prices(*asked).items()
            }
        return self._known[asked]


@dataclass(frozen=True, slots=True)
class _Asked:
    """One contract with what is known of it, and the moment at which its use is stated."""

    contract: Contract
    rows: Sequence[Amendment]
    stated: Mapping[tuple[str, date], UsageStatement]
    prices: _PriceLists
    zone: ZoneInfo
    positions: Mapping[str, Sequence[str]]
    gaps: Gaps
    at: datetime
    actor: Actor
    others: Sequence["_Asked"] = ()

    @property
    def running(self) -> Period:
        return month_at(self.at, self.zone)

    @property
    def customer(self) -> uuid.UUID:
        assert self.contract.customer_tenant_id is not None, "others have no meters"
        return self.contract.customer_tenant_id

    @property
    def closed(self) -> set[date]:
        return {day for (_, day), row in self.stated.items() if row.number}

    def limits(self, month: Period) -> list[Limit]:
        """Return what is included of each meter in a month; meters that nothing is said of are left out."""
        published = self.prices.of(self.contract, max(month.first, self.contract.start_on))
        found = limits_of(self.contract, self.rows, month, published, positions=self.positions)
        return [each for each in found if each.included]

    def part(self, limit: Limit, month: Period, reading: Decimal) -> Ruling[Decimal]:
        """Return which part of the customer's reading is this contract's, beside its others that count the meter."""
        others = [Taker(each.contract, one) for each in self.others for one in each.limits(month) if _same(one, limit)]
        return part_of(Taker(self.contract, limit), reading, others)


@dataclass(frozen=True, slots=True)
class _Statement:
    """A statement to be written, and the last word there was on its meter and month before."""

    asked: _Asked
    limit: Limit
    ruling: Ruling[MonthStatement]
    number: int
    known: UsageStatement | None


@transaction.atomic
def state_use(contract_ids: Collection[uuid.UUID], *, at: datetime, actor: Actor) -> int:
    """
    Open the running month of these contracts, close those that are over, correct what changed; return how many.

    Repeating it says nothing new. A contract whose customer works elsewhere has no meters here. What a customer used is
    read as that customer; all else is read and written for all contracts together.
    """
    contracts = [each for each in contracts_by_id(contract_ids) if each.customer_tenant_id]
    ids = [each.pk for each in contracts]
    _take_turns(ids)
    asked = _asked(contracts, at=at, actor=actor)
    note_storage({each.customer for each in asked}, at=at)
    read = _readings(asked)
    found = [made for each in asked for made in (*_opening(each), *_closing(each, read[each.contract.pk]))]
    return _write(found, at=at)


def _asked(contracts: Sequence[Contract], *, at: datetime, actor: Actor) -> list[_Asked]:
    """Read what is known of contracts, and of the other contracts of their customers, for all of them together."""
    customers = {each.customer_tenant_id for each in contracts}
    asked_for = {each.pk for each in contracts}
    family = [*contracts, *Contract.objects.filter(customer_tenant_id__in=customers).exclude(pk__in=asked_for)]
    ids = [each.pk for each in family]
    rows, stated, prices = amendments_by_contract(ids), statements_of(ids), _PriceLists()
    opens, gaps = positions_told(family), gaps_of(family, own=True)
    known = [
        _Asked(
            each, rows[each.pk], latest(stated[each.pk]), prices, zone_of(each), opens[each.pk],
            gaps.get(each.pk, ()), at, actor,
        )
        for each in family
    ]  # fmt: skip
    by_customer: dict[uuid.UUID | None, list[_Asked]] = defaultdict(list)
    for each in known:
        by_customer[each.contract.customer_tenant_id].append(each)
    return [
        replace(each, others=[other for other in by_customer[each.contract.customer_tenant_id] if other is not each])
        for each in known
        if each.contract.pk in asked_for
    ]


def _same(one: Limit, other: Limit) -> bool:
    return one.meter.key == other.meter.key


def _take_turns(ids: Sequence[uuid.UUID]) -> None:
    """Let no two state one contract's use at once; in one order, so that nobody waits in a circle."""
    names = [f"usage {current_tenant()} {each}" for each in sorted(ids)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(each, 0)) FROM unnest(%s::text[]) AS each", [names]
        )


def _opening(asked: _Asked) -> Iterator[_Statement]:
    """Yield the running month's statements that say what is included."""
    for limit in asked.limits(asked.running):
        if (limit.meter.name, asked.running.first) not in asked.stated:
            yield _Statement(asked, limit, limit.statement(asked.running, Ruling(Decimal(0))), 0, None)


def _closing(asked: _Asked, readings: Iterable[tuple[Limit, Period, Decimal]]) -> Iterator[_Statement]:
    """Yield the statements of months that are over: the first ones, and others where it comes to something else now."""
    for limit, month, reading in readings:
        stated = limit.statement(month, asked.part(limit, month, reading))
        ruling = without_gaps(stated, asked.contract, asked.gaps, month, asked.zone)
        before = asked.stated.get((limit.meter.name, month.first))
        known = before if before and before.number else None
        if known is None or (known.used, known.blocks) != (ruling.value.used, ruling.value.blocks):
            yield _Statement(asked, limit, ruling, known.number + 1 if known else 1, known)


def _readings(asked: Sequence[_Asked]) -> Mapping[uuid.UUID, list[tuple[Limit, Period, Decimal]]]:
    """
    Read, as the customers, the months that are not closed and those in which something was reported since.

    All customers are asked in two round trips, each as itself; by contract.
    """
    late = _reported_late([each for each in asked if each.closed])
    wanted = [
        (each, limit, month)
        for each in asked
        for month in _months_over(each)
        if month.first not in each.closed or month.first in late[each.contract.pk]
        for limit in each.limits(month)
    ]
    figures = used_of_each(
        wish(limit, month, tenant=each.customer, zone=each.zone, without=each.gaps) for each, limit, month in wanted
    )
    found: dict[uuid.UUID, list[tuple[Limit, Period, Decimal]]] = defaultdict(list)
    for (each, limit, month), figure in zip(wanted, figures, strict=True):
        found[each.contract.pk].append((limit, month, figure))
    return found


def _reported_late(asked: Sequence[_Asked]) -> dict[uuid.UUID, set[date]]:
    """Return the months of each contract in which its customer wrote something down since the last statement."""
    since = [written_at(max(row.pk for row in each.stated.values())) - OVERLAP for each in asked]
    found = months_reported_since(
        [(each.customer, moment, each.zone) for each, moment in zip(asked, since, strict=True)]
    )
    return {each.contract.pk: {day for _, day in days} for each, days in zip(asked, found, strict=True)}


def _months_over(asked: _Asked) -> list[Period]:
    """Return the months that are over since the contract began, the latest first, as far as is looked back."""
    first, month = month_of(asked.contract.start_on).first, asked.running
    months: list[Period] = []
    while month.first > first and len(months) < LOOKED_BACK:
        month = month_of(month.first - timedelta(days=1))
        months.append(month)
    return months


def _write(found: Sequence[_Statement], *, at: datetime) -> int:
    """Keep statements with their rulings, and charge what goes beyond."""
    stored = store_rulings([_decision(each) for each in found], at=at)
    made = UsageStatement.objects.bulk_create(
        _row(each, ruling, at=at) for each, ruling in zip(found, stored, strict=True)
    )
    for each, row in zip(found, made, strict=True):
        if more := row.blocks - (each.known.blocks if each.known else 0):
            _charge(each.asked, each.limit, row, each.ruling, more)
    return len(made)


def _decision(each: _Statement) -> Decision:
    contract = each.asked.contract
    return Decision(
        ruling=each.ruling,
        question="contracts.use",
        pack=contract.pack,
        version=contract.version,
        customer_tenant=contract.customer_tenant_id,
    )


def _row(each: _Statement, ruling: uuid.UUID, *, at: datetime) -> UsageStatement:
    contract, limit, found = each.asked.contract, each.limit, each.ruling.value
    return UsageStatement(
        id=uuid7(),
        contract=contract,
        customer_tenant_id=contract.customer_tenant_id,
        meter=limit.meter.name,
        month=found.month.first,
        number=each.number,
        figure=limit.figure.value,
        unit=limit.unit.en,
        used=found.used,
        included=found.included,
        blocks=found.blocks,
        block=limit.tariff.block if limit.tariff else None,
        price=limit.tariff.price if limit.tariff else None,
        currency=contract.terms["currency"],
        clause=str(limit.clauses[0]),
        ruling=ruling,
        at=at,
    )


def _charge(asked: _Asked, limit: Limit, made: UsageStatement, ruling: Ruling[MonthStatement], more: int) -> None:
    """Charge the blocks with the next invoice under the month's own days; a correction, those it adds or takes back."""
    assert limit.tariff is not None
    month = ruling.value.month
    text = charge_text(limit, ruling.value.included, correction=made.number > 1)
    add_charge(
        asked.contract,
        f"{made.meter}-{made.month:%Y-%m}" + (f"-{made.number}" if made.number > 1 else ""),
        text_de=text.de,
        text_en=text.en,
        quantity=Decimal(more),
        unit=CHARGED,
        price=limit.tariff.price,
        first=month.first,
        last=month.last,
        ruling=ruling,
        at=asked.at,
        actor=asked.actor,
    )
