"""A row in every table, of a company that nobody in a test belongs to: what a fuzz must never be shown."""

import uuid
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import DatabaseError, models, transaction

from kontor.kernel.models import Tenant
from kontor.kernel.rows import TenantOwned
from kontor.kernel.tenancy import as_tenant

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
ONE_OF = {("Enrolment", "member"), ("Right", "user")}  # may be empty, but then another must not
_PLAIN: list[tuple[Any, Any]] = [
    (models.BooleanField, False),
    (models.IntegerField, 1),
    (models.FloatField, 1.0),
    (models.DurationField, timedelta(hours=1)),
    (models.TimeField, time(9)),
    (models.DecimalField, Decimal(1)),
    (models.DateTimeField, AT),
    (models.DateField, date(2026, 3, 2)),
    (models.JSONField, {}),
    (models.BinaryField, b"x" * 32),
    (ArrayField, []),
    (models.GenericIPAddressField, "192.0.2.1"),
]


def fill(tenant: Tenant, tables: list[type[models.Model]], person: Any) -> dict[str, str]:
    """
    Insert a row of a tenant into each of these tables, and into those they point to; return which could not be filled.

    person  whom a row names where it must name somebody
    """
    refused: dict[str, str] = {}
    known: dict[type[models.Model], Any] = {}
    with as_tenant(tenant.pk):  # one transaction: lines are inserted in that of their whole
        for model in tables:
            before = dict(known)
            try:
                with transaction.atomic():
                    _made(model, tenant, person, known)
            except DatabaseError as error:
                known.clear()
                known |= before
                refused[model.__name__] = str(error).splitlines()[0]
    return refused


def _made(model: type[models.Model], tenant: Tenant, person: Any, known: dict[type[models.Model], Any]) -> Any:
    """Insert one row, what it points to before it, in one transaction; `known` rows are not made twice."""
    if model in known:
        return known[model]
    values: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        if field.primary_key or field.name in {"tenant", "made_in"}:
            continue
        if field.null and (model.__name__, field.name) not in ONE_OF:
            continue
        if isinstance(field, models.ForeignKey):
            values[field.attname] = _pointed(field, tenant, person, known)
        elif not field.has_default():
            values[field.name] = _value(field)
    row = model(**values)
    known[model] = row
    type(row)._default_manager.bulk_create([row])
    return row


def _pointed(field: Any, tenant: Tenant, person: Any, known: dict[type[models.Model], Any]) -> Any:
    target = field.related_model
    if target is Tenant:
        return tenant.pk
    if issubclass(target, TenantOwned):
        return _made(target, tenant, person, known).pk
    return person.pk if isinstance(person, target) else target._default_manager.values_list("pk", flat=True)[0]


def _value(field: Any) -> Any:
    if field.choices:
        return field.choices[0][0]
    if field.blank and isinstance(field, models.CharField | models.TextField):
        return ""
    if isinstance(field, models.UUIDField):
        return uuid.uuid4()
    if isinstance(field, models.DateTimeField) and field.name.startswith(("end", "until")):
        return AT + timedelta(hours=1)
    plain = next((value for kind, value in _PLAIN if isinstance(field, kind)), None)
    return plain if plain is not None else f"x{uuid.uuid4().hex}"[: field.max_length or 40]
