"""
Putting an export back: the same tenant, here or in another installation, in one transaction or not at all.

Ids stay as they are, since a tenant's rows are only ever asked for together with the tenant. Where the tenant itself
is already here the copy becomes another one, and its own id is exchanged wherever it stands. What the tenant's key
closed was opened for the export and is closed again with a new key; the record is sealed anew, entry by entry.
"""

import contextlib
import json
import uuid
import zipfile
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any, Final

from django.db import connection, transaction
from psycopg import sql

from kontor.kernel import cipher
from kontor.kernel.actions.data_places import writing_store
from kontor.kernel.actions.queue import UnknownJobError
from kontor.kernel.actions.record import record
from kontor.kernel.actions.schedule import put_due
from kontor.kernel.actor import Actor
from kontor.kernel.envelope import Place, closed
from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.public import send_new_links, take_in
from kontor.office.privacy.actions.reclosing import reclosed
from kontor.office.privacy.formats import manifest
from kontor.office.privacy.formats.manifest import HostileArchiveError, Told
from kontor.office.privacy.formats.rewriting import lines, rewritten, twins
from kontor.office.privacy.queries.tables import NOT_IMPORTED, Table, tables

AT_ONCE: Final = 1000
# Rows that are kept once per content and customer: where the customer is elsewhere, two become one.
ONCE: Final = {"kernel.BlobContent": "sha256", "kernel.StoredRuling": "digest"}


class UntrustedExportError(Exception):
    """The export was signed by an installation that nobody here vouched for."""

    def __init__(self, signed_by: str) -> None:
        super().__init__(
            f"This export was signed by {signed_by}. Compare that with what its maker told you, and name it as trusted."
        )
        self.signed_by = signed_by


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """
    What came in.

    known, invited  people who had an account here already, and those who were mailed a link to set their password
    missing         files that the export itself had lost
    """

    tenant: uuid.UUID
    rows: int
    files: int
    known: int
    invited: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Into:
    """Where an archive goes: its tenant here, what is exchanged for what, and whether its customers are here too."""

    archive: zipfile.ZipFile
    told: Told
    tenant: Tenant
    exchanged: Mapping[str, str]
    same: bool


def own_signature() -> str:
    """Return the public key with which this installation signs its exports."""
    return manifest.public_key(cipher.purposed(manifest.PURPOSE))


def import_tenant(file: IO[bytes], *, trusted: Collection[str], at: datetime, actor: Actor) -> Imported:
    """
    Put an export back as a tenant of this installation.

    trusted  public keys of other installations that were compared with their makers; our own is trusted

    HostileArchiveError where anything is not as its manifest says, UntrustedExportError for another signer; nothing is
    written then.
    """
    with manifest.opened(file) as archive:
        told = manifest.proved(archive)
        if told.signed_by not in {own_signature(), *trusted}:
            raise UntrustedExportError(told.signed_by)
        _refuse_other_columns(archive)
        with transaction.atomic():
            return _imported(archive, told, at=at, actor=actor)


def _imported(archive: zipfile.ZipFile, told: Told, *, at: datetime, actor: Actor) -> Imported:
    tenant = _tenant(told.says["tenant"], at=at)
    same = str(tenant.pk) == told.says["tenant"]["id"]
    people = take_in([json.loads(line) for line in lines(archive, "people.jsonl")], at=at)
    exchanged = {old: str(found.id) for old, found in people.items() if old != str(found.id)}
    if not same:
        exchanged[told.says["tenant"]["id"]] = str(tenant.pk)
    with as_tenant(tenant.pk):
        for label, column in ONCE.items():
            exchanged |= _twins(archive, label, column, same=same)
        into = _Into(archive=archive, told=told, tenant=tenant, exchanged=exchanged, same=same)
        files = _keep_files(into)
        rows = sum(_fill(into, table) for table in tables() if table.label not in NOT_IMPORTED)
        _put_due(into)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        new = {found.id for found in people.values() if found.new}
        invited = send_new_links(new, at=at, actor=actor)
        after = {"rows": rows, "files": files, "signed_by": told.signed_by, "read_at": told.says["read_at"]}
        record("privacy.imported", tenant, at=at, actor=actor, after=after)
    known = sum(found.member and not found.new for found in people.values())
    missing = tuple(told.says["missing"])
    return Imported(tenant=tenant.pk, rows=rows, files=files, known=known, invited=invited, missing=missing)


def _tenant(says: Mapping[str, Any], *, at: datetime) -> Tenant:
    """Make the tenant: under its own id where that is free here; the house where there is none yet."""
    wanted = uuid.UUID(says["id"])
    free = not Tenant.objects.filter(pk=wanted).exists()
    return Tenant.objects.create(
        **({"id": wanted} if free else {}),
        name=says["name"], language=says["language"], zone=says["zone"], created_at=at,
        is_house=says["is_house"] and not Tenant.objects.filter(is_house=True).exists(),
    )  # fmt: skip


