"""
Pages that anybody may read, put where they can be read while Kontor itself is down: a folder of a web server, or S3.

A published place is declared in KONTOR_PLACES (`holds = ["published"]`); what goes there is not encrypted, so nothing
goes there but what was made to be public. Whether a bucket's objects can be read from outside is for its owner to say.
"""

import re
from pathlib import Path
from typing import Final, Protocol

from django.conf import settings

from kontor.kernel.data_places import PUBLISHED, holding
from kontor.kernel.storage import LocalStore, UndeclaredPlaceError, in_bucket

_PLAIN: Final = re.compile(r"[a-z0-9][a-z0-9._-]*(?:/[a-z0-9][a-z0-9._-]*)*")
_READABLE: Final = 0o644
_OPEN: Final = 0o755


class PublishedPlace(Protocol):
    """Where public pages are put."""

    def publish(self, name: str, data: bytes, *, content_type: str) -> None:
        """Put a page in the place of the last one of that name: a reader sees all of the old or all of the new."""

    def remove(self, name: str) -> None:
        """Take a page away, if it is there."""


class PublishedFolder(LocalStore):
    """A folder that a web server serves."""

    def publish(self, name: str, data: bytes, *, content_type: str) -> None:  # noqa: ARG002  a web server goes by the ending
        """Write the page so that every account of this machine may read it."""
        self.put(name, data, mode=_READABLE, folders=_OPEN)


def published_place(key: str) -> PublishedPlace:
    """Return a place for public pages; UndeclaredPlaceError where KONTOR_PLACES declares none of that key."""
    place = next((one for one in holding(settings.KONTOR_PLACES, PUBLISHED) if one.key == key), None)
    if place is None:
        raise UndeclaredPlaceError(key)
    if place.bucket is not None:
        return in_bucket(place)
    assert place.folder is not None  # a place of public pages says where
    return PublishedFolder(Path(place.folder))


def publish(name: str, data: bytes, *, content_type: str) -> bool:
    """
    Put a public page into the place that KONTOR_STATUS_COPY names; False where it names none, and nothing is done.

    name          such as "status/index.html": lower case, digits, ".", "_", "-", folders by "/"
    content_type  such as "text/html; charset=utf-8"

    UndeclaredPlaceError where the place is not declared; StoreError where S3 does not take it, OSError a folder.
    """
    if not _PLAIN.fullmatch(name):
        raise ValueError(f"{name!r} is no plain name.")
    if not settings.KONTOR_STATUS_COPY:
        return False
    published_place(settings.KONTOR_STATUS_COPY).publish(name, data, content_type=content_type)
    return True
