"""Background work of the desk."""

import uuid
from datetime import datetime

from kontor.kernel.background import tenant_job
from kontor.office.desk.actions import escalating


@tenant_job("desk.escalate")
def escalate(*, at: datetime, ticket: str) -> None:
    """Tell somebody that a promise is about to break, or broke."""
    escalating.escalate(uuid.UUID(ticket), at=at)
