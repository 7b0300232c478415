"""Invoices whose files could not leave the house."""

import uuid
from dataclasses import dataclass
from datetime import date

from kontor.office.books.models import InvoiceBalance
from kontor.rulebook.ruling import Text


@dataclass(frozen=True, slots=True)
class HeldBack:
    """An issued invoice that was not sent, and why."""

    id: uuid.UUID
    number: str
    customer_name: str
    issued_on: date
    problem: Text


def held_back() -> list[HeldBack]:
    """Return the invoices that somebody must look at before they can be sent, by number; one query."""
    rows = InvoiceBalance.objects.exclude(problem_en="").select_related("invoice").defer("invoice__document")
    return [
        HeldBack(
            row.invoice_id,
            row.invoice.number,
            row.invoice.customer_name,
            row.invoice.issued_on,
            Text(row.problem_de, row.problem_en),
        )
        for row in rows.order_by("invoice__number")
    ]
