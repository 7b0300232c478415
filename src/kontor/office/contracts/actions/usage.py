"""
Each month's use, stated: read as the customer, kept by the supplier, seen by both.

A month is opened by a statement number 0, which says what is included; it is closed by number 1 once it is over in the
contract's zone; what is reported later makes a further one. What goes beyond is charged with the next invoice, and a
correction charges or gives back the difference; no invoice is changed.
"""

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from kontor.kernel.actions.meters import meter
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actor import Actor
from kontor.kernel.queries.blobs import storage_used
from kontor.kernel.queries.meters import months_reported_since, written_at
from kontor.kernel.rows import uuid7
from kontor.kernel.tenancy import as_tenant, current_tenant
from kontor.office.books import public as books
from kontor.office.contracts.actions.charges import add_charge
from kontor.office.contracts.models import Amendment, Contract, UsageStatement
from kontor.office.contracts.queries.bills import contracts_by_id
from kontor.office.contracts.queries.state import amendments_by_contract
from kontor.office.contracts.queries.usage import Limit, Published, latest, limits_of, read, statements_of, zone_of
from kontor.rulebook.currency import number
from kontor.rulebook.period import Period
from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.usage import MonthStatement, month_at, month_of
from kontor.rulebook.wording import said

LOOKED_BACK: Final = 12  # months; what is reported later still is a case for people
OVERLAP: Final = timedelta(days=1)  # a transaction that was open during the last look has ended by then
CHARGED: Final = "C62"  # UN/ECE Recommendation 20: one
STORAGE: Final = "kernel.storage"


@dataclass(frozen=True, slots=True)
class _Asked:
    """One contract with what is known of it, and the moment at which its use is stated."""

    contract: Contract
    rows: Sequence[Amendment]
    stated: Mapping[tuple[str, date], UsageStatement]
    zone: ZoneInfo
    at: datetime
    actor: Actor

    @property
    def running(self) -> Period:
        return month_at(self.at, self.zone)

    def limits(self, month: Period) -> list[Limit]:
        listed = books.metered_prices(
            self.contract.seller_id, self.contract.pack, max(month.first, self.contract.start_on)
        )
        published = {
            name: Published(included=each.included, block=each.block, price=each.price) for name, each in listed.items()
        }
        return limits_of(self.contract, self.rows, month, published)


def state_use(contract_ids: Collection[uuid.UUID], *, at: datetime, actor: Actor) -> int:
    """
    Open the running month of these contracts, close those that are over, correct what changed; return how many.

    Repeating it says nothing new. A contract whose customer works elsewhere has no meters here.
    """
    contracts = [each for each in contracts_by_id(contract_ids) if each.customer_tenant_id]
    return sum(_stated(each, at=at, actor=actor) for each in contracts)


@transaction.atomic
def _stated(contract: Contract, *, at: datetime, actor: Actor) -> int:
    with connection.cursor() as cursor:
        lock = f"usage {current_tenant()} {contract.pk}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [lock])
    rows = amendments_by_contract([contract.pk])[contract.pk]
    stated = latest(statements_of([contract.pk])[contract.pk])
    asked = _Asked(contract, rows, stated, zone_of(contract), at, actor)
    made = [_opened(asked, limit) for limit in asked.limits(asked.running) if limit.included]
    made += [
        _closed(asked, limit, month, reading) for month in _months(asked) for limit, reading in _readings(asked, month)
    ]
    return sum(made)


def _months(asked: _Asked) -> Iterator[Period]:
    """Yield the months that are over and not closed, or in which something was reported since they were."""
    first, closed = month_of(asked.contract.start_on), {day for (_, day), row in asked.stated.items() if row.number}
    since = written_at(max((row.pk for row in asked.stated.values()), default=uuid7())) - OVERLAP
    assert asked.contract.customer_tenant_id is not None
    with as_tenant(asked.contract.customer_tenant_id):
        _note_storage(asked.at)
        late = {day for _, day in months_reported_since(since, zone=asked.zone)}
    month = asked.running
    for _ in range(LOOKED_BACK):
        month = month_of(month.first - timedelta(days=1))
        if month.first < first.first:
            return
        if month.first not in closed or month.first in late:
            yield month


def _readings(asked: _Asked, month: Period) -> list[tuple[Limit, Decimal]]:
    limits = [limit for limit in asked.limits(month) if limit.included]
    assert asked.contract.customer_tenant_id is not None
    with as_tenant(asked.contract.customer_tenant_id):
        return [(limit, read(limit, month, zone=asked.zone)) for limit in limits]


def _note_storage(at: datetime) -> None:
    """Write down, as the customer, how much its files hold: once a day is what its page promises."""
    meter(STORAGE, source=f"level:{at.isoformat()}", at=at, quantity=storage_used())


def _opened(asked: _Asked, limit: Limit) -> bool:
    if (limit.meter.name, asked.running.first) in asked.stated:
        return False
    _state(asked, limit, limit.statement(asked.running, Decimal(0)), number=0)
    return True


def _closed(asked: _Asked, limit: Limit, month: Period, reading: Decimal) -> bool:
    """Close a month, or correct it where what is known now comes to something else."""
    ruling = limit.statement(month, reading)
    before = asked.stated.get((limit.meter.name, month.first))
    known = before if before and before.number else None
    if known and (known.used, known.blocks) == (ruling.value.used, ruling.value.blocks):
        return False
    made = _state(asked, limit, ruling, number=known.number + 1 if known else 1)
    if more := made.blocks - (known.blocks if known else 0):
        _charge(asked, limit, made, ruling, more)
    return True


def _state(asked: _Asked, limit: Limit, ruling: Ruling[MonthStatement], *, number: int) -> UsageStatement:
    contract, found = asked.contract, ruling.value
    stored = store_ruling(
        ruling,
        question="contracts.use",
        pack=contract.pack,
        version=contract.version,
        customer_tenant=contract.customer_tenant_id,
        at=asked.at,
    )
    return UsageStatement.objects.create(
        id=uuid7(),
        contract=contract,
        customer_tenant_id=contract.customer_tenant_id,
        meter=limit.meter.name,
        month=found.month.first,
        number=number,
        figure=limit.figure.value,
        unit=limit.unit.en,
        used=found.used,
        included=found.included,
        blocks=found.blocks,
        block=limit.tariff.block if limit.tariff else None,
        price=limit.tariff.price if limit.tariff else None,
        currency=contract.terms["currency"],
        clause=str(limit.clauses[0]),
        ruling=stored,
        at=asked.at,
    )


def _charge(asked: _Asked, limit: Limit, made: UsageStatement, ruling: Ruling[MonthStatement], more: int) -> None:
    """Charge the blocks with the next invoice under the month's own days; a correction, those it adds or takes back."""
    assert limit.tariff is not None
    month = ruling.value.month
    text = _text(limit, ruling.value.included, correction=made.number > 1)
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


def _text(limit: Limit, included: Decimal, *, correction: bool) -> Text:
    assert limit.tariff is not None
    text = said(
        "{title} über {included} {unit}: Blöcke zu {size}",
        "{title} above {included} {unit}: blocks of {size}",
        title=limit.meter.title or Text(limit.meter.name, limit.meter.name),
        included=number(included),
        unit=limit.unit,
        size=number(limit.tariff.block),
    )
    return said("{text} (Nachtrag)", "{text} (correction)", text=text) if correction else text
