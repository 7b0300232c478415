"""
A zip file written from its beginning to its end, of any length, which can be gone on with after any of its entries.

Python's `zipfile` reads it, and so does everything else. What it cannot do is what this is for: being killed between
two entries and going on, given nothing but the entries so far (APPNOTE.TXT 6.3.10, with zip64 where sizes demand it).
"""

import hashlib
import re
import struct
import unicodedata
import zlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

MOST: Final = 0xFFFFFFFF  # beyond it, and at it, a field's true value stands in the zip64 part
MANY: Final = 0xFFFF
FLAGS: Final = 0x0808  # names in UTF-8, sizes behind the data
VERSION: Final = 45
LEVEL: Final = 3  # half the time of zlib's own choice, for a tenth more bytes
NAME_BYTES: Final = 180
RESERVED: Final = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """
    A file in the archive.

    offset  where its head begins; size and packed are its bytes outside and inside the archive
    """

    name: str
    offset: int
    size: int
    packed: int
    crc: int
    sha256: bytes


@dataclass(slots=True)
class Packing:
    """
    One entry on its way: iterate to get the archive's bytes, then ask for `entry` and for where the next one begins.

    offset  where the archive stands; at  the file's time, without seconds' halves and without a zone, as zip has it
    """

    name: str
    chunks: Iterable[bytes]
    offset: int
    at: datetime
    entry: Entry | None = field(default=None, init=False)
    ends: int = field(default=0, init=False)

    def __iter__(self) -> Iterator[bytes]:
        head = _local_head(self.name, self.at)
        yield head
        packer, digest = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS), hashlib.sha256()
        crc = size = packed = 0
        for chunk in self.chunks:
            crc, size = zlib.crc32(chunk, crc), size + len(chunk)
            digest.update(chunk)
            if data := packer.compress(chunk):
                packed += len(data)
                yield data
        data = packer.flush()
        packed += len(data)
        tail = struct.pack("<4sLQQ", b"PK\x07\x08", crc, packed, size)
        yield data + tail
        self.ends = self.offset + len(head) + packed + len(tail)
        self.entry = Entry(
            name=self.name, offset=self.offset, size=size, packed=packed, crc=crc, sha256=digest.digest()
        )


def directory(entries: Iterable[Entry], *, offset: int, at: datetime) -> Iterator[bytes]:
    """Yield what ends an archive: a line for each entry, and where these lines begin."""
    count, length = 0, 0
    for entry in entries:
        line = _line(entry, at)
        count, length = count + 1, length + len(line)
        yield line
    if count >= MANY or offset >= MOST or length >= MOST:
        ends = offset + length
        yield struct.pack("<4sQHHLLQQQQ", b"PK\x06\x06", 44, VERSION, VERSION, 0, 0, count, count, length, offset)
        yield struct.pack("<4sLQL", b"PK\x06\x07", 0, ends, 1)
    few, short, low = min(count, MANY), min(length, MOST), min(offset, MOST)
    yield struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, few, few, short, low, 0)


def head_length(name: str) -> int:
    """Return how many bytes stand before an entry's data."""
    return 30 + len(name.encode()) + 20


def _local_head(name: str, at: datetime) -> bytes:
    path = name.encode()
    day, time = _stamp(at)
    extra = struct.pack("<HHQQ", 1, 16, 0, 0)  # so that the sizes behind the data have eight bytes
    head = struct.pack("<4s5H3L2H", b"PK\x03\x04", VERSION, FLAGS, 8, time, day, 0, MOST, MOST, len(path), len(extra))
    return head + path + extra


def _line(entry: Entry, at: datetime) -> bytes:
    path = entry.name.encode()
    day, time = _stamp(at)
    large = [value for value in (entry.size, entry.packed, entry.offset) if value >= MOST]
    extra = struct.pack(f"<HH{len(large)}Q", 1, 8 * len(large), *large) if large else b""
    size, packed, offset = (min(value, MOST) for value in (entry.size, entry.packed, entry.offset))
    head = struct.pack(
        "<4s6H3L5H2L", b"PK\x01\x02", 0x0300 | VERSION, VERSION, FLAGS, 8, time, day, entry.crc, packed, size,
        len(path), len(extra), 0, 0, 0, 0o100600 << 16, offset,
    )  # fmt: skip
    return head + path + extra


def _stamp(at: datetime) -> tuple[int, int]:
    return (at.year - 1980) << 9 | at.month << 5 | at.day, at.hour << 11 | at.minute << 5 | at.second // 2


def safe_name(name: str, *, folder: str, taken: Collection[str]) -> str:
    """
    Return a path for a file of this name that unpacks inside `folder` and nowhere else, on every system.

    taken  the paths there are already, in lower case: a second "invoice.pdf" becomes "invoice (2).pdf"

    >>> safe_name("../../etc/passwd", folder="documents", taken=())
    'documents/passwd'
    >>> safe_name("Größe: 5.pdf", folder="documents", taken={"documents/größe_ 5.pdf"})
    'documents/Größe_ 5 (2).pdf'
    >>> safe_name("NUL.txt", folder="documents", taken=())
    'documents/_NUL.txt'
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    plain = "".join(letter if letter.isprintable() else "_" for letter in re.sub(r'[<>:"|?*]', "_", last))
    plain = plain.strip(" ").rstrip(". ").lstrip(".") or "file"
    if plain.partition(".")[0].rstrip().lower() in RESERVED:
        plain = f"_{plain}"
    stem, dot, ending = plain.rpartition(".")
    stem, ending = (stem, dot + ending) if stem and len(ending) <= 10 else (plain, "")  # noqa: PLR2004  a file's type
    stem = _shortened(stem)
    path, number = f"{folder}/{stem}{ending}", 1
    while path.lower() in taken:
        number += 1
        path = f"{folder}/{stem} ({number}){ending}"
    return path


def _shortened(stem: str) -> str:
    return stem.encode()[:NAME_BYTES].decode(errors="ignore").rstrip()
