"""Change orders over the API: what was ordered, ordering as the customer, confirming as the house."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.utils.translation import get_language, gettext
from ninja import Schema
from pydantic import Field

from kontor.kernel.actions.answering import answer
from kontor.kernel.api import WHY, Amount, Call, Page, ProblemError, Truth, Why
from kontor.kernel.api.schemas import Body
from kontor.kernel.queries.rulings import Reasons, reasons_by_id
from kontor.office.contracts.actions import changing
from kontor.office.contracts.actions.changing import ChangeRefusedError
from kontor.office.contracts.api.mounted import ACCOUNT, CHANGE_OWN, SEE, Opened, endpoints, opened, rows_of
from kontor.office.contracts.models import ChangeOrder, ChangeOrderState
from kontor.office.contracts.queries.changing import Standing
from kontor.office.contracts.queries.ordering import lost_by, planned
from kontor.rulebook.terms import PackError

Key = Annotated[str, Field(min_length=1, max_length=50, pattern=r"^[!-~]+$")]
Count = Annotated[int, Field(ge=1, le=1_000_000, strict=True)]


class NewOrder(Body):
    """
    What is ordered.

    kind            MORE: items of the price list and how many; FEWER: positions and how many less; INTERVAL
    interval        the billing interval wanted, with INTERVAL
    accepted_losses what a reduction loses, by key, as the refusal of the order without it lists them
    """

    kind: Literal["MORE", "FEWER", "INTERVAL"]
    quantities: Annotated[dict[Key, Count], Field(max_length=50)] = {}
    interval: Literal["month", "quarter", "year"] | None = None
    accepted_losses: Annotated[list[Key], Field(max_length=100)] = []


class LineShown(Schema):
    """One thing ordered: for MORE an item with its net price of the day, for FEWER a position of the contract."""

    key: str
    quantity: Decimal
    price: Amount | None


class OrderShown(Schema):
    """A change order: UNSIGNED, PLACED, CONFIRMED, WITHDRAWN or DECLINED; `effective_on` once it is decided."""

    id: uuid.UUID
    number: int
    kind: str
    state: str
    lines: list[LineShown]
    interval: str | None
    received_on: date
    effective_on: date | None
    at: datetime
    why: Why | None = None


@endpoints.reads_both("/contracts/{uuid:contract_id}/orders", house=SEE, customer=ACCOUNT, answers=Page[OrderShown])
def list_orders(request: Call, contract_id: uuid.UUID, why: Truth = WHY) -> Page[OrderShown]:
    """List what was ordered under a contract, the oldest first."""
    found = opened(request, contract_id)
    states = list(_states(request).filter(order__contract_id=contract_id).order_by("order__number"))
    reasons = reasons_by_id({each.ruling for each in states if each.ruling}) if why else {}
    return Page[OrderShown](items=[_shown(each, found, reasons.get(each.ruling)) for each in states])


@endpoints.writes(
    "/received/contracts/{uuid:contract_id}/orders", permission=CHANGE_OWN, answers=OrderShown, status=201
)
def place_order(request: Call, contract_id: uuid.UUID, told: NewOrder) -> OrderShown:
    """Order a change as the customer. It waits for the signatory, who signs it on the platform, a key being nobody."""
    found = opened(request, contract_id)
    what: dict[str, Any] = _asked(told)
    if told.kind == ChangeOrder.Kind.FEWER:
        what["warned"] = _losses(request, found, told)
    try:
        order = answer(
            f"contracts.order_{told.kind.lower()}", contract_id, at=request.at, actor=request.actor,
            channel=ChangeOrder.Channel.WEB_SHOP, ordered_by=request.api_key.name, email="",
            received_on=Standing(found.contract, found.rows, (), request.at).today, **what,
        )  # fmt: skip
    except ChangeRefusedError as refused:
        raise ProblemError(409, "refused", refused.text) from refused
    return _shown(_states(request).get(order_id=order.pk), found, None)


@endpoints.writes("/orders/{uuid:order_id}/confirmation", permission="contracts.confirm", answers=OrderShown)
def confirm_order(request: Call, order_id: uuid.UUID) -> OrderShown:
    """Confirm an order as the house; it becomes part of the contract."""
    contract_id = ChangeOrder.objects.values_list("contract_id", flat=True).get(pk=order_id)
    try:
        changing.confirm_order(order_id, at=request.at, actor=request.actor)
    except ChangeRefusedError as refused:
        raise ProblemError(409, "refused", refused.text) from refused
    state = _states(request).get(order_id=order_id)
    reasons = reasons_by_id({state.ruling}) if state.ruling else {}
    return _shown(state, opened(request, contract_id), reasons.get(state.ruling))


def _states(request: Call) -> Any:
    return rows_of(request, ChangeOrderState).select_related("order")


def _asked(told: NewOrder) -> dict[str, Any]:
    if told.kind == ChangeOrder.Kind.INTERVAL:
        if told.interval is None or told.quantities:
            raise ProblemError(422, "invalid", gettext("Another interval is ordered by naming it, and nothing else."))
        return {"every": told.interval}
    if told.interval is not None or not told.quantities:
        raise ProblemError(422, "invalid", gettext("More or fewer is ordered by quantities, and nothing else."))
    return {"quantities": told.quantities}


def _losses(request: Call, found: Opened, told: NewOrder) -> list[dict[str, Any]]:
    """Return what the reduction loses; refused unless the caller has accepted each of it."""
    standing = Standing(found.contract, found.rows, (), request.at)
    try:
        plan = planned(standing, told.kind, quantities=told.quantities, every="", listed=[], received=standing.today)
    except PackError as refused:
        raise ProblemError(409, "refused", str(refused)) from refused
    lost = lost_by(standing, plan, counted=True)
    if missing := [each for each in lost if each["key"] not in told.accepted_losses]:
        faults = [(each["key"], each["en" if get_language() == "en" else "de"]) for each in missing]
        detail = gettext("This loses something; send its keys as `accepted_losses` if that is meant.")
        raise ProblemError(409, "losses", detail, faults=faults)
    return lost


def _shown(state: ChangeOrderState, found: Opened, reasons: Reasons | None) -> OrderShown:
    order, currency = state.order, found.contract.terms["currency"]
    lines = [
        LineShown(
            key=line.get("item") or line["key"],
            quantity=Decimal(line["quantity"]),
            price=Amount.each(Decimal(line["price"]), currency) if "price" in line else None,
        )
        for line in order.lines
    ]
    return OrderShown(
        id=order.pk, number=order.number, kind=order.kind, state=state.state, lines=lines,
        interval=order.interval or None, received_on=order.received_on, effective_on=state.effective_on, at=order.at,
        why=Why.of(reasons) if reasons else None,
    )  # fmt: skip
