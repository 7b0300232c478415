"""
What an export reads: every table that belongs to a tenant, row by row, as the database itself writes it.

PostgreSQL makes the JSON, the CSV and the dump; each value comes back by `json_populate_recordset` exactly as it was.
What is encrypted with the tenant's key is opened here, since the key stays in the house.
"""

import csv
import io
import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import psycopg
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import connection, models
from psycopg import sql

from kontor.kernel.encryption import EncryptedTextField, decrypt, encrypt
from kontor.kernel.queries.record import OBJECT_KEY
from kontor.kernel.rows import FinalRow, TenantOwned
from kontor.rulebook.ruling import Text

# Keys that never leave, and what tells of exports themselves.
NOT_EXPORTED: Final = frozenset({"kernel.TenantKey", "privacy.Export", "privacy.ExportEntry"})
# The chain's links are proved with a key that never leaves; the other installation seals the entries anew.
NOT_IMPORTED: Final = frozenset({"kernel.RecordSeal"})
# By these an installation finds a tenant before it knows which: they name it to strangers, so they are made anew where
# it arrives. What is due goes along in a file of its own.
STAYS_BEHIND: Final = {
    "desk_centreaddress": Text(
        "die Adresse des Kundenzentrums: Ein Name gilt in einer Installation einmal und wird neu gewählt",
        "the address of the customer centre: a name is one tenant's in an installation, and is chosen anew",
    ),
    "identity_entrance": Text(
        "Domains und Anmeldedienste, die hierher führen: Wem sie gehören, wird in jeder Installation neu bewiesen",
        "domains and providers that lead here: whose they are is proved anew in each installation",
    ),
    "kernel_credential": Text(
        "ausgegebene Links: Ihre Adresse gilt nur hier, und hier ist nur ein Abdruck davon",
        "links that were handed out: their address is this installation's, which knows only a hash of them",
    ),
    "terminals_pairing": Text(
        "Kopplungen, die gerade warten: Sie gelten zehn Minuten",
        "pairings that are waiting: they last ten minutes",
    ),
}
NO_CSV: Final = frozenset({"kernel.RecordKey"})
FORMULA: Final = "=+-@\t\r"
JSON_LINES: Final = "(FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')"  # signs that JSON never contains unescaped
AT_ONCE: Final = 2000


@dataclass(frozen=True)
class Table:
    """A tenant's table as it is exported."""

    model: type[TenantOwned]

    @property
    def label(self) -> str:
        """Its name in the product: "books.Invoice"."""
        return str(self.model._meta.label)

    @property
    def name(self) -> str:
        """Its name in the database."""
        return str(self.model._meta.db_table)

    @cached_property
    def fields(self) -> "list[models.Field[Any, Any]]":
        """Its columns, those left out that the database computes."""
        return [field for field in self.model._meta.concrete_fields if not getattr(field, "generated", False)]

    @cached_property
    def columns(self) -> list[str]:
        """The names of its columns."""
        return [str(field.column) for field in self.fields]

    @cached_property
    def boxes(self) -> dict[str, "Box"]:
        """Its columns that only the tenant's key opens."""
        if self.label == "kernel.RecordKey":
            return {"wrapped": Box(lambda row: f"{OBJECT_KEY} {row['object_id']}", binary=True)}
        secret = [field for field in self.fields if isinstance(field, EncryptedTextField)]
        return {str(field.column): Box(_place(field), binary=False) for field in secret}

    @property
    def is_final(self) -> bool:
        """Whether its rows say in which transaction they were made."""
        return issubclass(self.model, FinalRow)

    def schema(self) -> dict[str, Any]:
        """Return what the table's columns are, for whoever reads the files."""
        return {"table": self.name, "model": self.label, "columns": [_described(field) for field in self.fields]}


@dataclass(frozen=True, slots=True)
class Box:
    """A closed column: where it belongs, given its row, and whether it holds bytes or text."""

    place: Callable[[dict[str, Any]], str]
    binary: bool

    def opened(self, closed: bytes, row: dict[str, Any]) -> str:
        """Return the content: text, or bytes as the database writes them in JSON."""
        plain = decrypt(closed, context=self.place(row))
        return f"\\x{plain.hex()}" if self.binary else plain.decode()

    def closed(self, plain: str, row: dict[str, Any]) -> str:
        """Return what `opened` was given, closed with the current tenant's key, as the database writes bytes."""
        data = bytes.fromhex(plain.removeprefix("\\x")) if self.binary else plain.encode()
        return f"\\x{encrypt(data, context=self.place(row)).hex()}"


def tables() -> list[Table]:
    """Return every table that an export holds; a whole before its parts, so that they can be put back in this order."""
    found = [
        Table(model)
        for model in apps.get_models()
        if issubclass(model, TenantOwned) and model._meta.label not in NOT_EXPORTED
    ]
    return sorted(found, key=lambda table: (_depth(table.model), table.name))


def reader(tenant: uuid.UUID) -> psycopg.Connection[Any]:
    """Return a connection of its own, as the application's role and this tenant, reading at one moment."""
    given = connection.get_connection_params()
    given.pop("cursor_factory", None)
    given.pop("context", None)
    db = psycopg.connect(**given)
    db.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    db.execute(sql.SQL("SET kontor.tenant = {}").format(sql.Literal(str(tenant))))
    db.execute("SET TimeZone = 'UTC'; SET bytea_output = 'hex'; SET IntervalStyle = 'postgres'")
    db.commit()
    return db


