"""
Writing tables' files anew after erasures: once a night for all of them, since whoever works waits for it.

A table's file keeps what was deleted from it until something else is written over it, or it is written anew.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import psycopg

from kontor.kernel.actions import erasing as taking
from kontor.kernel.actions.schedule import put_due
from kontor.kernel.models import Tenant
from kontor.kernel.queries.owned_tables import tables_to_empty
from kontor.kernel.tenancy import current_tenant
from kontor.office.privacy.models import Erasure

JOB: Final = "privacy.rewrite"
HOUR: Final = time(3)  # erasures begin just after midnight
UNWRITTEN: Final = ("owner", "disk", "large", "busy")  # what stands in the way, the gravest first


def put_next(*, at: datetime) -> datetime:
    """Have the tables written anew at the next hour for it, and return when; it is due once, whoever asks."""
    here = at.astimezone(ZoneInfo(Tenant.objects.get(pk=current_tenant()).zone))
    coming = here.date() if here.time() < HOUR else here.date() + timedelta(days=1)
    due = datetime.combine(coming, HOUR, here.tzinfo)
    put_due(JOB, at=due)
    return due


def tables_of(erasure: Erasure) -> list[str]:
    """Return the tables that had rows of an erased company, and those of no tenant in which something of it stood."""
    owned = [model._meta.db_table for model in tables_to_empty() if model._meta.label in erasure.counts]
    return [*owned, *taking.shared_tables()]


def rewritten_tables(db: psycopg.Connection, erasures: Iterable[Erasure]) -> dict[str, str]:
    """Write every table of these erasures anew, each once; return "yes" for it, or what stood in its way."""
    tables = dict.fromkeys(table for erasure in erasures for table in tables_of(erasure))
    return {table: _rewritten(db, table) for table in tables}


def word_for(erasure: Erasure, done: Mapping[str, str]) -> str:
    """Return what its certificate says: "yes" where every table of it was written anew, or the gravest obstacle."""
    words = {done[table] for table in tables_of(erasure)}
    return next(word for word in (*UNWRITTEN, "yes") if word in words)


def _rewritten(db: psycopg.Connection, table: str) -> str:
    """Write one table anew; what stood in its way, if anything, keeps no other table from it."""
    try:
        return "yes" if taking.rewrite_table(db, table) else "owner"
    except psycopg.errors.LockNotAvailable:
        return "busy"
    except psycopg.errors.DiskFull:
        return "disk"
    except taking.TableTooLargeError:
        return "large"
