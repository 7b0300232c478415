"""Reads about people and their tenants."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from kontor.kernel.models import Membership, Tenant
from kontor.kernel.rows import TenantQuerySet
from kontor.kernel.tenancy import as_person


def tenants_of(user_id: uuid.UUID, *, at: datetime) -> Sequence[Tenant]:
    """Return the tenants a person may work in at this moment, by name; works outside any tenant."""
    with as_person(user_id):
        mine = TenantQuerySet(Membership).filter(Q(until=None) | Q(until__gt=at), user_id=user_id)
        return list(Tenant.objects.filter(pk__in=mine.values("tenant_id")).order_by("name"))