def counted(db: psycopg.Connection[Any], chosen: Iterable[Table], tenant: uuid.UUID) -> dict[str, int]:
    """Return how many rows each table has at this moment."""
    counts = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {}, count(*) FROM {} WHERE tenant_id = {}").format(
            sql.Literal(table.name), sql.Identifier(table.name), str(tenant)
        )
        for table in chosen
    )
    return dict(db.execute(counts).fetchall())


def json_lines(db: psycopg.Connection[Any], table: Table, tenant: uuid.UUID) -> Iterator[bytes]:
    """Yield the table's rows as JSON, a line each, in the order of their ids."""
    if not table.boxes:
        yield from _copied(db, sql.SQL("row_to_json(t)"), table, tenant, how=JSON_LINES)
        return
    for line, closed in _opened(db, table, tenant):
        more = "".join(f",{json.dumps(name)}:{json.dumps(text, ensure_ascii=False)}" for name, text in closed.items())
        yield f"{line[:-1]}{more}}}\n".encode()


def comma_separated(db: psycopg.Connection[Any], table: Table, tenant: uuid.UUID) -> Iterator[bytes]:
    """Yield the table for a spreadsheet: a text that it would take for a formula stands behind an apostrophe."""
    head = io.StringIO()
    csv.writer(head).writerow(table.columns)
    yield head.getvalue().encode()
    if not table.boxes:
        shown = sql.SQL(", ").join(_harmless(field) for field in table.fields)
        yield from _copied(db, shown, table, tenant, how="(FORMAT csv)")
        return
    for line, closed in _opened(db, table, tenant):
        row = json.loads(line) | closed
        out = io.StringIO()
        csv.writer(out).writerow([_guarded(row[name]) for name in table.columns])
        yield out.getvalue().encode()


def dump(db: psycopg.Connection[Any], table: Table, tenant: uuid.UUID) -> Iterator[bytes]:
    """Yield the table's part of a dump as pg_dump writes it: what is encrypted stays so."""
    columns = sql.SQL(", ").join(sql.Identifier(name) for name in table.columns)
    head = sql.SQL("\nCOPY public.{} ({}) FROM stdin;\n").format(sql.Identifier(table.name), columns)
    yield head.as_string(db).encode()
    yield from _copied(db, columns, table, tenant, how="(FORMAT text)")
    yield b"\\.\n"


def _copied(
    db: psycopg.Connection[Any], what: sql.Composable, table: Table, tenant: uuid.UUID, *, how: str
) -> Iterator[bytes]:
    columns = sql.SQL(", ").join(sql.Identifier(name) for name in table.columns)
    rows = sql.SQL("(SELECT {} FROM {} WHERE tenant_id = {} ORDER BY id) t").format(
        columns, sql.Identifier(table.name), str(tenant)
    )
    with (
        db.cursor() as cursor,
        cursor.copy(sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT {}").format(what, rows, sql.SQL(how))) as copy,
    ):
        for data in copy:
            yield bytes(data)


def _opened(
    db: psycopg.Connection[Any], table: Table, tenant: uuid.UUID
) -> Iterator[tuple[str, dict[str, str | None]]]:
    """Yield each row's JSON without what is closed, and what is closed, opened; the tenant must be the current one."""
    free = sql.SQL(", ").join(sql.Identifier(name) for name in table.columns if name not in table.boxes)
    boxes = sql.SQL(", ").join(sql.Identifier(name) for name in table.boxes)
    statement = sql.SQL(
        "SELECT row_to_json((SELECT r FROM (SELECT {}) r))::text, {} FROM {} WHERE tenant_id = {} ORDER BY id"
    ).format(free, boxes, sql.Identifier(table.name), str(tenant))
    with db.cursor(f"export_{table.name}") as cursor:
        cursor.itersize = AT_ONCE
        for line, *closed in cursor.execute(statement):
            row = json.loads(line)
            yield (
                line,
                {
                    name: None if value is None else box.opened(bytes(value), row)
                    for (name, box), value in zip(table.boxes.items(), closed, strict=True)
                },
            )


def _harmless(field: "models.Field[Any, Any]") -> sql.Composable:
    column = sql.Identifier(str(field.column))
    if not isinstance(field, (models.CharField, models.TextField, models.JSONField)):
        return column
    guarded = (
        "CASE WHEN left({0}::text, 1) IN ('=', '+', '-', '@', E'\\t', E'\\r') THEN '''' || {0}::text ELSE {0}::text END"
    )
    return sql.SQL(guarded).format(column)


def _guarded(value: Any) -> Any:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else value
    return f"'{text}" if isinstance(text, str) and text[:1] in FORMULA and text else text


def _place(field: EncryptedTextField) -> Callable[[dict[str, Any]], str]:
    place = field.bound_to or f"{field.model._meta.db_table}.{field.column}"
    return lambda _row: place


def _described(field: "models.Field[Any, Any]") -> dict[str, Any]:
    told: dict[str, Any] = {"name": field.column, "type": field.db_type(connection), "null": field.null}
    if isinstance(field, EncryptedTextField):
        told |= {"type": "text", "encrypted": True}
    if field.remote_field:
        told["references"] = field.remote_field.model._meta.db_table
    return told


def _depth(model: Any) -> int:
    part_of = model.row_rules.part_of
    if not part_of:
        return 0
    whole = model._meta.get_field(part_of).remote_field.model
    return 1 + _depth(whole)


def people_columns(chosen: Sequence[Table]) -> list[tuple[str, str]]:
    """Return (table, column) of every reference to a person who signs in, the record's actors included."""
    user = get_user_model()
    found = [
        (table.name, str(field.column))
        for table in chosen
        for field in table.fields
        if field.remote_field and field.remote_field.model is user
    ]
    return [*found, ("kernel_recordentry", "actor")]
