"""Where encrypted files lie: a folder per tenant, a file per content; on disk or in S3, by the same verbs."""

import contextlib
import os
import secrets
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from django.conf import settings

from kontor.kernel.data_places import DataPlace, files_place
from kontor.kernel.store_errors import MissingFileError

if TYPE_CHECKING:
    from kontor.kernel.s3 import S3Store

__all__ = ["LocalStore", "MissingFileError", "Store", "UndeclaredPlaceError", "declared_place", "in_bucket", "store"]


class Store(Protocol):
    """A place for whole files under names such as "<tenant>/ab/ab12…"."""

    def put(self, name: str, data: bytes) -> None:
        """Keep `data` under `name`, replacing what was there; when it returns the data survives a power cut."""

    def get(self, name: str) -> bytes:
        """Return what is kept under `name`; MissingFileError where there is nothing."""

    def remove(self, name: str) -> None:
        """Forget what is kept under `name`, if anything."""


class LocalStore:
    """Files below one folder, readable by the account that runs Kontor alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, name: str, data: bytes, *, mode: int = 0o600, folders: int = 0o700) -> None:
        """Write beside, flush to the disk, and rename: a reader sees all of the old file or all of the new."""
        target = self.folder / name
        _make(target.parent, folders)
        unfinished = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
        try:
            with open(unfinished, "xb", opener=partial(os.open, mode=mode)) as file:
                file.write(data)
                os.fchmod(file.fileno(), mode)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(target)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
        with _opened_folder(target.parent) as folder:
            os.fsync(folder)

    def get(self, name: str) -> bytes:
        """Return the file's bytes; MissingFileError where it is gone."""
        try:
            return (self.folder / name).read_bytes()
        except FileNotFoundError as error:
            raise MissingFileError(f"The file {name} is missing in {self.folder}.") from error

    def remove(self, name: str) -> None:
        """Delete the file, if it is there."""
        (self.folder / name).unlink(missing_ok=True)


class UndeclaredPlaceError(Exception):
    """Files lie in a place that KONTOR_PLACES declares no more: put it back, or the files are not found."""

    def __init__(self, key: str) -> None:
        super().__init__(f"Files lie in the place {key!r}, which KONTOR_PLACES does not declare: declare it again.")
        self.key = key


def declared_place(key: str) -> DataPlace | None:
    """
    Return the declared place of files with this key; UndeclaredPlaceError where there is none.

    For "" it is the one whose folder is KONTOR_BLOBS, None where that folder was never declared.
    """
    found = files_place(settings.KONTOR_PLACES, key, blobs=Path(settings.KONTOR_BLOBS))
    if key and found is None:
        raise UndeclaredPlaceError(key)
    return found


def store(key: str = "") -> Store:
    """Return the store of a declared place, "" for KONTOR_BLOBS; UndeclaredPlaceError."""
    place = declared_place(key)
    if place is None:
        return LocalStore(Path(settings.KONTOR_BLOBS))
    if place.bucket is not None:
        return in_bucket(place)
    assert place.folder is not None  # a place that holds files says where
    return LocalStore(place.folder)


def in_bucket(place: DataPlace) -> "S3Store":
    """Return the store of a place that lies in S3."""
    from kontor.kernel.s3 import S3Store  # its library is loaded where somebody keeps files in S3, and only there

    return S3Store(place, settings.KONTOR_S3_KEYS[place.key])


def _make(folder: Path, mode: int) -> None:
    """Make a folder and those above it, all with this mode."""
    if not folder.exists():
        _make(folder.parent, mode)
        folder.mkdir(mode=mode, exist_ok=True)


@contextlib.contextmanager
def _opened_folder(path: Path) -> Iterator[int]:
    folder = os.open(path, os.O_RDONLY)
    try:
        yield folder
    finally:
        os.close(folder)
