"""Keys for other programs: made with rights and an end, told once, taken back; and answers kept for repetitions."""

import hashlib
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction

from kontor.kernel import registry
from kontor.kernel.actions.credentials import end_by, issue, revoke
from kontor.kernel.actions.record import record
from kontor.kernel.actions.rights import UnknownPermissionError
from kontor.kernel.actor import Actor
from kontor.kernel.models import ApiAnswer, ApiKey
from kontor.kernel.rows import exactly_one
from kontor.kernel.tenancy import current_tenant

SCOPE: Final = "api"
OVERLAP: Final = timedelta(days=7)  # how long the secret before still opens
NOTED_EVERY: Final = timedelta(minutes=5)
KEPT: Final = timedelta(days=7)  # a client that repeats a request later than this has lost it


class OtherRequestError(Exception):
    """An Idempotency-Key was used before for another request."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered."""

    status: int
    body: Any


@transaction.atomic
def make_api_key(
    *, name: str, scopes: Collection[str], expires_at: datetime, at: datetime, actor: Actor
) -> tuple[ApiKey, str]:
    """
    Make a key of the current tenant and return it with its secret, which is told this once.

    scopes  permissions; UnknownPermissionError names what no module declares, ValueError a key without any
    """
    if unknown := sorted(set(scopes) - registry.permissions().keys()):
        raise UnknownPermissionError(f"No module declares {', '.join(unknown)}.")
    if not scopes:
        raise ValueError("A key without a right opens nothing.")
    key = ApiKey.objects.create(name=name, scopes=sorted(set(scopes)), created_at=at, expires_at=expires_at)
    secret = issue(SCOPE, key.pk, expires_at=expires_at, at=at)
    after = {"name": name, "scopes": key.scopes, "expires_at": expires_at}
    record("kernel.api_key_made", key, at=at, actor=actor, after=after)
    return key, secret


@transaction.atomic
def rotate_api_key(key_id: uuid.UUID, *, at: datetime, actor: Actor) -> tuple[ApiKey, str]:
    """
    Give a key another secret and return both; the one before opens for seven days more, so that nothing stands still.

    ApiKey.DoesNotExist for a stranger's, one taken back, or one that is over.
    """
    key = ApiKey.objects.select_for_update().get(pk=key_id, revoked_at=None, expires_at__gt=at)
    end_by(SCOPE, key.pk, until=at + OVERLAP)
    secret = issue(SCOPE, key.pk, expires_at=key.expires_at, at=at)
    record("kernel.api_key_rotated", key, at=at, actor=actor, after={"name": key.name, "until": at + OVERLAP})
    return key, secret


@transaction.atomic
def revoke_api_key(key_id: uuid.UUID, *, at: datetime, actor: Actor) -> ApiKey:
    """Take a key back; it opens nothing from now on. ApiKey.DoesNotExist for a stranger's or one taken back."""
    key = ApiKey.objects.select_for_update().get(pk=key_id, revoked_at=None)
    exactly_one(ApiKey.objects.filter(pk=key.pk).update(revoked_at=at))
    revoke(SCOPE, key.pk, at=at)
    record("kernel.api_key_revoked", key, at=at, actor=actor, before={"name": key.name})
    key.revoked_at = at
    return key


def note_use(key: ApiKey, *, at: datetime) -> None:
    """Note that a key was used, give or take some minutes: no call waits for another one's note."""
    if key.used_at is not None and at - key.used_at < NOTED_EVERY:
        return
    free = ApiKey.objects.select_for_update(skip_locked=True).filter(pk=key.pk)
    ApiKey.objects.filter(pk__in=free.values("pk")).update(used_at=at)


def answer_before(key_id: uuid.UUID, name: str, *, asked: bytes, at: datetime) -> Answer | None:
    """
    Return what a request under this Idempotency-Key was answered, None for the first; two at once wait for each other.

    asked  method, path and body; OtherRequestError where the key belongs to another request
    """
    with connection.cursor() as cursor:
        lock = f"api {current_tenant()} {key_id} {name}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [lock])
    ApiAnswer.objects.filter(api_key_id=key_id, at__lt=at - KEPT).delete()
    kept = ApiAnswer.objects.filter(api_key_id=key_id, key=name).first()
    if kept is None:
        return None
    if bytes(kept.digest) != _digest(asked):
        raise OtherRequestError(name)
    return Answer(kept.status, kept.body)


def keep_answer(
    key_id: uuid.UUID, name: str, *, asked: bytes, answer: Mapping[str, Any], status: int, at: datetime
) -> None:
    """Keep what a request was answered, in the transaction that did what it asked for."""
    ApiAnswer.objects.create(
        api_key_id=key_id, key=name, digest=_digest(asked), status=status, body=dict(answer), at=at
    )


def _digest(asked: bytes) -> bytes:
    return hashlib.sha256(asked).digest()
