"""
Backups: a folder for each, and beside them one pool of the files that any of them names.

2026-11-22T020000Z/database.age    the whole database, as pg_dump -Fc wrote it, encrypted (age)
2026-11-22T020000Z/deletions.age   what had been erased for good by then, and is erased again whenever one is restored
2026-11-22T020000Z/files.jsonl     the files there were: their places in the pool and their sizes
2026-11-22T020000Z/backup.json     when, of which version, how many rows each table has, and the digests of the above
files/                             the files themselves, encrypted at rest with their tenants' keys, each kept once

A backup is made under another name and gets its own when it is complete: one that was killed is no backup, and the next
one clears it away.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import IO, Any, Final

from kontor.config.refusals import RefusedError
from kontor.kernel import age

STAMP: Final = "%Y-%m-%dT%H%M%SZ"
UNFINISHED: Final = ".unfinished"
POOL: Final = "files"
READ: Final = 1 << 20
NOT_KEPT: Final = "exports"  # copies of what the backup holds anyway


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A complete backup: where it lies and what `backup.json` says."""

    folder: Path
    made_at: datetime
    expires_on: date
    says: Mapping[str, Any]

    def open(self, name: str, identity: age.Identity) -> Iterator[bytes]:
        """Yield one of its encrypted parts in clear; AgeError where the identity is not the one it was made for."""
        return age.decrypted(chunks(self.folder / name), identity)


def complete(folder: Path) -> list[Backup]:
    """Return the complete backups in a folder, the oldest first."""
    found = []
    for file in sorted(folder.glob("*Z/backup.json")):
        says = json.loads(file.read_text())
        found.append(
            Backup(
                folder=file.parent, made_at=datetime.fromisoformat(says["made_at"]),
                expires_on=date.fromisoformat(says["expires_on"]), says=says,
            )
        )  # fmt: skip
    return found


def newest(folder: Path) -> Backup:
    """Return the newest complete backup; RefusedError where there is none."""
    found = complete(folder)
    if not found:
        raise RefusedError(f"{folder} holds no complete backup: make one with `kontor backup`.")
    return found[-1]


def begun(folder: Path, at: datetime) -> Path:
    """Return the folder in which a backup grows; what killed ones left is cleared away."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in folder.glob(f"*{UNFINISHED}"):
        shutil.rmtree(left)
    growing = folder / f"{at.astimezone(UTC).strftime(STAMP)}{UNFINISHED}"
    growing.mkdir(mode=0o700)
    return growing


def finished(growing: Path, says: Mapping[str, Any], *, at: datetime, keep: timedelta) -> Backup:
    """Write what the backup says of itself and give it its name; from this moment on it is one."""
    parts = {name.name: {"sha256": digest(name), "size": name.stat().st_size} for name in sorted(growing.iterdir())}
    expires = (at + keep).date()
    told = {**says, "made_at": at.isoformat(), "expires_on": expires.isoformat(), "parts": parts}
    with (growing / "backup.json").open("w") as file:
        json.dump(told, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    folder = growing.with_name(growing.name.removesuffix(UNFINISHED))
    growing.rename(folder)
    return Backup(folder=folder, made_at=at, expires_on=expires, says=told)


def forget_expired(folder: Path, *, today: date) -> list[Path]:
    """Delete backups whose days are over, but never the newest, then files of the pool that none names any more."""
    older = complete(folder)[:-1]
    gone = [backup.folder for backup in older if backup.expires_on < today]
    for each in gone:
        shutil.rmtree(each)
    if gone:
        lists = [*(backup.folder for backup in complete(folder)), *folder.glob("wal")]
        named = {told["file"] for each in lists for told in _listed(each)}
        for file in (folder / POOL).rglob("*"):
            if file.is_file() and str(file.relative_to(folder / POOL)) not in named:
                file.unlink()
    return gone


def pool(folder: Path, growing: Path, places: Mapping[str, Path]) -> int:
    """
    Copy the files that the pool lacks and list all there are; return how many. A file is its content's digest, so one
    that is there is right.

    places  the folders in which files lie, by the keys of their places
    """
    count = 0
    half = growing / f".files{UNFINISHED}"
    with half.open("w") as listed:
        for key, place in sorted(places.items()):
            for file in sorted(place.glob("*/*/*")):
                if not file.is_file() or file.parent.parent.name == NOT_KEPT or file.parts[-3] == NOT_KEPT:
                    continue
                name = f"{key or '_'}/{file.relative_to(place)}"
                _copy(file, folder / POOL / name)
                listed.write(json.dumps({"file": name, "size": file.stat().st_size}) + "\n")
                count += 1
    half.replace(growing / "files.jsonl")
    return count


def put_back(listed: Iterable[Mapping[str, Any]], folder: Path, places: Mapping[str, Path]) -> int:
    """Copy files that are missing in their places back from the pool; return how many. RefusedError for a lost one."""
    count = 0
    for told in listed:
        key, _, rest = told["file"].partition("/")
        source = folder / POOL / told["file"]
        if not source.exists() or source.stat().st_size != told["size"]:
            raise RefusedError(f"{source} is missing or cut off: the backup is incomplete.")
        target = places["" if key == "_" else key] / rest
        if not target.exists():
            _copy(source, target)
            count += 1
    return count


def files_at(folder: Path, at: datetime) -> list[dict[str, Any]]:
    """Return the files of a moment: what backups from before it, the first after it and the log's own list name."""
    known = complete(folder)
    before = sum(backup.made_at <= at for backup in known)
    found = [file for backup in known[: before + 1] for file in files_of(backup)]
    return list({file["file"]: file for file in [*found, *_listed(folder / "wal")]}.values())


def files_of(backup: Backup) -> Iterator[dict[str, Any]]:
    """Yield what a backup says of each of its files."""
    yield from _listed(backup.folder)


def _listed(folder: Path) -> Iterator[dict[str, Any]]:
    if (folder / "files.jsonl").exists():
        with (folder / "files.jsonl").open() as listed:
            for line in listed:
                yield json.loads(line)


def proved(backup: Backup) -> None:
    """RefusedError where a part of the backup is not what it was when it was made."""
    for name, told in backup.says["parts"].items():
        if digest(backup.folder / name) != told["sha256"]:
            raise RefusedError(f"{backup.folder / name} was changed or is damaged: take another backup.")


def write_encrypted(target: Path, clear: Iterable[bytes], recipients: list[age.Recipient]) -> None:
    """Write an age file of what `clear` yields, and wait for the disk."""
    with open(target, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        file.writelines(age.encrypted(clear, recipients))
        file.flush()
        os.fsync(file.fileno())


def chunks(source: Path | IO[bytes]) -> Iterator[bytes]:
    """Yield a file's bytes, a megabyte at a time."""
    with source.open("rb") if isinstance(source, Path) else source as file:
        while data := file.read(READ):
            yield data


def digest(file: Path) -> str:
    """Return a file's SHA-256 in hex."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _copy(source: Path, target: Path) -> None:
    if target.exists() and target.stat().st_size == source.stat().st_size:
        return
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = target.with_name(f".{target.name}{UNFINISHED}")
    shutil.copyfile(source, half)
    half.chmod(0o600)
    half.replace(target)
