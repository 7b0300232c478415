"""Payments by redirect: begun, told by the processor's messages in any order, each once, and paid back."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Final

from django.db import transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.record import record
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.models import Tenant
from kontor.kernel.rows import uuid7
from kontor.kernel.tenancy import as_tenant, current_tenant
from kontor.office.books.actions.disputes import DISPUTES, take_dispute
from kontor.office.books.actions.outside_refunds import book_early, hold_capture, keep_early, take_refund
from kontor.office.books.actions.payments import Booking, PaymentRefusedError, Share, book_payment, locked_balances
from kontor.office.books.actions.processors.interface import Begun, Happened, Notice, Order
from kontor.office.books.actions.processors.offered import processor
from kontor.office.books.actions.refund_outcomes import settle_refund
from kontor.office.books.actions.refunding import Payout, refund_credit, refund_rest
from kontor.office.books.models import Checkout, CheckoutNotice, Invoice, InvoiceBalance, Refund
from kontor.office.books.queries.invoices import today_in
from kontor.office.books.queries.paying import Payer, known_items
from kontor.office.books.queries.rests import rest_of
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

PROCESSOR: Final = "PROCESSOR"
_OPEN_FOR: Final = timedelta(hours=2)
_WHOLE_LIST: Final = "card"  # the billing portal is told every item of its list, the others what they need of theirs


class CheckoutRefusedError(RefusalError):
    """An invoice that cannot be paid this way: nothing open, or not the house's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """
    How a customer wants to pay.

    listed  which items the contract lets this processor have, in its order; empty where it lists none
    known   what is known of them
    back    where the payer comes back to
    """

    method: str
    listed: Sequence[str]
    known: Mapping[str, str]
    back: str


def items_for(asked: Asked) -> dict[str, str]:
    """Return the items that leave: none that is not listed; the billing portal gets its whole list."""
    if asked.method == _WHOLE_LIST:
        return {key: asked.known.get(key, "") for key in asked.listed}
    return {key: asked.known[key] for key in asked.listed if asked.known.get(key)}


def begin_checkout(invoice: Invoice, *, asked: Asked, at: datetime, actor: Actor) -> Begun:
    """
    Announce to a processor that an invoice is to be paid, and return where the payer goes; as the invoice's tenant.

    CheckoutRefusedError where nothing is open; ProcessorError where the processor does not answer, and nothing is kept;
    UnknownProcessorError where it is not set up.
    """
    chosen = processor(asked.method)
    balance = InvoiceBalance.objects.get(invoice=invoice)
    if balance.open_minor <= 0 or balance.cancelled_at or not Tenant.objects.get(pk=current_tenant()).is_house:
        raise CheckoutRefusedError(
            Text(f"{invoice.number} kann so nicht bezahlt werden.", f"{invoice.number} cannot be paid this way.")
        )
    row = Checkout(
        id=uuid7(),
        invoice=invoice,
        customer_tenant_id=invoice.customer_tenant_id,
        method=asked.method,
        amount_minor=balance.open_minor,
        currency=invoice.currency,
        expires_at=at + _OPEN_FOR,
        at=at,
    )
    items = items_for(asked)
    begun = chosen.begin(
        Order(
            reference=reference_of(row),
            amount=Money(row.currency, row.amount_minor),
            title=invoice.number,
            back=asked.back,
            items=items,
            expires_at=row.expires_at,
        )
    )
    row.order, row.items_sent = begun.order, sorted(items)
    row.save(force_insert=True)
    after = {"method": row.method, "amount_minor": row.amount_minor, "items": row.items_sent}
    record("books.checkout_begun", row, at=at, actor=actor, after=after)
    return begun


def reference_of(row: Checkout) -> str:
    """Return how processors name a payment of the current tenant again."""
    return f"{current_tenant().hex}.{row.pk.hex}"


def take_notice(method: str, body: bytes, headers: Mapping[str, str], *, at: datetime) -> bool:
    """
    Act on a processor's message, once; return whether it changed anything.

    ForgedNoticeError for a message that is not the processor's own; UnknownProcessorError for a method not set up.
    """
    notice = processor(method).understood(body, headers, at=at)
    found = _parsed(notice.reference)
    if found is None:
        return _by_capture(notice, method, at=at)
    tenant, checkout = found
    with as_tenant(tenant):
        return _act(notice, method, checkout, at=at)


def _parsed(reference: str) -> tuple[uuid.UUID, uuid.UUID] | None:
    """Return tenant and checkout of our reference; None for somebody else's."""
    tenant, _, checkout = reference.partition(".")
    try:
        return uuid.UUID(hex=tenant), uuid.UUID(hex=checkout)
    except ValueError:
        return None


