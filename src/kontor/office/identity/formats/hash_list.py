"""
A sorted list of hashes of known passwords, as Have I Been Pwned offers it: "5BAA61E4C9B9...:9659365" in each line.

Lines end with LF or CRLF, the count is optional, letters may be capital or small. SHA-1 and SHA-256 are told apart
by the length of the first line's hash. The file is searched, never read whole: 40 GB cost some 35 reads.
"""

import hashlib
from pathlib import Path
from typing import BinaryIO, Final

_KINDS: Final = {40: "sha1", 64: "sha256"}
_LINE: Final = 200  # bytes; a hash and its count are shorter


class HashListError(ValueError):
    """The file is no list of SHA-1 or SHA-256 hashes; its text names it."""


def listed(password: str, path: Path) -> bool:
    """Tell whether a password's hash stands in the list; HashListError where the file is none."""
    with path.open("rb") as lines:
        kind = _KINDS.get(len(_hash_of(lines.readline(_LINE))))
        if kind is None:
            raise HashListError(str(path))
        wanted = hashlib.new(kind, password.encode(), usedforsecurity=False).hexdigest().upper().encode()
        return _stands_in(lines, wanted)


def _stands_in(lines: BinaryIO, wanted: bytes) -> bool:
    """Halve the range of bytes in which the line of a hash can begin until it is found or nothing is left."""
    low, high = 0, lines.seek(0, 2)
    while low < high:
        middle = (low + high) // 2
        lines.seek(middle)
        if middle:
            lines.seek(middle - 1)
            lines.readline(_LINE)  # to where the next line begins
        begin = lines.tell()
        found = _hash_of(lines.readline(_LINE)) if begin < high else b""
        if found == wanted:
            return True
        if not found or found > wanted:
            high = middle
        else:
            low = lines.tell()
    return False


def _hash_of(line: bytes) -> bytes:
    return line.partition(b":")[0].strip().upper()
