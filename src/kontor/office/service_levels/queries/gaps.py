"""Times in which nobody measured: neither up nor down, and told with their length."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Prefetch, Q

from kontor.office.service_levels.models import Probe, ProbePlace, StateInterval
from kontor.rulebook import stretches
from kontor.rulebook.moment import instant
from kontor.rulebook.probing import State, Timeline, together
from kontor.rulebook.stretches import Stretch


def unmeasured(frame: Stretch, start: datetime, end: datetime, *, at: datetime) -> list[Stretch]:
    """
    Return the times of a frame, up to a moment, in which some probe was silent for too long; three queries.

    start, end  the frame's edges. Where places are looked at together, one that is heard is enough for what it can say.
    """
    overlapping = StateInterval.objects.filter(start__lt=end).filter(Q(end__isnull=True) | Q(end__gt=start))
    places = ProbePlace.objects.prefetch_related(Prefetch("intervals", overlapping, to_attr="seen"))
    rows = Probe.objects.filter(at__lt=end).filter(Q(stopped_at__isnull=True) | Q(stopped_at__gt=start))
    found: list[Stretch] = []
    for probe in rows.exclude(active=False, stopped_at__isnull=True).prefetch_related(Prefetch("places", places)):
        until = min(frame[1], instant(at), *([instant(probe.stopped_at)] if probe.stopped_at else []))
        watched = (max(frame[0], instant(probe.at)), until)
        if watched[0] < watched[1]:
            found += _silent(probe, watched)
    return stretches.joined(found)


def _silent(probe: Probe, frame: Stretch) -> Sequence[Stretch]:
    timelines = [_timeline(place, frame) for place in probe.places.all()]
    return together(timelines, all_fail=probe.all_fail).unknown


def _timeline(place: ProbePlace, frame: Stretch) -> Timeline:
    """Return what one place saw; before its first result of all nothing is missing yet."""
    held: dict[str, list[Stretch]] = {state: [] for state in State}
    for row in place.seen:  # type: ignore[attr-defined]  # prefetched
        held[row.state].append((instant(row.start), frame[1] if row.end is None else instant(row.end)))
    known = [*held[State.UP], *held[State.DOWN], *held[State.UNKNOWN]]
    waited = [(frame[0], min(start for start, _ in known))] if known else []
    down = stretches.within(held[State.DOWN], frame)
    up = stretches.within([*held[State.UP], *(each for each in waited if each[0] < each[1])], frame)
    return Timeline(frame, tuple(down), tuple(stretches.without([frame], [*down, *up])))
