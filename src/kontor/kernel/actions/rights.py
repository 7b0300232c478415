"""Who may do what: members, roles and what the contract unlocks."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection, transaction

from kontor.kernel import registry
from kontor.kernel.actions.queue import queue_many
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.models import Entitlement, Membership, Role, RoleAssignment, Site, Tenant
from kontor.kernel.rows import exactly_one
from kontor.kernel.tenancy import current_tenant

IN_SANDBOX: Final = "kernel.sandbox_entitled"


class UnknownPermissionError(ValueError):
    """A role was to hold a permission that no module declares."""


class LastAdministratorError(Exception):
    """Nobody would be left who may do everything, so nobody could ever mend it."""


@transaction.atomic
def make_role(*, name: str, permissions: Collection[str], at: datetime, actor: Actor) -> Role:
    """Make a role of the tenant's own; UnknownPermissionError names what no module declares."""
    role = Role.objects.create(name=name, permissions=_known(permissions))
    record("kernel.role_made", role, at=at, actor=actor, after={"name": name, "permissions": role.permissions})
    return role


@transaction.atomic
def change_role(role_id: uuid.UUID, *, name: str, permissions: Collection[str], at: datetime, actor: Actor) -> Role:
    """Give a role another name and other permissions; Role.DoesNotExist for another tenant's id."""
    role = Role.objects.select_for_update().get(pk=role_id)
    before = {"name": role.name, "permissions": role.permissions}
    role.name = name
    if not role.everything:
        role.permissions = _known(permissions)
    role.save(update_fields=["name", "permissions"])
    after = {"name": role.name, "permissions": role.permissions}
    record("kernel.role_changed", role, at=at, actor=actor, before=before, after=after)
    return role


@transaction.atomic
def remove_role(role_id: uuid.UUID, *, at: datetime, actor: Actor) -> None:
    """Remove a role that nobody has; ProtectedError where somebody has it."""
    role = Role.objects.select_for_update().get(pk=role_id)
    if role.everything:
        raise LastAdministratorError(role.name)
    record("kernel.role_removed", role, at=at, actor=actor, before={"name": role.name})
    exactly_one(role.delete()[0])


@transaction.atomic
def add_member(
    user: Any, *, kind: str, roles: Collection[Role], at: datetime, actor: Actor, site: Site | None = None
) -> Membership:
    """Let a person work here with these roles, everywhere or at one site; who is here gets the roles in addition."""
    membership, _ = Membership.objects.get_or_create(user=user, defaults={"kind": kind, "since": at})
    for role in roles:
        RoleAssignment.objects.get_or_create(membership=membership, role=role, site=site)
    names = sorted(role.name for role in roles)
    record("kernel.member_added", membership, at=at, actor=actor, after={"kind": kind, "roles": names})
    return membership


@transaction.atomic
def set_roles(membership_id: uuid.UUID, *, roles: Collection[uuid.UUID], at: datetime, actor: Actor) -> Membership:
    """Give a member exactly these roles everywhere; LastAdministratorError where nobody could mend it afterwards."""
    administrators = list(Role.objects.select_for_update().filter(everything=True))
    membership = Membership.objects.get(pk=membership_id)
    chosen = list(Role.objects.filter(pk__in=roles))
    before = sorted(membership.assignments.filter(site=None).values_list("role__name", flat=True))
    membership.assignments.filter(site=None).exclude(role__in=chosen).delete()
    for role in chosen:
        RoleAssignment.objects.get_or_create(membership=membership, role=role, site=None)
    _keep_somebody_in_charge(administrators)
    after = sorted(role.name for role in chosen)
    record("kernel.roles_set", membership, at=at, actor=actor, before={"roles": before}, after={"roles": after})
    return membership


@transaction.atomic
def set_leaving(membership_id: uuid.UUID, *, until: datetime | None, at: datetime, actor: Actor) -> Membership:
    """Let a member work here until that moment, None for no end; LastAdministratorError where nobody could mend it."""
    administrators = list(Role.objects.select_for_update().filter(everything=True))
    membership = Membership.objects.get(pk=membership_id)
    before, membership.until = membership.until, until
    membership.save(update_fields=["until"])
    _keep_somebody_in_charge(administrators)
    record(
        "kernel.leaving_set",
        membership,
        at=at,
        actor=actor,
        before={"until": before.isoformat() if before else None},
        after={"until": until.isoformat() if until else None},
    )
    return membership


