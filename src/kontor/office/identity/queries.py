"""Reads about people and their tenants."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from kontor.kernel.actions import credentials
from kontor.kernel.models import Membership, Tenant
from kontor.kernel.rows import TenantQuerySet
from kontor.kernel.tenancy import as_person
from kontor.office.identity.models import User

INVITATION = "identity.invitation"


def tenants_of(user_id: uuid.UUID, *, at: datetime) -> Sequence[Tenant]:
    """Return the tenants a person may work in at this moment, by name; works outside any tenant."""
    with as_person(user_id):
        mine = TenantQuerySet[Membership](Membership).filter(Q(until=None) | Q(until__gt=at), user_id=user_id)
        return list(Tenant.objects.filter(pk__in=mine.values("tenant_id")).order_by("name"))


def invited(secret: str, *, at: datetime) -> tuple[User, bool]:
    """Return whom an invitation is for, and whether they have a password already; CredentialRefusedError otherwise."""
    _, user_id = credentials.resolve(secret, INVITATION, at)
    user = User.objects.get(pk=user_id)
    return user, user.has_usable_password()
