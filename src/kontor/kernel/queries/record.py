"""What happened to an object, for its timeline."""

import hashlib
import hmac
import json
import uuid
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kontor.kernel import cipher
from kontor.kernel.encryption import decrypt
from kontor.kernel.models import RecordDetail, RecordEntry, RecordKey
from kontor.kernel.tenancy import current_tenant

OBJECT_KEY = "kernel record key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """
    One entry of the record, opened.

    erased      the details were erased; before and after are empty for that reason
    actor_name  of somebody outside with a credential; a user's name stands in the user table
    """

    id: uuid.UUID
    at: datetime
    verb: str
    object_kind: str
    object_id: uuid.UUID
    actor: uuid.UUID | None
    actor_kind: str
    actor_name: str = ""
    clause: str = ""
    ruling: uuid.UUID | None = None
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    erased: bool = False


def history_of(object_id: uuid.UUID, *, limit: int = 50) -> list[Happened]:
    """Return what happened to an object of the current tenant, newest first; three queries however much it is."""
    entries = RecordEntry.objects.filter(object_id=object_id).order_by("-at", "-id")[:limit]
    return opened(list(entries))


def opened(entries: Collection[RecordEntry]) -> list[Happened]:
    """Return the entries with their details, where these still exist; two queries."""
    boxes = dict(RecordDetail.objects.filter(entry__in=entries).values_list("entry_id", "sealed_box"))
    keys = object_keys({entry.object_id for entry in entries if entry.pk in boxes})
    return [_opened(entry, boxes.get(entry.pk), keys.get(entry.object_id)) for entry in entries]


def _opened(entry: RecordEntry, box: bytes | memoryview | None, key: bytes | None) -> Happened:
    plain = open_detail(entry, bytes(box), key) if box and key else None
    told: dict[str, Any] = json.loads(plain) if plain else {}
    return Happened(
        id=entry.pk,
        at=entry.at,
        verb=entry.verb,
        object_kind=entry.object_kind,
        object_id=entry.object_id,
        actor=entry.actor,
        actor_kind=entry.actor_kind,
        actor_name=told.get("actor", ""),
        clause=entry.clause,
        ruling=entry.ruling,
        before=told.get("before", {}),
        after=told.get("after", {}),
        erased=box is not None and plain is None,
    )


def open_detail(entry: RecordEntry, box: bytes, key: bytes) -> bytes | None:
    """
    Return an entry's details as JSON; None where they were erased.

    An object written to again after an erasure has a new key, which does not open what came before.
    """
    try:
        plain = cipher.open_box(key, box, context=detail_place(entry.pk))
    except cipher.CannotOpenError:
        return None
    return plain if proves(entry, plain, key) else None


def proves(entry: RecordEntry, plain: bytes, key: bytes) -> bool:
    """Tell whether these are the details that the entry was made with."""
    return entry.detail_digest is not None and hmac.compare_digest(
        detail_digest(key, bytes(entry.salt), plain), bytes(entry.detail_digest)
    )


def detail_digest(key: bytes, salt: bytes, detail: bytes) -> bytes:
    """Return what the seal covers instead of the details: keyed, so that it gives nothing away once the key is gone."""
    return hmac.digest(key, salt + detail, hashlib.sha256)


def detail_place(entry_id: uuid.UUID) -> bytes:
    """Return where an entry's details belong, for their box."""
    return current_tenant().bytes + b"kernel record detail" + entry_id.bytes


def object_keys(objects: Collection[uuid.UUID]) -> dict[uuid.UUID, bytes]:
    """Return the keys of those objects that have one; one query."""
    if not objects:
        return {}
    rows = RecordKey.objects.filter(object_id__in=objects).values_list("object_id", "wrapped")
    return {each: decrypt(bytes(wrapped), context=f"{OBJECT_KEY} {each}") for each, wrapped in rows}
