"""Writing down what a guest or an auditor looks at, before it is shown."""

import uuid
from datetime import datetime
from typing import Final

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.models import Membership, SupportGrant

VIEWED: Final = "identity.support_viewed"
LOOKED: Final = "kernel.auditor_viewed"


def note_view(grant: SupportGrant, *, path: str, at: datetime, actor: Actor) -> None:
    """Write into the current tenant's record that a person of the house asked for a page, and wake its open pages."""
    record(VIEWED, grant, at=at, actor=actor, after={"page": path})
    publish(VIEWED, {"grant": grant.pk}, at=at)


def note_auditor(membership: uuid.UUID, *, path: str, at: datetime, actor: Actor) -> None:
    """Write into the current tenant's record that an auditor asked for a page."""
    record(LOOKED, Membership.objects.get(pk=membership), at=at, actor=actor, after={"page": path})