def _keep_somebody_in_charge(administrators: Collection[Role]) -> None:
    """Refuse what was just written where no member without a leaving date may do everything; their roles are locked."""
    if not RoleAssignment.objects.filter(role__in=administrators, site=None, membership__until=None).exists():
        raise LastAdministratorError(", ".join(role.name for role in administrators))


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """
    What a contract unlocks: a module, in what number, from a day until before another, and by which clause.

    zone, warn_at  of a limited meter: whose months count, and at which percents people are warned
    """

    module: str
    from_on: date
    until_on: date | None
    clause: str
    reason_de: str
    reason_en: str
    unit: str = ""
    quantity: int | None = None
    zone: str = ""
    warn_at: Sequence[int] = ()

    @property
    def settled(self) -> dict[str, Any]:
        """What may change in it while it stays the same entitlement."""
        return {
            "quantity": self.quantity,
            "until_on": self.until_on,
            "clause": self.clause,
            "reason_de": self.reason_de,
            "reason_en": self.reason_en,
            "zone": self.zone,
            "warn_at": list(self.warn_at),
        }


@transaction.atomic
def grant(grants: Collection[Grant], *, contract: uuid.UUID | None, at: datetime, actor: Actor) -> list[Entitlement]:
    """Unlock what a contract gives the current tenant; repeating the same grants changes nothing. Only contracts do."""
    rows = [
        Entitlement.objects.get_or_create(
            contract=contract,
            module=given.module,
            unit=given.unit,
            from_on=given.from_on,
            defaults=given.settled,
        )
        for given in grants
    ]
    for row, made in rows:
        if made:
            record("kernel.entitled", row, at=at, actor=actor, clause=row.clause, after=_told(row))
    _follow_in_sandbox()
    return [row for row, _ in rows]


@transaction.atomic
def settle(grants: Collection[Grant], *, contract: uuid.UUID, at: datetime, actor: Actor) -> list[Entitlement]:
    """
    Let a contract give the current tenant exactly this and return what was written; repeating it changes nothing.

    What the contract gave before and gives no more is taken away. Two at once wait for each other. Only contracts do.
    """
    _one_at_a_time(contract)
    stands = {_place(row): row for row in Entitlement.objects.filter(contract=contract)}
    wanted = {(each.module, each.unit, each.from_on): each for each in grants}
    for place in sorted(stands.keys() - wanted.keys()):
        row = stands[place]
        record("kernel.entitlement_ended", row, at=at, actor=actor, clause=row.clause, before=_told(row))
        exactly_one(Entitlement.objects.filter(pk=row.pk).delete()[0])
    written = []
    for place, given in sorted(wanted.items(), key=lambda each: each[0]):
        row = stands.get(place) or Entitlement(
            contract=contract, module=given.module, unit=given.unit, from_on=given.from_on
        )
        before = None if row._state.adding else _told(row)
        if before is not None and all(getattr(row, name) == value for name, value in given.settled.items()):
            continue
        for name, value in given.settled.items():
            setattr(row, name, value)
        row.save()
        verb = "kernel.entitled" if before is None else "kernel.entitlement_changed"
        record(verb, row, at=at, actor=actor, clause=row.clause, before=before, after=_told(row))
        written.append(row)
    _follow_in_sandbox()
    return written


def _follow_in_sandbox() -> None:
    """Have the current tenant's test tenant, if there is one, be given what the tenant is given."""
    tenant = current_tenant()
    if Tenant.objects.filter(sandbox_of=tenant).exists():
        queue_many(IN_SANDBOX, [(tenant, {})])


def _place(row: Entitlement) -> tuple[str, str, date]:
    return row.module, row.unit, row.from_on


def _told(row: Entitlement) -> dict[str, Any]:
    return {"module": row.module, "from": str(row.from_on), "until": str(row.until_on), "quantity": row.quantity}


def _one_at_a_time(contract: uuid.UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"entitled {contract}"])


def _known(permissions: Collection[str]) -> list[str]:
    unknown = sorted(set(permissions) - registry.permissions().keys())
    if unknown:
        raise UnknownPermissionError(f"No module declares {', '.join(unknown)}.")
    return sorted(set(permissions))
