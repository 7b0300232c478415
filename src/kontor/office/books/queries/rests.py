"""What is left of payments: money that settles nothing yet, for another invoice or for the customer."""

import uuid
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, Exists, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from kontor.kernel.rows import CurrentTenant
from kontor.kernel.tenancy import current_tenant
from kontor.office.books.models import Payment, PaymentShare
from kontor.rulebook.money import Money


def hold(payment_id: uuid.UUID) -> None:
    """Let one transaction at a time spend a payment's rest or take it back: its row is final and cannot be locked."""
    with connection.cursor() as cursor:
        name = f"books payment {current_tenant()} {payment_id}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def spent_of(payment: Payment) -> int:
    """Return how much of a payment's rest was spent since: on other invoices, costs, or back to the customer."""
    drawn = Payment.objects.filter(draws_on=payment)
    out = drawn.aggregate(total=Sum("amount_minor"))["total"] or 0
    shares = PaymentShare.objects.filter(payment__draws_on=payment).aggregate(total=Sum("amount_minor"))["total"] or 0
    return int(shares - out)


def rest_of(payment: Payment) -> Money:
    """Return what of a payment settles nothing; zero for one taken back, and for one that is itself another's rest."""
    taken_back = payment.reverses_id or Payment.objects.filter(reverses=payment).exists()
    if taken_back or payment.draws_on_id:
        return Money.zero(payment.currency)
    shares = PaymentShare.objects.filter(payment=payment).aggregate(total=Sum("amount_minor"))["total"] or 0
    return Money(payment.currency, payment.amount_minor - shares - spent_of(payment))


def rest_in_rows() -> Combinable:
    """Return what of each payment in a query was neither shared out nor spent since, as the database reckons it."""
    own = _sum(PaymentShare.objects.filter(tenant=CurrentTenant(), payment=OuterRef("pk")), "payment")
    drawn = _sum(Payment.objects.filter(tenant=CurrentTenant(), draws_on=OuterRef("pk")), "draws_on")
    spent = _sum(
        PaymentShare.objects.filter(tenant=CurrentTenant(), payment__draws_on=OuterRef("pk")), "payment__draws_on"
    )
    return F("amount_minor") - own + drawn - spent


def taken_back() -> Exists:
    """Return whether another payment takes each payment in a query back."""
    return Exists(Payment.objects.filter(tenant=CurrentTenant(), reverses=OuterRef("pk")))


def with_rests() -> QuerySet[Any]:
    """Return the payments of which something is left above zero (`rest_minor`), the oldest first."""
    found: QuerySet[Any] = (
        Payment.objects.filter(~taken_back(), reverses=None, draws_on=None, amount_minor__gt=0)
        .annotate(rest_minor=rest_in_rows())
        .filter(rest_minor__gt=0)
        .select_related("party", "entry__statement")
        .defer("entry__iban")
        .order_by("paid_on", "pk")
    )
    return found


def _sum(rows: QuerySet[Any], by: str) -> Coalesce:
    total = rows.order_by().values(by).annotate(total=Sum("amount_minor")).values("total")
    return Coalesce(Subquery(total, output_field=BigIntegerField()), Value(0), output_field=BigIntegerField())
