"""Who of the house is told when something about availability needs a person."""

from datetime import datetime

from django.db.models import Q

from kontor.kernel.models import Membership
from kontor.office.identity import public as identity


def people_with(permission: str, *, at: datetime) -> list[str]:
    """Return the mail addresses of everybody here whose role holds a permission at a moment; one query."""
    role = Q(assignments__role__everything=True) | Q(assignments__role__permissions__contains=[permission])
    rows = Membership.objects.filter(identity.here(at)).filter(role).select_related("user")
    return sorted({row.user.email for row in rows})
