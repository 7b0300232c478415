"""The people to whom an export's rows refer: its members with their address, everybody else by name alone."""

import json
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

import psycopg
from psycopg import sql

from kontor.office.privacy.queries.tables import Table, people_columns

STAYS_HERE = ("privacy.pack_export", "privacy.discard_export", "privacy.erase", "privacy.rewrite")
MEMBERS = "SELECT user_id FROM kernel_membership WHERE tenant_id = {tenant}"


def people_lines(db: psycopg.Connection[Any], chosen: Sequence[Table], tenant: uuid.UUID) -> Iterator[bytes]:
    """
    Yield a line of JSON for each person; nobody's password, second factor or sessions.

    Somebody who is no member, such as the supplier's staff who helped, is named without address: their data is theirs.
    """
    columns = people_columns(chosen)
    refers = sql.SQL(" UNION ").join(
        sql.SQL("SELECT {} FROM {} WHERE tenant_id = {}").format(
            sql.Identifier(column), sql.Identifier(table), str(tenant)
        )
        for table, column in columns
    )
    members = sql.SQL(MEMBERS).format(tenant=str(tenant))
    statement = sql.SQL(
        "SELECT id, name, is_member, CASE WHEN is_member THEN email END, CASE WHEN is_member THEN language END,"
        " CASE WHEN is_member THEN phone END FROM"
        " (SELECT *, id IN ({members}) AS is_member FROM identity_user WHERE id IN ({refers})) found ORDER BY id"
    ).format(members=members, refers=refers)
    names = ("id", "name", "member", "email", "language", "phone")
    for row in db.execute(statement):
        told = dict(zip(names, row, strict=True)) | {"id": str(row[0])}
        yield json.dumps(told, ensure_ascii=False).encode() + b"\n"


def due_lines(db: psycopg.Connection[Any], tenant: uuid.UUID) -> Iterator[bytes]:
    """Yield a line of JSON for each thing that falls due by itself, except what is about copies and erasures."""
    rows = db.execute(
        "SELECT json_build_object('id', id, 'job', job, 'arguments', arguments, 'at', at, 'repeat', repeat_minutes)"
        "::text"
        " FROM kernel_due WHERE tenant_id = %s AND job <> ALL(%s) ORDER BY id",
        [tenant, list(STAYS_HERE)],
    )
    for (line,) in rows:
        yield f"{line}\n".encode()


def dump_lines(db: psycopg.Connection[Any], tenant: uuid.UUID) -> Iterator[bytes]:
    """Yield the dump's rows of tables that belong to nobody: the tenant itself, and its members without passwords."""
    yield from _inserts(db, "kernel_tenant", sql.SQL("id = {}").format(str(tenant)), {"sandbox_of_id": None})
    members = sql.SQL("id IN (" + MEMBERS + ")").format(tenant=str(tenant))
    yield from _inserts(db, "identity_user", members, {"password": "!", "last_login": None})


def _inserts(
    db: psycopg.Connection[Any], table: str, which: sql.Composable, instead: dict[str, str | None]
) -> Iterator[bytes]:
    rows = db.execute(
        sql.SQL("SELECT row_to_json(t)::text FROM {} t WHERE {} ORDER BY id").format(sql.Identifier(table), which)
    )
    for (line,) in rows:
        told = json.dumps(json.loads(line) | instead, ensure_ascii=False)
        statement = (
            "INSERT INTO public.{0} SELECT * FROM json_populate_record(NULL::public.{0}, {1}) ON CONFLICT DO NOTHING;\n"
        )
        yield sql.SQL(statement).format(sql.Identifier(table), sql.Literal(told)).as_string(db).encode()
