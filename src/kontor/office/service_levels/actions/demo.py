"""The demo's availability: the house's parts, a few outages, work ahead, last month's statements."""

import uuid
from datetime import datetime, timedelta
from typing import Final

from kontor.kernel.actor import MACHINE
from kontor.office.contracts import public as contracts
from kontor.office.service_levels.actions.components import NewComponent, NewProbe, add_component, add_probe
from kontor.office.service_levels.actions.maintenance import NewWork, plan
from kontor.office.service_levels.actions.outages import NewExcuse, NewOutage, excuse, open_outage, tell
from kontor.office.service_levels.actions.probing import Seen, note_results
from kontor.office.service_levels.actions.statements import settle_month
from kontor.rulebook.calc.promises import upkeep_of
from kontor.rulebook.moment import Span
from kontor.rulebook.ruling import Text

_SATURDAY: Final = 5
_PARTS: Final = (
    NewComponent(key="platform", name_de="Plattform", name_en="Platform", order=1),
    NewComponent(key="check-in", name_de="Check-in und Kiosk", name_en="Check-in and kiosk", order=2),
    NewComponent(key="api", name_de="Schnittstelle", name_en="API", order=3),
    NewComponent(key="mail", name_de="E-Mail-Versand", name_en="Mail delivery", order=4),
)
_PROBES: Final = (
    ("platform", NewProbe(kind="READ", purpose="READ")),
    ("platform", NewProbe(kind="WRITE", purpose="WRITE")),
    ("check-in", NewProbe(kind="READ")),  # its own door: the demo's port is not known yet
    ("api", NewProbe(kind="READ")),
    ("mail", NewProbe(kind="READ", minutes=5, silence_minutes=15)),
)
_ELSEWHERE: Final = "Frankfurt"
_FROM_TWO: Final = NewProbe(kind="READ", places=("here", _ELSEWHERE), minutes=240, silence_minutes=540)
_EVERY: Final = timedelta(minutes=_FROM_TWO.minutes)


def make_demo(at: datetime) -> None:
    """Fill the house with what a provider has after a few months."""
    parts = {told.key: add_component(told, at=at, actor=MACHINE).pk for told in _PARTS}
    for part, probe in _PROBES:
        add_probe(parts[part], probe, at=at, actor=MACHINE)
    first = (at.replace(day=1) - timedelta(days=1)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    _outage(first + timedelta(days=7, hours=9, minutes=10), 134, "platform", parts, "Datenbank voll", at=at)
    network = _outage(first + timedelta(days=15, hours=13), 47, "api", parts, "Leitung des Kunden", at=at)
    for pack, cause in (("visitor", "customer_side"), ("crm", "customer_equipment")):
        told = NewExcuse(
            pack=pack, cause=cause, start=network[1].start, end=network[1].end, evidence="Messung am Routerausgang"
        )
        excuse(network[0], told, at=at, actor=MACHINE)
    _outage(at - timedelta(hours=30), 12, "mail", parts, "Postausgang stand", at=at)
    _watch_from_elsewhere(parts["platform"], first, at=at)
    settle_month(first.date(), at=at)
    _plan(at, parts["platform"])


def _outage(
    start: datetime, minutes: int, part: str, parts: dict[str, uuid.UUID], cause: str, *, at: datetime
) -> tuple[uuid.UUID, Span]:
    span = Span(start, start + timedelta(minutes=minutes))
    noticed = start + timedelta(minutes=3)
    told = NewOutage(
        title=cause, hits="ALL", started_at=span.start, ended_at=span.end, noticed_at=noticed, known_at=noticed,
        found_by="PROBE", components=(parts[part],), cause=cause,
    )  # fmt: skip
    made = open_outage(told, at=at, actor=MACHINE)
    words = Text("Behoben; wir prüfen, warum es dazu kam.", "Solved; we look into why it happened.")
    tell(made.pk, "SOLVED", words, at=span.end, actor=MACHINE)
    return made.pk, span


def _watch_from_elsewhere(part: uuid.UUID, first: datetime, *, at: datetime) -> None:
    """Let a second place have measured since a day, silent for two days in between and failing alone of late."""
    watched = add_probe(part, _FROM_TWO, at=first, actor=MACHINE).places.get(place=_ELSEWHERE).pk
    silent = Span(first + timedelta(days=19), first + timedelta(days=21))
    moments = [first + number * _EVERY for number in range((at - first) // _EVERY + 1)]
    heard = [each for each in moments if not silent.start < each < silent.end]
    failing = heard[-_FROM_TWO.confirm :]
    results = [
        Seen(watched, each, good=each not in failing, millis=0 if each in failing else 40 + number % 7)
        for number, each in enumerate(heard)
    ]
    note_results(results, at=at)


def _plan(at: datetime, part: uuid.UUID) -> None:
    """Plan work for the next working evening, which every pack allows."""
    served = contracts.supplied_in(at.date().replace(day=1))
    reasons = {
        each.pack.key: (upkeep.daytime_reasons or upkeep.reasons)[0].key
        for each in served
        if (upkeep := upkeep_of(each.pack)).daytime_reasons or upkeep.reasons
    }
    evenings = (
        (at + timedelta(days=ahead)).replace(hour=19, minute=0, second=0, microsecond=0) for ahead in range(1, 8)
    )
    start = next(each for each in evenings if each.weekday() < _SATURDAY)
    title = Text("Neue Datenbankversion", "New version of the database")
    span = Span(start, start + timedelta(hours=2))
    plan(NewWork(title=title, span=span, stops=True, reasons=reasons, components=(part,)), at=at, actor=MACHINE)
