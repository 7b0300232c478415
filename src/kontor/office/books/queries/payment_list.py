"""Payments as their list shows them: what each settled, what of it is left, whether it was taken back; one query."""

from functools import cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from kontor.kernel.rows import CurrentTenant
from kontor.office.books.models import Payment, PaymentShare
from kontor.office.books.queries.rests import rest_in_rows, taken_back
from kontor.office.privacy import public as privacy


def listed_payments() -> QuerySet[Any]:
    """Return the current tenant's payments with those columns alone that a list shows."""
    return _listed().all()


@cache
def _listed() -> QuerySet[Any]:
    """Build the query once: who asks is read when it runs."""
    shares = PaymentShare.objects.filter(tenant=CurrentTenant(), payment=OuterRef("pk")).order_by("invoice__number")
    locked = shares.exclude(privacy.not_locked("books.Invoice", "invoice_id")).order_by()
    seen = Payment.objects.filter(privacy.not_locked("books.Payment"), ~Exists(locked))
    return seen.annotate(
        numbers=ArraySubquery(shares.values("invoice__number")),
        settled_for=Subquery(shares.values("invoice__customer_name")[:1]),
        counterparty=F("entry__counterparty"),
        statement=F("entry__statement__identification"),
        rest_minor=rest_in_rows(),
        is_taken_back=taken_back(),
    ).values_list(
        *("pk", "paid_on", "amount_minor", "currency", "note", "reverses_id", "draws_on_id", "entry_id"),
        *("numbers", "settled_for", "counterparty", "statement", "rest_minor", "is_taken_back"),
        named=True,
    )
