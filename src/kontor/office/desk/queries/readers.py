"""Who else has a request open."""

import uuid
from datetime import datetime, timedelta
from typing import Final

from kontor.office.desk.models import TicketReader

STILL_THERE: Final = timedelta(seconds=60)


def others_at(ticket_id: uuid.UUID, user: uuid.UUID, *, at: datetime) -> list[TicketReader]:
    """Return who else looked at a request within the last minute, whoever writes first; one query."""
    rows = TicketReader.objects.filter(ticket_id=ticket_id, seen_at__gt=at - STILL_THERE).exclude(user=user)
    return list(rows.order_by("-writing", "name"))
