"""
Where this installation's data lies, as it declares itself: folders and buckets, the database, what is backed up to.

`KONTOR_PLACES` holds TOML (`KONTOR_PLACES_FILE` names a file of it):

    [[place]]
    key = "frankfurt"                 # written to the database, so never renamed
    holds = ["files"]                 # "files", "database", "backups", "published", in any number
    country = "DE"                    # ISO 3166
    partner = "Rechenhaus GmbH, Frankfurt am Main"
    agreement = "AVV 4711"            # the processing agreement with the hosting partner, and its day
    agreed_on = 2026-01-15
    safeguard = "Standard clauses"    # for a transfer to a third country, where there could be one
    sees_logs = true                  # whether the partner may see the access log
    folder = "/srv/kontor/files"      # for files on disk; or, in S3:

    bucket = "kontor-files"
    region = "eu-central-1"
    endpoint = "https://s3.rechenhaus.example"  # none for Amazon's own
    prefix = "kontor/"                # before each name, where the bucket holds something else too

    host = "db.rechenhaus.example"    # of a database: the server stays shut when it is told another

The keys to a bucket are no part of it: `KONTOR_S3_KEYS` holds them, as TOML by place, and no page shows them.
What cannot be read stops the start with a sentence that names place and key, and never a secret.
"""

import ipaddress
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from kontor.rulebook.data_places import lies_right

FILES: Final = "files"
DATABASE: Final = "database"
BACKUPS: Final = "backups"
PUBLISHED: Final = "published"  # pages that anybody may read, such as the status page's copy: never a tenant's files
KINDS: Final = (FILES, DATABASE, BACKUPS, PUBLISHED)

FITS: Final = "FITS"
ELSEWHERE: Final = "ELSEWHERE"
UNDECLARED: Final = "UNDECLARED"

_TEXTS: Final = ("country", "partner", "agreement")


# Amazon says where its regions stand; a place there may not be declared elsewhere.
AMAZON: Final[Mapping[str, str]] = {
    "eu-central-1": "DE", "eu-central-2": "CH", "eu-west-1": "IE", "eu-west-2": "GB", "eu-west-3": "FR",
    "eu-north-1": "SE", "eu-south-1": "IT", "eu-south-2": "ES", "us-east-1": "US", "us-east-2": "US",
    "us-west-1": "US", "us-west-2": "US", "ca-central-1": "CA", "ca-west-1": "CA",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """
    A bucket in S3, or in what speaks like it.

    region    as its provider names it; a bucket that stands in another region is refused at the start
    endpoint  the provider's address, "" for Amazon's own
    prefix    what stands before each name, "" or ending with a slash
    """

    name: str
    region: str
    endpoint: str = ""
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class BucketKey:
    """What opens a bucket: the access key's id, and its secret, which is printed nowhere."""

    access: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DataPlace:
    """
    A place in which data lies.

    country    where it stands, ISO 3166
    partner    who runs it; agreement, agreed_on: the processing agreement with them
    safeguard  what secures a transfer to a third country, "" where nothing leaves
    sees_logs  whether the partner may see the access log
    folder     of a place that holds files, or bucket: one of the two
    host       of a place that holds the database: the server, as DATABASE_URL names it; "" where nobody said
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
    bucket: Bucket | None = None
    host: str = ""


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


def bucket_keys(text: str, places: Iterable[DataPlace]) -> dict[str, BucketKey]:
    """
    Return what opens each place's bucket; ImproperlyConfigured names a place that has none, and what cannot be read.

    text  TOML, a table for each place: [frankfurt] access = "…", secret = "…"
    """
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ImproperlyConfigured("KONTOR_S3_KEYS is no TOML.") from error
    found = {}
    for place in places:
        if place.bucket is not None:
            row = told.get(place.key)
            if not isinstance(row, dict) or set(row) != {"access", "secret"} or not all(map(_is_text, row.values())):
                raise ImproperlyConfigured(
                    f"KONTOR_S3_KEYS: the place {place.key!r} lies in a bucket and needs a table of its own with "
                    "access and secret, two texts."
                )
            found[place.key] = BucketKey(row["access"], row["secret"])
    return found


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


def undeclared_hosts(places: Iterable[DataPlace], hosts: Iterable[str]) -> list[str]:
    """Return which of the servers that hold the database no place names; none where a place does not name its own."""
    named = [place.host for place in holding(places, DATABASE)]
    return [host for host in hosts if host not in named] if named and all(named) else []


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
    bucket = _bucket(given, key) if "bucket" in given else None
    if bucket and "folder" in given:
        raise _wrong(key, "folder", "and bucket exclude each other")
    host = _text(given, key, "host") if "host" in given and DATABASE in holds else ""
    folder = _folder(given, key, needed=bucket is None and bool({FILES, PUBLISHED} & set(holds)))
    if {FILES, PUBLISHED} <= set(holds):
        raise _wrong(key, "holds", "names files or published, not both: what is published can be read by anybody")
    if bucket and not bucket.endpoint and AMAZON.get(bucket.region, texts["country"]) != texts["country"]:
        raise _wrong(key, "country", f"is {texts['country']}, but {bucket.region} is in {AMAZON[bucket.region]}")
    if given:
        raise _wrong(key, min(given), "is unknown")
    return DataPlace(
        key=key, holds=frozenset(holds), agreed_on=agreed_on, safeguard=safeguard, sees_logs=sees_logs,
        folder=folder, bucket=bucket, host=host, **texts,
    )  # fmt: skip


def _folder(given: dict[str, Any], key: str, *, needed: bool) -> Path | None:
    """Return where files lie; a place that holds files says it."""
    if "folder" not in given and not needed:
        return None
    folder = Path(_text(given, key, "folder"))
    if not folder.is_absolute():
        raise _wrong(key, "folder", "is an absolute path")
    return folder


def _bucket(given: dict[str, Any], key: str) -> Bucket:
    """Return the bucket in which files lie; it is spoken to over TLS, but for a server on this very machine."""
    name, region = _text(given, key, "bucket"), _text(given, key, "region")
    endpoint = _text(given, key, "endpoint").rstrip("/") if "endpoint" in given else ""
    if endpoint and not _is_safe(endpoint):
        raise _wrong(key, "endpoint", "is an address with https")
    prefix = _text(given, key, "prefix").strip("/") + "/" if "prefix" in given else ""
    return Bucket(name=name, region=region, endpoint=endpoint, prefix=prefix)


def _is_safe(endpoint: str) -> bool:
    parts = urlsplit(endpoint)
    if parts.scheme != "http":
        return parts.scheme == "https" and bool(parts.hostname)
    try:
        return ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _text(given: dict[str, Any], key: str, name: str) -> str:
    value = given.pop(name, None)
    if not isinstance(value, str) or not value.strip():
        raise _wrong(key, name, "is a text that is not empty")
    return value.strip()


def _wrong(key: str, name: str, what: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"KONTOR_PLACES, place {key!r}: {name} {what}.")
