"""Whose rows this code may see: one context manager, used by pages, streams, jobs, commands and tests."""

import contextlib
import contextvars
import uuid
from collections.abc import Callable, Collection, Iterator

from django.db import connection, transaction

_current: contextvars.ContextVar[uuid.UUID | None] = contextvars.ContextVar("kontor.tenant", default=None)
_before_commit: contextvars.ContextVar[dict[tuple[uuid.UUID, str], Callable[[], None]] | None] = contextvars.ContextVar(
    "kontor.before_commit", default=None
)
_sites: contextvars.ContextVar[tuple[uuid.UUID, str] | None] = contextvars.ContextVar("kontor.sites", default=None)

NOBODY = uuid.UUID(int=0)


class NoTenantError(RuntimeError):
    """Tenant rows were asked for outside `as_tenant`."""


def current_tenant() -> uuid.UUID:
    """Return the tenant whose rows this code sees; NoTenantError outside `as_tenant`."""
    tenant = _current.get()
    if tenant is None:
        raise NoTenantError("No tenant is set here: wrap this in `with as_tenant(tenant_id):`.")
    return tenant


@contextlib.contextmanager
def as_tenant(tenant_id: uuid.UUID) -> Iterator[None]:
    """
    One transaction that sees this tenant's rows only.

    Nesting is a savepoint; leaving it brings the outer tenant back. What was promised by
    `before_commit` happens at the end of the outermost block, when nothing else will be written.
    """
    tenant_id = uuid.UUID(str(tenant_id))
    outer = _current.get()
    inside_transaction = connection.in_atomic_block
    with transaction.atomic():
        token = _current.set(tenant_id)
        promises = _before_commit.set({}) if outer is None else None
        limit = _sites.set(None) if outer is None else None
        try:
            _tell_database(tenant_id)
            yield
            if promises is not None and not connection.needs_rollback:
                _keep_promises()
        finally:
            _current.reset(token)
            limited = limit is not None and _sites.get() is not None
            if promises is not None:
                _before_commit.reset(promises)
            if limit is not None:
                _sites.reset(limit)
        if inside_transaction and not connection.needs_rollback:  # a rollback, or the outermost commit, does it itself
            _tell_database(outer, all_sites=limited)


@contextlib.contextmanager
def as_person(user_id: uuid.UUID) -> Iterator[None]:
    """One transaction that sees, in tables that say so, the rows about this person in any tenant, read-only."""
    inside_transaction = connection.in_atomic_block
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                f"SET LOCAL kontor.tenant = '{NOBODY}'; SET LOCAL kontor.person = '{uuid.UUID(str(user_id))}'"
            )
        yield
        if inside_transaction:
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL kontor.person = ''")
            _tell_database(_current.get())


def limit_to_sites(sites: Collection[uuid.UUID]) -> None:
    """
    Show and take the current tenant's rows of these sites alone, until its outermost `as_tenant` block ends.

    It holds for tables whose rows have a `SiteReference`. What is done meanwhile as another tenant is not limited.
    """
    _sites.set((current_tenant(), ",".join(sorted(str(site) for site in sites))))
    _tell_database(current_tenant())


@contextlib.contextmanager
def readers_only(audiences: Collection[str]) -> Iterator[None]:
    """Show, of the tables whose rows say for whom they are, what is published for these readers alone."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL kontor.readers = '{','.join(sorted(filter(str.isalpha, audiences)))}'")
    try:
        yield
    finally:
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL kontor.readers = ''")


def before_commit(name: str, act: Callable[[], None]) -> None:
    """
    Run `act` as the current tenant after everything else of the outermost `as_tenant` block, once per name and tenant.

    It is for what must hold a lock as briefly as possible, such as numbering the event stream.
    """
    promises = _before_commit.get()
    if promises is None:
        raise NoTenantError("before_commit needs a surrounding `as_tenant`.")
    promises.setdefault((current_tenant(), name), act)


def _keep_promises() -> None:
    promises = _before_commit.get() or {}
    while promises:  # tenants in one order, so that two transactions never wait for each other
        (tenant, name) = min(promises, key=lambda promise: (promise[0].hex, promise[1]))
        act = promises.pop((tenant, name))
        if tenant == _current.get():
            act()
        else:
            with as_tenant(tenant):
                act()


def _tell_database(tenant_id: uuid.UUID | None, *, all_sites: bool = False) -> None:
    limit = _sites.get()
    sites = f"; SET LOCAL kontor.sites = '{limit[1] if limit and limit[0] == tenant_id else ''}'"
    sites = sites if limit or all_sites else ""
    with connection.cursor() as cursor:  # a literal, since SET takes no parameters and set_config is not propagated
        cursor.execute(f"SET LOCAL kontor.tenant = '{tenant_id or ''}'{sites}")
