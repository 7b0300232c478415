"""
The current tenant's keys: the newest closes, every one opens.

This stands below the models because a secret column asks for it whenever a row is read or written; so it speaks SQL.
"""

import functools
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from kontor.kernel import cipher
from kontor.kernel.rows import uuid7
from kontor.kernel.tenancy import current_tenant

TABLE = "kernel_tenantkey"
KEPT_OPEN = 4096


@dataclass(frozen=True, slots=True)
class TenantSecret:
    """A tenant's key, unwrapped; `id` stands at the head of every box that it closes."""

    id: uuid.UUID
    key: bytes


class UnknownKeyError(cipher.CannotOpenError):
    """A box names a key that the current tenant does not have."""


_opened: dict[tuple[uuid.UUID, uuid.UUID], TenantSecret] = {}
_newest: dict[uuid.UUID, TenantSecret] = {}
# A key that is rolled back must close nothing more: until it is committed it is trusted only while Django still means
# to call this function after the commit, that is, in its own transaction and only if no savepoint took it back.
_uncommitted: dict[uuid.UUID, Callable[[], object]] = {}


def newest() -> TenantSecret:
    """Return the current tenant's newest key; the first time somebody asks, it is made."""
    tenant = current_tenant()
    known = _newest.get(tenant)
    if known and _stands(known.id):
        return known
    found = _stored("ORDER BY number DESC LIMIT 1")
    if found is None:
        _add(number=1)
        found = _stored("ORDER BY number DESC LIMIT 1")
    assert found is not None
    if len(_newest) >= KEPT_OPEN:
        _newest.clear()
    _newest[tenant] = found
    return found


def oldest() -> TenantSecret:
    """Return the current tenant's first key, which never changes."""
    return _stored("ORDER BY number LIMIT 1") or newest()


def numbered(key_id: uuid.UUID) -> TenantSecret:
    """Return the current tenant's key with this id; UnknownKeyError where it has none such."""
    known = _opened.get((current_tenant(), key_id)) or _stored("AND id = %s", key_id)
    if known is None:
        raise UnknownKeyError(f"The tenant has no key {key_id}.")
    return known


def add() -> TenantSecret:
    """Give the current tenant a further key, which closes everything from now on."""
    tenant = current_tenant()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(max(number), 0) + 1 FROM {TABLE} WHERE tenant_id = %s", [tenant])  # noqa: S608  our own name
        (number,) = cursor.fetchone()
    _add(number=number)
    _newest.pop(tenant, None)
    return newest()


def forget(tenant: uuid.UUID) -> None:
    """Forget what this process knows of a tenant's keys, since they are destroyed."""
    _newest.pop(tenant, None)
    for place in [each for each in _opened if each[0] == tenant]:
        del _opened[place]


def _add(*, number: int) -> None:
    """Insert a key; two transactions that make a tenant's first key at once end with one."""
    tenant, key_id = current_tenant(), uuid7()
    wrapped = cipher.wrap(cipher.new_key(), context=_place(tenant, key_id))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {TABLE} (id, tenant_id, number, wrapped, created_at) VALUES (%s, %s, %s, %s, now())"  # noqa: S608  our own name
            " ON CONFLICT (tenant_id, number) DO NOTHING",
            [key_id, tenant, number, wrapped],
        )
        if cursor.rowcount:
            committed = _uncommitted[key_id] = functools.partial(_uncommitted.pop, key_id, None)
            transaction.on_commit(committed)


def _stands(key_id: uuid.UUID) -> bool:
    marker = _uncommitted.get(key_id)
    promises: list[Any] = connection.run_on_commit
    return marker is None or any(promise[1] is marker for promise in promises)


def _stored(which: str, *values: uuid.UUID) -> TenantSecret | None:
    tenant = current_tenant()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, wrapped FROM {TABLE} WHERE tenant_id = %s {which}", [tenant, *values])  # noqa: S608  our own words
        row = cursor.fetchone()
    if row is None:
        return None
    key_id, wrapped = row
    secret = TenantSecret(key_id, cipher.unwrap(bytes(wrapped), context=_place(tenant, key_id)))
    if len(_opened) >= KEPT_OPEN:
        _opened.clear()
    _opened[tenant, key_id] = secret
    return secret


def _place(tenant: uuid.UUID, key_id: uuid.UUID) -> bytes:
    return b"kontor tenant key" + tenant.bytes + key_id.bytes
