"""
Counting what contracts count; the same use reported twice is one use, and claiming it is writing it: one row, once.

    meter("visitors.check_ins", source=visit, at=at)
    meter("contracts.customer_centre_logins", source=f"sign-in:{session}", at=at, subject=str(contact.pk))
    meter("kernel.storage", source=f"level:{at:%Y-%m-%d}", at=at, quantity=bytes_stored)
"""

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db import connection, models, transaction

from kontor.kernel import registry
from kontor.kernel.actions.schedule import put_due
from kontor.kernel.models import MeterReading
from kontor.kernel.queries.quotas import warned_meters
from kontor.kernel.rows import uuid7
from kontor.kernel.tenancy import current_tenant

_TABLE = MeterReading._meta.db_table
_ROWS = "unnest(%s::uuid[], %s::text[], %s::numeric(20, 6)[], %s::text[], %s::timestamptz[], %s::text[])"
_SHOWN = 5
WATCH: Final = "kernel.watch_quota"


class UnknownMeterError(LookupError):
    """No module.py declares a meter of this key."""


class SubjectError(ValueError):
    """A meter that counts each subject once a month was told none, or another one was told one."""


class OtherUseError(Exception):
    """
    A use was reported before under the same source with another time, quantity or subject; nothing was counted.

    sources  the first of them
    """

    def __init__(self, sources: Sequence[str]) -> None:
        super().__init__(f"Reported before with other content: {', '.join(sources)}.")
        self.sources = tuple(sources)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """
    One use to count.

    source    what was used, as a row or a name that is the same when the use is reported again
    at        when, with its zone; it decides the month, whenever it is reported
    quantity  how much, with six decimals at most; of a meter that counts a level, the level from then on
    subject   who or what used it, for meters that count each of them once a month; kept as a digest
    """

    key: str
    source: models.Model | str
    at: datetime
    quantity: Decimal | int = 1
    subject: str = ""


def meter(
    key: str, *, source: models.Model | str, at: datetime, quantity: Decimal | int = 1, subject: str = ""
) -> bool:
    """
    Count a use for the current tenant; False where it was counted before.

    UnknownMeterError for a strange key, OtherUseError where this source was counted with other content.
    """
    return bool(meter_many([Use(key=key, source=source, at=at, quantity=quantity, subject=subject)]))


@transaction.atomic
def meter_many(uses: Iterable[Use]) -> int:
    """
    Count many uses in one insert and return how many were new; a refusal counts none of them.

    Errors as `meter` raises them. What arrives late is counted in its own month, where the next close finds it.
    """
    told = list(uses)
    _refuse_unknown(told)
    if not told:
        return 0
    tenant = current_tenant()
    columns: list[list[Any]] = [
        [uuid7() for _ in told],
        [use.key for use in told],
        [Decimal(use.quantity) for use in told],
        [name_of(use.source) for use in told],
        [use.at for use in told],
        [_digest(tenant, use.subject) for use in told],
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_TABLE} (tenant_id, id, meter, quantity, source, at, subject)"  # noqa: S608  our own name
            f" SELECT %s, * FROM {_ROWS} ON CONFLICT (tenant_id, meter, source) DO NOTHING",
            [tenant, *columns],
        )
        counted = int(cursor.rowcount)
        if counted < len(told):
            _refuse_others(cursor, tenant, columns)
    if counted:
        for key in warned_meters({use.key for use in told}):
            look_again(key, at=min(use.at for use in told if use.key == key))
    return counted


def look_again(key: str, *, at: datetime) -> None:
    """Have it looked, within a minute of a moment, whether people are to be warned of a meter's limit."""
    put_due(WATCH, at=at, arguments={"meter": key})


def _refuse_unknown(uses: Sequence[Use]) -> None:
    known = {one.key: one for module in registry.modules() for one in module.meters}
    if unknown := sorted({use.key for use in uses} - known.keys()):
        raise UnknownMeterError(f"No module.py declares the meter {', '.join(unknown)}.")
    each = {key: one.measure is registry.Measure.UNIQUE for key, one in known.items()}
    if wrong := {use.key for use in uses if bool(use.subject) is not each[use.key]}:
        raise SubjectError(f"A subject is told for meters that count each once a month, and only there: {min(wrong)}.")


def _refuse_others(cursor: Any, tenant: uuid.UUID, columns: Sequence[Sequence[Any]]) -> None:
    """Compare what was there already; whoever was first has committed, or the insert would still wait."""
    cursor.execute(
        f"SELECT DISTINCT told.source FROM {_ROWS} AS told (id, meter, quantity, source, at, subject)"  # noqa: S608  ours
        f" JOIN {_TABLE} kept ON kept.tenant_id = %s AND kept.meter = told.meter AND kept.source = told.source"
        " WHERE (kept.quantity, kept.at, kept.subject) IS DISTINCT FROM (told.quantity, told.at, told.subject)"
        " ORDER BY 1 LIMIT %s",
        [*columns, tenant, _SHOWN],
    )
    if found := [row[0] for row in cursor.fetchall()]:
        raise OtherUseError(found)


def name_of(source: models.Model | str) -> str:
    """Return the name under which a use of something is counted once."""
    return source if isinstance(source, str) else f"{source._meta.label}:{source.pk}"


def _digest(tenant: uuid.UUID, subject: str) -> str:
    """Return what tells subjects apart within the tenant and names none of them."""
    return hashlib.sha256(f"{tenant} {subject}".encode()).hexdigest()[:32] if subject else ""
