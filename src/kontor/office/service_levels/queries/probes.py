"""Which probes are to be tried at a moment, and what their parts of the service look like now."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing

from kontor.kernel.tenancy import current_tenant
from kontor.office.service_levels.models import Component, ProbePlace
from kontor.rulebook.probing import State

_SALT = "service_levels.door"
_SLACK = timedelta(seconds=20)  # the tick comes each minute, never to the second


@dataclass(frozen=True, slots=True)
class Trial:
    """A probe to be tried from here."""

    watched: uuid.UUID
    kind: str
    target: str
    expects: str


def due_trials(place: str, *, at: datetime) -> list[Trial]:
    """Return what is to be tried from a place at a moment; one query. Heartbeats are waited for, never tried."""
    rows = ProbePlace.objects.filter(place=place, probe__active=True).select_related("probe")
    found = []
    for row in rows.exclude(probe__kind="HEARTBEAT").order_by("pk"):
        every = timedelta(minutes=row.probe.minutes)
        if row.last is None or at - row.last >= every - _SLACK:
            target = row.probe.target or door_of(row.pk)
            found.append(Trial(row.pk, row.probe.kind, target, row.probe.expects))
    return found


def missed_heartbeats(*, at: datetime) -> list[uuid.UUID]:
    """Return the places whose heartbeat is late; one query."""
    rows = ProbePlace.objects.filter(probe__kind="HEARTBEAT", probe__active=True).select_related("probe")
    return [row.pk for row in rows if row.last is not None and at - row.last > timedelta(minutes=row.probe.minutes)]


def door_of(watched: uuid.UUID) -> str:
    """Return the address behind which a read and a write go through the application, as the current tenant."""
    told = signing.dumps([str(current_tenant()), str(watched)], salt=_SALT)
    return f"{settings.KONTOR_BASE_URL}/service_levels/door/{told}/"


def opened_door(token: str) -> tuple[uuid.UUID, uuid.UUID]:
    """Return tenant and place of a door; BadSignature for what nobody signed."""
    tenant, watched = signing.loads(token, salt=_SALT)
    return uuid.UUID(tenant), uuid.UUID(watched)


def states(components: Iterable[Component]) -> dict[uuid.UUID, State]:
    """Return how each component stands: down where one of its probes is, unknown where nothing is known; one query."""
    held: dict[uuid.UUID, dict[uuid.UUID, tuple[bool, list[str]]]] = {}
    rows = ProbePlace.objects.filter(probe__active=True, probe__component__in=[each.pk for each in components])
    for row in rows.select_related("probe"):
        probes = held.setdefault(row.probe.component_id, {})
        probes.setdefault(row.probe_id, (row.probe.all_fail, []))[1].append(row.state)
    return {component: _worst(_state(*each) for each in probes.values()) for component, probes in held.items()}


def _state(all_fail: bool, seen: list[str]) -> State:
    found = {State(each) for each in seen}
    decisive, other = (State.UP, State.DOWN) if all_fail else (State.DOWN, State.UP)
    if decisive in found:
        return decisive
    return other if found == {other} else State.UNKNOWN


def _worst(found: Iterable[State]) -> State:
    order = [State.DOWN, State.UNKNOWN, State.UP]
    return min(found, key=order.index)
