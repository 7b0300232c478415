"""Closing the record: what was written until a moment ago becomes a link of the tenant's chain."""

from datetime import datetime
from typing import Final

from django.db import connection, transaction

from kontor.kernel.models import RecordEntry, RecordSeal
from kontor.kernel.queries.chain import START, chain_key, clusters, entry_digest, in_order, link_start
from kontor.kernel.tenancy import current_tenant

LINK_SIZE: Final = 5000
# Which transactions still run is known for the whole cluster; those that provably belong to another of its databases
# write nothing here. A lock names only the lower 32 bits of its transaction's number.
HORIZON: Final = """
SELECT (pg_control_system()).system_identifier,
       coalesce(
           (SELECT min(running::text::bigint) FROM pg_snapshot_xip(now.snapshot) running
             WHERE NOT EXISTS (
                   SELECT FROM pg_locks held JOIN pg_stat_activity holder ON holder.pid = held.pid
                    WHERE held.locktype = 'transactionid' AND held.mode = 'ExclusiveLock' AND held.granted
                      AND held.transactionid::text::bigint = running::text::bigint % 4294967296
                      AND holder.datid <> (SELECT oid FROM pg_database WHERE datname = current_database()))),
           pg_snapshot_xmax(now.snapshot)::text::bigint)
  FROM (SELECT pg_current_snapshot() AS snapshot) now
"""


@transaction.atomic
def seal(*, at: datetime) -> int:
    """
    Chain the current tenant's unsealed entries and return how many there were.

    Only entries whose transaction began before every one that still runs: nobody can add anything before them any more.
    One sealer at a time; a second one waits and finds what the first has left.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"kernel seal {current_tenant()}"])
        cursor.execute(HORIZON)
        here, horizon = cursor.fetchone()
    sealed = 0
    for cluster in clusters():
        while entries := _next_entries(cluster, before=horizon if cluster == here else None):
            _link(cluster, entries, at)
            sealed += len(entries)
    return sealed


def _next_entries(cluster: int, *, before: int | None) -> list[RecordEntry]:
    """Return a link's worth of entries; those that came here with a restored copy are all finished."""
    last = RecordSeal.objects.filter(cluster=cluster).order_by("-number").first()
    rows = in_order(cluster, after=last)
    if before is not None:
        rows = rows.filter(made_in__lt=before)
    return list(rows[:LINK_SIZE])


def _link(cluster: int, entries: list[RecordEntry], at: datetime) -> None:
    previous = RecordSeal.objects.order_by("-number").first()
    link = RecordSeal(
        number=previous.number + 1 if previous else 1,
        at=at,
        cluster=cluster,
        last_made_in=entries[-1].made_in,
        last_entry=entries[-1].pk,
        entries=len(entries),
    )
    digest = link_start(chain_key(), bytes(previous.chain) if previous else START, link)
    for entry in entries:
        digest.update(entry_digest(entry))
    link.chain = digest.digest()
    link.save(force_insert=True)
