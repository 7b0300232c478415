"""What customers owe, by age, and the money that came in and belongs to nothing yet."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Sum

from kontor.kernel.statements import About
from kontor.office.books.models import BankEntry, Invoice, InvoiceBalance, Payment
from kontor.office.books.queries.states import InvoiceState, state_of
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Text

# Days over, from the least to the most; the last has no end.
_AGES: Final[Mapping[str, tuple[Text, int | None, int | None]]] = {
    "not_due": (Text("nicht fällig", "not due"), None, 0),
    "days_14": (Text("1–14 Tage", "1–14 days"), 1, 14),
    "days_30": (Text("15–30 Tage", "15–30 days"), 15, 30),
    "days_60": (Text("31–60 Tage", "31–60 days"), 31, 60),
    "over_60": (Text("über 60 Tage", "over 60 days"), 61, None),
}


@dataclass(frozen=True, slots=True)
class Age:
    """Open invoices of one age."""

    label: Text
    count: int
    open: Money


@dataclass(frozen=True, slots=True)
class Outstanding:
    """What is owed in one currency; `ages` from not due to longest over, all five."""

    open: Money
    overdue: Money
    overdue_count: int
    ages: tuple[Age, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedInvoice:
    """An invoice as others list it; `subject` is its contract's id, `due_ruling` the decision on its last day."""

    id: uuid.UUID
    number: str
    customer_name: str
    subject: uuid.UUID | None
    issued_on: date
    due_on: date | None
    period_first: date | None
    period_last: date | None
    gross: Money
    open: Money
    paid_on: date | None
    state: InvoiceState
    due_ruling: uuid.UUID | None = None
    kind: str = Invoice.Kind.INVOICE

    @property
    def listed(self) -> Money:
        """The amount as a list shows it: below zero for what is credited."""
        return -self.gross if self.kind == Invoice.Kind.CANCELLATION else self.gross


@dataclass(frozen=True, slots=True)
class Unmatched:
    """Bank entries that nobody has assigned: how many, how much in each currency, and since when."""

    count: int
    sums: tuple[Money, ...]
    since: date | None


def outstanding(today: date) -> list[Outstanding]:
    """Return what is owed by currency, the largest number of invoices first; one query."""
    wanted: dict[str, Count | Sum] = {}
    for key, (_, least, most) in _AGES.items():
        inside = _over(today, least, most)
        wanted |= {f"{key}_count": Count("pk", filter=inside), f"{key}_sum": Sum("open_minor", filter=inside)}
    rows = _open().values("invoice__currency").annotate(total=Sum("open_minor"), number=Count("pk"), **wanted)
    return [_outstanding(row) for row in rows.order_by("-number")]


def overdue_invoices(today: date, *, limit: int) -> list[IssuedInvoice]:
    """Return the invoices that are longest over their day, at most so many; one query."""
    rows = _open().filter(due_on__lt=today).select_related("invoice").defer("invoice__document")
    return [_issued(row.invoice, row, today) for row in rows.order_by("due_on", "pk")[:limit]]


def invoices_about(subject_id: uuid.UUID, *, today: date) -> list[IssuedInvoice]:
    """Return the invoices about a contract, newest first; one query, and of each row only what is shown."""
    return [_told(dict(zip(_TOLD, row, strict=True)), today) for row in _ABOUT.rows(subject_id)]


def due_on_day(day: date) -> int:
    """Return how many open invoices are payable until this very day; one query."""
    return _open().filter(due_on=day).count()


def unmatched() -> Unmatched:
    """Return how much money came in that belongs to nothing yet; one query."""
    booked = Payment.objects.filter(entry=OuterRef("pk"))
    rows = (
        BankEntry.objects.filter(~Exists(booked), amount_minor__gt=0)
        .values("currency")
        .annotate(number=Count("pk"), total=Sum("amount_minor"), since=Min("booked_on"))
        .order_by("currency")
    )
    found = list(rows)
    return Unmatched(
        sum(row["number"] for row in found),
        tuple(Money(row["currency"], row["total"]) for row in found),
        min((row["since"] for row in found), default=None),
    )


def _open() -> "QuerySet[InvoiceBalance]":
    return InvoiceBalance.objects.filter(open_minor__gt=0, cancelled_at=None, written_off_on=None)


def _over(today: date, least: int | None, most: int | None) -> Q:
    """So many days over at least and at most; without a least also what has no day."""
    found = Q()
    if least is not None:
        found &= Q(due_on__lte=today - timedelta(days=least))
    if most is not None:
        found &= Q(due_on__gte=today - timedelta(days=most))
    if least is None:
        found |= Q(due_on=None)
    return found


def _outstanding(row: Mapping[str, Any]) -> Outstanding:
    currency = row["invoice__currency"]
    ages = tuple(
        Age(label, row[f"{key}_count"], Money(currency, row[f"{key}_sum"] or 0)) for key, (label, *_) in _AGES.items()
    )
    overdue = Money.total([age.open for age in ages[1:]], currency)
    return Outstanding(Money(currency, row["total"]), overdue, sum(age.count for age in ages[1:]), ages)


_OF_BALANCE: Final = ("due_on", "paid_on", "open_minor", "cancelled_at", "written_off_on")
_OF_INVOICE: Final = (
    *("kind", "number", "customer_name", "subject_id", "issued_on", "period_first", "period_last"),
    *("currency", "gross_minor", "due_ruling", "corrects_id"),
)


_TOLD: Final = ("invoice_id", *_OF_BALANCE, *_OF_INVOICE)


def _about(subject: uuid.UUID) -> QuerySet[Any, Any]:
    rows = InvoiceBalance.objects.filter(invoice__subject_id=subject)
    wanted = ("invoice_id", *_OF_BALANCE, *(f"invoice__{name}" for name in _OF_INVOICE))
    return rows.order_by("-invoice__issued_on", "-invoice__id").values_list(*wanted, named=True)


_ABOUT: Final = About(_about)


def _issued(row: Invoice, balance: InvoiceBalance, today: date) -> IssuedInvoice:
    told = {name: getattr(balance, name) for name in _OF_BALANCE} | {name: getattr(row, name) for name in _OF_INVOICE}
    return _told(told | {"invoice_id": row.pk}, today)


def _told(row: Mapping[str, Any], today: date) -> IssuedInvoice:
    state = state_of(
        kind=row["kind"],
        gross_minor=row["gross_minor"],
        open_minor=row["open_minor"],
        due_on=row["due_on"],
        cancelled_at=row["cancelled_at"],
        today=today,
        written_off=row["written_off_on"] is not None,
        corrects=row["corrects_id"] is not None,
    )
    return IssuedInvoice(
        id=row["invoice_id"],
        number=row["number"],
        customer_name=row["customer_name"],
        kind=row["kind"],
        subject=row["subject_id"],
        issued_on=row["issued_on"],
        due_on=row["due_on"],
        period_first=row["period_first"],
        period_last=row["period_last"],
        gross=Money(row["currency"], row["gross_minor"]),
        open=Money(row["currency"], row["open_minor"]),
        paid_on=row["paid_on"],
        state=state,
        due_ruling=row["due_ruling"],
    )
