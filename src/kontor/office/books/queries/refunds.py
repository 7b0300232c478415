"""Refunds: what waits for a file, what a processor was asked for, and what of a payment can go back the way it came."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Subquery

from kontor.office.books.models import (
    Checkout,
    CheckoutNotice,
    InvoiceBalance,
    Payment,
    PaymentShare,
    Refund,
    TransferBatch,
)
from kontor.office.books.queries.invoices import today_in
from kontor.office.books.queries.rests import rest_of, with_rests
from kontor.rulebook.money import Money


@dataclass(frozen=True, slots=True)
class FailedRefund:
    """A refund that its processor could not pay out, whose money is still owed to the customer, and why."""

    checkout: uuid.UUID
    customer: str
    amount: Money
    failed_on: date
    why: str


@dataclass(frozen=True, slots=True)
class OutsideRefund:
    """A refund made at the processor's, or a chargeback, that left its invoice open: to be credited, or paid again."""

    invoice: uuid.UUID
    number: str
    customer: str
    amount: Money
    open: Money
    told_on: date
    charged_back: bool = False


@dataclass(frozen=True, slots=True)
class OpenDispute:
    """A payment by redirect that its payer disputes, of so much, since a day; it is answered at the processor's."""

    invoice: uuid.UUID
    number: str
    customer: str
    amount: Money
    since: date


def refunds() -> QuerySet[Refund]:
    """Return the refunds with their seller, customer, file, and the payment they go back through; one query."""
    return Refund.objects.select_related("seller", "party", "batch", "checkout__invoice", "payment").defer("iban")


def waiting_refunds() -> QuerySet[Refund]:
    """Return the refunds that wait for a transfer file, by account and age; one taken back meanwhile waits no more."""
    taken = Exists(Payment.objects.filter(reverses=OuterRef("payment_id")))
    return refunds().filter(~taken, way=Refund.Way.FILE, batch=None).order_by("seller__name", "currency", "at", "pk")


def failed_refunds() -> list[FailedRefund]:
    """Return what failed and is still owed: on the payment it came with, or on its invoice; the oldest first."""
    left = with_rests().filter(pk=OuterRef("checkout__payment_id"))
    owed = InvoiceBalance.objects.filter(invoice=OuterRef("checkout__invoice_id"), open_minor__lt=0)
    standing = refunds().filter(charged_back=False)
    rows = standing.filter(Q(Exists(left)) | Q(Exists(owed)), state=Refund.State.FAILED).order_by("told_at", "pk")
    return [
        FailedRefund(
            row.checkout_id, str(row.party), Money(row.currency, row.amount_minor), row.told_at.date(), row.why
        )
        for row in rows
        if row.told_at and row.checkout_id
    ]


def outside_refunds() -> list[OutsideRefund]:
    """Return what was refunded elsewhere while its invoice stands and is open again; the oldest first, in one query."""
    reopened = InvoiceBalance.objects.filter(
        invoice=OuterRef("checkout__invoice_id"), open_minor__gt=0, cancelled_at=None
    )
    rows = refunds().annotate(open_minor=Subquery(reopened.values("open_minor")[:1]))
    found: list[Any] = list(
        rows.filter(outside=True, open_minor__isnull=False).exclude(state=Refund.State.FAILED).order_by("at", "pk")
    )
    return [
        OutsideRefund(
            row.checkout.invoice_id,
            row.checkout.invoice.number,
            str(row.party),
            Money(row.currency, row.amount_minor),
            Money(row.currency, row.open_minor),
            row.payment.paid_on,
            row.charged_back,
        )
        for row in found
    ]


def open_disputes() -> list[OpenDispute]:
    """Return the payments that are disputed and not decided yet; the oldest first, in two queries."""
    told = Count("pk", filter=Q(kind="DISPUTED"))
    over = Count("pk", filter=Q(kind__in=("RESTORED", "LOST")))
    first = Min("at", filter=Q(kind="DISPUTED"))
    rows = CheckoutNotice.objects.order_by().values("checkout_id").annotate(told=told, over=over, since=first)
    since = {row["checkout_id"]: row["since"] for row in rows.filter(told__gt=F("over"))}
    checkouts = Checkout.objects.select_related("invoice__seller").defer("invoice__document").filter(pk__in=since)
    return [
        OpenDispute(
            row.invoice_id,
            row.invoice.number,
            row.invoice.customer_name,
            Money(row.currency, row.amount_minor),
            today_in(row.invoice.seller.zone, since[row.pk]),
        )
        for row in sorted(checkouts, key=lambda each: (since[each.pk], each.pk))
    ]


def transfers() -> QuerySet[TransferBatch]:
    """Return the transfer files, without what is in them."""
    return TransferBatch.objects.select_related("seller")


def checkout_of(payment_id: uuid.UUID) -> Checkout | None:
    """Return the payment by redirect that a payment came with; None where it came otherwise."""
    row: Checkout | None = Checkout.objects.select_related("invoice", "payment").filter(payment_id=payment_id).first()
    return row


def checkout_of_invoice(invoice_id: uuid.UUID) -> Checkout | None:
    """Return the payment by redirect that paid an invoice, the newest; None where none did."""
    paid = PaymentShare.objects.filter(payment=OuterRef("payment_id"), invoice=invoice_id)
    rows = Checkout.objects.select_related("invoice", "payment").filter(Exists(paid), invoice=invoice_id)
    row: Checkout | None = rows.order_by("-paid_at").first()
    return row


def refundable(row: Checkout) -> Money:
    """Return how much can go back through the processor: what came this way and is left, or owed on its invoice."""
    if row.payment is None:
        return Money.zero(row.currency)
    owed = -InvoiceBalance.objects.get(invoice=row.invoice_id).open_minor
    came = row.payment.amount_minor - row.refunded_minor
    return Money(row.currency, max(0, min(came, max(owed, rest_of(row.payment).minor))))
