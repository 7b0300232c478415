"""The pieces in which an export lies at rest, each in a box of its own; read in order they are the archive."""

import uuid
import zlib
from collections.abc import Iterator

from kontor.kernel import cipher
from kontor.kernel.encryption import decrypt
from kontor.kernel.storage import store
from kontor.office.privacy.formats.archive import head_length
from kontor.office.privacy.models import Export, ExportEntry

PIECE_KEY = "privacy export"


def piece_name(export: Export, number: int) -> str:
    """Return where a piece lies: in its tenant's folder."""
    return f"{export.tenant_id}/exports/{export.pk}/{number:06d}"


def piece_place(export: Export, number: int) -> bytes:
    """Return what a piece's box is bound to: no piece can stand in for another."""
    assert export.tenant_id is not None
    return b"kontor export" + export.tenant_id.bytes + export.pk.bytes + number.to_bytes(8)


def piece_key(export: Export) -> bytes:
    """Return the key of an export's pieces; the current tenant's alone opens its box."""
    return decrypt(bytes(export.box), context=f"{PIECE_KEY} {export.pk}")


def archive_of(export: Export, *, key: bytes) -> Iterator[bytes]:
    """Yield the archive, one piece in memory at a time; it needs no database."""
    files = store(export.place)
    for number in range(export.pieces):
        yield cipher.open_box(key, files.get(piece_name(export, number)), context=piece_place(export, number))


def file_of(export: Export, name: str, *, key: bytes) -> Iterator[bytes]:
    """Yield one file of the archive, unpacked; ExportEntry.DoesNotExist where there is none of this name."""
    entry = export.entries.get(name=name)
    return _unpacked(archive_of(export, key=key), entry)


def _unpacked(archive: Iterator[bytes], entry: ExportEntry) -> Iterator[bytes]:
    skip, left = entry.offset + head_length(entry.name), entry.packed
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    for piece in archive:
        data = piece[skip : skip + left]
        skip, left = max(skip - len(piece), 0), left - len(data)
        if data:
            yield unpacker.decompress(data)
        if not left:
            return


def export_of(export_id: uuid.UUID) -> Export:
    """Return an export of the current tenant; Export.DoesNotExist otherwise."""
    return Export.objects.get(pk=export_id)
