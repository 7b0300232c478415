"""
A file at rest: its own key first, in a box, then its content in a box that this key opens.

A private file's key is closed with the tenant's key, so that only the tenant can open it. A shared file is opened by
two tenants, neither of whom has the other's key: its key is closed with the master key, bound to both tenants and to
the content's digest, and the row that names the file, which the database shows to these two alone, is what admits a
reader. Renewing the master key means writing these heads again, never the contents.
"""

import hashlib
import hmac
import uuid
from dataclasses import dataclass

from kontor.kernel import cipher
from kontor.kernel.encryption import decrypt, encrypt
from kontor.kernel.tenancy import current_tenant

FORMAT = b"KB1"
LENGTH_BYTES = 2


class DamagedFileError(Exception):
    """A stored file does not open, or is not what was kept: it was changed, or belongs to another installation."""


@dataclass(frozen=True, slots=True)
class Place:
    """Whose file it is, who else may read it, and the SHA-256 of its content."""

    tenant: uuid.UUID
    customer: uuid.UUID | None
    sha256: bytes

    @property
    def name(self) -> str:
        """Its name in the store; a shared copy lies beside the private one, since its bytes at rest differ."""
        shared = f"-{self.customer}" if self.customer else ""
        return f"{self.tenant}/{self.sha256.hex()[:2]}/{self.sha256.hex()}{shared}"

    @property
    def context(self) -> bytes:
        """What its boxes are bound to."""
        return b"kontor file" + self.tenant.bytes + (self.customer.bytes if self.customer else b"") + self.sha256


def closed(data: bytes, place: Place) -> bytes:
    """Return the file as it lies at rest."""
    key = cipher.new_key()
    if place.customer:
        head = cipher.wrap(key, context=place.context)
    else:
        head = encrypt(key, context=f"kernel file key {place.sha256.hex()}")
    return FORMAT + len(head).to_bytes(LENGTH_BYTES) + head + cipher.close_box(key, data, context=place.context)


def opened(file: bytes, place: Place) -> bytes:
    """Return the content, proved by its digest; DamagedFileError where it does not open or differs."""
    start = len(FORMAT) + LENGTH_BYTES
    end = start + int.from_bytes(file[len(FORMAT) : start])
    if not file.startswith(FORMAT):
        raise DamagedFileError(f"{place.name} is no file of ours.")
    try:
        data = cipher.open_box(_key(file[start:end], place), file[end:], context=place.context)
    except cipher.CannotOpenError as error:
        raise DamagedFileError(f"{place.name} does not open.") from error
    if not hmac.compare_digest(hashlib.sha256(data).digest(), place.sha256):
        raise DamagedFileError(f"{place.name} is not what was kept.")
    return data


def _key(head: bytes, place: Place) -> bytes:
    if place.customer:
        if current_tenant() not in {place.tenant, place.customer}:
            raise cipher.CannotOpenError("The file is shared between two other tenants.")
        return cipher.unwrap(head, context=place.context)
    return decrypt(head, context=f"kernel file key {place.sha256.hex()}")
