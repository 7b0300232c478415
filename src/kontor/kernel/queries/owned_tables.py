"""The tables of tenants' rows, in the order in which their rows can go."""

import uuid
from collections.abc import Iterator
from functools import cache

from django.apps import apps
from django.db import connection, models

from kontor.kernel.models import TenantKey
from kontor.kernel.rows import TenantOwned


@cache
def tables_to_empty() -> tuple[type[TenantOwned], ...]:
    """Return every table of tenants' rows: each before those that its rows point to, the tenants' keys last."""
    left = {model for model in apps.get_models() if issubclass(model, TenantOwned)} - {TenantKey}
    order: list[type[TenantOwned]] = []
    while left:
        wanted = {target for model in left for target in _targets(model) if target is not model}
        free = sorted(left - wanted, key=lambda model: model._meta.db_table)
        assert free, "tables that point to each other in a circle cannot be emptied one by one"
        order += free
        left -= set(free)
    return (*order, TenantKey)


def links_within(model: type[models.Model]) -> tuple[str, ...]:
    """Return the columns by which rows of a table point to other rows of it: a row goes after those that name it."""
    fields = (field for field in model._meta.concrete_fields if isinstance(field, models.ForeignKey))
    return tuple(field.column for field in fields if field.remote_field.model is model)


def named_tenants_tables() -> tuple[type[models.Model], ...]:
    """Return the global tables whose rows name a tenant as theirs."""
    rows = (model for model in apps.get_models() if not issubclass(model, TenantOwned))
    return tuple(model for model in rows if any(field.name == "tenant" for field in model._meta.concrete_fields))


def counted(tenant: uuid.UUID, tables: tuple[type[models.Model], ...]) -> dict[str, int]:
    """Return how many rows of the current tenant each table has, those with none left out; one query."""
    asked = " UNION ALL ".join(
        f"SELECT '{model._meta.label}', count(*) FROM {model._meta.db_table} WHERE tenant_id = %s"  # noqa: S608  our own names
        for model in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(asked, [tenant] * len(tables))
        return {label: number for label, number in cursor.fetchall() if number}


def shared_with(tenant: uuid.UUID) -> dict[str, int]:
    """Return how many rows of the current tenant, by table, are shared with another one; one query."""
    models_ = [model for model in tables_to_empty() if model.row_rules.shared_with and not model.row_rules.part_of]
    asked = " UNION ALL ".join(
        f"SELECT '{model._meta.label}', count(*) FROM {model._meta.db_table}"  # noqa: S608  our own names
        f" WHERE tenant_id = current_setting('kontor.tenant')::uuid AND {model.row_rules.shared_with}_id = %s"
        for model in models_
    )
    with connection.cursor() as cursor:
        cursor.execute(asked, [tenant] * len(models_))
        return {label: number for label, number in cursor.fetchall() if number}


def _targets(model: type[models.Model]) -> Iterator[type[models.Model]]:
    for field in model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey):
            yield field.remote_field.model
