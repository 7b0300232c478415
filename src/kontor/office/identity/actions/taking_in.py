"""People who come with a tenant's import: known by their e-mail address, else given an account without a password."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from kontor.kernel.actor import Actor
from kontor.kernel.models import Membership
from kontor.office.identity.actions.invitations import invite_again
from kontor.office.identity.models import User

NOWHERE = "unknown.invalid"  # RFC 2606: no mail ever arrives there


@dataclass(frozen=True, slots=True)
class TakenIn:
    """Who somebody is here, whether their account is new, and whether they are a member of the tenant."""

    id: uuid.UUID
    new: bool
    member: bool


@transaction.atomic
def take_in(people: Iterable[Mapping[str, Any]], *, at: datetime) -> dict[str, TakenIn]:
    """
    Return who each of these people is here, by the id they had elsewhere.

    people  id, name, member, and for members email, language, phone

    A member is known by their address. Somebody named without one, such as a supplier's staff, is known by their id
    alone; where nobody has it, an account is made into which nobody can sign in.
    """
    return {told["id"]: _one(told, at=at) for told in people}


def _one(told: Mapping[str, Any], *, at: datetime) -> TakenIn:
    wanted, member = uuid.UUID(told["id"]), bool(told["member"])
    known = User.objects.filter(email__iexact=told["email"]) if member else User.objects.filter(pk=wanted)
    if found := known.first():
        return TakenIn(found.pk, new=False, member=member)
    given: dict[str, Any] = {} if User.objects.filter(pk=wanted).exists() else {"id": wanted}
    if member:
        given |= {"language": told["language"] or "", "phone": told["phone"] or ""}
    email = told["email"] if member else f"{wanted}@{NOWHERE}"
    user = User.objects.create_user(email, name=told["name"], is_active=member, created_at=at, **given)
    return TakenIn(user.pk, new=True, member=member)


def send_new_links(users: Collection[uuid.UUID], *, at: datetime, actor: Actor) -> int:
    """Mail each of these members of the current tenant a link by which they set their password; return how many."""
    members = Membership.objects.filter(user_id__in=users, user__is_active=True).values_list("pk", flat=True)
    for membership in members:
        invite_again(membership, at=at, actor=actor)
    return len(members)
