"""
Payments that their payers dispute: what the processor takes back opens the invoice again, as a returned debit does.

Outcomes move no money, money messages do, and a processor tells either in any order and more than once. What was taken
back is a refund that nobody here asked for (`charged_back`); given again, it is taken back like one that failed. The
fee that a processor asks for a dispute is charged on by no contract, and so is claimed from nobody.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from django.db.models import Q

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.record import record
from kontor.kernel.actor import MACHINE
from kontor.office.books.actions.outside_refunds import CHARGED_BACK, book_outside, hold_capture, keep_early
from kontor.office.books.actions.processors.interface import Happened, Notice
from kontor.office.books.actions.refund_outcomes import settle_refund
from kontor.office.books.models import Checkout, CheckoutNotice, EarlyRefund, Refund

DISPUTES: Final = frozenset({Happened.DISPUTED, Happened.CHARGED_BACK, Happened.RESTORED, Happened.LOST})

_BY_PAYMENT: Final = "paypal"  # takes money back under a reference of its own: the payment alone joins it to a dispute


def take_dispute(row: Checkout, notice: Notice, *, at: datetime) -> bool:
    """
    Act on what a processor says of a dispute, once; return whether that changed anything.

    row  locked by the caller. Told before the payment itself, it waits for it.
    """
    if notice.amount is None or notice.amount.minor <= 0 or not notice.refund:
        return False
    if row.payment is None:
        named = replace(notice, capture=notice.capture or row.pk.hex)
        return keep_early(row.method, named, notice.amount, at=at)
    if notice.amount.currency != row.payment.currency:
        return False
    if notice.happened is Happened.CHARGED_BACK:
        return _charge_back(row, notice, at=at)
    CheckoutNotice.objects.get_or_create(
        method=row.method, event=notice.event[:100], defaults={"kind": notice.happened, "checkout": row, "at": at}
    )
    if notice.happened is Happened.RESTORED:
        return _restore(row, notice, at=at)
    verb = "books.payment_disputed" if notice.happened is Happened.DISPUTED else "books.dispute_lost"
    record(verb, row, at=at, actor=MACHINE, after={"reference": notice.refund, "why": notice.why})
    publish(verb, {"invoice": row.invoice.number}, at=at)
    return True


def _charge_back(row: Checkout, notice: Notice, *, at: datetime) -> bool:
    """Book what was taken back, as far as the payment still holds it; what was given again since is given again."""
    assert row.payment is not None, "the caller asked"
    assert notice.amount is not None, "the caller asked"
    known = Refund.objects.filter(checkout=row, reference=notice.refund).exists()
    left = row.payment.amount_minor - row.refunded_minor
    if known or left <= 0:
        return False
    book_outside(row, row.payment, notice, minor=min(notice.amount.minor, left), kind=CHARGED_BACK, at=at)
    hold_capture(row.method, row.capture)
    said = Q(at__gte=notice.when or at) if row.method == _BY_PAYMENT else Q(refund=notice.refund)
    again = EarlyRefund.objects.filter(said, method=row.method, capture=row.capture, happened=Happened.RESTORED)
    if told := again.order_by("at", "pk").first():
        settle_refund(row, notice.refund, Happened.REFUND_FAILED, why=told.why, at=at)
        told.delete()
    return True


def _restore(row: Checkout, notice: Notice, *, at: datetime) -> bool:
    """Let what was taken back in a dispute pay its invoice again; told before it was taken back, it waits."""
    assert notice.amount is not None, "the caller asked"
    taken = Refund.objects.filter(checkout=row, charged_back=True)
    known = taken.filter(reference=notice.refund).first()
    if known is None and row.method == _BY_PAYMENT:
        known = taken.exclude(state=Refund.State.FAILED).order_by("-at", "-pk").first()
    if known is None:
        return keep_early(row.method, replace(notice, capture=row.capture), notice.amount, at=at)
    return settle_refund(row, known.reference, Happened.REFUND_FAILED, why=notice.why, at=at)
