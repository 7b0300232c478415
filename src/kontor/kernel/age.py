"""
Files that leave the house, encrypted in the format age v1 (age-encryption.org/v1): `age` and `rage` open them anywhere.

A file has a key of its own. It is closed for each recipient (X25519) or with a passphrase (scrypt), and the content
follows in pieces of 64 KiB, each proved by itself (ChaCha20-Poly1305), so that any length streams through little memory
and a file that was cut off is noticed.
"""

import base64
import hmac
import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from kontor.kernel import bech32

VERSION: Final = b"age-encryption.org/v1"
PIECE: Final = 64 * 1024
TAG: Final = 16
NONCE: Final = 16
WORK: Final = 16  # log2 of scrypt's cost: a third of a second, and 64 MiB, for each guess
MOST_WORK: Final = 20  # a stranger's file must not keep us busy for longer
HEAD_LIMIT: Final = 64 * 1024
_NO_NONCE: Final = bytes(12)


class AgeError(Exception):
    """A file, a key or a passphrase is not what it should be; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whoever has the identity to this public key opens the file; written age1…"""

    public: bytes

    @classmethod
    def read(cls, text: str) -> "Recipient":
        """Return the recipient that `text` spells; AgeError where it spells none."""
        return cls(_bytes_of(text.strip(), "age"))

    def __str__(self) -> str:
        return bech32.encode("age", self.public)


@dataclass(frozen=True, slots=True, repr=False)
class Identity:
    """A private key; written AGE-SECRET-KEY-1…, and kept away from the machine whose files it opens."""

    private: bytes

    @classmethod
    def read(cls, text: str) -> "Identity":
        """Return the first identity in an identity file, whose other lines begin with #; AgeError where it has none."""
        lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
        return cls(_bytes_of(lines[0] if lines else "", "age-secret-key-"))

    @classmethod
    def new(cls) -> "Identity":
        """Return a fresh identity."""
        return cls(secrets.token_bytes(32))

    @property
    def recipient(self) -> Recipient:
        """Return the public half."""
        return Recipient(X25519PrivateKey.from_private_bytes(self.private).public_key().public_bytes_raw())

    def __str__(self) -> str:
        return bech32.encode("age-secret-key-", self.private).upper()


Lock = Sequence[Recipient] | str  # recipients, or a passphrase


def encrypted(chunks: Iterable[bytes], lock: Lock) -> Iterator[bytes]:
    """
    Yield the age file of what `chunks` yields, as it comes.

    lock  recipients, each of whom opens it alone, or a passphrase; ValueError for neither
    """
    if not lock:
        raise ValueError("An encrypted file needs somebody who can open it.")
    file_key = secrets.token_bytes(16)
    stanzas = [_by_passphrase(file_key, lock)] if isinstance(lock, str) else [_for(file_key, one) for one in lock]
    head = b"\n".join([VERSION, *stanzas, b"---"])
    nonce = secrets.token_bytes(NONCE)
    yield head + b" " + _unpadded(_proof(file_key, head)) + b"\n" + nonce
    cipher = ChaCha20Poly1305(_derived(file_key, nonce, b"payload"))
    for number, (piece, last) in enumerate(_pieces(chunks, PIECE)):
        yield cipher.encrypt(_counted(number, last=last), piece, None)


def decrypted(chunks: Iterable[bytes], key: Identity | str) -> Iterator[bytes]:
    """Yield the content of an age file; AgeError where key or passphrase is wrong, or a single bit differs."""
    rest = iter(chunks)
    head, proof, begun = _head_of(rest)
    file_key = _file_key(head, key)
    if not hmac.compare_digest(_proof(file_key, head), proof):
        raise AgeError("The head of this file was changed.")
    while len(begun) < NONCE and (more := next(rest, None)) is not None:
        begun += more
    cipher = ChaCha20Poly1305(_derived(file_key, begun[:NONCE], b"payload"))
    for number, (piece, last) in enumerate(_pieces(_chain(begun[NONCE:], rest), PIECE + TAG)):
        try:
            yield cipher.decrypt(_counted(number, last=last), piece, None)
        except InvalidTag as error:
            raise AgeError("This file was changed or cut off.") from error


