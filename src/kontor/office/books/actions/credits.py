"""Credit notes: a part of a final invoice given back by a document of its own, and set off against what is open."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from django.db import transaction

from kontor.kernel.actor import Actor
from kontor.kernel.rows import uuid7
from kontor.office.books.actions.inserting import Asked, announce, following, insert, issued, line_rows
from kontor.office.books.actions.invoices import AlreadyCancelledError, NothingToCancelError
from kontor.office.books.actions.numbers import numbers_in_order, sellers_of
from kontor.office.books.actions.payments import HAND, PaymentRefusedError, locked_balances, tell_payments
from kontor.office.books.models import Invoice, InvoiceBalance, InvoiceLine, Payment, PaymentShare
from kontor.office.books.queries.composing import minor, numbered
from kontor.office.books.queries.credits import CreditOrder, credited, remainders
from kontor.office.books.queries.orders import Issued
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Text


def credit_invoice(order: CreditOrder, *, at: datetime, actor: Actor) -> Issued:
    """Give a part of one invoice back; see `credit_invoices`."""
    (answer,) = credit_invoices([order], at=at, actor=actor)
    return answer


@transaction.atomic
def credit_invoices(orders: Sequence[CreditOrder], *, at: datetime, actor: Actor) -> list[Issued]:
    """
    Give a part of invoices back by a credit note (381) each, once per occasion, in a fixed number of queries.

    orders  each about another invoice; one whose occasion has a credit note already gets that one

    What an invoice has open falls by the amount; below zero the seller owes it. AlreadyCancelledError for a cancelled
    invoice, NothingToCancelError for a cancellation or credit note, RefusalError where more is asked than is left;
    then none is written.
    """
    if not orders:
        return []
    balances = locked_balances([order.invoice for order in orders])
    assert len(balances) == len(orders), "each order is about another invoice"
    known = {row.corrects_id: issued(row, made=False) for row in _noted(orders)}
    fresh = [order for order in orders if order.invoice not in known]
    _refuse_uncreditable([balances[order.invoice] for order in fresh])
    lines = _lines_of([order.invoice for order in fresh])
    invoices = {order.invoice: balances[order.invoice].invoice for order in fresh}
    left = remainders(list(invoices.values()), lines)
    documents = [credited(order, invoices[order.invoice], left[order.invoice]) for order in fresh]
    series = [(invoices[order.invoice].seller_id, order.on.year) for order in fresh]
    numbers = numbers_in_order(series, sellers=sellers_of({seller for seller, _ in series}))
    finished = [numbered(document, number) for document, number in zip(documents, numbers, strict=True)]
    rows = [
        following(invoices[order.invoice], document, at=at, occasion=order.occasion, corrects=invoices[order.invoice])
        for order, document in zip(fresh, finished, strict=True)
    ]
    insert(
        rows,
        [
            line_rows(row, document, _asked(order, lines[order.invoice]))
            for row, order, document in zip(rows, fresh, finished, strict=True)
        ],
        payable=False,
    )
    moved = [
        _lowered(balances[order.invoice], minor(document.totals.due), on=order.on)
        for order, document in zip(fresh, finished, strict=True)
    ]
    InvoiceBalance.objects.bulk_update(moved, ["open_minor", "paid_on"])
    announce(rows, "books.invoice_credited", at=at, actor=actor)
    known |= {row.corrects_id: issued(row, made=True) for row in rows}
    return [known[order.invoice] for order in orders]


def _noted(orders: Sequence[CreditOrder]) -> list[Invoice]:
    """Return the credit notes that these orders' occasions have already."""
    wanted = {(order.invoice, order.occasion) for order in orders}
    rows = Invoice.objects.filter(
        corrects_id__in=[order.invoice for order in orders], occasion__in={order.occasion for order in orders}
    )
    return [row for row in rows if (row.corrects_id, row.occasion) in wanted]


def _refuse_uncreditable(balances: Sequence[InvoiceBalance]) -> None:
    for balance in balances:
        if balance.invoice.kind == Invoice.Kind.CANCELLATION:
            raise NothingToCancelError(balance.invoice.number)
        if balance.cancelled_at:
            number = Invoice.objects.get(cancels=balance.invoice).number
            raise AlreadyCancelledError(balance.invoice.number, number)


def _lines_of(invoices: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[InvoiceLine]]:
    found: dict[uuid.UUID, list[InvoiceLine]] = {invoice: [] for invoice in invoices}
    for line in InvoiceLine.objects.filter(invoice_id__in=invoices).order_by("invoice_id", "position"):
        found[line.invoice_id].append(line)
    return found


def _asked(order: CreditOrder, lines: Sequence[InvoiceLine]) -> Iterator[Asked]:
    items = {line.position: line.item_key for line in lines}
    for part in order.parts:
        yield Asked(
            item=items[part.position],
            first=part.first,
            last=part.last,
            clause=part.clause,
            ruling=part.ruling,
            credits=part.position,
        )


def _lowered(balance: InvoiceBalance, given: int, *, on: date) -> InvoiceBalance:
    """Return a balance that has fallen by the cents that a credit note gives back."""
    balance.open_minor -= given
    if balance.open_minor == 0 and balance.paid_on is None:
        balance.paid_on = on
    return balance


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
