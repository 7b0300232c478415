"""
The code of an invitation, as its QR symbol holds it: which visit, at which site, when, and a signature over that.

KV1. and base64url of 42 bytes (visit, site, number of the code, opening, closing) and 64 bytes of an ECDSA signature on
P-256 with SHA-256 (FIPS 186-5), so that a terminal can prove it without the server by what every browser has.
"""

import base64
import binascii
import struct
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

PREFIX: Final = "KV1."
_FIELDS: Final = struct.Struct(">16s16sHII")
_HALF: Final = 32
_SIGNED_BY: Final = ec.ECDSA(hashes.SHA256())


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """What a code says; opening and closing in whole seconds."""

    visit: uuid.UUID
    site: uuid.UUID
    number: int
    opens_at: datetime
    closes_at: datetime


def new_keys() -> tuple[str, str]:
    """Return a new key: private as PKCS 8 in PEM, public as SubjectPublicKeyInfo in base64."""
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), base64.b64encode(public).decode()


def signed(private: str, data: bytes) -> bytes:
    """Return the 64 bytes that sign `data`."""
    key = serialization.load_pem_private_key(private.encode(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey), "made by new_keys"
    r, s = decode_dss_signature(key.sign(data, _SIGNED_BY))
    return r.to_bytes(_HALF) + s.to_bytes(_HALF)


def proves(public: str, data: bytes, signature: bytes) -> bool:
    """Tell whether a signature was made by the key whose public half this is."""
    key = serialization.load_der_public_key(base64.b64decode(public))
    assert isinstance(key, ec.EllipticCurvePublicKey), "made by new_keys"
    r, s = int.from_bytes(signature[:_HALF]), int.from_bytes(signature[_HALF:])
    try:
        key.verify(encode_dss_signature(r, s), data, _SIGNED_BY)
    except InvalidSignature:
        return False
    return True


def written(code: Code, private: str) -> str:
    """Return a code as its symbol holds it."""
    said = _FIELDS.pack(
        code.visit.bytes, code.site.bytes, code.number, int(code.opens_at.timestamp()), int(code.closes_at.timestamp())
    )
    return PREFIX + base64.urlsafe_b64encode(said + signed(private, said)).rstrip(b"=").decode()


def read(text: str, publics: list[str]) -> Code | None:
    """Return what a code says, None where none of these keys signed it."""
    body = text.strip().removeprefix(PREFIX)
    if body == text.strip():
        return None
    try:
        data = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    said, signature = data[: _FIELDS.size], data[_FIELDS.size :]
    if len(signature) != 2 * _HALF or not any(proves(public, said, signature) for public in publics):
        return None
    visit, site, number, opens, closes = _FIELDS.unpack(said)
    return Code(
        visit=uuid.UUID(bytes=visit), site=uuid.UUID(bytes=site), number=number,
        opens_at=datetime.fromtimestamp(opens, UTC), closes_at=datetime.fromtimestamp(closes, UTC),
    )  # fmt: skip