def _pieces(chunks: Iterable[bytes], size: int) -> Iterator[tuple[bytes, bool]]:
    """Yield pieces of one size and whether each is the last; only the last is shorter, and none of many is empty."""
    held = b""
    for chunk in chunks:
        data = held + chunk if held else chunk
        whole = max((len(data) - 1) // size, 0) * size  # a full piece waits until something follows it
        view = memoryview(data)
        for start in range(0, whole, size):
            yield bytes(view[start : start + size]), False
        held = data[whole:]
    yield held, True


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _counted(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11) + (b"\x01" if last else b"\x00")


def _derived(key: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=salt, info=info).derive(key)


def _proof(file_key: bytes, head: bytes) -> bytes:
    return hmac.digest(_derived(file_key, b"", b"header"), head, sha256)


def _for(file_key: bytes, recipient: Recipient) -> bytes:
    own = X25519PrivateKey.generate()
    share = own.public_key().public_bytes_raw()
    shared = own.exchange(X25519PublicKey.from_public_bytes(recipient.public))
    wrapping = _derived(shared, share + recipient.public, VERSION + b"/X25519")
    body = ChaCha20Poly1305(wrapping).encrypt(_NO_NONCE, file_key, None)
    return b"-> X25519 " + _unpadded(share) + b"\n" + _unpadded(body)


def _by_passphrase(file_key: bytes, passphrase: str) -> bytes:
    salt = secrets.token_bytes(16)
    body = ChaCha20Poly1305(_stretched(passphrase, salt, WORK)).encrypt(_NO_NONCE, file_key, None)
    return b"-> scrypt " + _unpadded(salt) + b" " + str(WORK).encode() + b"\n" + _unpadded(body)


def _stretched(passphrase: str, salt: bytes, work: int) -> bytes:
    salted = VERSION + b"/scrypt" + salt
    return Scrypt(salt=salted, length=32, n=1 << work, r=8, p=1).derive(passphrase.encode())


def _head_of(chunks: Iterator[bytes]) -> tuple[bytes, bytes, bytes]:
    """Return the head up to its three hyphens, its proof, and what was read beyond it."""
    read = b""
    for chunk in chunks:
        read += chunk
        found = re.match(rb"(age-encryption\.org/v1\n.*?\n---) ([A-Za-z0-9+/]{43})\n", read, re.DOTALL)
        if found:
            return found[1], _padded(found[2]), read[found.end() :]
        if len(read) > HEAD_LIMIT or not read.startswith(VERSION[: len(read)]):
            break
    raise AgeError("This is no age file.")


def _file_key(head: bytes, key: Identity | str) -> bytes:
    """Return the file's key from the stanza that is ours; AgeError where none is."""
    stanzas = re.findall(rb"^-> (\S+)(.*)\n([A-Za-z0-9+/\n]*)", head, re.MULTILINE)
    for kind, told, body in stanzas:
        words = told.split()
        try:
            closed = _padded(body.replace(b"\n", b""))
            if kind == b"scrypt" and isinstance(key, str) and len(stanzas) == 1 and len(words) == 2:  # noqa: PLR2004
                work = int(words[1])
                if work > MOST_WORK:
                    raise AgeError("This file asks for more work than a passphrase is worth.")
                return ChaCha20Poly1305(_stretched(key, _padded(words[0]), work)).decrypt(_NO_NONCE, closed, None)
            if kind == b"X25519" and isinstance(key, Identity) and len(words) == 1:
                wrapping = _wrapping(key, _padded(words[0]))
                return ChaCha20Poly1305(wrapping).decrypt(_NO_NONCE, closed, None)
        except (InvalidTag, ValueError):
            continue  # it is for somebody else
    raise AgeError("This key or passphrase does not open the file.")


def _wrapping(identity: Identity, share: bytes) -> bytes:
    own = X25519PrivateKey.from_private_bytes(identity.private)
    shared = own.exchange(X25519PublicKey.from_public_bytes(share))
    return _derived(shared, share + identity.recipient.public, VERSION + b"/X25519")


def _bytes_of(text: str, prefix: str) -> bytes:
    try:
        told, data = bech32.decode(text)
    except ValueError as error:
        raise AgeError(f"Expected {prefix}1…, letter by letter as it was given.") from error
    if told != prefix or len(data) != 32:  # noqa: PLR2004  an X25519 key
        raise AgeError(f"Expected {prefix}1…, not another kind of key.")
    return data


def _unpadded(data: bytes) -> bytes:
    return base64.b64encode(data).rstrip(b"=")


def _padded(text: bytes) -> bytes:
    return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
