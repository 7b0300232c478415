"""SCIM's filters and sorting by our tables (RFC 7644, 3.4.2.2 and 3.4.2.3); what is not kept is refused."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from django.db.models import Case, F, Model, Q, QuerySet, Value, When
from django.db.models.functions import Lower
from django.utils.dateparse import parse_datetime

from kontor.office.identity.formats.scim_filter import (
    Among,
    Both,
    Compare,
    Condition,
    Either,
    Negated,
    ScimRefusedError,
    path_of,
)
from kontor.office.identity.models import ProvisionedMember

R = TypeVar("R", bound=Model)
NOBODY: Final = Q(pk__in=())
_LOOKUPS: Final = {
    "eq": "iexact", "co": "icontains", "sw": "istartswith", "ew": "iendswith", "gt": "gt", "ge": "gte", "lt": "lt",
    "le": "lte",
}  # fmt: skip
_ORDERS: Final = frozenset({"gt", "ge", "lt", "le"})


@dataclass(frozen=True, slots=True)
class Column:
    """
    Where an attribute is kept, and how it is compared.

    kind  "text" in any case, "exact" as it is written, "key", "moment", "flag", "always" for what is so with everybody
    """

    name: str
    kind: str = "text"


PEOPLE: Final[Mapping[str, Column]] = {
    "id": Column("pk", "key"),
    "username": Column("user_key"),
    "externalid": Column("external_id", "exact"),
    "displayname": Column("display_name"),
    "name.formatted": Column("display_name"),
    "name.givenname": Column("given_name"),
    "name.familyname": Column("family_name"),
    "emails": Column("email"),
    "emails.value": Column("email"),
    "emails.type": Column("work", "always"),
    "emails.primary": Column("true", "always"),
    "preferredlanguage": Column("language"),
    "active": Column("is_active", "flag"),
    "meta.created": Column("made_at", "moment"),
    "meta.lastmodified": Column("changed_at", "moment"),
}
GROUPS: Final[Mapping[str, Column]] = {
    "id": Column("pk", "key"),
    "externalid": Column("external_id", "exact"),
    "displayname": Column("name"),
    "members": Column("members", "member"),
    "members.value": Column("members", "member"),
    "meta.created": Column("made_at", "moment"),
    "meta.lastmodified": Column("changed_at", "moment"),
}


def as_query(condition: Condition, columns: Mapping[str, Column], *, above: str = "") -> Q:
    """Return the condition on `columns` that a filter states; ScimRefusedError "filter" for what is not kept."""
    if isinstance(condition, Both):
        return as_query(condition.left, columns, above=above) & as_query(condition.right, columns, above=above)
    if isinstance(condition, Either):
        return as_query(condition.left, columns, above=above) | as_query(condition.right, columns, above=above)
    if isinstance(condition, Negated):
        return ~as_query(condition.inner, columns, above=above)
    path = f"{above}.{condition.path}" if above else condition.path
    if isinstance(condition, Among):
        return as_query(condition.inner, columns, above=path)
    column = columns.get(path)
    if column is None:
        raise _refused()
    if condition.operator == "ne":
        return ~_compared(column, Compare(path, "eq", condition.value))
    return _compared(column, condition)


def in_order(rows: QuerySet[R], by: str, order: str, columns: Mapping[str, Column]) -> QuerySet[R]:
    """
    Return rows as `sortBy` and `sortOrder` ask: text in any case unless it is kept as written, without a value last.

    ScimRefusedError "value" for an attribute that is not kept, or that has no order, and for an order that is none.
    """
    column = columns.get(path_of(by))
    if column is None or column.kind in {"always", "member"}:
        raise ScimRefusedError(400, "value", "invalidValue", attribute="sortBy")
    if order.lower() not in {"", "ascending", "descending"}:
        raise ScimRefusedError(400, "value", "invalidValue", attribute="sortOrder")
    up = order.lower() != "descending"
    value = Lower(column.name) if column.kind == "text" else F(column.name)
    keys: list[Any] = [value.asc() if up else value.desc(), "pk" if up else "-pk"]
    if column.kind in {"text", "exact"}:
        empty = Case(When(**{column.name: ""}, then=Value(1)), default=Value(0))
        keys.insert(0, empty.asc() if up else empty.desc())
    return rows.order_by(*keys)


def _compared(column: Column, asked: Compare) -> Q:
    return _KINDS[column.kind](column, asked.operator, asked.value)


def _text(column: Column, operator: str, value: Any) -> Q:
    if operator == "pr":
        return ~Q(**{column.name: ""})
    if not isinstance(value, str):
        raise _refused()
    return Q(**{f"{column.name}__{_LOOKUPS[operator]}": value})


def _exact(column: Column, operator: str, value: Any) -> Q:
    if operator != "eq":
        return _text(column, operator, value)
    return Q(**{column.name: value}) if isinstance(value, str) else NOBODY


def _always(column: Column, operator: str, value: Any) -> Q:
    said = str(value).lower()
    fits = operator == "pr" or (operator == "eq" and said == column.name)
    return ~NOBODY if fits else NOBODY


def _key(column: Column, operator: str, value: Any) -> Q:
    if operator == "pr":
        return ~NOBODY
    if operator != "eq":
        raise _refused()
    key = as_key(value)
    return Q(**{column.name: key}) if key else NOBODY


def _member(_column: Column, operator: str, value: Any) -> Q:
    if operator == "pr":
        return Q(pk__in=ProvisionedMember.objects.values("group_id"))
    if operator != "eq":
        raise _refused()
    key = as_key(value)
    return Q(pk__in=ProvisionedMember.objects.filter(person_id=key).values("group_id")) if key else NOBODY


def _moment(column: Column, operator: str, value: Any) -> Q:
    if operator == "pr":
        return ~NOBODY
    moment = _read(value)
    if operator != "eq" and operator not in _ORDERS:
        raise _refused()
    return Q(**{column.name if operator == "eq" else f"{column.name}__{_LOOKUPS[operator]}": moment})


def _flag(column: Column, operator: str, value: Any) -> Q:
    if operator == "pr":
        return ~NOBODY
    said = str(value).lower()
    if operator != "eq" or said not in {"true", "false"}:
        raise _refused()
    return Q(**{column.name: said == "true"})


def as_key(value: Any) -> uuid.UUID | None:
    """Return an id as it was sent, None for what is none of ours."""
    try:
        return uuid.UUID(str(value))
    except ValueError:
        return None


def _read(value: Any) -> datetime:
    try:
        moment = parse_datetime(str(value))
    except ValueError as error:
        raise _refused() from error
    if moment is None or moment.tzinfo is None:
        raise _refused()
    return moment


def _refused() -> ScimRefusedError:
    return ScimRefusedError(400, "filter", "invalidFilter")


_KINDS: Final = {
    "text": _text, "exact": _exact, "always": _always, "key": _key, "member": _member, "moment": _moment, "flag": _flag,
}  # fmt: skip
