"""A document that is final: its row from its model, inserted with its lines and balance, recorded, told and printed."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.record import Deed, record_many
from kontor.kernel.actor import Actor
from kontor.kernel.rows import uuid7
from kontor.office.books.actions.printing import queue_printing
from kontor.office.books.actions.telling import INVOICE, tell_customers
from kontor.office.books.formats import invoice as standard
from kontor.office.books.formats.stored import to_json
from kontor.office.books.models import Invoice, InvoiceBalance, InvoiceLine
from kontor.office.books.queries.composing import minor
from kontor.office.books.queries.orders import Issued


def columns(document: standard.Invoice) -> dict[str, object]:
    """Return the columns of an invoice's row that its document says."""
    return {
        "issued_on": document.issued,
        "due_on": document.due,
        "period_first": document.period.first if document.period else None,
        "period_last": document.period.last if document.period else None,
        "currency": document.currency,
        "net_minor": minor(document.totals.net),
        "vat_minor": minor(document.totals.vat),
        "gross_minor": minor(document.totals.gross),
        "document": to_json(document),
    }


def following(invoice: Invoice, document: standard.Invoice, *, at: datetime, **given: object) -> Invoice:
    """
    Return the row of a document that takes an invoice back, whole or in part: about the same, for the same customer.

    given  what tells it from others: `cancels` or `corrects`, and its occasion
    """
    return Invoice(
        id=uuid7(),
        number=document.number,
        kind=document.kind.value,
        seller_id=invoice.seller_id,
        party_id=invoice.party_id,
        customer_tenant_id=invoice.customer_tenant_id,
        customer_name=invoice.customer_name,
        subject_kind=invoice.subject_kind,
        subject_id=invoice.subject_id,
        language=invoice.language,
        at=at,
        **given,
        **columns(document),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a line's row says beside its document: the key of what it bills, its days, its clause and ruling."""

    item: str
    first: date | None
    last: date | None
    clause: str
    ruling: uuid.UUID | None
    credits: int | None = None


def line_rows(row: Invoice, document: standard.Invoice, asked: Iterable[Asked]) -> list[InvoiceLine]:
    """Return the rows of a document's lines, with what was asked for of each, in their order."""
    return [
        InvoiceLine(
            id=uuid7(),
            invoice=row,
            position=place,
            item_key=told.item,
            name=line.name,
            quantity=line.quantity,
            unit=line.unit,
            price=line.price,
            net_minor=minor(line.net),
            vat_category=line.category.value,
            vat_rate=line.rate,
            period_first=told.first,
            period_last=told.last,
            clause=told.clause,
            ruling=told.ruling,
            credits_position=told.credits,
        )
        for place, (told, line) in enumerate(zip(asked, document.lines, strict=True), start=1)
    ]


def insert(rows: Sequence[Invoice], lines: Sequence[Sequence[InvoiceLine]], *, payable: bool = True) -> None:
    """
    Insert final documents with their lines and balances; the lines' rows are made in the same transaction.

    payable  the amounts are open; of a credit note nothing is, since what it corrects has less open by it
    """
    Invoice.objects.bulk_create(rows)
    InvoiceLine.objects.bulk_create(line for group in lines for line in group)
    InvoiceBalance.objects.bulk_create(
        InvoiceBalance(
            invoice=row,
            customer_tenant_id=row.customer_tenant_id,
            open_minor=row.gross_minor if payable else 0,
            due_on=row.due_on,
        )
        for row in rows
    )


def announce(rows: Sequence[Invoice], verb: str, *, at: datetime, actor: Actor) -> None:
    """Record each, tell open pages and the customers, and have the files of all of them made."""
    if not rows:
        return
    record_many(
        Deed(
            verb=verb,
            thing=row,
            at=at,
            actor=actor,
            ruling=row.due_ruling,
            after={"number": row.number, "gross_minor": row.gross_minor, "currency": row.currency},
        )
        for row in rows
    )
    publish(verb, {"numbers": [row.number for row in rows]}, at=at)
    tell_customers(INVOICE, ((row.customer_tenant_id, told_of(row)) for row in rows))
    queue_printing([row.pk for row in rows])


def told_of(row: Invoice) -> dict[str, object]:
    """Return what a customer hears of a document of its own: ids and plain values; a credit note is due on no day."""
    return {
        "invoice": str(row.pk),
        "number": row.number,
        "kind": row.kind,
        "gross_minor": row.gross_minor,
        "currency": row.currency,
        "due_on": row.due_on.isoformat() if row.due_on else None,
        "contract": str(row.subject_id),
    }


def issued(row: Invoice, *, made: bool) -> Issued:
    """Return an invoice as other apps know it."""
    return Issued(row.pk, row.number, row.subject_id, row.occasion, row.net_minor, row.gross_minor, row.currency, made)
