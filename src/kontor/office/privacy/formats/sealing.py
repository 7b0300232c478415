"""What the house seals: a digest over what it certifies, and a signature that its public key proves (Ed25519)."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PURPOSE: Final = b"kontor certificate"


@dataclass(frozen=True, slots=True)
class Seal:
    """The SHA-256 of what is certified, the public key and the signature, each in hex."""

    sha256: str
    key: str
    signature: str


def sealed(says: Mapping[str, Any], key: bytes) -> Seal:
    """Seal what a certificate says. key  32 bytes"""
    digest, private = _digest(says), Ed25519PrivateKey.from_private_bytes(key)
    public = private.public_key().public_bytes_raw().hex()
    return Seal(digest.hex(), public, private.sign(PURPOSE + digest).hex())


def proves(seal: Seal, says: Mapping[str, Any]) -> bool:
    """
    Tell whether a seal is one over exactly this, by its own key.

    >>> seal = sealed({"rows": 3}, bytes(32))
    >>> proves(seal, {"rows": 3}), proves(seal, {"rows": 4})
    (True, False)
    """
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(seal.key))
    try:
        public.verify(bytes.fromhex(seal.signature), PURPOSE + _digest(says))
    except InvalidSignature:
        return False
    return True


def _digest(says: Mapping[str, Any]) -> bytes:
    return hashlib.sha256(json.dumps(says, sort_keys=True, ensure_ascii=False, default=str).encode()).digest()
