"""Contracts over the API: which there are, what each says on a day, how it came to that, and what comes next."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from django.utils.translation import get_language
from ninja import Query, Schema
from pydantic import Field

from kontor.kernel.api import WHY, Amount, Call, Cursor, Day, Page, Truth, Why, after, cut
from kontor.kernel.queries.rulings import Reasons, reasons_by_id
from kontor.kernel.wording import spoken
from kontor.office.contracts.api.mounted import ACCOUNT, LIMIT, SEE, Opened, endpoints, opened, rows_of, today_of
from kontor.office.contracts.models import Amendment, Contract
from kontor.office.contracts.queries.next_steps import next_steps
from kontor.office.contracts.queries.remembered import history_of
from kontor.office.contracts.queries.state import change_from_json
from kontor.office.contracts.queries.unlocking import added_names
from kontor.rulebook.ruling import Clause

Standing = Literal["coming", "running", "ended"]
Number = Annotated[str, Field(min_length=1, max_length=50, pattern=r"^[!-~]+$")]


class ContractShown(Schema):
    """A contract as lists show it; `terms` and `version` name the text it was concluded under."""

    id: uuid.UUID
    number: str
    supplier: str
    customer: str
    terms: str
    version: str
    currency: str
    concluded_at: datetime
    starts_on: date
    ends_on: date | None
    state: Standing


class PositionShown(Schema):
    """A position on a day; `price` net, for one and `per` month, quarter, year or once."""

    key: str
    name: str
    quantity: Decimal
    price: Amount
    per: str
    clause: str
    why: Why | None = None


class StateShown(Schema):
    """What a contract says on a day, computed from its amendments alone."""

    on: date
    positions: list[PositionShown]
    interval: str | None
    term_first: date | None
    term_last: date | None
    ends_on: date | None


class AmendmentShown(Schema):
    """A dated change: from when it holds, when it became known, and what it says."""

    number: int
    kind: str
    effective_on: date
    recorded_at: datetime
    says: list[str]
    clause: str
    why: Why | None = None


class StepShown(Schema):
    """Something that will happen, and when."""

    on: date
    title: str
    text: str
    clause: str | None
    why: Why | None = None


@endpoints.reads_both("/contracts", house=SEE, customer=ACCOUNT, answers=Page[ContractShown])
def list_contracts(
    request: Call, number: Query[Number | None] = None, terms: Query[Number | None] = None,
    starts_from: Query[Day | None] = None, starts_until: Query[Day | None] = None,
    cursor: Query[Cursor | None] = None, limit: int = LIMIT,
) -> Page[ContractShown]:  # fmt: skip
    """List contracts, the oldest first."""
    asked = {"number": number, "pack": terms, "start_on__gte": starts_from, "start_on__lte": starts_until,
             "pk__gt": after(cursor)}  # fmt: skip
    found = rows_of(request, Contract).filter(**{name: value for name, value in asked.items() if value is not None})
    rows, following = cut(list(found.order_by("pk")[: limit + 1]), limit=limit, key=lambda row: row.pk)
    amended = _amendments(request, [row.pk for row in rows])
    items = [_shown(row, amended[row.pk], today_of(request)) for row in rows]
    return Page[ContractShown](items=items, next=following)


@endpoints.reads_both("/contracts/{uuid:contract_id}", house=SEE, customer=ACCOUNT, answers=ContractShown)
def one_contract(request: Call, contract_id: uuid.UUID) -> ContractShown:
    """Show one contract."""
    found = opened(request, contract_id)
    return _shown(found.contract, found.rows, found.today)


@endpoints.reads_both("/contracts/{uuid:contract_id}/state", house=SEE, customer=ACCOUNT, answers=StateShown)
def contract_state(request: Call, contract_id: uuid.UUID, on: Query[Day | None] = None, why: Truth = WHY) -> StateShown:
    """Say what a contract agrees on a day, today where none is named; `why=true` adds the decisions."""
    found = opened(request, contract_id)
    day = on or max(found.today, found.contract.start_on)
    state = history_of(found.contract, found.rows).state(day)
    return StateShown(
        on=day,
        positions=_positions(found, day, why=why),
        interval=state.interval.value if state.interval else None,
        term_first=state.term.first if state.term else None,
        term_last=state.term.last if state.term else None,
        ends_on=state.ends,
    )


@endpoints.reads_both(
    "/contracts/{uuid:contract_id}/amendments", house=SEE, customer=ACCOUNT, answers=Page[AmendmentShown]
)
def list_amendments(
    request: Call, contract_id: uuid.UUID, why: Truth = WHY, cursor: Query[Cursor | None] = None,
    limit: int = LIMIT,
) -> Page[AmendmentShown]:  # fmt: skip
    """List the dated changes of a contract, the conclusion first."""
    found, last = opened(request, contract_id), after(cursor)
    behind = [row for row in sorted(found.rows, key=lambda row: row.pk) if last is None or row.pk > last]
    rows, following = cut(behind[: limit + 1], limit=limit, key=lambda row: row.pk)
    reasons = _reasons((row.ruling for row in rows), why=why)
    items = [
        AmendmentShown(
            number=row.number, kind=row.kind, effective_on=row.effective_on, recorded_at=row.recorded_at,
            says=[change_from_json(told).text.spoken(get_language() or "de") for told in row.content],
            clause=row.clause, why=_why(reasons.get(row.ruling)),
        )
        for row in rows
    ]  # fmt: skip
    return Page[AmendmentShown](items=items, next=following)


@endpoints.reads_both("/contracts/{uuid:contract_id}/next-steps", house=SEE, customer=ACCOUNT, answers=Page[StepShown])
def list_steps(request: Call, contract_id: uuid.UUID, why: Truth = WHY) -> Page[StepShown]:
    """Say what happens next in a contract and when: renewal, last day for notice, next invoice, end."""
    found = opened(request, contract_id)
    items = [
        StepShown(
            on=step.on, title=spoken(step.title), text=spoken(step.text), clause=_first(step.clause, step.ruling),
            why=Why.of(step.ruling) if why and step.ruling else None,
        )
        for _, step in next_steps({found.contract: found.rows}, today=found.today)
    ]  # fmt: skip
    return Page[StepShown](items=items)


def _shown(row: Contract, rows: Sequence[Amendment], today: date) -> ContractShown:
    ends = history_of(row, rows).ends()
    state: Standing = "coming" if row.start_on > today else "ended" if ends and ends < today else "running"
    return ContractShown(
        id=row.pk, number=row.number, supplier=row.seller_name, customer=row.customer_name, terms=row.pack,
        version=row.version, currency=row.terms["currency"], concluded_at=row.concluded_at, starts_on=row.start_on,
        ends_on=ends, state=state,
    )  # fmt: skip


def _amendments(request: Call, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Amendment]]:
    found: dict[uuid.UUID, list[Amendment]] = {each: [] for each in ids}
    for row in rows_of(request, Amendment).filter(contract_id__in=ids).order_by("contract_id", "number"):
        found[row.contract_id].append(row)
    return found


def _positions(found: Opened, day: date, *, why: bool) -> list[PositionShown]:
    latest: dict[str, Amendment] = {}
    for row in sorted(found.rows, key=lambda each: (each.effective_on, each.number)):
        if row.effective_on <= max(day, found.contract.start_on):
            latest |= {told["key"]: row for told in row.content if "key" in told}
    held = [each for each in history_of(found.contract, found.rows).state(day).positions if each.quantity]
    reasons = _reasons((latest[each.key].ruling for each in held), why=why)
    names, currency = found.contract.terms["names"] | added_names(found.rows), found.contract.terms["currency"]
    return [
        PositionShown(
            key=each.key, name=names.get(each.key, each.key), quantity=Decimal(each.quantity),
            price=Amount.each(each.price, currency), per=each.per.value, clause=latest[each.key].clause,
            why=_why(reasons.get(latest[each.key].ruling)),
        )
        for each in held
    ]  # fmt: skip


def _reasons(ids: Iterable[uuid.UUID], *, why: bool) -> dict[uuid.UUID, Reasons]:
    return reasons_by_id(set(ids)) if why else {}


def _why(reasons: Reasons | None) -> Why | None:
    return Why.of(reasons) if reasons else None


def _first(clause: Clause | None, ruling: object) -> str | None:
    clauses = (clause,) if clause else getattr(ruling, "clauses", ())
    return str(clauses[0]) if clauses else None
