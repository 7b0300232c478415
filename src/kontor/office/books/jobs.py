"""Background work of the books: printing and checking e-invoices, and sending them."""

import uuid
from datetime import datetime
from typing import Any

from kontor.kernel.background import tenant_job
from kontor.office.books.actions import printing, receiving, telling


@tenant_job("books.print_invoices")
def print_invoices(*, at: datetime, invoices: list[str]) -> None:
    """Print, check, keep and mail the files of these invoices; what exists already is left as it is."""
    printing.print_invoices([uuid.UUID(each) for each in invoices], at=at)


@tenant_job("books.invoice_received")
def invoice_received(*, at: datetime, invoice: str) -> None:
    """A mail server has the invoice: where the days to pay count from receipt, they begin."""
    receiving.note_mail_accepted(uuid.UUID(invoice), at=at)


@tenant_job("books.tell_customer")
def tell_customer(*, at: datetime, kind: str, events: list[dict[str, Any]]) -> None:
    """Tell the current tenant, a customer, what its supplier did with its own invoices, payments and contracts."""
    telling.publish_all(kind, events, at=at)
