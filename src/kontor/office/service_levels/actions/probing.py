"""
What probes saw: results are kept, a state that flips makes an interval, and a confirmed failure opens an outage.

An outage that a probe found begins with the first failure and is noticed when it is confirmed; it ends with the first
good result.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.record import record
from kontor.kernel.actor import MACHINE
from kontor.office.service_levels.actions.telling import follow_change
from kontor.office.service_levels.models import (
    Outage,
    OutageComponent,
    Probe,
    ProbePlace,
    ProbeResult,
    StateInterval,
)
from kontor.rulebook.moment import EPOCH, instant, utc
from kontor.rulebook.probing import Flip, ProbeRule, State, Watch, seen, unheard

_MICROS = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Seen:
    """A result: which probe in which place, whether it was good, how long it took, and what was said."""

    watched: uuid.UUID
    at: datetime
    good: bool
    millis: int = 0
    said: str = ""


@transaction.atomic
def note_results(results: Sequence[Seen], *, at: datetime) -> list[Outage]:
    """
    Keep results in few queries, flip states, open and end outages; return the outages that changed.

    A result that is not later than the last one of its place is kept and changes no state. Strangers' are left out, and
    what comes after its time was already noted as unknown: nobody knew it then.
    """
    watched = {
        each.pk: each
        for each in ProbePlace.objects.select_for_update()
        .filter(pk__in={result.watched for result in results})
        .select_related("probe__component")
        .order_by("pk")
    }
    unknown = dict(
        StateInterval.objects.filter(watched__in=watched, end__isnull=True, state=State.UNKNOWN.value).values_list(
            "watched_id", "start"
        )
    )
    known = [
        each
        for each in results
        if each.watched in watched and (each.watched not in unknown or each.at >= unknown[each.watched])
    ]
    ProbeResult.objects.bulk_create(
        [
            ProbeResult(watched=watched[each.watched], at=each.at, good=each.good, millis=each.millis, said=each.said)
            for each in known
        ],
        ignore_conflicts=True,
    )
    touched: set[uuid.UUID] = set()
    for result in sorted(known, key=lambda each: utc(each.at)):
        place = watched[result.watched]
        if place.last is not None and result.at <= place.last:
            continue
        now, flips = seen(_watch(place), instant(result.at), _rule(place.probe), good=result.good)
        _flip(place, flips)
        _remember(place, now)
        if flips:
            touched.add(place.probe_id)
    _saved(watched.values())
    return _follow(touched, at=at) if touched else []


@transaction.atomic
def note_silence(*, at: datetime) -> list[Outage]:
    """Let states be unknown where nothing was heard for too long; return the outages that changed."""
    rows = ProbePlace.objects.select_for_update(of=("self",)).filter(last__isnull=False, probe__active=True)
    touched: set[uuid.UUID] = set()
    changed = []
    for place in rows.exclude(state="unknown").select_related("probe__component").order_by("pk"):
        now, flips = unheard(_watch(place), instant(at), _rule(place.probe))
        if flips:
            _flip(place, flips)
            _remember(place, now)
            changed.append(place)
            touched.add(place.probe_id)
    _saved(changed)
    return _follow(touched, at=at) if touched else []


def _rule(probe: Probe) -> ProbeRule:
    return ProbeRule(probe.confirm, timedelta(minutes=probe.silence_minutes) // _MICROS)


def _watch(place: ProbePlace) -> Watch:
    last = None if place.last is None else instant(place.last)
    failing = None if place.failing_since is None else instant(place.failing_since)
    return Watch(State(place.state), last, failing, place.failures)


def _remember(place: ProbePlace, now: Watch) -> None:
    place.state, place.failures = now.state.value, now.failures
    place.last = None if now.last is None else _moment(now.last)
    place.failing_since = None if now.failing_since is None else _moment(now.failing_since)


def _saved(places: Iterable[ProbePlace]) -> None:
    ProbePlace.objects.bulk_update(list(places), ["state", "last", "failing_since", "failures"])


def _flip(place: ProbePlace, flips: Sequence[Flip]) -> None:
    for flip in flips:
        moment = _moment(flip.at)
        StateInterval.objects.filter(watched=place, end__isnull=True).update(end=moment)
        StateInterval.objects.create(watched=place, state=flip.state.value, start=moment)


def _follow(probes: Iterable[uuid.UUID], *, at: datetime) -> list[Outage]:
    """Open an outage for a probe that is down in enough places, and end it once it is up again."""
    changed = []
    follow_change()
    for probe in Probe.objects.filter(pk__in=set(probes)).select_related("component").order_by("pk"):
        places = list(probe.places.all())
        down = [each for each in places if each.state == State.DOWN]
        up = [each for each in places if each.state == State.UP]
        is_down = len(down) == len(places) if probe.all_fail else bool(down)
        is_up = bool(up) if probe.all_fail else len(up) == len(places)
        running = _running(probe)
        if is_down and running is None:
            changed.append(_opened(probe, down, at=at))
        elif is_up and running is not None:
            changed.append(_ended(running, up, at=at))
    return changed


def _running(probe: Probe) -> Outage | None:
    return Outage.objects.filter(
        found_by=Outage.FoundBy.PROBE,
        hits=_hits(probe),
        ended_at__isnull=True,
        components__component=probe.component,
    ).first()


def _hits(probe: Probe) -> str:
    return Outage.Hits.ALL if probe.purpose == Probe.Purpose.REACH else Outage.Hits(probe.purpose)


def _opened(probe: Probe, down: Sequence[ProbePlace], *, at: datetime) -> Outage:
    since = [each.failing_since for each in down if each.failing_since is not None]
    started = max(since) if probe.all_fail else min(since)
    made = Outage.objects.create(
        title=probe.component.name_en,
        hits=_hits(probe),
        started_at=started,
        noticed_at=at,
        known_at=at,
        found_by=Outage.FoundBy.PROBE,
        at=at,
    )
    OutageComponent.objects.create(outage=made, component=probe.component)
    record("service_levels.outage_found", made, at=at, actor=MACHINE, after={"component": probe.component.key})
    publish("service_levels.outage_found", {"outage": str(made.pk)}, at=at)
    return made


def _ended(outage: Outage, up: Sequence[ProbePlace], *, at: datetime) -> Outage:
    back = StateInterval.objects.filter(watched__in=up, end__isnull=True).order_by("-start")[0].start
    outage.ended_at = max(back, outage.started_at)
    outage.save(update_fields=["ended_at"])
    record("service_levels.outage_ended", outage, at=at, actor=MACHINE, after={"ended_at": outage.ended_at})
    publish("service_levels.outage_ended", {"outage": str(outage.pk)}, at=at)
    return outage


def _moment(micros: int) -> datetime:
    return EPOCH + timedelta(microseconds=micros)
