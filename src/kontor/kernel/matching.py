"""Knowing an address again that is no longer kept: digests under a key of the tenant's that leaves and goes with it."""

import hashlib
import hmac
import secrets

from kontor.kernel.models import MatchingKey

_BYTES = 32


def matching_key(purpose: bytes, *, make: bool = False) -> bytes:
    """
    Return the current tenant's key for one purpose; one query.

    make  draw it where the tenant has none yet; else such a tenant gets a key that matches nothing, since nothing was
          ever kept under another
    """
    known = _stored()
    if known is None and make:
        MatchingKey.objects.bulk_create([MatchingKey(key=secrets.token_hex(_BYTES))], ignore_conflicts=True)
        known = _stored()
    drawn = bytes.fromhex(known) if known else secrets.token_bytes(_BYTES)
    return hmac.digest(drawn, purpose, hashlib.sha256)


def _stored() -> str | None:
    return MatchingKey.objects.values_list("key", flat=True).first()
