"""Counting what contracts count; the same use reported twice is one use."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection, models

from kontor.kernel import registry
from kontor.kernel.models import MeterReading
from kontor.kernel.rows import uuid7
from kontor.kernel.tenancy import current_tenant


class UnknownMeterError(LookupError):
    """No module.py declares a meter of this key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """
    One use to count.

    source  what was used, as a row or a name that is the same when the use is reported again
    """

    key: str
    source: models.Model | str
    at: datetime
    quantity: Decimal | int = 1


def meter(key: str, *, source: models.Model | str, at: datetime, quantity: Decimal | int = 1) -> bool:
    """Count a use for the current tenant; False where this source was counted. UnknownMeterError for a strange key."""
    return bool(meter_many([Use(key=key, source=source, at=at, quantity=quantity)]))


def meter_many(uses: Iterable[Use]) -> int:
    """Count many uses in one query and return how many were new."""
    rows = [(uuid7(), use.key, Decimal(use.quantity), _name(use.source), use.at) for use in uses]
    known = {one.key for module in registry.modules() for one in module.meters}
    if unknown := sorted({row[1] for row in rows} - known):
        raise UnknownMeterError(f"No module.py declares the meter {', '.join(unknown)}.")
    if not rows:
        return 0
    ids, keys, quantities, sources, moments = zip(*rows, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {MeterReading._meta.db_table} (tenant_id, id, meter, quantity, source, at)"  # noqa: S608  our own name
            " SELECT %s, * FROM unnest(%s::uuid[], %s::text[], %s::numeric[], %s::text[], %s::timestamptz[])"
            " ON CONFLICT (tenant_id, meter, source) DO NOTHING",
            [current_tenant(), list(ids), list(keys), list(quantities), list(sources), list(moments)],
        )
        return int(cursor.rowcount)


def _name(source: models.Model | str) -> str:
    return source if isinstance(source, str) else f"{source._meta.label}:{source.pk}"
