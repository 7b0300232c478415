"""Whether the service was usable at the point of hand-over while a customer said that it was not."""

from django.db.models import Prefetch, Q

from kontor.office.service_levels.models import Outage, Probe, StateInterval
from kontor.rulebook import stretches
from kontor.rulebook.moment import instant
from kontor.rulebook.probing import State


def beyond_hand_over(outage: Outage) -> bool:
    """
    Return whether each probe of what an outage hit saw it usable all the time; False where nobody measured.

    A place that saw it usable proves that it was: what failed lies behind the point of hand-over (visitor 4.1.2).
    """
    if outage.ended_at is None or outage.ended_at <= outage.started_at:
        return False
    frame = (instant(outage.started_at), instant(outage.ended_at))
    hit = [each.component_id for each in outage.components.all()]
    rows = StateInterval.objects.filter(state=State.UP, start__lt=outage.ended_at).filter(
        Q(end__isnull=True) | Q(end__gt=outage.started_at)
    )
    probes = Probe.objects.filter(component__in=hit, at__lte=outage.started_at).filter(
        Q(stopped_at__isnull=True, active=True) | Q(stopped_at__gte=outage.ended_at)
    )
    found = list(probes.prefetch_related("places", Prefetch("places__intervals", rows, to_attr="up")))
    return bool(found) and all(not stretches.without([frame], _up(each, frame[1])) for each in found)


def _up(probe: Probe, until: int) -> list[stretches.Stretch]:
    seen = [row for place in probe.places.all() for row in place.up]  # type: ignore[attr-defined]  # prefetched
    return stretches.joined((instant(row.start), until if row.end is None else instant(row.end)) for row in seen)
