"""Credit notes: a part of a final invoice given back by a document of its own, and set off against what is open."""

import uuid
from datetime import date, datetime

from django.db import transaction

from kontor.kernel.actor import Actor
from kontor.kernel.rows import uuid7
from kontor.office.books.actions.inserting import Asked, announce, following, insert, issued, line_rows
from kontor.office.books.actions.invoices import AlreadyCancelledError, NothingToCancelError
from kontor.office.books.actions.numbers import INVOICE, next_numbers
from kontor.office.books.actions.payments import HAND, PaymentRefusedError, locked_balances, tell_payments
from kontor.office.books.models import Invoice, InvoiceBalance, Payment, PaymentShare
from kontor.office.books.queries.composing import minor, numbered
from kontor.office.books.queries.credits import CreditOrder, credited, remainder
from kontor.office.books.queries.orders import Issued
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Text


@transaction.atomic
def credit_invoice(order: CreditOrder, *, at: datetime, actor: Actor) -> Issued:
    """
    Give a part of an invoice back by a credit note (381), once per occasion; the one made before where there is one.

    What the invoice has open falls by the amount; below zero the seller owes it. AlreadyCancelledError for a cancelled
    invoice, NothingToCancelError for a cancellation or credit note, RefusalError where more is asked than is left.
    """
    balance = InvoiceBalance.objects.select_for_update(no_key=True).get(invoice_id=order.invoice)
    invoice = Invoice.objects.select_related("seller").get(pk=order.invoice)
    if known := Invoice.objects.filter(corrects=invoice, occasion=order.occasion).first():
        return issued(known, made=False)
    if invoice.kind == Invoice.Kind.CANCELLATION:
        raise NothingToCancelError(invoice.number)
    if balance.cancelled_at:
        raise AlreadyCancelledError(invoice.number, Invoice.objects.get(cancels=invoice).number)
    lines = list(invoice.lines.order_by("position"))
    document = credited(order, invoice, remainder(invoice, lines))
    (number,) = next_numbers(invoice.seller, INVOICE, year=order.on.year, count=1)
    finished = numbered(document, number)
    row = following(invoice, finished, at=at, occasion=order.occasion, corrects=invoice)
    items = {line.position: line.item_key for line in lines}
    asked = [
        Asked(
            item=items[part.position],
            first=part.first,
            last=part.last,
            clause=part.clause,
            ruling=part.ruling,
            credits=part.position,
        )
        for part in order.parts
    ]
    insert([row], [line_rows(row, finished, asked)])
    balance.open_minor -= minor(finished.totals.due)
    if balance.open_minor == 0 and balance.paid_on is None:
        balance.paid_on = order.on
    balance.save(update_fields=["open_minor", "paid_on"])
    InvoiceBalance.objects.filter(invoice=row).update(open_minor=0)
    announce([row], "books.invoice_credited", at=at, actor=actor)
    return issued(row, made=True)


@transaction.atomic
def set_off(
    owed: uuid.UUID, against: uuid.UUID, *, amount: Money, on: date, note: str, at: datetime, actor: Actor
) -> Payment:
    """
    Let what the seller owes on one invoice settle another of the same customer; a payment of nothing books both sides.

    PaymentRefusedError where the seller owes less, less is open, or the two differ in customer or currency.
    Invoice.DoesNotExist for a stranger's invoice. Taken back like any payment, by `reverse_payment`.
    """
    balances = locked_balances({owed, against})
    one, other = balances[owed], balances[against]
    alike = one.invoice.party_id == other.invoice.party_id
    if not alike or {one.invoice.currency, other.invoice.currency} != {amount.currency}:
        raise PaymentRefusedError(
            Text(
                "Verrechnet wird zwischen Rechnungen eines Kunden in einer Währung.",
                "Invoices of one customer in one currency are set off against each other.",
            )
        )
    if not 0 < amount.minor <= min(-one.open_minor, other.open_minor):
        raise PaymentRefusedError(
            Text(
                f"{amount.text.de} lassen sich nicht verrechnen: So viel schulden wir auf "
                f"{one.invoice.number} nicht, oder so viel ist auf {other.invoice.number} nicht offen.",
                f"{amount.text.en} cannot be set off: {one.invoice.number} has less credit, or less is open on "
                f"{other.invoice.number}.",
            )
        )
    payment = Payment.objects.create(
        party_id=one.invoice.party_id, amount_minor=0, currency=amount.currency, paid_on=on, note=note, at=at
    )
    PaymentShare.objects.bulk_create(
        PaymentShare(id=uuid7(), payment=payment, invoice_id=invoice, amount_minor=share, found_by=HAND)
        for invoice, share in ((owed, -amount.minor), (against, amount.minor))
    )
    one.open_minor += amount.minor
    other.open_minor -= amount.minor
    if other.open_minor == 0:
        other.paid_on = on
    InvoiceBalance.objects.bulk_update([one, other], ["open_minor", "paid_on"])
    shown = {"set_off": amount.minor, "from": one.invoice.number, "to": other.invoice.number, "note": note}
    tell_payments([payment], [shown], "books.credit_set_off", at=at, actor=actor)
    return payment
