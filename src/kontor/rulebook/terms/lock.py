"""
The lock: a version that is in force is never edited again, a change is a new file.

`packs.lock` holds one line per pack file, "sha256  name", in alphabetical order.
"""

from hashlib import sha256
from pathlib import Path
from typing import Final

from kontor.rulebook.terms.files import FOLDER

LOCK: Final = FOLDER / "packs.lock"


def digests(folder: Path = FOLDER) -> dict[str, str]:
    """Return the SHA-256 of every pack file in `folder` by its name, in alphabetical order."""
    return {place.name: sha256(place.read_bytes()).hexdigest() for place in sorted(folder.glob("*.toml"))}


def locked(lock: Path = LOCK) -> dict[str, str]:
    """Return what the lock file says, by file name; ValueError for a line that is not "sha256  name"."""
    found: dict[str, str] = {}
    for line in lock.read_text(encoding="utf-8").splitlines():
        digest, _, name = line.partition("  ")
        if len(digest) != sha256().digest_size * 2 or not name or name in found:
            raise ValueError(f"{lock.name}: expected lines “sha256  name”, each name once, found “{line}”.")
        found[name] = digest
    return found


def changed(folder: Path = FOLDER, lock: Path = LOCK) -> tuple[str, ...]:
    """Return the locked files that are gone or no longer what they were, in alphabetical order."""
    now = digests(folder)
    return tuple(sorted(name for name, digest in locked(lock).items() if now.get(name) != digest))


def unlocked(folder: Path = FOLDER, lock: Path = LOCK) -> tuple[str, ...]:
    """Return the pack files the lock does not know yet, in alphabetical order."""
    return tuple(sorted(set(digests(folder)) - set(locked(lock))))


def written(entries: dict[str, str]) -> str:
    """Return the text of a lock file."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(entries.items()))
