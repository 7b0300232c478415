"""Outages as other apps are told them."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

_LATELY: Final = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class KnownOutage:
    """An outage as others see it; `ended_at` None while it goes on."""

    id: uuid.UUID
    title: str
    started_at: datetime
    ended_at: datetime | None


def outages_lately(*, at: datetime) -> list[KnownOutage]:
    """Return the current tenant's outages of the last sixty days, the latest first; one query."""
    from kontor.office.service_levels.models import Outage

    rows = Outage.objects.filter(started_at__gt=at - _LATELY).order_by("-started_at", "-pk")
    return [KnownOutage(row.pk, row.title, row.started_at, row.ended_at) for row in rows]
