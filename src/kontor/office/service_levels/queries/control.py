"""The control of the intervals: all results of a time looked at once more, place by place."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q, QuerySet

from kontor.office.service_levels.models import ProbePlace, RawControl, StateInterval
from kontor.rulebook import stretches
from kontor.rulebook.moment import EPOCH, instant
from kontor.rulebook.probing import Flip, ProbeRule, State, Timeline, Watch, seen, timeline, unheard
from kontor.rulebook.stretches import Stretch

_BEFORE: Final = timedelta(days=1)  # what a place knew at the start follows from the results of the day before
_MICROS: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Difference:
    """Where the intervals of a place say something else than its results: the first and last moment that differ."""

    place: ProbePlace
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Looked:
    """How many results of how many places were looked at, and what differs."""

    results: int
    places: int
    differences: tuple[Difference, ...]


def looked_at(start: datetime, end: datetime) -> Looked:
    """Return what the results of a time say beside the intervals; three queries for each place."""
    results, differences = 0, []
    rows = ProbePlace.objects.filter(probe__at__lt=end).select_related("probe__component").order_by("pk")
    places = list(rows.filter(Q(probe__stopped_at__isnull=True) | Q(probe__stopped_at__gt=start)))
    for place in places:
        frame = (instant(start), instant(min(end, place.probe.stopped_at or end)))
        told, count = by_results(place, start, frame)
        results += count
        kept = _by_intervals(place, frame)
        wrong = [
            part
            for mine, theirs in ((told.down, kept.down), (told.up, kept.up))
            for part in (*stretches.without(mine, theirs), *stretches.without(theirs, mine))
        ]
        if wrong:
            differences.append(Difference(place, min(each[0] for each in wrong), max(each[1] for each in wrong)))
    return Looked(results, len(places), tuple(differences))


def disputed(start: datetime, end: datetime) -> RawControl | None:
    """Return the latest control of exactly a time, where it found a difference; None where it did not, or was none."""
    latest = RawControl.objects.filter(start=start, end=end).order_by("-at", "-pk").first()
    return latest if latest is not None and latest.differences else None


def by_results(place: ProbePlace, start: datetime, frame: Stretch) -> tuple[Timeline, int]:
    """Return what the results of a place say of a frame that begins at `start`, and how many they are."""
    rule = ProbeRule(place.probe.confirm, timedelta(minutes=place.probe.silence_minutes) // _MICROS)
    since = start - _BEFORE
    earlier = place.results.filter(at__lt=since).order_by("-at").values_list("at", flat=True).first()
    held = overlapping(place, since, since + _MICROS).first()
    state = State.UNKNOWN if held is None else State(held.state)
    watch = Watch(state, None if earlier is None else instant(earlier))
    rows = place.results.filter(at__gte=since, at__lt=EPOCH + timedelta(microseconds=frame[1])).order_by("pk")
    flips = [Flip(state, instant(since))]
    watch, count = _replayed(rows.values_list("at", "good").iterator(chunk_size=20_000), watch, rule, flips)
    _, last = unheard(watch, frame[1], rule)
    return timeline([*flips, *last], frame), count


def _replayed(
    rows: Iterable[tuple[datetime, bool]], watch: Watch, rule: ProbeRule, flips: list[Flip]
) -> tuple[Watch, int]:
    """Take results in the order in which they came in; a late one changed nothing then and changes nothing now."""
    count = 0
    for at, good in rows:
        count += 1
        now = instant(at)
        if watch.last is not None and now <= watch.last:
            continue
        watch, new = seen(watch, now, rule, good=good)
        flips += new
    return watch, count


def _by_intervals(place: ProbePlace, frame: Stretch) -> Timeline:
    held: dict[str, list[Stretch]] = {state: [] for state in State}
    start, end = (EPOCH + timedelta(microseconds=edge) for edge in frame)
    for row in overlapping(place, start, end):
        held[row.state].append((instant(row.start), frame[1] if row.end is None else instant(row.end)))
    down, up = (stretches.within(held[state], frame) for state in (State.DOWN, State.UP))
    return Timeline(frame, tuple(down), tuple(stretches.without([frame], [*down, *up])))


def overlapping(place: ProbePlace, start: datetime, end: datetime) -> QuerySet[StateInterval]:
    """Return the intervals of a place that touch a time, the latest first."""
    rows = place.intervals.filter(start__lt=end)
    return rows.filter(Q(end__isnull=True) | Q(end__gt=start)).order_by("-start")
