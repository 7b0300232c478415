"""Placing orders that change a running contract: on the shop page, by mail or by form, priced on their day."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.mail import send_mail
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.office.contracts.actions.changing import ChangeRefusedError, decided, go_on, sign, standing_of
from kontor.office.contracts.models import AgreedPrice, ChangeOrder, ChangeOrderState, Contract
from kontor.office.contracts.queries.change_letters import waiting_mail
from kontor.office.contracts.queries.changing import less, more, other_interval
from kontor.office.contracts.queries.contacts import contract_day
from kontor.office.contracts.queries.orders import signs_for, ware_line
from kontor.office.contracts.queries.shop import Ware, wares
from kontor.rulebook.period import Interval
from kontor.rulebook.ruling import Text

EMPTY = Text("Die Bestellung ist leer.", "The order is empty.")
Kind, State = ChangeOrder.Kind, ChangeOrderState.State


def read_prices(contract: Contract, *, on: date, at: datetime, actor: Actor) -> list[Ware]:
    """Return what the customer can add to its contract on a day, from its supplier's lists or as agreed."""
    del at, actor  # the kernel records who looked, in both trails
    return wares(contract, on, list(AgreedPrice.objects.filter(contract=contract)))


@transaction.atomic
def order_more(
    contract: Contract,
    quantities: Mapping[str, int],
    *,
    channel: str,
    ordered_by: str,
    email: str,
    received_on: date,
    at: datetime,
    actor: Actor,
) -> ChangeOrder:
    """
    Place an order for more: item of the price list -> how many. It waits for our confirmation.

    Prices are those of the day, or the agreed ones, and stay as ordered. Without authority to sign it first waits for
    the signatory, who is told by mail. ChangeRefusedError for what is not on the list, no whole number, or a contract
    that has ended.
    """
    standing = standing_of(contract, at=at)
    agreed = list(AgreedPrice.objects.filter(contract=contract))
    known = {ware.item: ware for ware in wares(contract, standing.today, agreed)}
    if unknown := sorted(set(quantities) - known.keys()):
        raise ChangeRefusedError(
            Text(f"Nicht auf der Preisliste: {', '.join(unknown)}.", f"Not on the price list: {', '.join(unknown)}.")
        )
    language = contract.terms["language"]
    lines = [ware_line(known[item], count, language) for item, count in quantities.items() if count]
    _refuse_empty(lines)
    decided(lambda: more(standing, lines))
    return _placed(
        contract, Kind.MORE, lines=lines, channel=channel, ordered_by=ordered_by, email=email,
        received_on=received_on, at=at, actor=actor,
    )  # fmt: skip


@transaction.atomic
def order_fewer(
    contract: Contract,
    quantities: Mapping[str, int],
    *,
    warned: Sequence[Mapping[str, Any]],
    channel: str,
    ordered_by: str,
    email: str,
    received_on: date,
    at: datetime,
    actor: Actor,
) -> ChangeOrder:
    """
    Take a written notice of fewer: position -> how many less. It works from the day the terms give, by its receipt.

    warned  what the customer was told may be lost, and confirmed: key, de, en, and how many records are concerned

    Without authority to sign it waits for the signatory, and counts from that day. ChangeRefusedError where the terms
    know no reduction, or there are not so many.
    """
    lines = [{"key": key, "quantity": count} for key, count in quantities.items() if count]
    _refuse_empty(lines)
    standing = standing_of(contract, at=at)
    decided(lambda: less(standing, lines, received=received_on))
    return _placed(
        contract, Kind.FEWER, lines=lines, warned=list(warned), channel=channel, ordered_by=ordered_by, email=email,
        received_on=received_on, at=at, actor=actor,
    )  # fmt: skip


@transaction.atomic
def order_interval(
    contract: Contract,
    every: Interval | str,
    *,
    channel: str,
    ordered_by: str,
    email: str,
    received_on: date,
    at: datetime,
    actor: Actor,
) -> ChangeOrder:
    """Take the choice of another billing interval, which holds from the next one, at the official list's prices."""
    wanted, standing = Interval(every), standing_of(contract, at=at)
    decided(lambda: other_interval(standing, wanted, [], asked=received_on))
    return _placed(
        contract, Kind.INTERVAL, interval=wanted.value, channel=channel, ordered_by=ordered_by, email=email,
        received_on=received_on, at=at, actor=actor,
    )  # fmt: skip


@transaction.atomic
def agree_price(
    contract: Contract, item: str, *, price: Decimal, from_on: date, source: str, at: datetime, actor: Actor
) -> AgreedPrice:
    """Write down a price agreed for what is ordered later; it goes before the price list. `source` where it stands."""
    made = AgreedPrice.objects.create(
        contract=contract, customer_tenant_id=contract.customer_tenant_id, item=item, price=price, from_on=from_on,
        source=source, at=at,
    )  # fmt: skip
    after = {"item": item, "price": str(price), "from": from_on, "source": source}
    record("contracts.price_agreed", contract, at=at, actor=actor, after=after)
    return made


def _placed(
    contract: Contract, kind: str, *, ordered_by: str, email: str, at: datetime, actor: Actor, **given: Any
) -> ChangeOrder:
    last = ChangeOrder.objects.filter(contract=contract).aggregate(last=Max("number"))["last"] or 0
    order = ChangeOrder.objects.create(
        contract=contract, customer_tenant_id=contract.customer_tenant_id, number=last + 1, kind=kind,
        ordered_by=ordered_by, ordered_email=email, at=at, **given,
    )  # fmt: skip
    state = ChangeOrderState.objects.create(
        order=order, customer_tenant_id=contract.customer_tenant_id, state=State.UNSIGNED
    )
    after = {"kind": kind, "channel": order.channel, "lines": order.lines, "interval": order.interval}
    record("contracts.change_ordered", order, at=at, actor=actor, after=after)
    publish("contracts.change_moved", {"order": str(order.pk)}, at=at)
    if signs_for(contract, email, on=contract_day(contract, at)):
        sign(state, name=ordered_by, at=at)
        go_on(state, at=at, actor=actor)
    else:
        _ask_signatory(order, at=at)
    return order


def _ask_signatory(order: ChangeOrder, *, at: datetime) -> None:
    """Tell the customer's signatory by mail that an order waits, so that none placed by a key lies unseen."""
    signatory, letter = order.contract.signature, waiting_mail(order)
    send_mail(
        to=signatory["email"], to_name=signatory["name"], subject=letter.subject, text=letter.text, about=order, at=at,
        reply_to=order.contract.terms["seller"]["email"],
    )  # fmt: skip


def _refuse_empty(lines: Collection[Any]) -> None:
    if not lines:
        raise ChangeRefusedError(EMPTY)
