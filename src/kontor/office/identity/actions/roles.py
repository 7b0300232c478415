"""The roles that a tenant makes for itself, and what each of them allows."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext, ngettext

from kontor.kernel.actions import rights
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.models import Role, RoleAssignment
from kontor.office.identity.actions.limits import Held, refuse_beyond, refuse_roles_beyond
from kontor.office.identity.actions.policy import everybody_passes_again
from kontor.office.identity.queries import here


class RoleNameTakenError(Exception):
    """Another role is called that; its text is the sentence for the page."""

    def __init__(self, name: str) -> None:
        super().__init__(gettext("There is a role called %(name)s already.") % {"name": name})


class RoleInUseError(Exception):
    """Somebody still has the role; its text is the sentence for the page."""

    def __init__(self, role: Role, count: int) -> None:
        sentence = ngettext(
            "%(count)s person has the role %(name)s. Give them another one first.",
            "%(count)s people have the role %(name)s. Give them another one first.",
            count,
        )
        super().__init__(sentence % {"count": count, "name": role.name})


@dataclass(frozen=True, slots=True)
class Swap:
    """What a role is to allow from now on, and what no longer; all else stays as it is."""

    given: frozenset[str] = frozenset()
    taken: frozenset[str] = frozenset()


@transaction.atomic
def add_role(*, name: str, at: datetime, actor: Actor) -> Role:
    """Make a role that allows nothing yet; RoleNameTakenError."""
    _refuse_taken(name)
    return rights.make_role(name=name, permissions=(), at=at, actor=actor)


@transaction.atomic
def rename_role(role_id: uuid.UUID, *, name: str, at: datetime, actor: Actor) -> Role:
    """Give a role another name; RoleNameTakenError, Role.DoesNotExist for another tenant's id."""
    role = Role.objects.select_for_update().get(pk=role_id)
    _refuse_taken(name, besides=role)
    return rights.change_role(role.pk, name=name, permissions=role.permissions, at=at, actor=actor)


@transaction.atomic
def change_rights(swaps: Mapping[uuid.UUID, Swap], *, held: Held, at: datetime, actor: Actor) -> int:
    """
    Give and take rights in several roles at once; return how many roles changed.

    Only what differs from what the person saw is written, so that two people editing at once lose nothing. The
    administrator's role allows everything and is left alone. BeyondOwnRightsError, UnknownPermissionError.
    """
    changed = 0
    for role in Role.objects.select_for_update().filter(pk__in=swaps, everything=False).order_by("pk"):
        swap = swaps[role.pk]
        after = (set(role.permissions) | swap.given) - swap.taken
        different = after ^ set(role.permissions)
        if not different:
            continue
        refuse_beyond(held, different)
        rights.change_role(role.pk, name=role.name, permissions=after, at=at, actor=actor)
        changed += 1
    return changed


@transaction.atomic
def demand_factor_of(role_id: uuid.UUID, *, demanded: bool, held: Held, at: datetime, actor: Actor) -> Role:
    """
    Make a second factor mandatory for whoever has a role, or no longer; it holds from their next page on.

    BeyondOwnRightsError for a role that allows more than one's own; Role.DoesNotExist for another tenant's id.
    """
    role = Role.objects.select_for_update().get(pk=role_id)
    refuse_roles_beyond(held, [role])
    if role.second_factor == demanded:
        return role
    role.second_factor = demanded
    role.save(update_fields=["second_factor"])
    was, now = {"second_factor": not demanded}, {"second_factor": demanded}
    record("identity.role_factor", role, at=at, actor=actor, before=was, after=now)
    everybody_passes_again()
    return role


@transaction.atomic
def remove_role(role_id: uuid.UUID, *, held: Held, at: datetime, actor: Actor) -> None:
    """Remove a role that nobody here has; RoleInUseError, BeyondOwnRightsError, LastAdministratorError."""
    role = Role.objects.select_for_update().get(pk=role_id)
    refuse_roles_beyond(held, [role])
    having = RoleAssignment.objects.filter(role=role)
    if count := having.filter(here(at, "membership__")).values("membership").distinct().count():
        raise RoleInUseError(role, count)
    if not role.everything:
        having.delete()  # of people who left
    rights.remove_role(role.pk, at=at, actor=actor)


def _refuse_taken(name: str, *, besides: Role | None = None) -> None:
    others = Role.objects.filter(name__iexact=name)
    if (others.exclude(pk=besides.pk) if besides else others).exists():
        raise RoleNameTakenError(name)
