"""Invoices that the search field finds, of the seller and of the receiver."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.urls import reverse

from kontor.kernel.finding import Found, begins
from kontor.kernel.wording import day
from kontor.office.books.models import Invoice
from kontor.office.privacy import public as privacy


@dataclass(frozen=True, slots=True)
class FoundInvoice:
    """An invoice that was received; the app with its page links it."""

    id: uuid.UUID
    number: str
    issued_on: date


def find_invoices(words: Sequence[str], *, limit: int) -> list[Found]:
    """Return the invoices whose number or customer begins so, the latest first; one query."""
    wanted = begins(words, "number", "customer_name") | _ends(words)
    rows = Invoice.objects.filter(wanted, privacy.not_locked("books.Invoice")).order_by("-issued_on", "-id")[:limit]
    return [
        Found(number, f"{customer}, {day(on)}", reverse("books:invoice", args=(pk,)))
        for pk, number, customer, on in rows.values_list("pk", "number", "customer_name", "issued_on")
    ]


def find_received(words: Sequence[str], *, limit: int) -> list[FoundInvoice]:
    """Return the invoices that the current tenant received and whose number begins so, the latest first; one query."""
    rows = Invoice.received.filter(begins(words, "number") | _ends(words)).order_by("-issued_on", "-id")[:limit]
    return [FoundInvoice(*row) for row in rows.values_list("pk", "number", "issued_on")]


def _ends(words: Sequence[str]) -> Q:
    """One word of digits is also the end of a number: whoever has the paper in hand types its last ones."""
    return Q(number__endswith=words[0]) if len(words) == 1 and words[0].isdigit() else Q(pk__in=[])
