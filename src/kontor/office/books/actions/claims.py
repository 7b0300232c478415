"""What a late claim does to the books: a payment's rest taken for costs and interest, and an invoice given up."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from django.db import transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.office.books.actions import payments
from kontor.office.books.models import InvoiceBalance, InvoiceLoss, Payment
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Text


class LossRefusedError(Exception):
    """An invoice cannot be given up as asked; `text` says why in both languages."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


@dataclass(frozen=True, slots=True)
class Loss:
    """What was given up of an invoice, VAT included, and the VAT in it that may be corrected."""

    amount: Money
    vat: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimPayment:
    """Money that came for one late invoice: so much for the invoice itself, so much for interest and costs."""

    invoice: uuid.UUID
    money: Money
    on_invoice: Money
    beside: Money
    paid_on: date
    note: str


@transaction.atomic
def book_claim_payment(asked: ClaimPayment, *, at: datetime, actor: Actor) -> uuid.UUID:
    """
    Book a payment on a late claim and return its id; what goes to interest and costs is drawn from its rest at once.

    PaymentRefusedError as for any payment. Interest and costs bear no VAT and are on no invoice.
    """
    shares = [payments.Share(asked.invoice, asked.on_invoice.minor, payments.HAND)] if asked.on_invoice else []
    party = InvoiceBalance.objects.select_related("invoice").get(invoice_id=asked.invoice).invoice.party_id
    booking = payments.Booking(
        shares=tuple(shares), money=asked.money, paid_on=asked.paid_on, note=asked.note, party=party
    )
    payment = payments.book_payment(booking, at=at, actor=actor)
    if asked.beside:
        drawn = Payment.objects.create(
            party_id=party,
            amount_minor=-asked.beside.minor,
            currency=asked.money.currency,
            paid_on=asked.paid_on,
            note=asked.note,
            draws_on=payment,
            at=at,
        )
        record("books.payment_drawn", drawn, at=at, actor=actor, after={"amount_minor": drawn.amount_minor})
    return payment.pk


@transaction.atomic
def give_up(invoice_id: uuid.UUID, *, on: date, reason: str, at: datetime, actor: Actor) -> Loss:
    """
    Write off what is open of an invoice: it leaves the receivables, and its share of the VAT may be corrected.

    The debt itself stays: the customer still sees it open, and money that comes later is matched as ever.
    LossRefusedError where nothing is open, or it was given up before.
    """
    balance = (
        InvoiceBalance.objects.select_for_update(of=("self",)).select_related("invoice").get(invoice_id=invoice_id)
    )
    invoice = balance.invoice
    if balance.open_minor <= 0 or balance.cancelled_at or balance.written_off_on:
        raise LossRefusedError(
            Text(f"An {invoice.number} ist nichts auszubuchen.", f"Nothing of {invoice.number} is to be written off.")
        )
    share = Fraction(balance.open_minor, invoice.gross_minor) * Fraction(
        Money(invoice.currency, invoice.vat_minor).amount
    )
    loss = InvoiceLoss.objects.create(
        invoice=invoice,
        amount_minor=balance.open_minor,
        vat_minor=Money.rounded(share, invoice.currency).minor,
        currency=invoice.currency,
        on=on,
        reason=reason,
        at=at,
    )
    balance.written_off_on = on
    balance.save(update_fields=["written_off_on"])
    after = {"amount_minor": loss.amount_minor, "vat_minor": loss.vat_minor, "reason": reason}
    record("books.invoice_given_up", loss, at=at, actor=actor, clause="UStG § 17 (2)", after=after)
    publish("books.invoice_given_up", {"invoice": str(invoice.pk), "number": invoice.number}, at=at)
    return Loss(Money(loss.currency, loss.amount_minor), Money(loss.currency, loss.vat_minor))
