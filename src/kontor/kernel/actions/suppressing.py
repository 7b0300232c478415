"""Addresses to which nothing is written any more, known only by a keyed digest: whoever was erased stays erased."""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime

from kontor.kernel.actions.matching import lasting_key
from kontor.kernel.models import SuppressedAddress
from kontor.kernel.queries.matching import matching_key

_PLACE = b"kontor suppressed address"


def suppress(addresses: Iterable[str], *, at: datetime) -> int:
    """Write to these addresses no more from the current tenant; repeating changes nothing. Return how many."""
    key = lasting_key(_PLACE)
    rows = [SuppressedAddress(digest=_digest(key, each), at=at) for each in sorted(set(addresses))]
    return len(SuppressedAddress.objects.bulk_create(rows, ignore_conflicts=True))


def is_suppressed(address: str) -> bool:
    """Tell whether nothing may be written to an address from the current tenant."""
    return SuppressedAddress.objects.filter(digest=digest_of(address)).exists()


def allow_again(address: str) -> bool:
    """Let mail go to an address again, since its person came back by themselves; False where it was not suppressed."""
    return bool(SuppressedAddress.objects.filter(digest=digest_of(address)).delete()[0])


def digest_of(address: str) -> bytes:
    """Return what an address is known by in the current tenant; with its key gone it is no address any more."""
    return _digest(matching_key(_PLACE), address)


def _digest(key: bytes, address: str) -> bytes:
    return hmac.digest(key, address.strip().casefold().encode(), hashlib.sha256)
