"""An overpayment assigned later: what is left of a payment settles another invoice of the same customer."""

import uuid
from datetime import date, datetime

from django.db import transaction

from kontor.kernel.actor import Actor
from kontor.kernel.rows import uuid7
from kontor.office.books.actions.payments import HAND, PaymentRefusedError, locked_balances, settle, tell_payments
from kontor.office.books.models import InvoiceBalance, Payment, PaymentShare
from kontor.office.books.queries.rests import hold, rest_of
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Text


@transaction.atomic
def assign_rest(
    payment_id: uuid.UUID, invoice_id: uuid.UUID, *, amount: Money, on: date, at: datetime, actor: Actor
) -> Payment:
    """
    Let so much of what is left of a payment settle an invoice, by a payment of nothing that draws on it.

    PaymentRefusedError where less is left, less is open, or the invoice is another customer's. Taken back like any
    payment. Payment.DoesNotExist and Invoice.DoesNotExist for a stranger's ids.
    """
    hold(payment_id)
    payment = Payment.objects.get(pk=payment_id)
    (balance,) = locked_balances({invoice_id}).values()
    left = rest_of(payment)
    if payment.currency != amount.currency or not 0 < amount.minor <= left.minor:
        raise PaymentRefusedError(
            Text(
                f"Von dieser Zahlung sind noch {left.text.de} übrig.",
                f"{left.text.en} of this payment are left.",
            )
        )
    if payment.party_id not in (None, balance.invoice.party_id):
        raise PaymentRefusedError(
            Text(
                f"{balance.invoice.number} gehört einem anderen Kunden als diese Zahlung.",
                f"{balance.invoice.number} is another customer's than this payment.",
            )
        )
    settle(balance, amount.minor, currency=amount.currency, paid_on=on)
    drawn = Payment.objects.create(
        party_id=balance.invoice.party_id,
        amount_minor=0,
        currency=amount.currency,
        paid_on=on,
        draws_on=payment,
        at=at,
    )
    PaymentShare.objects.create(
        id=uuid7(), payment=drawn, invoice_id=invoice_id, amount_minor=amount.minor, found_by=HAND
    )
    InvoiceBalance.objects.bulk_update([balance], ["open_minor", "paid_on"])
    shown = {"from": str(payment.pk), "shares": {balance.invoice.number: amount.minor}}
    tell_payments([drawn], [shown], "books.payment_booked", at=at, actor=actor)
    return drawn
