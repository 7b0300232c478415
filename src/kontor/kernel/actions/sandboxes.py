"""A company's test tenant: founded beside it, with what the company may use and none of what it has."""

import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actions.rights import add_member
from kontor.kernel.actions.tenants import furnish, reserve_tenant
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.models import Entitlement, Membership, Tenant
from kontor.kernel.rows import uuid7
from kontor.kernel.tenancy import as_tenant, current_tenant

_TAKEN: Final = (
    "module", "unit", "quantity", "zone", "warn_at", "from_on", "until_on", "clause", "reason_de", "reason_en",
)  # fmt: skip


@transaction.atomic
def found_sandbox(user: Any, *, at: datetime, actor: Actor) -> Tenant:
    """
    Make the current tenant's test tenant, with one person who may do everything there; once there is one, return it.

    user  whoever makes it, identity's User, whom the kernel cannot name

    It has keys, files and people of its own. Nothing is copied into it but what may be used.
    """
    real = Tenant.objects.select_for_update().get(pk=current_tenant())
    if standing := sandbox_of(real.pk):
        return standing
    made = reserve_tenant(
        name=f"{real.name} · Test", at=at, language=real.language, zone=real.zone,
        sandbox_of=real,
    )  # fmt: skip
    record("kernel.sandbox_made", real, at=at, actor=actor, after={"name": made.name})
    with as_tenant(made.pk):
        role = furnish(made, at=at, actor=actor)
        add_member(user, kind=Membership.Kind.EMPLOYEE, roles=[role], at=at, actor=actor)
    entitle_sandbox(at=at)
    return made


def sandbox_of(tenant: uuid.UUID) -> Tenant | None:
    """Return a company's test tenant, None while it has none."""
    return Tenant.objects.filter(sandbox_of=tenant).first()


@transaction.atomic
def entitle_sandbox(*, at: datetime) -> None:
    """Give the test tenant exactly what the current tenant may use; repeating it changes nothing."""
    sandbox = sandbox_of(current_tenant())
    if sandbox is None:
        return
    wanted = [{name: getattr(row, name) for name in _TAKEN} for row in Entitlement.objects.order_by("pk")]
    with as_tenant(sandbox.pk):
        stands = [{name: getattr(row, name) for name in _TAKEN} for row in Entitlement.objects.order_by("pk")]
        if stands == wanted:
            return
        Entitlement.objects.all().delete()
        Entitlement.objects.bulk_create(Entitlement(contract=told, **row) for told, row in _told_apart(wanted))
        record("kernel.sandbox_entitled", sandbox, at=at, actor=MACHINE, after={"entitlements": len(wanted)})


def _told_apart(rows: Iterable[dict[str, Any]]) -> Iterator[tuple[uuid.UUID | None, dict[str, Any]]]:
    """Yield each row with no contract, since none is its own; where several open the same, with a key of its own."""
    known: set[tuple[Any, ...]] = set()
    for row in rows:
        place = (row["module"], row["unit"], row["from_on"])
        yield (uuid7() if place in known else None), row
        known.add(place)
