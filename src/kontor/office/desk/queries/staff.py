"""Who works here and can be given a request."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kontor.kernel.models import Membership
from kontor.kernel.statements import Statement
from kontor.office.identity import public as identity


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who works here."""

    id: uuid.UUID
    name: str
    email: str


def colleagues(*, at: datetime) -> list[Colleague]:
    """Return everybody who works in the current tenant at a moment, by name; one query."""
    found = [Colleague(key, name or email, email) for key, name, email in _HERE.rows(at)]
    return sorted(found, key=lambda each: each.name.casefold())


_HERE: Final = Statement(
    lambda at: Membership.objects.filter(identity.here(at)).values_list("user_id", "user__name", "user__email")
)
