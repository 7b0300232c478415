"""
Carrying out orders that change a running contract: signed by the customer, confirmed by us, then part of it.

More is carried out once it is confirmed, with its cost named; fewer and another billing interval are declarations that
work by themselves from the day the terms give.
"""

import uuid
from collections.abc import Callable
from datetime import date, datetime

from django.db import transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.mail import send_mail
from kontor.kernel.actions.queue import queue
from kontor.kernel.actions.record import record
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.tenancy import current_tenant
from kontor.office.contracts.actions.amending import Amending, amend_many
from kontor.office.contracts.actions.billing import bill_contracts, start_run_of
from kontor.office.contracts.actions.entitling import follow
from kontor.office.contracts.models import Amendment, ChangeOrder, ChangeOrderState, Contract
from kontor.office.contracts.queries.billing import billed_keys
from kontor.office.contracts.queries.change_letters import change_mail
from kontor.office.contracts.queries.changing import Plan, Standing, less, more, other_interval
from kontor.office.contracts.queries.contacts import contract_day
from kontor.office.contracts.queries.orders import signs_for
from kontor.office.contracts.queries.shop import wares
from kontor.rulebook.amendments import Revoke
from kontor.rulebook.period import Interval
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.terms import NoAnswerError, PackError

Kind, Channel, State = ChangeOrder.Kind, ChangeOrder.Channel, ChangeOrderState.State


class ChangeRefusedError(Exception):
    """An order cannot be placed or carried out; `text` says why."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


@transaction.atomic
def sign_order(order: ChangeOrder, *, name: str, email: str, at: datetime, actor: Actor) -> ChangeOrderState:
    """Make a colleague's order binding; ChangeRefusedError for somebody who may not sign, or what waits no more."""
    state = _locked(order.pk, State.UNSIGNED)
    if not signs_for(order.contract, email, on=contract_day(order.contract, at)):
        raise ChangeRefusedError(
            Text("Bestellen darf nur, wer für den Kunden zeichnet.", "Only the customer's signatory may order.")
        )
    sign(state, name=name, at=at)
    record("contracts.change_signed", order, at=at, actor=actor, after={"signed_by": name})
    go_on(state, at=at, actor=actor)
    return state


@transaction.atomic
def confirm_order(order_id: uuid.UUID, *, at: datetime, actor: Actor) -> ChangeOrderState:
    """
    Confirm an order for more by mail, naming what it costs: from now on it is part of the contract.

    The part of a running billing interval is invoiced at once. ChangeRefusedError where the order does not wait for us
    (any more), the contract has ended meanwhile, or the cost cannot be computed: without it nothing is confirmed.
    """
    state = _locked(order_id, State.PLACED)
    order = state.order
    plan = decided(lambda: more(standing_of(order.contract, at=at), order.lines))
    _carry_out(state, plan, at=at, actor=actor)
    until = standing_of(order.contract, at=at).today
    queue("contracts.bill_change", current_tenant(), contract=str(order.contract_id), until=until.isoformat())
    return state


@transaction.atomic
def bill_at_once(contract_id: uuid.UUID, *, until: date, at: datetime) -> None:
    """Invoice what a contract has due until a day; what was invoiced before is left alone."""
    run = start_run_of([contract_id], until=until, at=at, actor=MACHINE)
    bill_contracts(run.pk, [contract_id], at=at)


@transaction.atomic
def decline_order(order_id: uuid.UUID, *, reason: str, at: datetime, actor: Actor) -> ChangeOrderState:
    """Say by mail that an order will not be carried out, and why."""
    state = _locked(order_id, State.PLACED)
    state.state, state.decided_at, state.reason = State.DECLINED, at, reason
    state.save(update_fields=["state", "decided_at", "reason"])
    record("contracts.change_declined", state.order, at=at, actor=actor, after={"reason": reason})
    _mail(state, at=at)
    publish("contracts.change_moved", {"order": str(order_id)}, at=at)
    return state


@transaction.atomic
def withdraw_unsigned(order: ChangeOrder, *, at: datetime, actor: Actor) -> ChangeOrderState:
    """Take back, as the customer, an order that no signatory has signed; ChangeRefusedError for any other."""
    _locked(order.pk, State.UNSIGNED)
    return withdraw_order(order.pk, at=at, actor=actor)


@transaction.atomic
def withdraw_order(order_id: uuid.UUID, *, at: datetime, actor: Actor) -> ChangeOrderState:
    """
    Take back what does not bind yet, or a reduction or another interval that has not begun.

    ChangeRefusedError for an order for more that was placed or confirmed: it binds; and for what has begun.
    """
    state = _locked(order_id, State.UNSIGNED, State.CONFIRMED)
    order, amendment = state.order, state.amendment
    if state.state == State.CONFIRMED:
        today = standing_of(order.contract, at=at).today
        if order.kind == Kind.MORE or amendment is None or amendment.effective_on <= today:
            raise ChangeRefusedError(
                Text("Was bestätigt ist oder schon gilt, bindet beide.", "What is confirmed or in force binds both.")
            )
        _revoke(order.contract, amendment, at=at, actor=actor)
    state.state, state.decided_at = State.WITHDRAWN, at
    state.save(update_fields=["state", "decided_at"])
    record("contracts.change_withdrawn", order, at=at, actor=actor)
    publish("contracts.change_moved", {"order": str(order_id)}, at=at)
    return state


