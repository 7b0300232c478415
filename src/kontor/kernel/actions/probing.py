"""
How often a key reads the same address in an hour: counted where the tenant's supplier asks for it.

Nothing is refused here. As with requests in a minute, one statement counts in a short transaction of its own, and a
process that saw no limit does not ask again for a few seconds.
"""

import hashlib
import uuid
from datetime import datetime, timedelta
from time import monotonic
from typing import Final

from django.db import connection, transaction

from kontor.kernel import registry
from kontor.kernel.actions.queue import queue
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.models import ProbeHour, ProbeLimit
from kontor.kernel.rows import uuid7
from kontor.kernel.tenancy import as_tenant, current_tenant

KEPT: Final = timedelta(days=1)
_BELIEVED: Final = 10.0  # seconds until another process's new limit holds in this one
_uncounted: dict[
    uuid.UUID, float
] = {}  # tenant -> until when, by this process's clock, it is believed to have no limit
_LIMITS, _COUNTS = ProbeLimit._meta.db_table, ProbeHour._meta.db_table


def count_read(tenant_id: uuid.UUID, client: str, address: str, *, at: datetime) -> None:
    """
    Count a read of an address (path and query) by a client; outside of the request's own transaction.

    The first one over the limit in an hour queues the jobs that modules declare as `on_probing`.
    """
    if _uncounted.get(tenant_id, 0.0) > monotonic():
        return
    hour = at.replace(minute=0, second=0, microsecond=0)
    with as_tenant(tenant_id):
        found = _counted(tenant_id, client, hashlib.sha256(address.encode()).digest(), hour)
        if found is None:
            _uncounted[tenant_id] = monotonic() + _BELIEVED
            return
        count, limit = found
        if count == limit + 1:
            path = address.partition("?")[0]
            for module in registry.modules():
                if module.on_probing:
                    queue(module.on_probing, tenant_id, client=client, hour=hour.isoformat(), address=path, limit=limit)
        if count == 1:
            ProbeHour.objects.filter(hour__lt=hour - KEPT).delete()


@transaction.atomic
def set_probe_limit(*, reads_per_hour: int, at: datetime, actor: Actor) -> ProbeLimit:
    """Have identical reads of the current tenant's keys counted; the same number again changes nothing."""
    known = ProbeLimit.objects.select_for_update().first()
    if known and known.reads_per_hour == reads_per_hour:
        return known
    before = {"reads_per_hour": known.reads_per_hour} if known else None
    row = known or ProbeLimit()
    row.reads_per_hour, row.at = reads_per_hour, at
    row.save()
    _uncounted.pop(current_tenant(), None)
    after = {"reads_per_hour": reads_per_hour}
    record("kernel.probes_limited", row, at=at, actor=actor, before=before, after=after)
    return row


def _counted(tenant_id: uuid.UUID, client: str, asked: bytes, hour: datetime) -> tuple[int, int] | None:
    """Return (reads in this hour, limit), None where no limit is set."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")  # a count lost with the machine's power is no loss
        cursor.execute(
            f"INSERT INTO {_COUNTS} AS known (tenant_id, id, hour, client, asked, count)"  # noqa: S608  ours
            f" SELECT %s, %s, %s, %s, %s, 1 FROM {_LIMITS} WHERE tenant_id = %s"
            " ON CONFLICT (tenant_id, hour, client, asked) DO UPDATE SET count = known.count + 1"
            f" RETURNING count, (SELECT reads_per_hour FROM {_LIMITS} WHERE tenant_id = %s)",
            [tenant_id, uuid7(), hour, client, asked, tenant_id, tenant_id],
        )
        found: tuple[int, int] | None = cursor.fetchone()
        return found
