"""
Packing an export: the tables as they were at one moment, then the files, then what proves both.

The archive is written once, in pieces of some megabytes, each encrypted before it touches the disk. Killed at any
moment and run again, it goes on: among the files behind the last piece that was noted, among the tables at their
beginning, since a moment once gone cannot be read again. Two runs at once are one: the second sees the first and goes.
"""

import json
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import psycopg
from django.db.models import Exists, OuterRef

from kontor.kernel import cipher
from kontor.kernel.envelope import DamagedFileError
from kontor.kernel.models import Blob, Tenant
from kontor.kernel.queries.blobs import read
from kontor.kernel.rows import exactly_one
from kontor.kernel.storage import MissingFileError, Store, store
from kontor.kernel.tenancy import as_tenant
from kontor.office.privacy.formats import manifest
from kontor.office.privacy.formats.archive import Entry, Packing, directory, safe_name
from kontor.office.privacy.formats.read_me import DUMP_HEAD, DUMP_TAIL, read_me
from kontor.office.privacy.models import Export, ExportEntry
from kontor.office.privacy.queries import people, pieces, tables
from kontor.office.privacy.queries.trail import trail_lines

PIECE: Final = 4 << 20
FILES_AT_ONCE: Final = 50
ENTRIES_AT_ONCE: Final = 500

State = Export.State
Pause = Callable[[], None]


def pack(export_id: uuid.UUID, tenant_id: uuid.UUID, *, at: datetime, pause: Pause) -> bool:
    """
    Pack an export to its end, or go on where it was; False where it is ready, gone, or another process is at it.

    pause  called after each chunk of a file, so that whoever works meanwhile comes first
    """
    db = tables.reader(tenant_id)
    try:
        lock = db.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [f"export {export_id}"]).fetchone()
        db.commit()
        if lock != (True,):
            return False
        with as_tenant(tenant_id):
            export = pieces.export_of(export_id)
            if export.state in {State.READY, State.GONE}:
                return False
            key = pieces.piece_key(export)
        line = Line(export=export, tenant=Tenant.objects.get(pk=tenant_id), key=key, at=at, pause=pause)
        if export.state != State.FILES:
            _tables(line, db)
        _files(line)
        _end(line)
    finally:
        db.close()
    return True


@dataclass(kw_only=True)
class Line:
    """An archive as it grows: what is held in memory, and what is safe."""

    export: Export
    tenant: Tenant
    key: bytes
    at: datetime
    pause: Pause
    files: Store = field(init=False)
    offset: int = field(init=False)
    number: int = field(init=False)
    rows: int = 0
    held: bytearray = field(default_factory=bytearray)
    entries: list[Entry] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.files = store(self.export.place)
        self.offset, self.number = self.export.packed, self.export.pieces

    def add(self, name: str, chunks: Iterable[bytes]) -> Entry:
        """Append a file."""
        packing = Packing(name, chunks, self.offset, self.at.astimezone(UTC))
        for data in packing:
            self.take(data)
            self.pause()
        assert packing.entry is not None
        self.offset = packing.ends
        self.entries.append(packing.entry)
        return packing.entry

    def take(self, data: bytes) -> None:
        """Append bytes; full pieces go to the store at once."""
        self.held += data
        while len(self.held) >= PIECE:
            self._put(bytes(self.held[:PIECE]))
            del self.held[:PIECE]

    def note(self, **changes: Any) -> None:
        """Make everything so far safe: from here on a killed run is gone on with."""
        if self.held:
            self._put(bytes(self.held))
            self.held.clear()
        with as_tenant(self.tenant.pk):
            ExportEntry.objects.bulk_create(
                (
                    ExportEntry(
                        export=self.export, name=each.name, offset=each.offset, size=each.size, packed=each.packed,
                        crc=each.crc, sha256=each.sha256,
                    )
                    for each in self.entries
                ),
                batch_size=ENTRIES_AT_ONCE,
            )  # fmt: skip
            self._tell(packed=self.offset, pieces=self.number, rows=self.rows or self.export.rows, **changes)
        self.entries.clear()
        for name, value in changes.items():
            setattr(self.export, name, value)
        self.export.packed, self.export.pieces = self.offset, self.number

    def _put(self, piece: bytes) -> None:
        box = cipher.close_box(self.key, piece, context=pieces.piece_place(self.export, self.number))
        self.files.put(pieces.piece_name(self.export, self.number), box)
        self.number += 1
        with as_tenant(self.tenant.pk):
            self._tell(rows=self.rows or self.export.rows, seen=max(self.number, self.export.seen))

    def _tell(self, **changes: Any) -> None:
        """NothingChangedError where the export was discarded meanwhile."""
        exactly_one(Export.objects.filter(pk=self.export.pk).exclude(state=State.GONE).update(**changes))