def _refuse_other_columns(archive: zipfile.ZipFile) -> None:
    """An export of another version has other columns: HostileArchiveError lists every one that is not known here."""
    theirs = {each["model"]: {column["name"] for column in each["columns"]} for each in _schema(archive)}
    ours = {table.label: set(table.columns) for table in tables()}
    wrong = [f"{label}.{name}" for label, names in theirs.items() for name in sorted(names - ours.get(label, set()))]
    wrong += [f"{label}.{name}" for label, names in ours.items() for name in sorted(names - theirs.get(label, names))]
    if wrong:
        raise HostileArchiveError(f"The export is of another version; these columns differ: {', '.join(wrong)}.")


def _schema(archive: zipfile.ZipFile) -> Any:
    return json.loads(b"".join(manifest.chunks(archive, "schema.json")))


def _twins(archive: zipfile.ZipFile, label: str, column: str, *, same: bool) -> dict[str, str]:
    """Return the ids of rows that become equal to an earlier one once their customer is nobody here."""
    (table,) = (one for one in tables() if one.label == label)
    here = {str(each) for each in Tenant.objects.values_list("pk", flat=True)} if same else set()
    return twins(lines(archive, f"tables/{table.name}.jsonl"), column, here)


def _put_due(into: _Into) -> None:
    """Have everything fall due again that did before; a job that only the other version knew is left out."""
    for line in rewritten(lines(into.archive, "due.jsonl"), into.exchanged, drop=False):
        row = json.loads(line)
        with contextlib.suppress(UnknownJobError):
            put_due(
                row["job"], at=datetime.fromisoformat(row["at"]), arguments=row["arguments"],
                repeat_minutes=row["repeat"],
            )  # fmt: skip


def _keep_files(into: _Into) -> int:
    """Keep each content once more, encrypted for this tenant here."""
    files, count = writing_store(), 0
    paths = {told["sha256"]: path for path, told in into.told.files.items() if path.startswith("documents/")}
    for line in lines(into.archive, "tables/kernel_blobcontent.jsonl"):
        row = json.loads(line)
        digest = row["sha256"].removeprefix("\\x")
        if row["id"] in into.exchanged or digest not in paths:
            continue
        data = b"".join(manifest.chunks(into.archive, paths[digest]))
        customer = _customer(into, row["customer_tenant_id"])
        place = Place(into.tenant.pk, customer, bytes.fromhex(digest))
        files.put(place.name, closed(data, place))
        count += 1
    return count


def _customer(into: _Into, customer: str | None) -> uuid.UUID | None:
    known = into.same and customer and Tenant.objects.filter(pk=customer).exists()
    return uuid.UUID(customer) if known and customer else None


def _fill(into: _Into, table: Table) -> int:
    """Put a table's rows back, as many as the manifest says there are."""
    told = {each["table"]: each["rows"] for each in into.told.says["tables"]}
    statement, count = _statement(table, same=into.same), 0
    for batch in _batches(lines(into.archive, f"tables/{table.name}.jsonl")):
        rows = rewritten(batch, into.exchanged, drop=table.label in ONCE)
        old = uuid.UUID(into.told.says["tenant"]["id"])
        with connection.cursor() as cursor:
            cursor.execute(statement, [f"[{','.join(reclosed(table, rows, old_tenant=old))}]"])
        count += len(batch)
    if count != told.get(table.name, 0):
        raise HostileArchiveError(f"{table.name} has {count} rows and not the {told.get(table.name, 0)} it should.")
    return count


def _statement(table: Table, *, same: bool) -> str:
    """Return the INSERT: every column as it was, except what only this installation can say."""
    taken, values = [], []
    for field in table.fields:
        name = str(field.column)
        value: sql.Composable = sql.SQL("r.{}").format(sql.Identifier(name))
        if name == "cluster" and table.is_final:
            continue  # whose transactions `made_in` counts: ours, which is its default
        if name == "made_in" and table.is_final:
            continue
        if field.remote_field and field.remote_field.model is Tenant and name != "tenant_id":
            here = sql.SQL("(SELECT id FROM kernel_tenant WHERE id = {})").format(value)
            value = here if same else sql.SQL("NULL::uuid")
        taken.append(sql.Identifier(name))
        values.append(value)
    parts = sql.SQL("INSERT INTO {0} ({1}) SELECT {2} FROM json_populate_recordset(NULL::{0}, %s::json) r").format(
        sql.Identifier(table.name), sql.SQL(", ").join(taken), sql.SQL(", ").join(values)
    )
    return parts.as_string(connection.connection)


def _batches(found: Iterable[str]) -> Iterable[list[str]]:
    batch: list[str] = []
    for line in found:
        batch.append(line)
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch
