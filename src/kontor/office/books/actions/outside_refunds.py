"""Refunds made on the processor's own pages: of what is left of a payment, of what is owed, or by reopening."""

from collections.abc import Callable
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
from kontor.rulebook.ruling import Text

PROCESSOR = "PROCESSOR"


@dataclass(frozen=True, slots=True)
class Kind:
    """What was done at the processor's: the verb it is recorded by, and the sentence that people read."""

    verb: str
    reason: Text


REFUNDED = Kind("books.refund_outside", Text("Erstattet über {way}", "Refunded by {way}"))
CHARGED_BACK = Kind("books.payment_charged_back", Text("Rückbelastung über {way}", "Charged back by {way}"))


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
    book_outside(row, row.payment, notice, minor=notice.amount.minor, kind=REFUNDED, at=at)
    settle_refund(row, notice.refund, notice.happened, why=notice.why, at=at)
    return True


def keep_early(method: str, notice: Notice, amount: Money, *, at: datetime) -> bool:
    """Keep what went back of a payment that is not known yet, or what has to wait; return whether it was news."""
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
            "at": notice.when or at,
        },
    )
    return fresh


def hold_capture(method: str, capture: str) -> None:
    """Let a payment and a refund of it that are told at the same moment see each other."""
    with connection.cursor() as cursor:
        name = f"books capture {current_tenant()} {method} {capture}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def book_early(row: Checkout, follow: Callable[[Checkout, Notice], bool]) -> None:
    """
    Book what was told of refunds and disputes before the payment itself, in the order in which it was told.

    follow  acts on one message as if it came now; what has to wait further is kept anew
    """
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
            when=told.at,
        )
        told.delete()
        follow(row, notice)


@transaction.atomic
def book_outside(row: Checkout, payment: Payment, notice: Notice, *, minor: int, kind: Kind, at: datetime) -> Refund:
    """
    Book that so much of a payment went back at the processor's: of what is left, of what is owed, else by reopening.

    row  locked by the caller, with its payment
    """
    hold(payment.pk)
    (balance,) = locked_balances({row.invoice_id}).values()
    amount, reference = Money(payment.currency, minor), notice.refund
    parts = _parts(payment, balance, amount.minor)
    on, language = today_in(row.invoice.seller.zone, at), row.invoice.language
    reason = kind.reason.spoken(language).format(way=processor(row.method).label.spoken(language))
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
        state=Refund.State.DONE if kind is CHARGED_BACK else Refund.State.ASKED,
        outside=True,
        charged_back=kind is CHARGED_BACK,
        why=notice.why[:200] if kind is CHARGED_BACK else "",
        at=at,
    )
    row.refunded_minor += amount.minor
    row.save(update_fields=["refunded_minor"])
    shown = {"amount_minor": amount.minor, "reference": reference, "opened_minor": parts.opened}
    record(kind.verb, refund, at=at, actor=MACHINE, after=shown)
    publish(kind.verb, {"refund": str(refund.pk), "invoice": row.invoice.number}, at=at)
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
