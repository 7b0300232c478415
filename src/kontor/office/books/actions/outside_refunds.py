"""Refunds made on the processor's own pages: of what is left of a payment, of what is owed, or by reopening."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection, transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.record import record
from kontor.kernel.actor import MACHINE
from kontor.kernel.rows import uuid7
from kontor.kernel.tenancy import current_tenant
from kontor.office.books.actions.payments import locked_balances
from kontor.office.books.actions.processors.interface import Happened, Notice
from kontor.office.books.actions.processors.offered import processor
from kontor.office.books.actions.refund_outcomes import settle_refund
from kontor.office.books.models import Checkout, EarlyRefund, InvoiceBalance, Payment, PaymentShare, Refund
from kontor.office.books.queries.invoices import today_in
from kontor.office.books.queries.rests import hold, rest_of
from kontor.rulebook.money import Money

PROCESSOR = "PROCESSOR"
_REASON = {"de": "Erstattet über {way}", "en": "Refunded by {way}"}


@dataclass(frozen=True, slots=True)
class Parts:
    """
    What a refund is taken from, in minor units.

    rest    what of the payment settled nothing
    owed    what the seller owed on the invoice
    opened  the rest of the refund: the invoice is open again by so much
    """

    rest: int
    owed: int
    opened: int


def take_refund(row: Checkout, notice: Notice, *, at: datetime) -> bool:
    """
    Act on what a processor says of a refund, asked for here or made there; return whether that changed anything.

    row  locked by the caller. One made there is booked once, by its reference, and then followed like any other; told
    before the payment itself, it waits for it.
    """
    if Refund.objects.filter(checkout=row, reference=notice.refund).exists():
        return settle_refund(row, notice.refund, notice.happened, why=notice.why, at=at)
    if not notice.refund or notice.amount is None or notice.amount.minor <= 0:
        return False
    if row.payment is None:
        known = replace(notice, capture=notice.capture or row.pk.hex)
        return keep_early(row.method, known, notice.amount, at=at)
    if notice.amount.currency != row.payment.currency:
        return False
    _book(row, row.payment, notice.refund, notice.amount, at=at)
    settle_refund(row, notice.refund, notice.happened, why=notice.why, at=at)
    return True


def keep_early(method: str, notice: Notice, amount: Money, *, at: datetime) -> bool:
    """Keep a refund of so much whose payment is not known yet; return whether it was news."""
    _row, fresh = EarlyRefund.objects.get_or_create(
        method=method,
        event=notice.event[:100],
        defaults={
            "capture": notice.capture[:100],
            "refund": notice.refund[:100],
            "happened": notice.happened,
            "amount_minor": amount.minor,
            "currency": amount.currency,
            "why": notice.why[:200],
            "at": at,
        },
    )
    return fresh


def hold_capture(method: str, capture: str) -> None:
    """Let a payment and a refund of it that are told at the same moment see each other."""
    with connection.cursor() as cursor:
        name = f"books capture {current_tenant()} {method} {capture}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def book_early(row: Checkout, *, at: datetime) -> None:
    """Book what was told of refunds before the payment they give back, in the order in which it was told."""
    hold_capture(row.method, row.capture)
    names = {row.capture, row.pk.hex} - {""}
    for told in EarlyRefund.objects.filter(method=row.method, capture__in=names).order_by("at", "pk"):
        notice = Notice(
            event=told.event,
            reference="",
            happened=Happened(told.happened),
            amount=Money(told.currency, told.amount_minor),
            capture=told.capture,
            refund=told.refund,
            why=told.why,
        )
        take_refund(row, notice, at=at)
        told.delete()


@transaction.atomic
def _book(row: Checkout, payment: Payment, reference: str, amount: Money, *, at: datetime) -> Refund:
    hold(payment.pk)
    (balance,) = locked_balances({row.invoice_id}).values()
    parts = _parts(payment, balance, amount.minor)
    on = today_in(row.invoice.seller.zone, at)
    reason = _REASON[row.invoice.language].format(way=processor(row.method).label.spoken(row.invoice.language))
    back = Payment.objects.create(
        party_id=row.invoice.party_id,
        amount_minor=-amount.minor,
        currency=amount.currency,
        paid_on=on,
        note=reason,
        draws_on=payment if parts.rest else None,
        at=at,
    )
    if moved := parts.owed + parts.opened:
        _raise(balance, moved, back)
    refund = Refund.objects.create(
        seller_id=row.invoice.seller_id,
        party_id=row.invoice.party_id,
        payment=back,
        way=Refund.Way.PROCESSOR,
        amount_minor=amount.minor,
        currency=amount.currency,
        reason=reason,
        checkout=row,
        reference=reference[:100],
        state=Refund.State.ASKED,
        outside=True,
        at=at,
    )
    row.refunded_minor += amount.minor
    row.save(update_fields=["refunded_minor"])
    shown = {"amount_minor": amount.minor, "reference": reference, "opened_minor": parts.opened}
    record("books.refund_outside", refund, at=at, actor=MACHINE, after=shown)
    publish("books.refund_outside", {"refund": str(refund.pk), "invoice": row.invoice.number}, at=at)
    return refund


def _raise(balance: InvoiceBalance, minor: int, back: Payment) -> None:
    """Raise what is open of an invoice by what went back for it, its balance locked."""
    PaymentShare.objects.create(
        id=uuid7(), payment=back, invoice_id=balance.invoice_id, amount_minor=-minor, found_by=PROCESSOR
    )
    balance.open_minor += minor
    balance.paid_on = None if balance.open_minor > 0 else balance.paid_on
    balance.save(update_fields=["open_minor", "paid_on"])


def _parts(payment: Payment, balance: InvoiceBalance, minor: int) -> Parts:
    rest = min(minor, max(rest_of(payment).minor, 0))
    owed = min(minor - rest, max(-balance.open_minor, 0))
    return Parts(rest, owed, minor - rest - owed)
