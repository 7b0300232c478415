"""Search, filters and order, in the database for a queryset, here for any other sequence."""

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import F, OrderBy, Q, QuerySet

from kontor.kernel import wording
from kontor.kernel.components import Badge
from kontor.kernel.listing.columns import Choice, attribute
from kontor.rulebook.money import Money


def narrowed(rows: Any, choice: Choice, value: str) -> Any:
    """Return the rows that a filter leaves."""
    if choice.apply is not None:
        return choice.apply(rows, value)
    field = choice.field or choice.name
    if isinstance(rows, QuerySet):
        return rows.filter(**{field: value})
    return [row for row in rows if str(attribute(row, field)) == value]


def searched(rows: Any, fields: Sequence[str], query: str) -> Any:
    """Every word must be found in one of the fields."""
    for word in query.split():
        if isinstance(rows, QuerySet):
            rows = rows.filter(reduce(or_, (Q(**{f"{field}__icontains": word}) for field in fields)))
        else:
            lower = word.casefold()
            rows = [row for row in rows if any(lower in str(attribute(row, field)).casefold() for field in fields)]
    return rows


def ordered(rows: Any, order: str) -> Any:
    """
    Order by a field, "-" before it for falling; what has none stands last, equals follow their keys the same way.

    Without an order a queryset keeps its own, or its key's.
    """
    field, falling = order.removeprefix("-"), order.startswith("-")
    if not order:
        return rows.order_by("pk") if isinstance(rows, QuerySet) and not rows.ordered else rows
    if isinstance(rows, QuerySet):
        return rows.order_by(_key(rows, field, falling=falling), "-pk" if falling else "pk")
    full = [row for row in rows if attribute(row, field) is not None]
    return sorted(full, key=lambda row: _comparable(attribute(row, field)), reverse=falling) + [
        row for row in rows if attribute(row, field) is None
    ]


def _key(rows: QuerySet[Any], field: str, *, falling: bool) -> OrderBy:
    """Say where what has none stands only for a column that may have none: an index knows no such words."""
    try:
        last = True if rows.model._meta.get_field(field).null else None
    except FieldDoesNotExist:  # reckoned, or beyond a reference
        last = True
    return F(field).desc(nulls_last=last) if falling else F(field).asc(nulls_last=last)


def _comparable(value: Any) -> Any:
    if isinstance(value, Money):
        return value.amount
    return wording.spoken(value).casefold() if isinstance(value, str | Badge | tuple) else value