def _act(notice: Notice, method: str, checkout_id: uuid.UUID, *, at: datetime) -> bool:
    rows = Checkout.objects.select_for_update(no_key=True, of=("self",)).select_related("invoice__seller")
    row = rows.filter(pk=checkout_id, method=method).first()
    if row is None:
        return False
    _seen, fresh = CheckoutNotice.objects.get_or_create(
        method=method, event=notice.event[:100], defaults={"kind": notice.happened, "checkout": row, "at": at}
    )
    if not fresh:
        return False
    if notice.happened is Happened.PAID and row.state != Checkout.State.PAID:
        _book(row, notice, at=at)
        return True
    if notice.happened in (Happened.FAILED, Happened.EXPIRED) and row.state == Checkout.State.OPEN:
        row.state = notice.happened.value
        row.save(update_fields=["state"])
        return True
    return _follow(row, notice, at=at)


def _follow(row: Checkout, notice: Notice, *, at: datetime) -> bool:
    """Act on what is told of money that goes back: by a refund, or by a dispute."""
    return (take_dispute if notice.happened in DISPUTES else take_refund)(row, notice, at=at)


def _by_capture(notice: Notice, method: str, *, at: datetime) -> bool:
    """Find the payment that a refund made at the processor's own pages gives back; the house alone is paid this way."""
    house = Tenant.objects.filter(is_house=True).first()
    amount = notice.amount
    if house is None or amount is None or not notice.capture or not notice.refund:
        return False
    with as_tenant(house.pk):
        hold_capture(method, notice.capture)
        row = Checkout.objects.filter(method=method, capture=notice.capture).order_by("at").first()
        return _act(notice, method, row.pk, at=at) if row else keep_early(method, notice, amount, at=at)


def _book(row: Checkout, notice: Notice, *, at: datetime) -> None:
    """Book what came, even after expiry; what the invoice no longer needs stays on the payment."""
    money = notice.amount or Money(row.currency, row.amount_minor)
    (balance,) = locked_balances({row.invoice_id}).values()
    fits = money.currency == row.currency and balance.cancelled_at is None
    share = min(max(balance.open_minor, 0), money.minor) if fits else 0
    payment = book_payment(
        Booking(
            shares=(Share(row.invoice_id, share, PROCESSOR),) if share else (),
            money=money,
            paid_on=today_in(row.invoice.seller.zone, at),
            note=f"{processor(row.method).label.en} {notice.capture}".strip(),
            party=row.invoice.party_id,
        ),
        at=at,
        actor=MACHINE,
    )
    row.state, row.payment, row.paid_at, row.capture = Checkout.State.PAID, payment, at, notice.capture[:100]
    row.save(update_fields=["state", "payment", "paid_at", "capture"])
    record("books.checkout_paid", row, at=at, actor=MACHINE, after={"amount_minor": money.minor})
    publish("books.checkout_paid", {"invoice": row.invoice.number}, at=at)
    book_early(row, partial(_follow, at=at))


@transaction.atomic
def refund_checkout(
    checkout_id: uuid.UUID, *, amount: Money, reason: str, on: date, at: datetime, actor: Actor
) -> Refund:
    """
    Pay back through the processor that took the money: what is left of the payment, else what is owed on its invoice.

    The processor's own messages say later what became of it; one that it refuses at once is taken back at once.
    PaymentRefusedError where neither covers it, or more than came in; ProcessorError where the processor does not
    answer: then nothing is booked. Checkout.DoesNotExist for a stranger's id.
    """
    rows = Checkout.objects.select_for_update(no_key=True, of=("self",)).select_related("invoice", "payment")
    row = rows.get(pk=checkout_id)
    if row.payment is None:
        raise PaymentRefusedError(Text("Hier kam nichts an.", "Nothing came in here."))
    if amount.minor > row.payment.amount_minor - row.refunded_minor:
        raise PaymentRefusedError(
            Text("So viel kam auf diesem Weg nicht an.", "Not that much came in this way."),
        )
    before = Refund.objects.filter(checkout=row).count()
    payout = Payout(way=Refund.Way.PROCESSOR, amount=amount, reason=reason)
    if rest_of(row.payment).minor >= amount.minor:
        done = refund_rest(row.payment.pk, payout, seller=row.invoice.seller_id, on=on, at=at, actor=actor)
    else:
        done = refund_credit(row.invoice_id, payout, on=on, at=at, actor=actor)
    # The key counts the refunds before, so that trying again after a lost answer pays back once.
    key = f"{row.pk.hex}-{before}"
    answer = processor(row.method).refund(row.capture, amount, key=key, reference=reference_of(row))
    row.refunded_minor += amount.minor
    row.save(update_fields=["refunded_minor"])
    done.checkout, done.reference, done.state = row, answer.reference[:100], Refund.State.ASKED
    done.save(update_fields=["checkout", "reference", "state"])
    settle_refund(row, done.reference, answer.happened, why=answer.why, at=at)
    done.refresh_from_db()
    return done


def pay_as_customer(
    invoice: Invoice,
    *,
    method: str,
    listed: Sequence[str],
    payer: Payer,
    back: str,
    at: datetime,
    actor: Actor,
) -> Begun:
    """Begin to pay an invoice as the customer who received it; what is known of the payer is narrowed to the list."""
    known = known_items(invoice, payer, method=method)
    return begin_checkout(
        invoice, asked=Asked(method=method, listed=listed, known=known, back=back), at=at, actor=actor
    )
