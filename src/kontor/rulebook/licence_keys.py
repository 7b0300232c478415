"""
Electronic licence keys: what a licence says, signed so that software can check it without a network.

A key is a JSON Web Signature in compact form (RFC 7515) with Ed25519 (RFC 8037); public keys are a JSON Web Key Set
(RFC 7517). Any JOSE library reads both. The format is described in docs/how-to/licence-keys.md.

>>> secret = new_secret()
>>> told = LicenceDocument(
...     number="V-1/1", vendor="Lindwurm", customer="Alder", contract="V-1", product="gokarts", modules=("web_pro",),
...     granted="limited_term", sites=("Kiel",), computers=2, first=date(2026, 1, 1), last=date(2026, 12, 31),
...     issued=date(2026, 1, 1),
... )
>>> key = signed(told, secret)
>>> opened(key, [public_of(secret)], on=date(2026, 12, 31)).computers
2
>>> opened(key, [public_of(secret)], on=date(2027, 1, 1))
Traceback (most recent call last):
...
kontor.rulebook.licence_keys.KeyRefusedError: The licence ended on 31 December 2026.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import BaseModel, ConfigDict, ValidationError

from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from kontor.rulebook.wording import day, said

TYPE: Final = "kontor-licence+jws"
MEDIA_TYPE: Final = "application/jose"
LONGEST: Final = 100_000  # characters; a key of ours has about a thousand


class Fault(StrEnum):
    """Why a key is refused."""

    UNREADABLE = "unreadable"
    UNKNOWN_SIGNER = "unknown_signer"
    ALTERED = "altered"
    NOT_YET = "not_yet"
    EXPIRED = "expired"


class KeyRefusedError(RefusalError):
    """A licence key that opens nothing; `fault` for programs, `text` for people."""

    def __init__(self, fault: Fault, text: Text) -> None:
        super().__init__(text)
        self.fault = fault


class LicenceDocument(BaseModel):
    """
    What a key says.

    number     of the key: contract and a count
    product    the licensed product, `modules` what was ordered with it
    granted    "limited_term" or "perpetual"
    sites, computers  where, and how many may be activated at a time
    first, last  days of the licence, both included; `last` is null for the whole protection period
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: str
    vendor: str
    customer: str
    contract: str
    product: str
    modules: tuple[str, ...]
    granted: str
    sites: tuple[str, ...]
    computers: int
    first: date
    last: date | None
    issued: date


def new_secret() -> bytes:
    """Return a new secret key of Ed25519, 32 bytes."""
    return Ed25519PrivateKey.generate().private_bytes_raw()


def public_of(secret: bytes) -> dict[str, str]:
    """Return the public key that belongs to a secret one, as a JSON Web Key with its thumbprint as id (RFC 7638)."""
    public = Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()
    told = {"crv": "Ed25519", "kty": "OKP", "x": _text(public)}
    return told | {"kid": _text(hashlib.sha256(_canonical(told)).digest()), "use": "sig", "alg": "EdDSA"}


def signed(document: LicenceDocument, secret: bytes) -> str:
    """Return the key: header, document and signature, each in base64url, joined by full stops."""
    head = {"alg": "EdDSA", "kid": public_of(secret)["kid"], "typ": TYPE}
    body = f"{_text(_canonical(head))}.{_text(_canonical(document.model_dump(mode='json')))}"
    return f"{body}.{_text(Ed25519PrivateKey.from_private_bytes(secret).sign(body.encode()))}"


def opened(key: str, trusted: Iterable[Mapping[str, Any]], *, on: date) -> LicenceDocument:
    """
    Return what a key says, if it was signed with one of the trusted public keys and holds on a day.

    trusted  JSON Web Keys of the vendor; KeyRefusedError with its reason for anything else
    """
    document = _proved(key.strip(), trusted)
    if on < document.first:
        raise KeyRefusedError(
            Fault.NOT_YET,
            said("Die Lizenz beginnt am {day}.", "The licence begins on {day}.", day=day(document.first)),
        )
    if document.last is not None and on > document.last:
        raise KeyRefusedError(
            Fault.EXPIRED,
            said("Die Lizenz endete am {day}.", "The licence ended on {day}.", day=day(document.last)),
        )
    return document


def keys_in(text: str) -> list[dict[str, Any]]:
    """Return the keys of a JSON Web Key Set, or of a single key; KeyRefusedError for anything else."""
    try:
        found = json.loads(text)
        keys = found.get("keys", [found])
        return [dict(each) for each in keys if each["kty"] == "OKP" and each["crv"] == "Ed25519"]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise _unreadable("Das ist keine Liste öffentlicher Schlüssel.", "This is no list of public keys.") from error


def _proved(key: str, trusted: Iterable[Mapping[str, Any]]) -> LicenceDocument:
    parts = key.split(".")
    if len(key) > LONGEST or len(parts) != 3:  # noqa: PLR2004  header, document, signature
        raise _unreadable("Das ist kein Lizenzschlüssel.", "This is no licence key.")
    try:
        head = json.loads(_bytes(parts[0]))
        kind, signer = (head["alg"], head["typ"]), head["kid"]
        signature = _bytes(parts[2])
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise _unreadable("Der Kopf des Schlüssels ist nicht lesbar.", "The key's head cannot be read.") from error
    if kind != ("EdDSA", TYPE):  # whoever forges a key may not choose how it is checked
        raise _unreadable("Das ist ein Schlüssel anderer Art.", "This is a key of another kind.")
    known = next((each for each in trusted if each["kid"] == signer), None)
    if known is None:
        raise KeyRefusedError(
            Fault.UNKNOWN_SIGNER,
            Text(
                "Unterzeichnet ist mit einem Schlüssel, der nicht zu diesem Anbieter gehört.",
                "It is signed with a key that is not this vendor's.",
            ),
        )
    try:
        Ed25519PublicKey.from_public_bytes(_bytes(known["x"])).verify(signature, f"{parts[0]}.{parts[1]}".encode())
    except (InvalidSignature, ValueError) as error:
        raise KeyRefusedError(
            Fault.ALTERED,
            Text(
                "Der Schlüssel wurde verändert: Die Unterschrift passt nicht.",
                "The key was altered: the signature does not fit.",
            ),
        ) from error
    try:
        return LicenceDocument.model_validate_json(_bytes(parts[1]))
    except (ValidationError, ValueError) as error:
        raise _unreadable(
            "Der Inhalt stammt aus einer neueren Fassung.", "Its content is of a newer version."
        ) from error


def _unreadable(de: str, en: str) -> KeyRefusedError:
    return KeyRefusedError(Fault.UNREADABLE, Text(de, en))


def _canonical(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    found = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if _text(found) != text:  # one signature has one spelling
        raise ValueError(text[:20])
    return found
