"""Issued invoices as their pages show them, with balance and seller in the same query."""

import uuid
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any

from django.db.models import (
    Count,
    DateField,
    DateTimeField,
    F,
    FilteredRelation,
    Func,
    Prefetch,
    Q,
    QuerySet,
    Sum,
    Value,
)
from django.db.models.functions import Cast

from kontor.kernel.queries.rulings import Reasons, reasons_by_id
from kontor.kernel.rows import CurrentTenant
from kontor.kernel.statements import Statement
from kontor.office.books.models import Invoice, InvoiceFile, InvoiceLine, Payment, PaymentShare
from kontor.office.books.queries.states import InvoiceState, State, state_of
from kontor.office.privacy import public as privacy
from kontor.rulebook.money import Money


@dataclass(frozen=True, slots=True)
class LineWithReasons:
    """A position and, where one was stored, the decision behind it."""

    row: InvoiceLine
    reasons: Reasons | None


@lru_cache(maxsize=64)
def today_in(zone: str, at: datetime) -> date:
    """Return which day it is there at this moment."""
    return at.astimezone(zoneinfo.ZoneInfo(zone)).date()


def invoices() -> QuerySet[Any]:
    """Return the current tenant's invoices with what their balance says: open_minor, paid_on, sent_at and the rest."""
    return _with_balance().all()


def listed_invoices() -> QuerySet[Any]:
    """Return the same rows with those columns alone that a list shows, less what a duty alone still keeps."""
    return _listed().all()


@cache
def _with_balance() -> QuerySet[Any]:
    """Build the query once: who asks is read when it runs. The balance is joined by its whole key, so by its index."""
    return (
        Invoice.objects.select_related("seller")
        .defer("document")
        .annotate(
            balance=FilteredRelation("balances", condition=Q(balances__tenant=CurrentTenant())),
            zone=F("seller__zone"),
            open_minor=F("balance__open_minor"),
            payable_until=F("balance__due_on"),
            due_rule=F("balance__due_rule"),
            received_on=F("balance__received_on"),
            counted_ruling=F("balance__due_ruling"),
            paid_on=F("balance__paid_on"),
            sent_at=F("balance__sent_at"),
            opened_at=F("balance__first_opened_at"),
            cancelled_at=F("balance__cancelled_at"),
            problem_de=F("balance__problem_de"),
            problem_en=F("balance__problem_en"),
            written_off_on=F("balance__written_off_on"),
        )
    )


@cache
def _listed() -> QuerySet[Any]:
    """Name the columns alone: a list makes no objects of its rows."""
    of_invoice = ("number", "kind", "corrects_id", "customer_name", "issued_on", "currency", "gross_minor")
    since = ("open_minor", "payable_until", "cancelled_at", "written_off_on")
    open_to_see = _with_balance().filter(privacy.not_locked("books.Invoice"))
    return open_to_see.values_list("pk", *of_invoice, "zone", *since, named=True)


def state_of_row(row: Any, at: datetime) -> InvoiceState:
    """Return how a row of `invoices` stands at this moment, by its seller's calendar."""
    return state_of(
        kind=row.kind,
        gross_minor=row.gross_minor,
        open_minor=row.open_minor,
        due_on=row.payable_until,
        cancelled_at=row.cancelled_at,
        today=today_in(row.zone, at),
        written_off=row.written_off_on is not None,
        corrects=row.corrects_id is not None,
    )


def in_state(rows: QuerySet[Any], state: str, at: datetime) -> QuerySet[Any]:
    """Narrow rows of `invoices` to one state, in the database, as `state_of` decides it."""
    today = _day_in(F("seller__zone"), at)
    alive = Q(cancelled_at=None) & ~Q(kind=Invoice.Kind.CANCELLATION)
    late = Q(payable_until__isnull=False) & Q(payable_until__lt=today)
    owing = alive & Q(open_minor__gt=0)
    owed = owing & Q(written_off_on=None)
    tests = {
        State.CANCELLATION: Q(kind=Invoice.Kind.CANCELLATION, corrects=None),
        State.CREDIT_NOTE: Q(kind=Invoice.Kind.CANCELLATION, corrects__isnull=False),
        State.CANCELLED: ~Q(kind=Invoice.Kind.CANCELLATION) & Q(cancelled_at__isnull=False),
        State.PAID: alive & Q(open_minor__lte=0),
        State.OVERDUE: owed & late,
        State.PART_PAID: owed & ~late & Q(open_minor__lt=F("gross_minor")),
        State.OPEN: owed & ~late & Q(open_minor__gte=F("gross_minor")),
        State.WRITTEN_OFF: owing & Q(written_off_on__isnull=False),
    }
    return rows.filter(tests[State(state)])


def _day_in(zone: F | Value, at: datetime) -> Cast:
    """Return which day it is there at this moment, as the database reckons it."""
    return Cast(Func(zone, Value(at), function="timezone", output_field=DateTimeField()), DateField())


def overdue(at: datetime) -> list[tuple[int, Money]]:
    """Return how many invoices are overdue and what is open of them, by currency."""
    return [(count, Money(currency, int(total))) for currency, count, total in _OVERDUE.rows(at)]


def _overdue(at: datetime) -> QuerySet[Any]:
    """Sum up what is overdue, by currency: of what was due before the earliest zone's day, which an index knows."""
    due = invoices().filter(payable_until__lt=_day_in(Value("Pacific/Kiritimati"), at))
    rows: QuerySet[Any] = in_state(due, State.OVERDUE, at).values_list("currency").order_by("currency")
    summed: QuerySet[Any] = rows.annotate(Count("pk"), Sum("open_minor"))
    return summed


_OVERDUE = Statement(_overdue)


def lines_with_reasons(invoice_id: uuid.UUID) -> list[LineWithReasons]:
    """Return an invoice's positions in order, each with the stored decision behind it; at most three queries."""
    rows = list(InvoiceLine.objects.filter(invoice_id=invoice_id).order_by("position"))
    found = reasons_by_id([row.ruling for row in rows if row.ruling])
    return [LineWithReasons(row, found.get(row.ruling) if row.ruling else None) for row in rows]


def files_of(invoice_id: uuid.UUID) -> list[InvoiceFile]:
    """Return what was printed of an invoice, with each file's name and size."""
    return list(InvoiceFile.objects.filter(invoice_id=invoice_id).select_related("file").order_by("-format"))


def shares_of(invoice_id: uuid.UUID) -> list[PaymentShare]:
    """Return what was paid on an invoice, taken back or not, newest first, with the bank entry each came by."""
    return list(
        PaymentShare.objects.filter(invoice_id=invoice_id)
        .select_related("payment__entry")
        .defer("payment__entry__iban")
        .order_by("-payment__paid_on", "-id")
    )


def related_documents(invoice: Invoice) -> Sequence[Invoice]:
    """Return the invoice that this one cancels or corrects, and the ones that cancel or correct this."""
    tests = Q(cancels=invoice) | Q(corrects=invoice)
    if earlier := invoice.cancels_id or invoice.corrects_id:
        tests |= Q(pk=earlier)
    return list(Invoice.objects.filter(tests).defer("document").order_by("number"))


def payments() -> QuerySet[Payment]:
    """Return the payments with the invoices each settles; three queries however many there are."""
    shares = PaymentShare.objects.select_related("invoice").defer("invoice__document").order_by("invoice__number")
    return (
        Payment.objects.select_related("entry__statement")
        .defer("entry__iban")
        .prefetch_related(Prefetch("shares", queryset=shares), "reversals", "draws__shares")
    )
