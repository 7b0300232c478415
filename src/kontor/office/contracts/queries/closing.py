"""A month's close as it is read: what it is about, how far it is, what came of it, and sums by currency."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Count, Sum

from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import current_tenant
from kontor.office.contracts.models import CloseResult, Contract, MonthClose
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Text
from kontor.rulebook.usage import month_of

KINDS: Final[dict[str, Text]] = {
    "invoice": Text("Rechnungen", "Invoices"),
    "debit": Text("Lastschriften", "Direct debits"),
    "reminder": Text("Mahnungen", "Reminders"),
    "interest": Text("Zinsen", "Interest"),
    "renewal": Text("Verlängerungen", "Renewals"),
    "adjustment": Text("Preisanpassungen", "Price adjustments"),
    "suspension": Text("Sperren", "Suspensions"),
    "reactivation": Text("Aufgehobene Sperren", "Suspensions lifted"),
    "ending": Text("Beendete Verträge", "Contracts ended"),
    "use": Text("Verbrauch festgestellt", "Use stated"),
}
STILL: Final = timedelta(minutes=3)  # without a sign of life a close counts as standing still


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that a close does or would do; `about` is the id of the thing, `on` the day it takes effect."""

    kind: str
    about: uuid.UUID
    label: str
    customer: str = ""
    contract: uuid.UUID | None = None
    on: date | None = None
    amount: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What a close cannot do, and why."""

    about: uuid.UUID
    label: str
    text: Text
    contract: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class KindSum:
    """How many of a kind, and what they come to in each currency."""

    kind: str
    title: Text
    count: int
    sums: tuple[Money, ...]


def as_month(month: date, *, suspend: bool = False) -> MonthClose:
    """Return a close that is not begun, to ask what it would do."""
    period = month_of(month)
    return MonthClose(month=period.first, until=period.last, suspend=suspend)


def today_here(at: datetime) -> date:
    """Return which day it is in the house's zone."""
    return at.astimezone(ZoneInfo(Tenant.objects.get(pk=current_tenant()).zone)).date()


def last_month_over(today: date) -> date:
    """Return the first day of the latest month that is over."""
    return month_of(month_of(today).first - timedelta(days=1)).first


def close_of(month: date) -> MonthClose | None:
    """Return the close of a month, None while it is not begun."""
    return MonthClose.objects.filter(month=month).first()


def stands_still(close: MonthClose, *, at: datetime) -> bool:
    """Tell whether a close that is not finished has not moved for minutes."""
    return close.finished_at is None and at - close.moved_at > STILL


def running_close() -> MonthClose | None:
    """Return the close that is not finished, None where none is; one query."""
    return MonthClose.objects.filter(finished_at=None).first()


def month_to_close(today: date) -> date | None:
    """Return the month that is over and not closed, where contracts ran in it; two queries."""
    month = month_of(last_month_over(today))
    if MonthClose.objects.filter(month__gte=month.first, finished_at__isnull=False).exists():
        return None
    return month.first if Contract.objects.filter(start_on__lt=month.end).exists() else None


def sums_of(lines: Iterable[Line]) -> list[KindSum]:
    """Add up lines by kind and currency, in the order of the kinds; kinds without a line are left out."""
    counts: dict[str, int] = {}
    sums: dict[str, dict[str, Money]] = {}
    for line in lines:
        counts[line.kind] = counts.get(line.kind, 0) + 1
        if line.amount is not None:
            known = sums.setdefault(line.kind, {})
            zero = Money.zero(line.amount.currency)
            known[line.amount.currency] = known.get(line.amount.currency, zero) + line.amount
    return [_kind_sum(kind, counts[kind], sums.get(kind, {}).values()) for kind in KINDS if kind in counts]


def results_by_kind(close: MonthClose) -> list[KindSum]:
    """Add up what a close did by kind and currency, in one query."""
    rows = (
        CloseResult.objects.filter(close=close)
        .order_by()
        .values_list("kind", "currency")
        .annotate(count=Count("pk"), minor=Sum("amount_minor"))
    )
    counts: dict[str, int] = {}
    sums: dict[str, list[Money]] = {}
    for kind, currency, count, minor in rows:
        counts[kind] = counts.get(kind, 0) + count
        if currency:
            sums.setdefault(kind, []).append(Money(currency, minor))
    return [_kind_sum(kind, counts[kind], sums.get(kind, ())) for kind in KINDS if kind in counts]


def names_of(contracts: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[str, str]]:
    """Return number and customer of these contracts, in one query."""
    rows = Contract.objects.filter(pk__in=contracts).values_list("pk", "number", "customer_name")
    return {pk: (number, customer) for pk, number, customer in rows}


def _kind_sum(kind: str, count: int, sums: Iterable[Money]) -> KindSum:
    ordered: Sequence[Money] = sorted(sums, key=lambda each: each.currency)
    return KindSum(kind, KINDS[kind], count, tuple(ordered))
