"""Drawing the key by which a tenant knows addresses again that it no longer has."""

import secrets

from kontor.kernel.models import MatchingKey
from kontor.kernel.queries.matching import KEY_BYTES, matching_key


def lasting_key(purpose: bytes) -> bytes:
    """Return the current tenant's key for one purpose, for what is to be known again; drawn once, if there is none."""
    if not MatchingKey.objects.exists():  # two at once end with one
        MatchingKey.objects.bulk_create([MatchingKey(key=secrets.token_hex(KEY_BYTES))], ignore_conflicts=True)
    return matching_key(purpose)
