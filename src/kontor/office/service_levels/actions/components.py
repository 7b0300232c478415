"""What the provider's service consists of, and how each part is watched."""

import uuid
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actions.schedule import put_due
from kontor.kernel.actor import Actor
from kontor.office.service_levels.actions.telling import follow_change
from kontor.office.service_levels.models import Component, Probe, ProbePlace
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

HERE: Final = "here"
PROBING: Final = "service_levels.probe"
DAILY: Final = "service_levels.daily"
WARNING: Final = "service_levels.warn"
_A_DAY: Final = 24 * 60
_A_QUARTER_HOUR: Final = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class NewComponent:
    """A part of the service: its key, its names, whether the public status page shows it, and what is to be ordered."""

    key: str
    name_de: str
    name_en: str
    public: bool = True
    module: str = ""
    order: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProbe:
    """How a component is watched; the fields are those of `Probe`, `places` the names of where it is watched from."""

    kind: str
    purpose: str = "REACH"
    target: str = ""
    expects: str = ""
    minutes: int = 1
    silence_minutes: int = 5
    confirm: int = 2
    all_fail: bool = True
    places: tuple[str, ...] = (HERE,)


@transaction.atomic
def add_component(told: NewComponent, *, at: datetime, actor: Actor) -> Component:
    """Add a component; RefusalError where its key is taken."""
    if Component.objects.filter(key=told.key).exists():
        raise RefusalError(
            Text("Diesen Schlüssel hat schon ein anderer Teil.", "Another component has this key already.")
        )
    made = Component.objects.create(**asdict(told), at=at)
    put_due(DAILY, at=at, repeat_minutes=_A_DAY)
    put_due(WARNING, at=at, repeat_minutes=_A_QUARTER_HOUR)
    follow_change()
    record("service_levels.component_added", made, at=at, actor=actor, after={"key": told.key})
    return made


@transaction.atomic
def add_probe(component_id: uuid.UUID, told: NewProbe, *, at: datetime, actor: Actor) -> Probe:
    """
    Watch a component from some places, from the next minute on.

    RefusalError without a target where one is needed, or without a place; Component.DoesNotExist for a stranger's.
    """
    component = Component.objects.get(pk=component_id)
    if not told.target and told.kind in {"HTTP", "TCP", "SMTP", "IMAP", "TLS"}:
        raise RefusalError(Text("Was soll geprüft werden?", "What is to be probed?"))
    if not told.places:
        raise RefusalError(Text("Von wo wird geprüft?", "Where is it probed from?"))
    given = asdict(told)
    places = given.pop("places")
    made = Probe.objects.create(component=component, **given, at=at)
    ProbePlace.objects.bulk_create(ProbePlace(probe=made, place=place) for place in places)
    put_due(PROBING, at=at, repeat_minutes=1)
    after = {"kind": told.kind, "target": told.target, "places": list(places)}
    record("service_levels.probe_added", component, at=at, actor=actor, after=after)
    return made


@transaction.atomic
def stop_probe(probe_id: uuid.UUID, *, at: datetime, actor: Actor) -> None:
    """Watch no more; what was seen stays. Probe.DoesNotExist for a stranger's."""
    probe = Probe.objects.select_related("component").get(pk=probe_id)
    probe.active, probe.stopped_at = False, at
    probe.save(update_fields=["active", "stopped_at"])
    follow_change()
    record("service_levels.probe_stopped", probe.component, at=at, actor=actor, after={"target": probe.target})
