"""
Taking away everything of a tenant: sessions and jobs first, then files, rows, and its keys last.

Each function may be repeated: what is gone is gone. Who decides that a tenant goes, and what remains elsewhere and why,
is not known here.
"""

import shutil
import uuid
from typing import Final

import psycopg
from django.contrib.auth import get_user_model
from django.db import connection, models, transaction
from psycopg import sql

from kontor.kernel import keyring
from kontor.kernel.actions.sessions import end_sessions_of_tenant
from kontor.kernel.envelope import Place
from kontor.kernel.erasing import erasing_of
from kontor.kernel.models import BlobContent, Session, Tenant
from kontor.kernel.queries.owned_tables import links_within, named_tenants_tables
from kontor.kernel.rows import TenantOwned
from kontor.kernel.storage import LocalStore, store
from kontor.kernel.tenancy import as_tenant

AT_ONCE: Final = 1000  # rows; whoever carries an erasure out rests in between
FILES_AT_ONCE: Final = 100
NOBODYS_NAME: Final = "—"
LARGEST_REWRITTEN: Final = 1 << 30  # bytes; others wait for some seconds while as much is written


class TableTooLargeError(Exception):
    """To write this table anew would keep everybody else waiting for long: its administrator chooses the hour."""


@transaction.atomic
def close_doors(tenant: uuid.UUID) -> int:
    """
    Let nobody and nothing reach a tenant any more: sessions, links, what is due, queued jobs; return how many rows.

    Call it outside `as_tenant`. The tenant's own row stays under no name, since others' documents point to it.
    """
    gone: int = end_sessions_of_tenant(tenant)
    for model in named_tenants_tables():
        deleted: int = model._default_manager.filter(tenant_id=tenant).delete()[0]  # noqa: SLF001  whatever it is called
        gone += deleted
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE args ->> 'tenant_id' = %s AND status <> 'doing'", [str(tenant)]
        )
        gone += int(cursor.rowcount)
    Tenant.objects.filter(pk=tenant).update(name=NOBODYS_NAME)
    return gone


def erase_files(tenant: uuid.UUID, *, after: uuid.UUID | None) -> uuid.UUID | None:
    """
    Delete some of a tenant's files where they lie; return the last content whose file went, None when all have gone.

    after  the answer of the call before, None to begin. The rows that know the files go with their tables.
    """
    with as_tenant(tenant):
        contents = BlobContent.objects.order_by("pk")
        rest = contents if after is None else contents.filter(pk__gt=after)
        some = list(rest.values_list("pk", "sha256", "customer_tenant_id")[:FILES_AT_ONCE])
        places = set(Tenant.objects.values_list("files_at", "files_from").get(pk=tenant))
    for key in places:
        if key is None:
            continue
        files = store(key)
        for _, sha256, customer in some:
            files.remove(Place(tenant, customer, bytes(sha256)).name)
        if not some and isinstance(files, LocalStore):  # what transactions that were rolled back left there
            shutil.rmtree(files.folder / str(tenant), ignore_errors=True)
    return some[-1][0] if some else None


def erase_rows(db: psycopg.Connection, tenant: uuid.UUID, model: type[TenantOwned]) -> int:
    """Delete some of a tenant's rows of one table, as the eraser, and commit; how many, 0 when none is left."""
    table, links = sql.Identifier(model._meta.db_table), links_within(model)
    unnamed = sql.SQL("").join(
        sql.SQL(
            " AND NOT EXISTS (SELECT FROM {table} o WHERE o.tenant_id = {tenant} AND o.{link} = t.id AND o.id <> t.id)"
        ).format(table=table, tenant=tenant, link=sql.Identifier(link))
        for link in links
    )
    statement = sql.SQL(
        "DELETE FROM {table} WHERE tenant_id = {tenant}"
        " AND id IN (SELECT id FROM {table} t WHERE tenant_id = {tenant}{unnamed} LIMIT {some})"
    )
    with erasing_of(db, tenant):
        gone = db.execute(statement.format(table=table, tenant=tenant, unnamed=unnamed, some=AT_ONCE)).rowcount
        if links and not gone:  # what is left names each other in a circle, and goes together
            gone = db.execute(
                sql.SQL("DELETE FROM {table} WHERE tenant_id = {tenant}").format(table=table, tenant=tenant)
            ).rowcount
    return gone


def shared_tables() -> tuple[str, ...]:
    """Return the tables of no tenant in which something of one stood: jobs, sessions, accounts, samples of values."""
    user = get_user_model()
    belonging = {
        link.related_model for link in user._meta.related_objects if getattr(link, "on_delete", None) is models.CASCADE
    }
    rows: set[type[models.Model]] = {Session, Tenant, user, *belonging, *named_tenants_tables()}
    return (
        *sorted(model._meta.db_table for model in rows),
        "procrastinate_events",
        "procrastinate_jobs",
        "pg_statistic",
    )


def rewrite_table(db: psycopg.Connection, table: str) -> bool:
    """
    Write a table's file anew without what was deleted from it; False where this server lets only the owner do that.

    Others wait while it is written, table by table; LockNotAvailable where somebody holds it for long, DiskFull where
    there is no room for both files, TableTooLargeError above `LARGEST_REWRITTEN`: it was only cleaned then.
    """
    if not may_rewrite(db):
        return False
    db.execute("SET lock_timeout = '5s'")
    # First the plain one: it takes away what no session of this database sees any more. Writing anew alone would carry
    # that along while anybody writes anywhere in the cluster.
    db.execute(sql.SQL("VACUUM {}").format(sql.Identifier(table)))
    size = db.execute("SELECT pg_table_size(%s::regclass)", [f'"{table}"']).fetchone()
    if size and size[0] > LARGEST_REWRITTEN:
        raise TableTooLargeError(table)
    db.execute(sql.SQL("VACUUM (FULL) {}").format(sql.Identifier(table)))
    return True


def may_rewrite(db: psycopg.Connection) -> bool:
    """Tell whether the eraser may write tables anew: from PostgreSQL 17 on, where its administrator granted it."""
    row = db.execute(
        "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'pg_maintain'"
        " AND pg_has_role(current_user, oid, 'member'))"
    ).fetchone()
    return bool(row and row[0])


def forget_keys(tenant: uuid.UUID) -> None:
    """Forget, in this process, the tenant's keys that it had opened."""
    keyring.forget(tenant)