def standing_of(contract: Contract, *, at: datetime) -> Standing:
    """Return, as the supplier, a contract as its changes are asked about; two queries."""
    rows = list(Amendment.objects.filter(contract=contract).order_by("number"))
    return Standing(contract, rows, billed_keys([contract.pk])[contract.pk], at)


def sign(state: ChangeOrderState, *, name: str, at: datetime) -> None:
    """Make an order binding: somebody who may has ordered it."""
    state.state, state.signed_by, state.signed_at = State.PLACED, name, at
    state.save(update_fields=["state", "signed_by", "signed_at"])


def go_on(state: ChangeOrderState, *, at: datetime, actor: Actor) -> None:
    """Carry out what needs no confirmation: a notice of fewer, another interval."""
    order = state.order
    if order.kind == Kind.MORE:
        return
    standing = standing_of(order.contract, at=at)
    received = max(order.received_on, standing.today) if order.channel == Channel.WEB_SHOP else order.received_on
    if order.kind == Kind.FEWER:
        plan = decided(lambda: less(standing, order.lines, received=received))
    else:
        plan = decided(lambda: _interval_plan(standing, Interval(order.interval), received))
    _carry_out(state, plan, at=at, actor=actor)


def _interval_plan(standing: Standing, every: Interval, received: date) -> Plan:
    from_on = other_interval(standing, every, [], asked=received).dated[0][0]
    return other_interval(standing, every, wares(standing.contract, from_on, []), asked=received)


def _carry_out(state: ChangeOrderState, plan: Plan, *, at: datetime, actor: Actor) -> None:
    order = state.order
    orders = [
        Amending(
            contract=order.contract,
            kind=f"change-{order.kind.lower()}",
            changes=changes,
            effective_on=on,
            ruling=plan.ruling.map(lambda found: plan.cost.now if plan.cost else found),
            items=plan.items,
        )
        for on, changes in plan.dated
    ]
    first = amend_many(orders, at=at, actor=actor)[0]
    state.state, state.decided_at, state.amendment = State.CONFIRMED, at, first
    state.effective_on, state.ruling = first.effective_on, first.ruling
    state.save(update_fields=["state", "decided_at", "amendment", "effective_on", "ruling"])
    record("contracts.change_confirmed", order, at=at, actor=actor, clause=first.clause, ruling=first.ruling)
    publish("contracts.change_moved", {"order": str(order.pk)}, at=at)
    follow(order.contract, at=at, actor=actor)
    _mail(state, at=at, plan=plan)


def _revoke(contract: Contract, amendment: Amendment, *, at: datetime, actor: Actor) -> None:
    changes = [Revoke(f"{amendment.number:06}.{place:03}") for place in range(len(amendment.content))]
    step = Text("Zurückgenommen, bevor es galt.", "Taken back before it held.")
    ruling = Ruling(amendment.effective_on, (), (("amendment", str(amendment.number)),), (step,))
    taken_back = Amending(
        contract=contract, kind="change-withdrawn", changes=changes, effective_on=amendment.effective_on, ruling=ruling
    )
    amend_many([taken_back], at=at, actor=actor)
    follow(contract, at=at, actor=actor)


def _mail(state: ChangeOrderState, *, at: datetime, plan: Plan | None = None) -> None:
    """Answer whoever ordered; what a key ordered has no address, so its signatory is answered."""
    order = state.order
    to, name = order.ordered_email, order.ordered_by
    if not to and state.signed_by:
        to, name = order.contract.signature["email"], state.signed_by
    if not to:
        return
    letter = change_mail(order, state, plan)
    send_mail(
        to=to, to_name=name, subject=letter.subject, text=letter.text, about=order, at=at,
        reply_to=order.contract.terms["seller"]["email"],
    )  # fmt: skip


def _locked(order_id: uuid.UUID, *waiting: str) -> ChangeOrderState:
    state = (
        ChangeOrderState.objects.select_for_update(of=("self",))
        .select_related("order__contract", "amendment")
        .get(order_id=order_id)
    )
    if state.state not in waiting:
        raise ChangeRefusedError(
            Text("Über diese Bestellung ist schon entschieden.", "This order has been decided already.")
        )
    return state


def decided(decide: Callable[[], Plan]) -> Plan:
    """Return what was decided; ChangeRefusedError with the rule's own words where it refuses or is silent."""
    try:
        return decide()
    except (RefusalError, NoAnswerError, PackError) as error:
        raise ChangeRefusedError(getattr(error, "text", Text(str(error), str(error)))) from error
