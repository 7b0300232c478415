"""The two kinds of row that belong to a tenant: one that changes, one that is final."""

import secrets
import threading
import time
import uuid
from collections.abc import Collection
from typing import Any

from django.db import models
from django.db.models.expressions import RawSQL

from kontor.kernel.rows.fields import TenantReference
from kontor.kernel.rows.querysets import OurRows, ReceivedRows
from kontor.kernel.rows.rules import THIS_TRANSACTION, RowRules

_tick = threading.Lock()
_last = 0


def uuid7() -> uuid.UUID:
    """
    Return a new UUID of version 7: 48 bits of Unix milliseconds, 12 bits of their fraction, then random bits.

    Each is larger than the last of this process, so that rows are in the order in which they were made (RFC 9562, 6.2,
    method 3).
    """
    global _last  # noqa: PLW0603  the process's own counter, behind its lock
    with _tick:
        stamp = _last = max(time.time_ns() * 4096 // 1_000_000, _last + 1)
    return uuid.UUID(int=((stamp >> 12) << 80) | (7 << 76) | ((stamp & 0xFFF) << 64) | (2 << 62) | secrets.randbits(62))


class TenantOwned(models.Model):
    """A row that belongs to one tenant and cannot be seen, moved or pointed at from another."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = TenantReference()
    row_rules = RowRules()
    objects = OurRows()
    received = ReceivedRows()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Forms leave the tenant out, yet every unique constraint contains it."""
        super().validate_constraints(exclude=set(exclude or ()) - {"tenant"})

    def _do_update(self, base_qs: Any, using: Any, pk_val: Any, values: Any, *rest: Any) -> Any:
        """A row never changes its tenant, and the update names it; the last arguments are Django's own."""
        kept = [value for value in values if value[0].attname != "tenant_id"]
        own = base_qs.filter(tenant_id=self.tenant_id)
        return super()._do_update(own, using, pk_val, kept, *rest)


class FinalRow(TenantOwned):
    """A row inserted complete and never changed; its lines can only be inserted in the same transaction."""

    made_in = models.BigIntegerField(editable=False, db_default=RawSQL(THIS_TRANSACTION, []))  # noqa: S611  no input
    row_rules = RowRules(append_only=True)

    class Meta(TenantOwned.Meta):
        abstract = True


class NothingChangedError(RuntimeError):
    """A write was to change one row and changed another number: it is gone, final, or another tenant's."""


def exactly_one(changed: int) -> None:
    """Raise NothingChangedError unless an `update()` or `delete()` said that it touched one row."""
    exactly(1, changed)


def exactly(expected: int, changed: int) -> None:
    """Raise NothingChangedError unless an `update()` or `delete()` said that it touched so many rows."""
    if changed != expected:
        raise NothingChangedError(f"Expected to change {expected} row(s), changed {changed}.")
