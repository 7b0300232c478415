"""
Opaque secrets that let their bearer do one thing, for a while, so many times.

The secret itself is told once and stored nowhere. Whoever presents a wrong one learns nothing: unknown, expired, used
up and revoked are refused in the same words, and only the error's `reason` tells them apart for the log.
"""

import hashlib
import hmac
import secrets
import uuid
from datetime import datetime
from typing import Final

from django.db.models import F, Q
from django.utils.translation import gettext

from kontor.kernel.models import Credential
from kontor.kernel.tenancy import current_tenant

SECRET_BYTES: Final = 32


class CredentialRefusedError(Exception):
    """
    The secret lets its bearer do nothing here.

    reason  "unknown", "other scope", "revoked", "expired" or "used up"; for the log only
    """

    def __init__(self, reason: str) -> None:
        super().__init__(gettext("This link is not valid, or not any more. Please ask for a new one."))
        self.reason = reason


def issue(scope: str, object_id: uuid.UUID, *, expires_at: datetime, at: datetime, uses: int | None = None) -> str:
    """
    Return a new secret of the current tenant; 256 random bits, fit for a link.

    scope  what it opens: "contracts.offer_accept"
    uses   how often `use` works, None for any number of times until it expires
    """
    if uses is not None and uses < 1:
        raise ValueError(f"A credential with {uses} uses opens nothing.")
    secret = secrets.token_urlsafe(SECRET_BYTES)
    Credential.objects.create(
        digest=_digest(secret),
        tenant_id=current_tenant(),
        scope=scope,
        object_id=object_id,
        expires_at=expires_at,
        uses_left=uses,
        created_at=at,
    )
    return secret


def resolve(secret: str, scope: str, at: datetime) -> tuple[uuid.UUID, uuid.UUID]:
    """Return (tenant id, object id) that the secret opens; CredentialRefusedError otherwise. Nothing is used up."""
    found = _presented(secret, scope, at)
    return found.tenant_id, found.object_id


def use(secret: str, scope: str, at: datetime) -> tuple[uuid.UUID, uuid.UUID]:
    """Return what `resolve` returns and use the secret once; of two who use the last time at once, one is refused."""
    found = _presented(secret, scope, at)
    unlimited_or_left = Q(uses_left=None) | Q(uses_left__gt=0)
    good = Credential.objects.filter(unlimited_or_left, pk=found.pk, revoked_at=None, expires_at__gt=at)
    if not good.update(uses_left=F("uses_left") - 1):
        raise CredentialRefusedError("used up")
    return found.tenant_id, found.object_id


def revoke(scope: str, object_id: uuid.UUID, *, at: datetime) -> int:
    """Make every secret of the current tenant for this object worthless; return how many there were."""
    given = Credential.objects.filter(tenant_id=current_tenant(), scope=scope, object_id=object_id, revoked_at=None)
    return given.update(revoked_at=at)


def end_by(scope: str, object_id: uuid.UUID, *, until: datetime) -> int:
    """Let every secret of the current tenant for this object open nothing from a moment on; return how many it cut."""
    given = Credential.objects.filter(tenant_id=current_tenant(), scope=scope, object_id=object_id, revoked_at=None)
    return given.filter(expires_at__gt=until).update(expires_at=until)


def _presented(secret: str, scope: str, at: datetime) -> Credential:
    """Find by the secret's hash: what an index lookup's duration could tell is the hash of a guess, not the secret."""
    digest = _digest(secret)
    found = Credential.objects.filter(digest=digest).first()
    if found is None or not hmac.compare_digest(bytes(found.digest), digest):
        raise CredentialRefusedError("unknown")
    if not hmac.compare_digest(found.scope.encode(), scope.encode()):
        raise CredentialRefusedError("other scope")
    if found.revoked_at is not None:
        raise CredentialRefusedError("revoked")
    if found.expires_at <= at:
        raise CredentialRefusedError("expired")
    if found.uses_left == 0:
        raise CredentialRefusedError("used up")
    return found


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
