"""Roles that a directory gives: which of its values stand for which role, and what becomes of those given by hand."""

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction

from kontor.kernel.actions import rights
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.models import Membership, RoleAssignment
from kontor.office.identity.actions.policy import pass_again
from kontor.office.identity.models import IdentityProvider


def give_roles(
    provider: IdentityProvider, values: Mapping[uuid.UUID, Collection[str]], *, at: datetime, actor: Actor | None,
    ruled_before: Collection[uuid.UUID] = (),
) -> list[uuid.UUID]:  # fmt: skip
    """
    Give and take the roles that a provider's rules speak of; those given here by hand, which no rule names, stay.

    values        a membership -> what the provider says of its person; `EVERYBODY` among them where that rule holds
    actor         None for the members themselves, who come by what the provider says
    ruled_before  roles that rules named until now: who has them has them by those

    Return whose roles are others now. Who would leave the tenant without an administrator keeps the role, recorded.
    """
    by_value: dict[str, set[uuid.UUID]] = {}
    for value, role in provider.rules.values_list("value", "role_id"):
        by_value.setdefault(value, set()).add(role)
    ruled = set(ruled_before).union(*by_value.values())
    held: dict[uuid.UUID, set[uuid.UUID]] = {each: set() for each in values}
    rows = RoleAssignment.objects.filter(membership__in=values, site=None)
    for member, role in rows.values_list("membership_id", "role_id"):
        held[member].add(role)
    wanted = {each: set().union(*(by_value.get(one, set()) for one in told)) for each, told in values.items()}
    after = {each: (held[each] - ruled) | wanted[each] for each in values}
    others = [each for each in values if after[each] != held[each]]
    members = Membership.objects.select_related("user").filter(pk__in=others)
    return [each.pk for each in members if _given(provider, each, after[each.pk], at=at, actor=actor)]


def _given(
    provider: IdentityProvider, membership: Membership, roles: Collection[uuid.UUID], *, at: datetime,
    actor: Actor | None,
) -> bool:  # fmt: skip
    who = actor or Actor.person(membership.user)
    try:
        with transaction.atomic():
            rights.set_roles(membership.pk, roles=roles, at=at, actor=who)
            pass_again(membership)
    except rights.LastAdministratorError:
        told = {"provider": str(provider), "reason": "last administrator"}
        record("identity.roles_kept", membership, at=at, actor=who, after=told)
        return False
    return True
