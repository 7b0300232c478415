"""
The archive of the write-ahead log beside the backups: with a base, it reaches every moment between two of them.

wal/000000010000000000000003.age   a segment, compressed and encrypted (age) as the backups are
wal/2026-11-22T021500Z.json        until when the log is whole, and in which segment that moment lies
wal/files.jsonl                    the files there were by then, in the backups' pool

A base is part of a backup (`base.age`); `backup.json` says in `base` in which segment it begins and when it was done.
"""

import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from kontor.config import backups
from kontor.config.refusals import RefusedError
from kontor.kernel import age

FOLDER: Final = "wal"
BASE: Final = "base.age"
SEGMENT: Final = re.compile(r"[0-9A-F]{24}")
SEGMENT_BYTES: Final = 16 << 20  # as initdb makes it
PER_LOG: Final = 0x100  # segments in the 4 GiB that the name's middle part counts
FASTEST: Final = 1
SPOKEN: Final = "%Y-%m-%d %H:%M:%S UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What leads to a moment: the base, and the segments from it on, the oldest first."""

    base: backups.Backup
    segments: tuple[str, ...]


def archived(folder: Path, segment: Path, recipients: list[age.Recipient]) -> None:
    """Compress and encrypt a segment into the archive, and let go of it where it lay in clear."""
    kept = folder / FOLDER / f"{segment.name}.age"
    if not kept.exists():
        half = kept.with_name(f"{kept.name}{backups.UNFINISHED}")
        half.unlink(missing_ok=True)
        backups.write_encrypted(half, [zlib.compress(segment.read_bytes(), FASTEST)], recipients)
        half.replace(kept)
    segment.unlink()


def opened(folder: Path, name: str, key: age.Identity) -> bytes:
    """Return a segment in clear; RefusedError where it does not open."""
    file = folder / FOLDER / f"{name}.age"
    try:
        return zlib.decompress(b"".join(age.decrypted(backups.chunks(file), key)))
    except (age.AgeError, zlib.error) as error:
        raise RefusedError(f"{file} does not open: {error} Nothing was changed.") from error


def note_reach(folder: Path, *, until: datetime, last: str) -> None:
    """Remember that the log is whole until a moment, which lies in the segment `last`."""
    file = folder / FOLDER / f"{until.strftime(backups.STAMP)}.json"
    half = file.with_name(f"{file.name}{backups.UNFINISHED}")
    half.write_text(json.dumps({"until": until.isoformat(), "last": last}))
    half.replace(file)


def bases(folder: Path) -> list[backups.Backup]:
    """Return the complete backups that have a base, the oldest first."""
    return [backup for backup in backups.complete(folder) if "base" in backup.says]


def reach(folder: Path, at: datetime) -> Reach:
    """Return what leads to a moment; RefusedError where no base is older, the log ends before it or has a hole."""
    older = [each for each in bases(folder) if datetime.fromisoformat(each.says["base"]["done_at"]) <= at]
    if not older:
        raise RefusedError(f"{folder} holds no base from before {at:{SPOKEN}}: `kontor backup --base` makes one.")
    ends = sorted((datetime.fromisoformat(told["until"]), told["last"]) for told in _reaches(folder))
    last = next((last for until, last in ends if until >= at), None)
    if last is None:
        until = f"{ends[-1][0]:{SPOKEN}}" if ends else "nowhere"
        raise RefusedError(f"The log in {folder / FOLDER} reaches {until} and not {at:{SPOKEN}}.")
    needed = tuple(_from_to(older[-1].says["base"]["first"], last))
    for name in needed:
        if not (folder / FOLDER / f"{name}.age").exists():
            raise RefusedError(
                f"{folder / FOLDER / name}.age is missing, so {at:{SPOKEN}} cannot be reached from the base "
                f"{older[-1].folder.name}: name an earlier moment, or restore a backup as it was made. "
                "Nothing was changed."
            )
    return Reach(base=older[-1], segments=needed)


def forget_expired(folder: Path) -> bool:
    """Delete what is older than the oldest base that is kept; True where none is, and so nothing of the log is."""
    kept = bases(folder)
    first = kept[0].says["base"]["first"] if kept else ""
    for file in (folder / FOLDER).glob("*.age"):
        if file.name[:24] < first or not kept:
            file.unlink()
    for file in (folder / FOLDER).glob("*.json"):
        if json.loads(file.read_text())["last"] < first or not kept:
            file.unlink()
    if not kept:
        (folder / FOLDER / "files.jsonl").unlink(missing_ok=True)
    return not kept


def _reaches(folder: Path) -> Iterator[dict[str, str]]:
    for file in (folder / FOLDER).glob("*.json"):
        yield json.loads(file.read_text())


def _from_to(first: str, last: str) -> Iterator[str]:
    """Yield the names of the segments of one timeline."""
    line, at, end = first[:8], _number(first), _number(last)
    return (f"{line}{number // PER_LOG:08X}{number % PER_LOG:08X}" for number in range(at, end + 1))


def _number(name: str) -> int:
    return int(name[8:16], 16) * PER_LOG + int(name[16:], 16)
