"""What happened since a number, for pages and modules that come back."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Count, Min
from django.db.models.functions import TruncHour

from kontor.kernel.models import Event, EventStream


def since(number: int, limit: int = 200) -> list[Event]:
    """Return the current tenant's events after `number`, in order and without gaps; go on with the last number."""
    return list(Event.objects.filter(number__gt=number).order_by("number")[:limit])


def last_number() -> int:
    """Return the number of the current tenant's latest event, 0 before the first."""
    return EventStream.objects.values_list("last_number", flat=True).first() or 0


def by_hour(first: datetime, end: datetime, *, kinds: Collection[str]) -> list[tuple[datetime, str, int]]:
    """Return what happened from a moment until before another, by hour and kind: its first moment, kind, how often."""
    rows = Event.objects.filter(at__gte=first, at__lt=end, kind__in=kinds).annotate(hour=TruncHour("at"))
    counted = rows.values("hour", "kind").annotate(first=Min("at"), count=Count("pk"))
    return [(row["first"], row["kind"], row["count"]) for row in counted.order_by("first", "kind")]
