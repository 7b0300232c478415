"""Writing down what changes a contract: amendments are added, nothing is overwritten."""

import uuid
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Max

from kontor.kernel.actions.record import Deed, record_many
from kontor.kernel.actions.rulings import Decision, store_rulings
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.rows import uuid7
from kontor.office.books import public as books
from kontor.office.contracts.actions.reckoning import reckon_soon
from kontor.office.contracts.models import Amendment, Contract
from kontor.office.contracts.queries.running import counted_from
from kontor.office.contracts.queries.state import change_as_json
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.rulebook.amendments import Revoke
from kontor.rulebook.contract_state import AddItem, Change, Per, SetInterval, SetNotice, SetTerm, exact
from kontor.rulebook.period import Interval, Period, add
from kontor.rulebook.ruling import Ruling

CHANGED: Final = "contracts.received_change"  # what the customer hears, in its own stream


def first_amendment(contract: Contract, *, start: Ruling[date | None], at: datetime) -> Amendment:
    """Write down the conclusion itself: every position of the signed quote, interval, initial term and notice."""
    pack = pack_of_terms(contract.terms)
    changes: list[Change | Revoke] = [
        AddItem(position.key, exact(position.quantity), position.price, Per(position.interval.lower()))
        for position in books.positions_of(contract.offer.quote_id)
    ]
    if pack.invoicing and pack.invoicing.interval:
        changes.append(SetInterval(Interval(pack.invoicing.interval.value)))
    if pack.term and pack.term.initial:
        first = contract.start_on
        changes.append(SetTerm(Period(first, add(counted_from(first, pack), pack.term.initial.value))))
    if pack.notice and pack.notice.period:
        changes.append(SetNotice(pack.notice.period.value))
    return amend(contract, "conclusion", changes, effective_on=contract.start_on, ruling=start, at=at, actor=MACHINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Amending:
    """
    One amendment to be written.

    ruling  what dates it; its first clause is the amendment's
    items   what added positions are called and open: key -> name, module, unit, kind
    """

    contract: Contract
    kind: str
    changes: Sequence[Change | Revoke]
    effective_on: date
    ruling: Ruling[Any]
    items: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def amend(
    contract: Contract,
    kind: str,
    changes: Sequence[Change | Revoke],
    *,
    effective_on: date,
    ruling: Ruling[Any],
    at: datetime,
    actor: Actor,
    items: Mapping[str, Mapping[str, str]] | None = None,
) -> Amendment:
    """Add an amendment with the ruling that dates it; the number is the contract's next. See `Amending`."""
    told = Amending(
        contract=contract, kind=kind, changes=changes, effective_on=effective_on, ruling=ruling, items=items or {}
    )
    (made,) = amend_many([told], at=at, actor=actor)
    return made


@transaction.atomic
def amend_many(orders: Sequence[Amending], *, at: datetime, actor: Actor) -> list[Amendment]:
    """Add many amendments in a fixed number of queries, in their order; two who amend one contract take turns."""
    _take_turns(sorted({str(order.contract.pk) for order in orders}))
    stored = store_rulings([_decision(order) for order in orders], at=at)
    numbers = _last_numbers({order.contract.pk for order in orders})
    rows = []
    for order, ruling in zip(orders, stored, strict=True):
        numbers[order.contract.pk] += 1
        rows.append(_row(order, numbers[order.contract.pk], ruling, at=at))
    made = Amendment.objects.bulk_create(rows)
    record_many([_deed(order, row, at=at, actor=actor) for order, row in zip(orders, made, strict=True)])
    books.tell_customers(CHANGED, ((row.customer_tenant_id, _heard(row)) for row in made))
    reckon_soon(at=at)
    return made


def _heard(row: Amendment) -> dict[str, Any]:
    """Return what a customer hears of a change of its own contract: ids and plain values."""
    told = {"contract": str(row.contract_id), "number": row.number, "kind": row.kind}
    return told | {"effective_on": row.effective_on.isoformat()}


def _take_turns(contracts: Sequence[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('amended ' || each, 0)) FROM unnest(%s::text[]) each",
            [list(contracts)],
        )


def _last_numbers(contracts: Collection[uuid.UUID]) -> "Counter[uuid.UUID]":
    found = Amendment.objects.filter(contract_id__in=contracts).order_by().values_list("contract_id")
    return Counter(dict(found.annotate(last=Max("number"))))


def _decision(order: Amending) -> Decision:
    return Decision(
        ruling=order.ruling,
        question=f"contracts.{order.kind}",
        pack=order.contract.pack,
        version=order.contract.version,
        customer_tenant=order.contract.customer_tenant_id,
    )


def _row(order: Amending, number: int, ruling: uuid.UUID, *, at: datetime) -> Amendment:
    return Amendment(
        id=uuid7(),
        contract=order.contract,
        customer_tenant_id=order.contract.customer_tenant_id,
        number=number,
        kind=order.kind,
        effective_on=order.effective_on,
        recorded_at=at,
        content=[_told(change, order.items) for change in order.changes],
        clause=str(order.ruling.clauses[0]) if order.ruling.clauses else "",
        ruling=ruling,
    )


def _told(change: Change | Revoke, items: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    told = change_as_json(change)
    return told | {"item": dict(items[change.key])} if isinstance(change, AddItem) and change.key in items else told


def _deed(order: Amending, made: Amendment, *, at: datetime, actor: Actor) -> Deed:
    after = {"kind": order.kind, "effective_on": order.effective_on, "changes": made.content}
    return Deed(
        verb="contracts.amended",
        thing=order.contract,
        at=at,
        actor=actor,
        clause=made.clause,
        ruling=made.ruling,
        after=after,
    )
