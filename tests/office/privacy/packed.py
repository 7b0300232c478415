"""Exports made and read in tests."""

import io
import json
import zipfile
from hashlib import sha256
from typing import Any

from django.utils import timezone

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.privacy.actions.exports import ask_for_export
from kontor.office.privacy.actions.packing import pack
from kontor.office.privacy.formats import manifest
from kontor.office.privacy.formats.archive import Entry
from kontor.office.privacy.models import Export
from kontor.office.privacy.queries.pieces import archive_of, piece_key

# Which transaction of which database made a row, and marks under its master key: each installation's own.
HERE = {"made_in", "cluster", "fingerprint", "iban_fingerprint", "pin_digest"}


def asked(tenant: Tenant) -> Export:
    with as_tenant(tenant.pk):
        return ask_for_export(at=timezone.now(), actor=MACHINE)


def packed(tenant: Tenant) -> zipfile.ZipFile:
    """Export a tenant and return the archive."""
    export = asked(tenant)
    assert pack(export.pk, tenant.pk, at=timezone.now(), pause=lambda: None)
    return zipfile.ZipFile(io.BytesIO(content(tenant, export)))


def content(tenant: Tenant, export: Export) -> bytes:
    with as_tenant(tenant.pk):
        export.refresh_from_db()
        assert export.state == Export.State.READY
        found = b"".join(archive_of(export, key=piece_key(export)))
    assert len(found) == export.packed
    return found


def rows(archive: zipfile.ZipFile, table: str) -> list[dict[str, Any]]:
    """Return a table's rows without what each installation says anew."""
    name = f"tables/{table}.jsonl"
    if name not in archive.namelist():
        return []
    found = [json.loads(line) for line in archive.read(name).splitlines()]
    return [{key: value for key, value in row.items() if key not in HERE} for row in found]


def tables(archive: zipfile.ZipFile) -> dict[str, list[dict[str, Any]]]:
    names = [name for name in archive.namelist() if name.startswith("tables/") and name.endswith(".jsonl")]
    return {name[7:-6]: rows(archive, name[7:-6]) for name in names}


def zipped(says: dict[str, Any], contents: dict[str, bytes], *, key: bytes) -> zipfile.ZipFile:
    """Return an archive of these files, rightly listed and signed with this key."""
    listed = [
        Entry(name=name, offset=0, size=len(data), packed=0, crc=0, sha256=sha256(data).digest())
        for name, data in contents.items()
    ]
    told = b"".join(manifest.written({k: v for k, v in says.items() if k not in {"format", "version"}}, listed))
    signature = manifest.signed(sha256(told).digest(), key)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {**contents, manifest.MANIFEST: told, manifest.SIGNATURE: signature}.items():
            archive.writestr(name, data)
    return zipfile.ZipFile(out)
