"""
How many requests a tenant sends: counted in the database, so that every process knows of every other's.

One statement counts and reads the limit, in a short transaction of its own before the request's: no request waits for
another one's work, and a request that fails is counted all the same. Without a limit nothing is written, and a process
that saw none does not ask again for a few seconds: most tenants have none, and every page would pay for the question.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Final

from django.db import connection, transaction

from kontor.kernel import registry
from kontor.kernel.actions.queue import queue
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.models import RequestLimit, RequestMinute
from kontor.kernel.rows import uuid7
from kontor.kernel.tenancy import as_tenant, current_tenant

KEPT: Final = timedelta(days=1)
_MINUTE: Final = 60
_BELIEVED: Final = 10.0  # seconds until another process's new limit holds in this one
_unlimited: dict[uuid.UUID, float] = {}  # tenant -> until when, by this process's clock, it is believed to have none
_LIMITS, _COUNTS = RequestLimit._meta.db_table, RequestMinute._meta.db_table


@dataclass(frozen=True, slots=True)
class Overload:
    """A request too many: whose limit it broke ("" the whole tenant's), and in how many seconds the next may come."""

    client: str
    limit: int
    retry_after: int


def key_client(key: uuid.UUID) -> str:
    """Return how an API key is called where requests are counted."""
    return f"key:{key}"


def person_client(person: uuid.UUID | str) -> str:
    """Return how a signed-in person is called where requests are counted."""
    return f"person:{person}"


def count_request(tenant_id: uuid.UUID, client: str, *, at: datetime) -> Overload | None:
    """
    Count a request and return why it is refused, None where it may go on; outside of the request's own transaction.

    The first request over a limit in a minute queues the jobs that modules declare as `on_overload`.
    """
    if _unlimited.get(tenant_id, 0.0) > monotonic():
        return None
    minute = at.replace(second=0, microsecond=0)
    with as_tenant(tenant_id):
        counted = _counted(tenant_id, client, minute)
        over = [(whose, limit) for whose, count, limit in counted if count > limit]
        for whose, count, limit in counted:
            if count == limit + 1:
                _tell(tenant_id, whose, minute, limit)
            if whose == "" and count == 1:  # at most once a minute, and there is an index for it
                RequestMinute.objects.filter(minute__lt=minute - KEPT).delete()
    if not counted:
        _unlimited[tenant_id] = monotonic() + _BELIEVED
    if not over:
        return None
    whose, limit = over[-1]
    return Overload(whose, limit, _MINUTE - at.second)


@transaction.atomic
def set_request_limit(*, per_minute: int, per_client: int, at: datetime, actor: Actor) -> RequestLimit:
    """Limit the current tenant's requests; the same numbers again change nothing. Only contracts do."""
    known = RequestLimit.objects.select_for_update().first()
    given = {"per_minute": per_minute, "per_client": per_client}
    before = {"per_minute": known.per_minute, "per_client": known.per_client} if known else None
    if known and before == given:
        return known
    row = known or RequestLimit()
    row.per_minute, row.per_client, row.at = per_minute, per_client, at
    row.save()
    _unlimited.pop(current_tenant(), None)
    record("kernel.requests_limited", row, at=at, actor=actor, before=before, after=given)
    return row


def _counted(tenant_id: uuid.UUID, client: str, minute: datetime) -> list[tuple[str, int, int]]:
    """Return (client, requests of this minute, limit), the whole tenant first; nothing where no limit is set."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")  # a count lost with the machine's power is no loss
        cursor.execute(
            f"WITH allowed AS (SELECT per_minute, per_client FROM {_LIMITS} WHERE tenant_id = %s)"  # noqa: S608  ours
            f" INSERT INTO {_COUNTS} AS known (tenant_id, id, minute, client, count)"
            " SELECT %s, told.id, %s, told.client, 1"
            " FROM allowed, unnest(%s::uuid[], %s::text[]) AS told (id, client)"
            " ON CONFLICT (tenant_id, minute, client) DO UPDATE SET count = known.count + 1"
            " RETURNING client, count, (SELECT CASE client WHEN '' THEN per_minute ELSE per_client END FROM allowed)",
            [tenant_id, tenant_id, minute, [uuid7(), uuid7()], ["", client]],
        )
        return [(whose, count, limit) for whose, count, limit in cursor.fetchall()]


def _tell(tenant_id: uuid.UUID, client: str, minute: datetime, limit: int) -> None:
    for module in registry.modules():
        if module.on_overload:
            queue(module.on_overload, tenant_id, client=client, minute=minute.isoformat(), limit=limit)
