"""What happened since a number, for pages and modules that come back."""

from kontor.kernel.models import Event, EventStream


def since(number: int, limit: int = 200) -> list[Event]:
    """Return the current tenant's events after `number`, in order and without gaps; go on with the last number."""
    return list(Event.objects.filter(number__gt=number).order_by("number")[:limit])


def last_number() -> int:
    """Return the number of the current tenant's latest event, 0 before the first."""
    return EventStream.objects.values_list("last_number", flat=True).first() or 0
