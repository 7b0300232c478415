"""
Boxes that only their key opens: AES-256-GCM, a fresh nonce each, and the place they belong to as associated data.

The installation's master key (64 hex digits, `KONTOR_MASTER_KEY`) opens tenant keys, the keys of shared files, and what
makes a person's one-time codes; nothing else is encrypted with it, so a new master key means wrapping keys again and
not data.
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32
NONCE_BYTES = 12


class CannotOpenError(Exception):
    """A box was changed, belongs somewhere else, or was closed with another key."""


def new_key() -> bytes:
    """Return a new key of 256 random bits."""
    return secrets.token_bytes(KEY_BYTES)


def close_box(key: bytes, data: bytes, *, context: bytes) -> bytes:
    """
    Encrypt `data` so that it opens only with `key` and only where it belongs.

    context  where it belongs, such as tenant, table and column; whoever opens the box must name the same

    The nonce is random: one key is good for 2^32 boxes (NIST SP 800-38D, 8.3), far more than a tenant makes.
    """
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, data, context)


def open_box(key: bytes, box: bytes, *, context: bytes) -> bytes:
    """Return what `close_box` was given; CannotOpenError where key, context or a single bit differs."""
    try:
        return AESGCM(key).decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], context)
    except (InvalidTag, ValueError) as error:
        raise CannotOpenError("This does not open: it was changed, or its key or place is another.") from error


def wrap(key: bytes, *, context: bytes) -> bytes:
    """Close a key in a box that the installation's master key opens."""
    return close_box(_master_key(), key, context=context)


def unwrap(box: bytes, *, context: bytes) -> bytes:
    """Return the key from its box; CannotOpenError under another master key."""
    return open_box(_master_key(), box, context=context)


def derived(key: bytes, purpose: bytes) -> bytes:
    """Return the key for one purpose that follows from `key` (HKDF, RFC 5869); from it `key` cannot be found."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose).derive(key)


def purposed(purpose: bytes) -> bytes:
    """Return the installation's key for one purpose, such as signing exports; it follows from the master key."""
    return derived(_master_key(), purpose)


def _master_key() -> bytes:
    try:
        key = bytes.fromhex(settings.KONTOR_MASTER_KEY)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise ImproperlyConfigured("KONTOR_MASTER_KEY must be 64 hex digits; `openssl rand -hex 32` makes some.")
    return key
