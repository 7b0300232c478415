"""Closing with a tenant's new key what its export told in clear."""

import json
import uuid
from collections.abc import Sequence
from typing import Any

from kontor.kernel import cipher
from kontor.kernel.keyed_hash import Hashed, keyed_hash
from kontor.kernel.models import RecordEntry
from kontor.kernel.queries.record import detail_place, object_keys
from kontor.kernel.tenancy import current_tenant
from kontor.office.privacy.queries.tables import Table


def reclosed(table: Table, rows: Sequence[str], *, old_tenant: uuid.UUID) -> list[str]:
    """Return rows of JSON with their secret columns closed for the current tenant; other tables' as they are."""
    if table.label == "kernel.RecordDetail" and old_tenant != current_tenant():
        return _details(rows, old_tenant)
    if not table.boxes:
        return list(rows)
    return [_closed(table, line) for line in rows]


def _closed(table: Table, line: str) -> str:
    row = json.loads(line)
    boxes = {name: box.closed(row[name], row) for name, box in table.boxes.items() if row[name] is not None}
    hashed: Hashed = getattr(table.model, "keyed_hashes", {})
    marks = {name: f"\\x{keyed_hash(of(row)).hex()}" for name, of in hashed.items() if row[name] is not None}
    return _with(line, boxes | marks)  # of two values for one name PostgreSQL takes the last


def _details(rows: Sequence[str], old_tenant: uuid.UUID) -> list[str]:
    """Before and after are bound to the tenant's id: they are opened as what they were and closed as what they are."""
    read = [json.loads(line) for line in rows]
    about = dict(RecordEntry.objects.filter(pk__in=[row["entry_id"] for row in read]).values_list("pk", "object_id"))
    keys = object_keys(set(about.values()))
    return [
        _detail(line, row, keys.get(about[uuid.UUID(row["entry_id"])]), old_tenant)
        for line, row in zip(rows, read, strict=True)
    ]


def _detail(line: str, row: dict[str, Any], key: bytes | None, old_tenant: uuid.UUID) -> str:
    if key is None:  # erased before the export: what nobody can open stays as it is
        return line
    place = detail_place(uuid.UUID(row["entry_id"]))
    before = old_tenant.bytes + place[len(old_tenant.bytes) :]
    try:
        plain = cipher.open_box(key, bytes.fromhex(row["sealed_box"].removeprefix("\\x")), context=before)
    except cipher.CannotOpenError:
        return line
    return _with(line, {"sealed_box": f"\\x{cipher.close_box(key, plain, context=place).hex()}"})


def _with(line: str, values: dict[str, str]) -> str:
    return line[:-1] + "".join(f",{json.dumps(name)}:{json.dumps(value)}" for name, value in values.items()) + "}"