def _tables(line: Line, db: psycopg.Connection[Any]) -> None:
    """Read all tables at one moment; what an earlier run read of them is forgotten, since its moment is gone."""
    tenant, chosen = line.tenant.pk, tables.tables()
    counts = tables.counted(db, chosen, tenant)
    until = db.execute("SELECT id FROM kernel_blob WHERE tenant_id = %s ORDER BY id DESC LIMIT 1", [tenant]).fetchone()
    line.offset = line.number = 0
    with as_tenant(tenant):
        ExportEntry.objects.filter(export=line.export).delete()
        files = _wanted(line.export, until[0] if until else None).count()
    line.note(
        state=State.TABLES, read_at=line.at, rows_expected=sum(counts.values()), files_expected=files,
        until_file=until[0] if until else None, last_file=None, files=0, missing=[],
        tables=[{"table": one.name, "model": one.label, "rows": counts[one.name]} for one in chosen],
    )  # fmt: skip
    filled = [table for table in chosen if counts[table.name]]
    line.add("README.txt", [_read_me(line)])
    for table in filled:
        with as_tenant(tenant):  # opens what is closed with the tenant's key
            line.add(f"tables/{table.name}.jsonl", _counting(line, tables.json_lines(db, table, tenant)))
            if table.label not in tables.NO_CSV:
                line.add(f"tables/{table.name}.csv", tables.comma_separated(db, table, tenant))
    line.add("people.jsonl", people.people_lines(db, chosen, tenant))
    line.add("due.jsonl", people.due_lines(db, tenant))
    line.add("schema.json", [json.dumps([table.schema() for table in chosen], indent=1).encode()])
    line.add("database.sql", _dump(line.tenant, db, filled))
    line.add("trail/trail.jsonl", trail_lines(tenant, until=line.at))
    db.commit()
    line.note(state=State.FILES)


def _read_me(line: Line) -> bytes:
    return read_me(line.tenant.name, line.at.astimezone(UTC), behind=tables.STAYS_BEHIND).encode()


def _counting(line: Line, lines: Iterable[bytes]) -> Iterator[bytes]:
    for data in lines:
        line.rows += data.count(b"\n")
        yield data


def _dump(tenant: Tenant, db: psycopg.Connection[Any], filled: Iterable[tables.Table]) -> Iterator[bytes]:
    yield DUMP_HEAD.format(name=" ".join(tenant.name.split())).encode()
    yield from people.dump_lines(db, tenant.pk)
    for table in filled:
        yield from tables.dump(db, table, tenant.pk)
    yield DUMP_TAIL.encode()


def _wanted(export: Export, until: uuid.UUID | None) -> Any:
    """Return the files to be packed: each content once under each of its names."""
    ours = Blob.objects.filter(pk__lte=until) if until else Blob.objects.none()
    before = Blob.objects.filter(content=OuterRef("content"), name=OuterRef("name"), pk__lt=OuterRef("pk"))
    there = ours.filter(pk__gt=export.last_file) if export.last_file else ours
    return there.filter(~Exists(before)).order_by("pk")


def _files(line: Line) -> None:
    """Pack the files some at a time; one that the store has lost is named in the manifest."""
    export = line.export
    with as_tenant(line.tenant.pk):
        taken = {name.lower() for name in export.entries.values_list("name", flat=True)}
    while True:
        with as_tenant(line.tenant.pk):
            some = list(_wanted(export, export.until_file)[:FILES_AT_ONCE])
        if not some:
            return
        missing = list(export.missing)
        for blob in some:
            name = safe_name(blob.name, folder="documents", taken=taken)
            try:
                with as_tenant(line.tenant.pk):
                    data = read(blob)
            except (MissingFileError, DamagedFileError):
                missing.append(name)
                continue
            taken.add(name.lower())
            line.add(name, [data])
        line.note(last_file=some[-1].pk, files=export.files + len(some), missing=missing)


def _end(line: Line) -> None:
    """Write the manifest, its signature and the archive's directory."""
    export, tenant = line.export, line.tenant
    says = {
        "tenant": {
            "id": str(tenant.pk), "name": tenant.name, "language": tenant.language, "zone": tenant.zone,
            "is_house": tenant.is_house,
        },
        "read_at": export.read_at, "tables": export.tables, "missing": export.missing,
    }  # fmt: skip
    says["read_at"] = says["read_at"].isoformat()
    with as_tenant(tenant.pk):
        known = [_entry(row) for row in export.entries.order_by("offset").iterator(ENTRIES_AT_ONCE)]
    proof = line.add(manifest.MANIFEST, manifest.written(says, known))
    line.add(manifest.SIGNATURE, [manifest.signed(proof.sha256, cipher.purposed(manifest.PURPOSE))])
    begins = line.offset
    for data in directory([*known, *line.entries], offset=begins, at=line.at.astimezone(UTC)):
        line.take(data)
        line.offset += len(data)
    line.note(state=State.READY, ready_at=line.at)


def _entry(row: ExportEntry) -> Entry:
    return Entry(
        name=row.name, offset=row.offset, size=row.size, packed=row.packed, crc=row.crc, sha256=bytes(row.sha256)
    )
