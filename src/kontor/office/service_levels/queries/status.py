"""How the service stands, as anybody or one customer may know it; in both languages, without rows."""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q

from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.service_levels.models import Component, Maintenance, Outage
from kontor.office.service_levels.queries.probes import states
from kontor.rulebook import terms
from kontor.rulebook.calc.promises import upkeep_of
from kontor.rulebook.probing import State
from kontor.rulebook.ruling import Text

DAYS_SHOWN: Final = 30


@dataclass(frozen=True, slots=True)
class Note:
    """What people were told: how it stood, the words, when."""

    state: str
    text: Text
    at: datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """An outage as people read it."""

    id: uuid.UUID
    names: Text
    started_at: datetime
    ended_at: datetime | None
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Planned:
    """Work as people read it; `reasons` are those the contracts want named."""

    id: uuid.UUID
    title: Text
    starts_at: datetime
    ends_at: datetime
    stops: bool
    reasons: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusFacts:
    """The state of each part, the outages of the last days, work ahead."""

    house: str
    parts: tuple[tuple[Text, State], ...]
    outages: tuple[Shown, ...]
    works: tuple[Planned, ...]
    at: datetime

    @property
    def broken(self) -> bool:
        """Whether an outage goes on or a part is down."""
        return any(each.ended_at is None for each in self.outages) or State.DOWN in self._states

    @property
    def known(self) -> bool:
        """Whether any part was seen working."""
        return State.UP in self._states

    @property
    def _states(self) -> set[State]:
        return {state for _, state in self.parts}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A customer who reads: what it has ordered, its contracts, and the packs they stand under."""

    modules: frozenset[str]
    contracts: frozenset[uuid.UUID]
    packs: frozenset[str]


def status_facts(at: datetime, reader: Reader | None = None) -> StatusFacts:
    """
    Return what the house's status page says to anybody, or to one customer; eight queries, Tenant.DoesNotExist without.

    A customer sees the parts it has ordered, public or not, and outages that hit its contracts alone as well.
    """
    house = Tenant.objects.get(is_house=True)
    with as_tenant(house.pk):
        parts = [each for each in Component.objects.order_by("order", "key") if _concerns(each, reader)]
        held = states(parts)
        return StatusFacts(
            house=house.name,
            parts=tuple((_name(each), held.get(each.pk, State.UNKNOWN)) for each in parts),
            outages=tuple(_outages(at, parts, reader)),
            works=tuple(_works(at, parts, reader)),
            at=at,
        )


def concerns_public(outage: Outage) -> bool:
    """Return whether an outage stands on the public page: it hit everybody, and something that is shown there."""
    return outage.everybody and outage.components.filter(component__public=True).exists()


def reasons_of(work: Maintenance, packs: Collection[str] | None = None) -> Text:
    """Return the reasons that contracts want named for work, each once; of some packs, or of all."""
    found: dict[Text, None] = {}
    for pack, key in work.reasons.items():
        if packs is None or pack in packs:
            upkeep = upkeep_of(terms.load(pack))
            found |= {each.label: None for each in (*upkeep.daytime_reasons, *upkeep.reasons) if each.key == key}
    return _listed(found)


def _concerns(component: Component, reader: Reader | None) -> bool:
    return component.public if reader is None else component.module in {"", *reader.modules}


def _outages(at: datetime, parts: Collection[Component], reader: Reader | None) -> Iterable[Shown]:
    hit = Q(everybody=True) if reader is None else Q(everybody=True) | Q(contracts__contract_id__in=reader.contracts)
    since = Q(started_at__gte=at - timedelta(days=DAYS_SHOWN)) | Q(ended_at__isnull=True)
    rows = Outage.objects.filter(hit & since, components__component__in=parts).distinct().order_by("-started_at")
    shown = {each.pk for each in parts}
    for row in rows.prefetch_related("components__component", "notes"):
        notes = sorted(row.notes.all(), key=lambda each: each.pk, reverse=True)
        told = tuple(Note(each.state, Text(each.text_de, each.text_en), each.at) for each in notes)
        names = _listed(_name(each.component) for each in row.components.all() if each.component_id in shown)
        yield Shown(row.pk, names, row.started_at, row.ended_at, told)


def _works(at: datetime, parts: Collection[Component], reader: Reader | None) -> Iterable[Planned]:
    rows = Maintenance.objects.filter(announced_at__isnull=False, cancelled_at__isnull=True, ends_at__gte=at)
    of_parts = Q(components__isnull=True) | Q(components__component__in=parts)
    packs = None if reader is None else reader.packs
    for row in rows.filter(of_parts).distinct().order_by("starts_at"):
        title = Text(row.title_de, row.title_en)
        yield Planned(row.pk, title, row.starts_at, row.ends_at, row.stops, reasons_of(row, packs))


def _name(component: Component) -> Text:
    return Text(component.name_de, component.name_en)


def _listed(names: Iterable[Text]) -> Text:
    found = list(names)
    return Text(", ".join(each.de for each in found), ", ".join(each.en for each in found))
