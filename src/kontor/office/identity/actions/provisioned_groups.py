"""Groups that a directory brings (SCIM 2.0): who is in them, and so which roles its people have."""

import uuid
from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.office.identity.actions.provisioning import follow_groups, lock_provider
from kontor.office.identity.formats.scim_filter import ScimRefusedError
from kontor.office.identity.formats.scim_resources import StatedGroup
from kontor.office.identity.models import IdentityProvider, ProvisionedGroup, ProvisionedMember, ProvisionedUser
from kontor.office.identity.queries.scim_search import as_key


@transaction.atomic
def add_group(provider: IdentityProvider, stated: StatedGroup, *, at: datetime, actor: Actor) -> ProvisionedGroup:
    """Take over a group with its members, who get the roles that its rules name; ScimRefusedError."""
    lock_provider(provider)
    _refuse_taken(provider, stated)
    group = ProvisionedGroup.objects.create(
        provider=provider, name=stated.name, name_key=stated.name.lower(), external_id=stated.external_id, made_at=at,
        changed_at=at,
    )  # fmt: skip
    inside = _people(provider, _keys(stated.members))
    ProvisionedMember.objects.bulk_create([ProvisionedMember(group=group, person=each) for each in inside])
    record("identity.group_provisioned", group, at=at, actor=actor, after=_told(stated, inside))
    follow_groups(provider, inside, at=at, actor=actor)
    return group


@transaction.atomic
def change_group(group: ProvisionedGroup, stated: StatedGroup, *, at: datetime, actor: Actor) -> ProvisionedGroup:
    """Take over a group as it is now; who came or went has other roles at once. It was found by `found_group`."""
    _refuse_taken(group.provider, stated, besides=group)
    before = set(group.members.values_list("person_id", flat=True))
    after = _keys(stated.members)
    inside, gone = _people(group.provider, after - before), _people(group.provider, before - after)
    named = (stated.name, stated.external_id or group.external_id)
    renamed = named != (group.name, group.external_id)
    if not (inside or gone or renamed):
        return group
    ProvisionedMember.objects.bulk_create([ProvisionedMember(group=group, person=each) for each in inside])
    group.members.filter(person__in=gone).delete()
    was = {"name": group.name, "gone": sorted(each.user_name for each in gone)}
    group.name, group.external_id = named
    group.name_key, group.changed_at, group.version = stated.name.lower(), at, group.version + 1
    group.save()
    record("identity.group_changed", group, at=at, actor=actor, before=was, after=_told(stated, inside))
    changed = _people(group.provider, before | after) if renamed else [*inside, *gone]
    follow_groups(group.provider, changed, at=at, actor=actor)
    return group


@transaction.atomic
def remove_group(group: ProvisionedGroup, *, at: datetime, actor: Actor) -> None:
    """Forget a group; its members lose the roles that it gave. The members stay."""
    inside = _people(group.provider, set(group.members.values_list("person_id", flat=True)))
    record("identity.group_deprovisioned", group, at=at, actor=actor, before={"name": group.name})
    group.members.all().delete()
    provider = group.provider
    group.delete()
    follow_groups(provider, inside, at=at, actor=actor)


@transaction.atomic
def follow_rules(
    provider: IdentityProvider, *, ruled_before: Collection[uuid.UUID], at: datetime, actor: Actor
) -> None:  # fmt: skip
    """Give everybody whom a directory brought the roles that its rules stand for now, and none of those before."""
    everybody = ProvisionedUser.objects.filter(provider=provider, deleted_at=None)
    follow_groups(provider, list(everybody), at=at, actor=actor, ruled_before=ruled_before)


def found_group(provider: IdentityProvider, group_id: uuid.UUID) -> ProvisionedGroup:
    """Return a group of a directory, held until what is done to it is done; ScimRefusedError 404."""
    lock_provider(provider)
    group = ProvisionedGroup.objects.select_related("provider").filter(pk=group_id, provider=provider).first()
    if group is None:
        raise ScimRefusedError(404, "unknown")
    return group


def _keys(ids: Collection[str]) -> set[uuid.UUID]:
    found = {as_key(each) for each in ids}
    if None in found:
        raise ScimRefusedError(400, "member", "invalidValue")
    return {each for each in found if each}


def _people(provider: IdentityProvider, keys: set[uuid.UUID]) -> list[ProvisionedUser]:
    """Return the people of these ids; ScimRefusedError where one is nobody whom this directory brought."""
    if not keys:
        return []
    rows = ProvisionedUser.objects.filter(provider=provider, deleted_at=None, pk__in=keys)
    found = list(rows.order_by("user_key"))
    if len(found) != len(keys):
        raise ScimRefusedError(400, "member", "invalidValue")
    return found


def _refuse_taken(
    provider: IdentityProvider, stated: StatedGroup, *, besides: ProvisionedGroup | None = None
) -> None:  # fmt: skip
    rows = ProvisionedGroup.objects.filter(provider=provider, name_key=stated.name.lower())
    if (rows.exclude(pk=besides.pk) if besides else rows).exists():
        raise ScimRefusedError(409, "taken", "uniqueness")


def _told(stated: StatedGroup, inside: Collection[ProvisionedUser]) -> dict[str, object]:
    return {"name": stated.name, "come": sorted(each.user_name for each in inside)}
