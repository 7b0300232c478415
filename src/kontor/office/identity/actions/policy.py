"""What a tenant demands of those who come in, and who may be called about it."""

from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import F

from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.models import AccessPolicy, Membership
from kontor.office.identity.queries.passwords import FLOOR

SHORTEST_IDLE: Final = 5  # minutes; less signs people out while they read


class WeakerThanTheFloorError(ValueError):
    """A policy asks for less than the installation does; its text names the field."""


@transaction.atomic
def change_policy(*, at: datetime, actor: Actor, **wanted: Any) -> AccessPolicy:
    """
    Set fields of the current tenant's policy, by name (`AccessPolicy`); the others stay.

    Everybody passes the gates again. WeakerThanTheFloorError below the installation's own minimum; None is no limit.
    """
    length, idle = wanted.get("password_length"), wanted.get("idle_minutes")
    if length is not None and length < FLOOR:
        raise WeakerThanTheFloorError("password_length")
    if idle is not None and idle < SHORTEST_IDLE:
        raise WeakerThanTheFloorError("idle_minutes")
    AccessPolicy.objects.get_or_create()
    policy = AccessPolicy.objects.select_for_update().get()
    before = {name: getattr(policy, name) for name in wanted}
    if before == wanted:
        return policy
    for name, value in wanted.items():
        setattr(policy, name, value)
    policy.revision += 1
    policy.save(update_fields=[*wanted, "revision"])
    record("identity.policy_changed", policy, at=at, actor=actor, before=before, after=wanted)
    return policy


def pass_again(membership: Membership) -> None:
    """Make one member pass the gates again at the next page: rights, second factor or an instruction changed."""
    Membership.objects.filter(pk=membership.pk).update(entry=F("entry") + 1)


def everybody_passes_again() -> None:
    """Make every member of the current tenant pass the gates again: something new must be read or accepted."""
    AccessPolicy.objects.get_or_create()
    AccessPolicy.objects.update(revision=F("revision") + 1)
