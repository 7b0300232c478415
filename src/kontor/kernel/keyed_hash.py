"""
Keyed hashes, by which a row is found although what is looked for lies encrypted.

A model names its own in `keyed_hashes`: column -> what of a row (as an export tells it) is hashed. Who brings a tenant
into another installation makes them anew from that, since each has a key of its own.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings

from kontor.kernel.tenancy import current_tenant

Hashed = Mapping[str, Callable[[Mapping[str, Any]], str]]


def keyed_hash(plain: str) -> bytes:
    """Return the 32 bytes by which a text is found in the current tenant and in no other."""
    key = bytes.fromhex(settings.KONTOR_MASTER_KEY) + current_tenant().bytes
    return hmac.digest(key, plain.encode(), hashlib.sha256)


def hashed_iban(row: Mapping[str, Any]) -> str:
    """Return the IBAN of a row as it is hashed: however it was written."""
    return str(row["iban"]).replace(" ", "").upper()
