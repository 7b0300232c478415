"""
The record: who did what, to which object, when and under which clause.

Before and after stand apart, encrypted with a key of the object's own, so that they can be erased; what the seal covers
of them is a keyed digest, which proves them while the key exists and tells nothing once it is gone.
"""

import json
import secrets
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction

from kontor.kernel import cipher
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.encryption import encrypt
from kontor.kernel.models import RecordDetail, RecordEntry, RecordKey
from kontor.kernel.queries.record import OBJECT_KEY, detail_digest, detail_place, object_keys
from kontor.kernel.rows import exactly_one, uuid7
from kontor.kernel.tenancy import current_tenant

SALT_BYTES = 16


class OtherTenantsThingError(RuntimeError):
    """Something was to be recorded here about a row that neither belongs to this tenant nor is shared with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """
    One thing that was done, as `record` takes it.

    actor   who; None is the machine by itself
    before  what stood there; after, what stands there now: only what changed, in values that JSON can hold
    ruling  id of the stored ruling that decided it
    """

    verb: str
    thing: models.Model
    at: datetime
    actor: Actor | None = None
    clause: str = ""
    ruling: uuid.UUID | None = None
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


def record(
    verb: str,
    thing: models.Model,
    *,
    at: datetime,
    actor: Actor | None,
    clause: str = "",
    ruling: uuid.UUID | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> RecordEntry:
    """
    Write down what was done, in the transaction that does it; OtherTenantsThingError for a stranger's row.

    verb  app and past tense: "books.invoice_finalised"
    """
    deed = Deed(verb=verb, thing=thing, at=at, actor=actor, clause=clause, ruling=ruling, before=before, after=after)
    (entry,) = record_many([deed])
    return entry


@transaction.atomic
def record_many(deeds: Iterable[Deed]) -> list[RecordEntry]:
    """Write down many things in a fixed number of queries, in their order."""
    done = list(deeds)
    for deed in done:
        _refuse_strangers(deed.thing)
    details = [_detail(deed) for deed in done]
    keys = _keys_for({deed.thing.pk for deed, detail in zip(done, details, strict=True) if detail})
    entries = [_entry(deed, detail, keys) for deed, detail in zip(done, details, strict=True)]
    boxes = [
        RecordDetail(
            entry=entry,
            sealed_box=cipher.close_box(keys[entry.object_id], detail, context=detail_place(entry.pk)),
        )
        for entry, detail in zip(entries, details, strict=True)
        if detail
    ]
    RecordEntry.objects.bulk_create(entries)
    RecordDetail.objects.bulk_create(boxes)
    return entries


def looked_at(thing: models.Model, *, at: datetime, actor: Actor | None, fields: Sequence[str] = ()) -> RecordEntry:
    """Write down that somebody looked at sensitive data of `thing`: which columns, never their content."""
    verb = f"{thing._meta.app_label}.looked_at"
    return record(verb, thing, at=at, actor=actor, after={"fields": list(fields)} if fields else None)


@transaction.atomic
def erase_details(thing: models.Model, *, at: datetime, actor: Actor | None, clause: str) -> None:
    """
    Make every before and after of `thing` unreadable for ever, under the clause that demands it.

    The entries and the chain over them stay valid: they cover a digest that means nothing without the key. Backups made
    before still hold it until they are overwritten. NothingChangedError where there is nothing to erase.
    """
    record("kernel.details_erased", thing, at=at, actor=actor, clause=clause)
    exactly_one(RecordKey.objects.filter(object_id=thing.pk).delete()[0])


def _entry(deed: Deed, detail: bytes, keys: Mapping[uuid.UUID, bytes]) -> RecordEntry:
    actor = deed.actor or MACHINE
    salt = secrets.token_bytes(SALT_BYTES)
    return RecordEntry(
        id=uuid7(),
        at=deed.at,
        actor=actor.id,
        actor_kind=actor.kind,
        verb=deed.verb,
        object_kind=deed.thing._meta.label,
        object_id=deed.thing.pk,
        clause=deed.clause,
        ruling=deed.ruling,
        salt=salt,
        detail_digest=detail_digest(keys[deed.thing.pk], salt, detail) if detail else None,
    )


def _detail(deed: Deed) -> bytes:
    """Return before and after as JSON, with the name of an actor whom no user table knows; b"" for nothing."""
    told: dict[str, Any] = {}
    if deed.before is not None:
        told["before"] = dict(deed.before)
    if deed.after is not None:
        told["after"] = dict(deed.after)
    if deed.actor and deed.actor.kind == "OUTSIDE" and deed.actor.name:
        told["actor"] = deed.actor.name
    return json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True).encode() if told else b""


def _refuse_strangers(thing: models.Model) -> None:
    owner = getattr(thing, "tenant_id", None)
    ours = {owner, getattr(thing, "customer_tenant_id", None)}
    if owner is not None and current_tenant() not in ours:
        raise OtherTenantsThingError(f"{thing._meta.label} {thing.pk} belongs to another tenant.")


def _keys_for(objects: Collection[uuid.UUID]) -> dict[uuid.UUID, bytes]:
    """Return each object's key; where two transactions make one at once, both end with the same."""
    keys = object_keys(objects)
    if missing := [object_id for object_id in objects if object_id not in keys]:
        keys |= _make_keys(missing)
        if others := [object_id for object_id in missing if object_id not in keys]:
            keys |= object_keys(others)
    return keys


def _make_keys(objects: Collection[uuid.UUID]) -> dict[uuid.UUID, bytes]:
    """Make keys for these objects, and return those that no other transaction made at the same time."""
    tenant, made = current_tenant(), {each: cipher.new_key() for each in sorted(objects)}
    rows = [(uuid7(), tenant, each, encrypt(key, context=f"{OBJECT_KEY} {each}")) for each, key in made.items()]
    ids, tenants, object_ids, wrapped = zip(*rows, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {RecordKey._meta.db_table} (id, tenant_id, object_id, wrapped)"  # noqa: S608  our own name
            " SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::bytea[])"
            " ON CONFLICT (tenant_id, object_id) DO NOTHING RETURNING object_id",
            [list(ids), list(tenants), list(object_ids), list(wrapped)],
        )
        return {each: made[each] for (each,) in cursor.fetchall()}
