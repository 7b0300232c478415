"""
Where this installation's data lies, as it declares itself: folders of files, the database, what is backed up to.

`KONTOR_PLACES` holds TOML (`KONTOR_PLACES_FILE` names a file of it):

    [[place]]
    key = "frankfurt"                 # written to the database, so never renamed
    holds = ["files"]                 # "files", "database", "backups", in any number
    country = "DE"                    # ISO 3166
    partner = "Rechenhaus GmbH, Frankfurt am Main"
    agreement = "AVV 4711"            # the processing agreement with the hosting partner, and its day
    agreed_on = 2026-01-15
    safeguard = "Standard clauses"    # for a transfer to a third country, where there could be one
    sees_logs = true                  # whether the partner may see the access log
    folder = "/srv/kontor/files"      # for files on disk

What cannot be read stops the start with a sentence that names place and key.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from django.core.exceptions import ImproperlyConfigured

from kontor.rulebook.data_places import lies_right

FILES: Final = "files"
DATABASE: Final = "database"
BACKUPS: Final = "backups"
KINDS: Final = (FILES, DATABASE, BACKUPS)

FITS: Final = "FITS"
ELSEWHERE: Final = "ELSEWHERE"
UNDECLARED: Final = "UNDECLARED"

_TEXTS: Final = ("country", "partner", "agreement")


@dataclass(frozen=True, slots=True, kw_only=True)
class DataPlace:
    """
    A place in which data lies.

    country    where it stands, ISO 3166
    partner    who runs it; agreement, agreed_on: the processing agreement with them
    safeguard  what secures a transfer to a third country, "" where nothing leaves
    sees_logs  whether the partner may see the access log
    folder     of a place that holds files
    """

    key: str
    holds: frozenset[str]
    country: str
    partner: str
    agreement: str
    agreed_on: date
    safeguard: str = ""
    sees_logs: bool = False
    folder: Path | None = None


def declared(text: str) -> tuple[DataPlace, ...]:
    """Return the places that TOML declares, none for ""; ImproperlyConfigured says what cannot be read, and where."""
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ImproperlyConfigured(f"KONTOR_PLACES is no TOML: {error}.") from error
    rows = told.pop("place", [])
    if told or not isinstance(rows, list):
        raise ImproperlyConfigured("KONTOR_PLACES holds something else than [[place]] tables.")
    places = tuple(_place(row) for row in rows)
    keys = [place.key for place in places]
    for key in keys:
        if keys.count(key) > 1:
            raise ImproperlyConfigured(f"KONTOR_PLACES declares the place {key!r} twice.")
    return places


def holding(places: Iterable[DataPlace], kind: str) -> list[DataPlace]:
    """Return the places that hold one kind of data, as declared."""
    return [place for place in places if kind in place.holds]


def files_place(places: Iterable[DataPlace], key: str, *, blobs: Path) -> DataPlace | None:
    """Return the place of files with this key, for "" the one whose folder is KONTOR_BLOBS; None for none such."""
    named = holding(places, FILES)
    return next((place for place in named if (place.key == key if key else place.folder == blobs)), None)


def judged(lying: Sequence[DataPlace], demanded: Sequence[tuple[str, ...]]) -> str:
    """Say whether data that lies in these places satisfies every demand; where nobody declared any, nobody knows."""
    if not all(lies_right(demanded, country=place.country) for place in lying):
        return ELSEWHERE
    return FITS if lying else UNDECLARED


def fitting(places: Iterable[DataPlace], demanded: Sequence[tuple[str, ...]]) -> DataPlace | None:
    """Return the first place of files that satisfies every demand."""
    return next((one for one in holding(places, FILES) if lies_right(demanded, country=one.country)), None)


def misplaced(places: Sequence[DataPlace], demanded: Sequence[tuple[str, ...]]) -> list[str]:
    """
    Return which kinds of a tenant's data these places hold in a country that its contracts do not admit.

    Rows and backups that nobody declared are none of them: they are asked for on the page, and by nobody else.
    """
    if not demanded:
        return []
    wrong = [kind for kind in (DATABASE, BACKUPS) if judged(holding(places, kind), demanded) == ELSEWHERE]
    return wrong if fitting(places, demanded) else [FILES, *wrong]


def _place(row: Mapping[str, Any]) -> DataPlace:
    given = dict(row)
    key = given.pop("key", "")
    if not isinstance(key, str) or not re.fullmatch(r"[a-z0-9-]{1,40}", key):
        raise ImproperlyConfigured(f"KONTOR_PLACES: the key {key!r} is not made of a-z, 0-9 and -, 40 at most.")
    holds = given.pop("holds", None)
    if not isinstance(holds, list) or not holds or not set(holds) <= set(KINDS):
        raise _wrong(key, "holds", f"is a list of {', '.join(KINDS)}")
    texts = {name: _text(given, key, name) for name in _TEXTS}
    if not re.fullmatch(r"[A-Z]{2}", texts["country"]):
        raise _wrong(key, "country", "is a country code of two capitals, such as DE")
    agreed_on = given.pop("agreed_on", None)
    if type(agreed_on) is not date:
        raise _wrong(key, "agreed_on", "is the day of the processing agreement, such as 2026-01-15")
    sees_logs = given.pop("sees_logs", False)
    if not isinstance(sees_logs, bool):
        raise _wrong(key, "sees_logs", "is true or false")
    safeguard = _text(given, key, "safeguard") if "safeguard" in given else ""
    folder = _folder(given, key, needed=FILES in holds)
    if given:
        raise _wrong(key, min(given), "is unknown")
    return DataPlace(
        key=key, holds=frozenset(holds), agreed_on=agreed_on, safeguard=safeguard, sees_logs=sees_logs,
        folder=folder, **texts,
    )  # fmt: skip


def _folder(given: dict[str, Any], key: str, *, needed: bool) -> Path | None:
    """Return where files lie; a place that holds files says it."""
    if "folder" not in given and not needed:
        return None
    folder = Path(_text(given, key, "folder"))
    if not folder.is_absolute():
        raise _wrong(key, "folder", "is an absolute path")
    return folder


def _text(given: dict[str, Any], key: str, name: str) -> str:
    value = given.pop(name, None)
    if not isinstance(value, str) or not value.strip():
        raise _wrong(key, name, "is a text that is not empty")
    return value.strip()


def _wrong(key: str, name: str, what: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"KONTOR_PLACES, place {key!r}: {name} {what}.")
