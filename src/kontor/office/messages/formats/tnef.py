"""
The files inside a `winmail.dat`, as Outlook packs them (MS-OXTNEF): a row of attributes, each with its length.

A packet that is cut short gives what came before the cut.
"""

import struct
from collections.abc import Iterator
from typing import Final

WINMAIL: Final = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
SIGNATURE: Final = 0x223E9F78
_RENDERED, _TITLE, _DATA = 0x00069002, 0x00018010, 0x0006800F
_HEAD: Final = struct.Struct("<BII")
_OPENING: Final = struct.Struct("<IH")


def unpacked(data: bytes) -> list[tuple[str, bytes]]:
    """Return the files in it, name and content; none where it is no such packet."""
    files: list[tuple[str, bytes]] = []
    name, content = "", None
    for attribute, value in _attributes(data):
        if attribute == _RENDERED:
            if content is not None:
                files.append((name or f"file-{len(files) + 1}", content))
            name, content = "", None
        elif attribute == _TITLE:
            name = value.rstrip(b"\0").decode("cp1252", "replace")
        elif attribute == _DATA:
            content = value
    if content is not None:
        files.append((name or f"file-{len(files) + 1}", content))
    return files


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    if len(data) < _OPENING.size or _OPENING.unpack_from(data)[0] != SIGNATURE:
        return
    place = _OPENING.size
    while place + _HEAD.size <= len(data):
        _level, attribute, length = _HEAD.unpack_from(data, place)
        place += _HEAD.size
        if place + length > len(data):
            return
        yield attribute, data[place : place + length]
        place += length + 2  # a checksum follows
