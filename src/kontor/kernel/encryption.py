"""What only its tenant can read: `encrypt`, `decrypt`, and a column that does both by itself."""

import uuid
from typing import Any

from django.core import checks
from django.db import models

from kontor.kernel import cipher, keyring
from kontor.kernel.rows import RowRules
from kontor.kernel.tenancy import current_tenant

FIRST_FORMAT = b"\x01"
HEAD = len(FIRST_FORMAT) + 16


def encrypt(data: bytes, *, context: str) -> bytes:
    """
    Encrypt with the current tenant's newest key.

    context  what the data is and where it stands, such as "books.seller.iban"; `decrypt` must be told the same

    The answer names format and key at its head, so that boxes closed with older keys still open.
    """
    secret = keyring.newest()
    return FIRST_FORMAT + secret.id.bytes + cipher.close_box(secret.key, data, context=_bound(context))


def decrypt(box: bytes, *, context: str) -> bytes:
    """Return what `encrypt` was given; CannotOpenError where tenant, context or a single bit differs."""
    if box[:1] != FIRST_FORMAT or len(box) < HEAD:
        raise cipher.CannotOpenError("This was not encrypted here, or by a newer version.")
    secret = keyring.numbered(uuid.UUID(bytes=box[1:HEAD]))
    return cipher.open_box(secret.key, box[HEAD:], context=_bound(context))


def _bound(context: str) -> bytes:
    return current_tenant().bytes + context.encode()


class EncryptedTextField(models.Field):  # type: ignore[type-arg]
    """
    Text that only its tenant can read: bank details, identity numbers, seeds of second factors.

    bound_to  what the ciphertext is tied to besides the tenant; "table.column" unless given. Give the old name when
              table or column is renamed, since a box opens only where it belongs.

    It can be compared with nothing but null, and it has no place in a row that a second tenant reads, who has no key.
    """

    description = "Text, encrypted with the tenant's key"

    def __init__(self, *args: Any, bound_to: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bound_to = bound_to

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | ({"bound_to": self.bound_to} if self.bound_to else {})

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        found = super().check(**kwargs)
        rules: RowRules = getattr(self.model, "row_rules", RowRules())
        if rules.shared_with:
            sentence = f"{self.model._meta.label}.{self.name} is encrypted for one tenant, but the row is read by two."
            found.append(checks.Error(sentence, obj=self, id="kontor.E100"))
        return found

    def get_internal_type(self) -> str:
        return "BinaryField"

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        if value is None:
            return None
        return encrypt(str(value).encode(), context=self._context())

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        closed = value if prepared else self.get_prep_value(value)
        return None if closed is None else connection.Database.Binary(closed)

    def from_db_value(self, value: Any, *_: Any) -> str | None:
        return None if value is None else decrypt(bytes(value), context=self._context()).decode()

    def to_python(self, value: Any) -> str | None:
        return None if value is None else str(value)

    def get_lookup(self, lookup_name: str) -> Any:
        """Allow `isnull` alone: the same text is another ciphertext each time, so equality would find nothing."""
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.value_from_object(obj))

    def _context(self) -> str:
        return self.bound_to or f"{self.model._meta.db_table}.{self.column}"
