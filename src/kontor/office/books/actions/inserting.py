"""A document that is final: its row from its model, inserted with its lines and balance, recorded, told and printed."""

from collections.abc import Sequence
from datetime import datetime

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.record import Deed, record_many
from kontor.kernel.actor import Actor
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


def insert(rows: Sequence[Invoice], lines: Sequence[Sequence[InvoiceLine]]) -> None:
    """Insert final documents with their lines and balances; the lines' rows are made in the same transaction."""
    Invoice.objects.bulk_create(rows)
    InvoiceLine.objects.bulk_create(line for group in lines for line in group)
    InvoiceBalance.objects.bulk_create(
        InvoiceBalance(
            invoice=row, customer_tenant_id=row.customer_tenant_id, open_minor=row.gross_minor, due_on=row.due_on
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
