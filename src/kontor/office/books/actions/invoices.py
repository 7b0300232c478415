"""Issuing and cancelling invoices: composed, numbered, inserted complete and recorded, in a fixed number of queries."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from django.db import IntegrityError, transaction

from kontor.kernel.actor import Actor
from kontor.kernel.rows import uuid7
from kontor.office.books.actions.inserting import Asked, announce, columns, following, insert, issued, line_rows
from kontor.office.books.actions.numbers import INVOICE, next_numbers, numbers_in_order, sellers_of
from kontor.office.books.actions.receiving import wait_for_receipt
from kontor.office.books.formats import invoice as standard
from kontor.office.books.formats.stored import from_json
from kontor.office.books.models import Invoice, InvoiceBalance, InvoiceLine, Seller
from kontor.office.books.queries.collections import collection_ruling
from kontor.office.books.queries.composing import composed, numbered
from kontor.office.books.queries.mandates import MandateCard, lasting, mandates_in_force
from kontor.office.books.queries.orders import InvoiceOrder, Issued, OrderedLine, Refused
from kontor.office.parties import public as parties
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text


class AlreadyCancelledError(Exception):
    """A cancellation cancels once; the document that did it is in `by`."""

    def __init__(self, number: str, by: str) -> None:
        super().__init__(f"{number} was cancelled by {by}.")
        self.text = Text(f"{number} ist schon storniert: {by}.", f"{number} is already cancelled: {by}.")


class NothingToCancelError(Exception):
    """A cancellation stands; what it took back is issued anew instead."""

    def __init__(self, number: str) -> None:
        super().__init__(f"{number} is itself a cancellation.")
        self.text = Text(f"{number} ist selbst ein Storno.", f"{number} is itself a cancellation.")


class PartlyCreditedError(Exception):
    """A part of the invoice was given back: what is left is given back by another credit note."""

    def __init__(self, number: str, by: str) -> None:
        super().__init__(f"{number} was credited in part by {by}.")
        self.text = Text(
            f"{number} ist durch {by} schon zum Teil gutgeschrieben; schreiben Sie den Rest gut.",
            f"{number} was credited in part by {by}; credit what is left.",
        )


@transaction.atomic
def issue_invoices(orders: Sequence[InvoiceOrder], *, at: datetime, actor: Actor) -> list[Issued | Refused]:
    """
    Issue these invoices; an order whose occasion has an invoice already gets that one.

    An order that cannot become a lawful invoice is answered with the reason and holds up no other. The numbers are
    taken last, so that the series is locked no longer than the inserts need.
    """
    try:
        with transaction.atomic():
            return _issue(orders, at=at, actor=actor)
    except IntegrityError:  # somebody issued one of them at the same moment, and has committed: now it is seen
        return _issue(orders, at=at, actor=actor)


def _issue(orders: Sequence[InvoiceOrder], *, at: datetime, actor: Actor) -> list[Issued | Refused]:
    known = _existing(orders)
    answers: dict[Occasion, Issued | Refused] = {}
    fresh, documents = [], []
    sellers = sellers_of({order.seller for order in orders})
    cards = parties.cards({order.party for order in orders})
    in_force = mandates_in_force(orders)
    mandates: dict[Occasion, MandateCard | None] = {}
    for order in orders:
        if (occasion := _occasion(order)) in known:
            answers[occasion] = known[occasion]
            continue
        try:
            mandate = mandates[occasion] = _collected_by(order, sellers[order.seller], in_force)
            documents.append(composed(order, seller=sellers[order.seller], buyer=cards[order.party], mandate=mandate))
            fresh.append(order)
        except RefusalError as error:
            answers[occasion] = Refused(order, error.text)
    finished = _numbered(fresh, documents, sellers)
    rows = [
        _row(order, document, mandate=mandates[_occasion(order)], at=at)
        for order, document in zip(fresh, finished, strict=True)
    ]
    lines = [
        line_rows(row, doc, map(_asked, order.lines)) for row, order, doc in zip(rows, fresh, finished, strict=True)
    ]
    insert(rows, lines)
    wait_for_receipt((row, order.receipt) for row, order in zip(rows, fresh, strict=True))
    announce(rows, "books.invoice_issued", at=at, actor=actor)
    answers |= {_occasion(order): issued(row, made=True) for order, row in zip(fresh, rows, strict=True)}
    return [answers[_occasion(order)] for order in orders]


def _collected_by(
    order: InvoiceOrder, seller: Seller, in_force: Mapping[tuple[uuid.UUID, uuid.UUID], Sequence[MandateCard]]
) -> MandateCard | None:
    """Return the mandate that still lives on the day of the debit; without one the customer transfers."""
    cards = in_force.get((order.seller, order.party))
    if not cards:
        return None
    day = collection_ruling(order.issued_on, order.issued_on, term=order.collection, seller=seller).value
    return lasting(cards, day)


@transaction.atomic
def cancel_invoice(invoice_id: uuid.UUID, *, on: date, reason: str, at: datetime, actor: Actor) -> Issued:
    """
    Cancel a final invoice by a document of its own (381): same lines and rates, positive amounts, its reference.

    on  the cancellation's date in the seller's zone. AlreadyCancelledError where somebody was first,
        NothingToCancelError for a cancellation, PartlyCreditedError where a part was given back already.
    """
    balance = InvoiceBalance.objects.select_for_update(no_key=True).get(invoice_id=invoice_id)
    invoice = Invoice.objects.select_related("seller").get(pk=invoice_id)
    if invoice.kind == Invoice.Kind.CANCELLATION:
        raise NothingToCancelError(invoice.number)
    earlier = Invoice.objects.filter(cancels=invoice, kind=Invoice.Kind.CANCELLATION).first()
    if earlier or balance.cancelled_at:
        raise AlreadyCancelledError(invoice.number, earlier.number if earlier else "")
    if note := Invoice.objects.filter(corrects=invoice).order_by("number").first():
        raise PartlyCreditedError(invoice.number, note.number)
    original = from_json(invoice.document)
    document = replace(
        original,
        kind=standard.Kind.CANCELLATION,
        issued=on,
        due=None,
        terms=_CANCELS[invoice.language].format(number=original.number),
        preceding=(standard.Reference(original.number, original.issued),),
        notes=(*original.notes, standard.Note(reason)),
    )
    (number,) = next_numbers(invoice.seller, INVOICE, year=on.year, count=1)
    finished = numbered(document, number)  # XRechnung wants to know how to pay even where nothing is paid (BR-DE-1)
    row = following(invoice, finished, at=at, cancels=invoice)
    lines = [
        InvoiceLine(**{name: getattr(line, name) for name in _LINE_COLUMNS}, id=uuid7(), invoice=row)
        for line in invoice.lines.order_by("position")
    ]
    insert([row], [lines])
    balance.cancelled_at = at
    balance.open_minor -= invoice.gross_minor
    balance.save(update_fields=["cancelled_at", "open_minor"])
    InvoiceBalance.objects.filter(invoice=row).update(open_minor=0)
    announce([row], "books.invoice_cancelled", at=at, actor=actor)
    return issued(row, made=True)


_CANCELS = {
    "de": "Nimmt {number} ganz zurück; zu zahlen ist nichts.",
    "en": "Takes {number} back in full; nothing is to be paid.",
}
_LINE_COLUMNS = (
    "position",
    "item_key",
    "name",
    "quantity",
    "unit",
    "price",
    "net_minor",
    "vat_category",
    "vat_rate",
    "period_first",
    "period_last",
    "clause",
    "ruling",
)
Occasion = tuple[str, uuid.UUID, str]


def _occasion(order: InvoiceOrder) -> Occasion:
    return order.subject_kind, order.subject_id, order.occasion


def _existing(orders: Sequence[InvoiceOrder]) -> dict[Occasion, Issued]:
    rows = Invoice.objects.filter(
        subject_id__in={order.subject_id for order in orders}, occasion__in={order.occasion for order in orders}
    ).only("id", "number", "subject_kind", "subject_id", "occasion", "net_minor", "gross_minor", "currency")
    return {(row.subject_kind, row.subject_id, row.occasion): issued(row, made=False) for row in rows}  # type: ignore[misc]


def _numbered(
    orders: Sequence[InvoiceOrder], documents: Sequence[standard.Invoice], sellers: dict[uuid.UUID, Seller]
) -> list[standard.Invoice]:
    numbers = numbers_in_order([(order.seller, order.issued_on.year) for order in orders], sellers=sellers)
    return [numbered(document, number) for document, number in zip(documents, numbers, strict=True)]


def _row(order: InvoiceOrder, document: standard.Invoice, *, mandate: MandateCard | None, at: datetime) -> Invoice:
    return Invoice(
        id=uuid7(),
        number=document.number,
        kind=document.kind.value,
        seller_id=order.seller,
        party_id=order.party,
        customer_tenant_id=order.customer_tenant,
        customer_name=document.buyer.name,
        subject_kind=order.subject_kind,
        subject_id=order.subject_id,
        occasion=order.occasion,
        due_ruling=order.due_ruling,
        mandate_id=mandate.id if mandate else None,
        collection=order.collection.as_json() if order.collection else None,
        language=order.language,
        at=at,
        **columns(document),
    )


def _asked(line: OrderedLine) -> Asked:
    return Asked(item=line.item, first=line.first, last=line.last, clause=line.clause, ruling=line.ruling)
