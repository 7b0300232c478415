"""
Taking away rows whose time is over, with what hangs on them: details of the record, parts, files nobody else needs.

The eraser does it, some rows at once and each time in one transaction of its own, so that a night that is killed goes
on where it was.
"""

import uuid
from collections.abc import Iterator, Sequence
from typing import Final

import psycopg
from django.db import models
from psycopg import sql

from kontor.kernel.envelope import Place
from kontor.kernel.erasing import erasing_of
from kontor.kernel.keeping import Whole
from kontor.kernel.models import Blob, BlobContent, OutgoingMail, RecordDetail, RecordEntry, RecordKey, Tenant
from kontor.kernel.queries.owned_tables import tables_to_empty
from kontor.kernel.rows import TenantOwned
from kontor.kernel.storage import store

_ENTRIES: Final = sql.Identifier(RecordEntry._meta.db_table)


def take_rows(db: psycopg.Connection, tenant: uuid.UUID, whole: Whole, rows: Sequence[uuid.UUID]) -> int:
    """
    Delete rows of a table and everything that goes with them, as the eraser, and commit; return how many rows in all.

    ForeignKeyViolation where something else points to one of them: then none of them is gone.
    """
    if not rows:
        return 0
    with erasing_of(db, tenant):
        files = [row for (row,) in (*_files(db, tenant, whole, rows), *_enclosed(db, tenant, whole, rows))]
        for model, _ in whole.tables:
            _forget_details(db, tenant, _chosen(whole, model, tenant, rows))
        gone = 0
        for model in [each for each in tables_to_empty() if each in dict(whole.tables)]:
            statement = sql.SQL("DELETE FROM {} WHERE tenant_id = {} AND id IN ({})").format(
                _table(model), tenant, _chosen(whole, model, tenant, rows)
            )
            gone += db.execute(statement).rowcount
    take_files(db, tenant, files)
    return gone


def take_files(db: psycopg.Connection, tenant: uuid.UUID, files: Sequence[uuid.UUID]) -> int:
    """Delete files of a tenant that nothing else needs, row and content; return how many went."""
    places = set(Tenant.objects.values_list("files_at", "files_from").get(pk=tenant))
    gone = 0
    for file in files:
        content = _take_file(db, tenant, file)
        gone += content is not None
        for key in places if isinstance(content, Place) else ():
            if key is not None:
                store(key).remove(content.name)  # type: ignore[union-attr]
    return gone


def _take_file(db: psycopg.Connection, tenant: uuid.UUID, file: uuid.UUID) -> Place | bool | None:
    """Delete a file's row; its content's place where that went too, None where something still needs the file."""
    named = sql.SQL("EXISTS (SELECT FROM {} WHERE tenant_id = {} AND attachments @> {}::jsonb)").format(
        _table(OutgoingMail), tenant, f'[{{"blob": "{file}"}}]'
    )
    try:
        with erasing_of(db, tenant):
            row = db.execute(
                sql.SQL("DELETE FROM {} WHERE tenant_id = {} AND id = {} AND NOT {} RETURNING content_id").format(
                    _table(Blob), tenant, file, named
                )
            ).fetchone()
    except psycopg.errors.ForeignKeyViolation:
        return None
    if row is None:
        return None
    try:
        with erasing_of(db, tenant):
            content = db.execute(
                sql.SQL("DELETE FROM {} WHERE tenant_id = {} AND id = {} RETURNING customer_tenant_id, sha256").format(
                    _table(BlobContent), tenant, row[0]
                )
            ).fetchone()
    except psycopg.errors.ForeignKeyViolation:
        return True  # the same bytes under another name
    assert content is not None
    return Place(tenant, content[0], bytes(content[1]))


def _files(
    db: psycopg.Connection, tenant: uuid.UUID, whole: Whole, rows: Sequence[uuid.UUID]
) -> Iterator[tuple[uuid.UUID]]:
    for model, _ in whole.tables:
        for field in model._meta.concrete_fields:
            if isinstance(field, models.ForeignKey) and field.remote_field.model is Blob:
                column = sql.Identifier(str(field.column))
                statement = sql.SQL("SELECT {} FROM {} WHERE tenant_id = {} AND {} IS NOT NULL AND id IN ({})").format(
                    column, _table(model), tenant, column, _chosen(whole, model, tenant, rows)
                )
                yield from db.execute(statement).fetchall()


def _enclosed(
    db: psycopg.Connection, tenant: uuid.UUID, whole: Whole, rows: Sequence[uuid.UUID]
) -> Iterator[tuple[uuid.UUID]]:
    """Yield the files that mails among the rows carry: they are named in a list, which nothing points by."""
    if OutgoingMail in dict(whole.tables):
        statement = sql.SQL(
            "SELECT (jsonb_array_elements(attachments)->>'blob')::uuid FROM {} WHERE tenant_id = {} AND id IN ({})"
        ).format(_table(OutgoingMail), tenant, _chosen(whole, OutgoingMail, tenant, rows))
        yield from db.execute(statement).fetchall()


def _forget_details(db: psycopg.Connection, tenant: uuid.UUID, chosen: sql.Composable) -> None:
    """Delete what the record says of objects beyond that something happened: the chain still holds (decision 0018)."""
    about = sql.SQL("SELECT id FROM {} WHERE tenant_id = {} AND object_id IN ({})").format(_ENTRIES, tenant, chosen)
    for model, column, which in ((RecordDetail, "entry_id", about), (RecordKey, "object_id", chosen)):
        db.execute(
            sql.SQL("DELETE FROM {} WHERE tenant_id = {} AND {} IN ({})").format(
                _table(model), tenant, sql.Identifier(column), which
            )
        )


def _chosen(whole: Whole, model: type[TenantOwned], tenant: uuid.UUID, rows: Sequence[uuid.UUID]) -> sql.Composable:
    """Return the query for the ids of a table's rows that go with the rows of the first."""
    columns = dict(whole.tables)[model]
    if not columns:
        return sql.SQL("SELECT unnest({}::uuid[])").format(list(rows))
    hanging = [
        sql.SQL("{} IN ({})").format(
            sql.Identifier(str(model._meta.get_field(column).column)),  # type: ignore[union-attr]
            _chosen(whole, target, tenant, rows),
        )
        for column, target in columns
        if target is not model
    ]
    return sql.SQL("SELECT id FROM {} WHERE tenant_id = {} AND ({})").format(
        _table(model), tenant, sql.SQL(" OR ").join(hanging)
    )


def _table(model: type[models.Model]) -> sql.Identifier:
    return sql.Identifier(model._meta.db_table)
