"""
Taking what local installations send: in order, once, whatever breaks in between.

The tenant's changes have one order: each takes the next position under one lock, so that whoever pulls from a position
on misses nothing. A change names the version it was made from; where the record has moved on, what stands here stays
and the installation is told, which merges and sends again.
"""

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Max

from kontor.kernel import registry
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.synchronised import Synchronised
from kontor.kernel.tenancy import current_tenant
from kontor.office.contracts.models import SyncBatch, SyncInstallation, SyncRecord

FIRST: Final = 1


class SequenceError(Exception):
    """A batch that is not the next one; `expected` is the number that is."""

    def __init__(self, expected: int) -> None:
        super().__init__(f"The next batch is number {expected}.")
        self.expected = expected


class UndeclaredKindError(Exception):
    """Records of a kind that no module has declared: nothing of them is transferred (leisure Anhang 4, Art. 1)."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"No module synchronises {kind}.")
        self.kind = kind


class OtherBatchError(Exception):
    """A batch was taken before under this number with other content."""


class NameTakenError(Exception):
    """Another installation of the tenant has this name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """
    A record as an installation sends it.

    base  the version it was made from, 0 for a new one; data  what the product makes of it, {} for a deleted one
    """

    kind: str
    key: str
    base: int
    deleted: bool
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Taken:
    """A record as a product's module is told it: its version here, and what it holds."""

    kind: str
    key: str
    version: int
    deleted: bool
    data: Mapping[str, Any]


@transaction.atomic
def add_installation(name: str, *, at: datetime, actor: Actor) -> SyncInstallation:
    """Make an installation known; NameTakenError where the tenant has one of that name."""
    _in_order()
    if SyncInstallation.objects.filter(name=name).exists():
        raise NameTakenError(name)
    made = SyncInstallation.objects.create(name=name, at=at)
    record("contracts.installation_added", made, at=at, actor=actor, after={"name": name})
    return made


@transaction.atomic
def take_batch(
    installation_id: uuid.UUID, sequence: int, records: Sequence[Told], *, at: datetime
) -> tuple[dict[str, Any], bool]:
    """
    Take a batch, and return its answer and whether it was new: sent again it is answered as the first time.

    The answer lists each record with its version and position, or as a conflict with what stands here instead.
    SequenceError where it is not the next one; OtherBatchError where its number was used for another one;
    SyncInstallation.DoesNotExist for a stranger's installation; UndeclaredKindError for what no module synchronises.
    What a module's `take` raises takes nothing.
    """
    _in_order()
    installation = SyncInstallation.objects.get(pk=installation_id)
    digest = _digest(records)
    if sequence <= installation.last_sequence:
        known = SyncBatch.objects.get(installation=installation, sequence=sequence)
        if bytes(known.digest) != digest:
            raise OtherBatchError
        return known.answer, False
    if sequence != installation.last_sequence + 1:
        raise SequenceError(installation.last_sequence + 1)
    answer = {"records": [_taken(each, origin=installation, at=at) for each in records]}
    SyncBatch.objects.create(installation=installation, sequence=sequence, digest=digest, answer=answer, at=at)
    installation.last_sequence = sequence
    installation.save(update_fields=["last_sequence"])
    return answer, True


@transaction.atomic
def put_record(told: Told, *, at: datetime) -> dict[str, Any]:
    """Change a record on the house's servers, for the installations to pull; the answer as a batch lists it."""
    _in_order()
    return _taken(told, origin=None, at=at)


def _taken(told: Told, *, origin: SyncInstallation | None, at: datetime) -> dict[str, Any]:
    row = SyncRecord.objects.filter(kind=told.kind, key=told.key).first()
    version = row.version if row else 0
    name = {"kind": told.kind, "key": told.key}
    if told.base != version:
        stands = {"version": version, "deleted": row.deleted, "data": row.data} if row else {"version": 0}
        return {**name, "taken": False, "stands": stands}
    row = row or SyncRecord(kind=told.kind, key=told.key)
    declared = _declared(told.kind)
    row.version, row.position = version + 1, _next_position()
    row.origin, row.deleted, row.data, row.at = origin, told.deleted, dict(told.data), at
    row.save()
    declared.take(Taken(told.kind, told.key, row.version, told.deleted, row.data), at=at)
    return {**name, "taken": True, "version": row.version, "position": row.position}


def _declared(kind: str) -> Synchronised:
    """Return what takes over records of a kind; UndeclaredKindError where no module does."""
    for each in (each for one in registry.modules() for each in one.synchronised):
        if each.key == kind:
            return each
    raise UndeclaredKindError(kind)


def _next_position() -> int:
    last: int | None = SyncRecord.objects.aggregate(last=Max("position"))["last"]
    return FIRST if last is None else last + 1


def _in_order() -> None:
    """Let one change of the tenant's records follow the other, so that positions are committed in their order."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"synchronised {current_tenant()}"])


def _digest(records: Sequence[Told]) -> bytes:
    plain = [[each.kind, each.key, each.base, each.deleted, each.data] for each in records]
    return hashlib.sha256(json.dumps(plain, sort_keys=True, separators=(",", ":")).encode()).digest()
