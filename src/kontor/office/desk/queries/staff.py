"""Who works here and can be given a request."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from kontor.kernel.models import Membership
from kontor.office.identity import public as identity


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who works here."""

    id: uuid.UUID
    name: str
    email: str


def colleagues(*, at: datetime) -> list[Colleague]:
    """Return everybody who works in the current tenant at a moment, by name; one query."""
    rows = Membership.objects.filter(identity.here(at)).select_related("user")
    found = [Colleague(row.user_id, str(row.user), row.user.email) for row in rows]
    return sorted(found, key=lambda each: each.name.casefold())
