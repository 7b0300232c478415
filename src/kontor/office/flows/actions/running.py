"""Running cases: beginning one, going on by a person, an event or the time, stopping it."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from kontor.kernel import registry
from kontor.kernel.actions.record import record
from kontor.kernel.actions.schedule import put_due, take_off
from kontor.kernel.actor import MACHINE, Actor
from kontor.office.flows.actions.effects import plan
from kontor.office.flows.formats import running
from kontor.office.flows.formats.definition import Flow as Written, Way, asked_of
from kontor.office.flows.formats.running import STOPPED, TOLD, Happened
from kontor.office.flows.models import Case, CaseEvent
from kontor.office.flows.queries import facts_of, newest, standing_of, written
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

RING: Final = "flows.ring"


class CaseRefusedError(RefusalError):
    """A step that a case does not allow; nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin:
    """
    What a case begins with.

    about   kind and id of the record that it belongs to
    email   of the person it is about, "" where none is known
    """

    title: str
    values: Mapping[str, Any] = field(default_factory=dict)
    about: tuple[str, uuid.UUID] | None = None
    email: str = ""
    site: uuid.UUID | None = None


@transaction.atomic
def start(flow_id: uuid.UUID, begin: Begin, *, at: datetime, actor: Actor) -> Case:
    """Begin a case by the flow's newest version; CaseRefusedError where it has none or knows no such values."""
    version = newest(flow_id)
    if version is None:
        raise CaseRefusedError(_NO_VERSION)
    flow = written(version)
    try:
        happened = running.begun(flow, begin.values, version=version.number)
    except RefusalError as refused:
        raise CaseRefusedError(refused.text) from refused
    kind, about = begin.about or ("", None)
    case = Case.objects.create(
        flow_id=flow_id, version=version, title=begin.title, about_kind=kind, about=about, email=begin.email,
        site_id=begin.site, values={}, state=flow.states[0].key, since=at, at=at,
    )  # fmt: skip
    _append(case, flow, happened, at=at, actor=actor)
    record("flows.case_begun", case, at=at, actor=actor, after={"flow": str(flow_id), "version": version.number})
    return case


@transaction.atomic
def go(case_id: uuid.UUID, way_key: str, number: int, *, at: datetime, actor: Actor) -> Case:
    """
    Take the way that a person chose, having seen the case after its event of this number.

    CaseRefusedError where something has happened since, so that two people who press at once do not both decide, where
    no person takes this way, or where one of its conditions does not hold.
    """
    case, flow = held(case_id)
    way = flow.way(way_key)
    if case.number != number:
        raise CaseRefusedError(_GONE_ON)
    if way is None or way.trigger != "person":
        raise CaseRefusedError(_NOT_YOURS)
    _take(case, flow, way, at=at, actor=actor)
    record("flows.case_decided", case, at=at, actor=actor, after={"way": way_key, "state": case.state})
    return case


@transaction.atomic
def tell(case_id: uuid.UUID, values: Mapping[str, Any], *, event: str = "", at: datetime, actor: Actor) -> Case:
    """
    Tell a case what is known now, and that an event took place; it goes on where it waits for that event.

    An event that means nothing where the case is changes nothing. CaseRefusedError for a value the flow does not know.
    """
    case, flow = held(case_id)
    fresh = {key: value for key, value in values.items() if case.values.get(key) != value}
    try:
        running.refuse_foreign(flow, fresh)
    except RefusalError as refused:
        raise CaseRefusedError(refused.text) from refused
    if case.over_at is not None:
        return case
    if fresh:
        _append(case, flow, [Happened(kind=TOLD, told={"values": fresh})], at=at, actor=actor)
        record("flows.case_told", case, at=at, actor=actor, after={"values": sorted(fresh)})
    if event and (way := running.by_event(flow, standing_of(case), event, _judge(case, at))):
        _take(case, flow, way, at=at, actor=actor)
    return case


def happened(event: str, about: tuple[str, uuid.UUID], values: Mapping[str, Any], *, at: datetime, actor: Actor) -> int:
    """Tell every open case about a record that an event took place, and return how many were told."""
    cases = Case.objects.filter(about_kind=about[0], about=about[1], over_at=None).order_by("pk").values_list("pk")
    keys = [key for (key,) in cases]
    for key in keys:
        tell(key, values, event=event, at=at, actor=actor)
    return len(keys)


@transaction.atomic
def ring(case_id: uuid.UUID, number: int, *, at: datetime) -> None:
    """Go on by the time; nothing where something has happened since, or every way by time is shut."""
    case, flow = held(case_id)
    if case.number != number:
        return
    now = standing_of(case)
    for due, way in running.rings(flow, now):
        if due <= at and way.is_open(now.values, _judge(case, at)):
            _take(case, flow, way, at=at, actor=MACHINE)
            return
    _set_alarm(case, flow, after=at)


@transaction.atomic
def stop(case_id: uuid.UUID, because: str, *, at: datetime, actor: Actor) -> Case:
    """End a case before its end, saying why; CaseRefusedError where it is over already."""
    case, flow = held(case_id)
    if case.over_at is not None:
        raise CaseRefusedError(_GONE_ON)
    _append(case, flow, [Happened(kind=STOPPED, told={"because": because})], at=at, actor=actor)
    record("flows.case_stopped", case, at=at, actor=actor, after={"because": because})
    return case


def append(case: Case, flow: Written, events: Sequence[Happened], *, at: datetime, actor: Actor) -> None:
    """Write down what happened to a case that is locked, and what follows from it."""
    _append(case, flow, events, at=at, actor=actor)


def held(case_id: uuid.UUID) -> tuple[Case, Written]:
    """Return a case, locked, and the flow it runs by."""
    case = Case.objects.select_for_update(of=("self",)).select_related("version").get(pk=case_id)
    return case, written(case.version)


def _take(case: Case, flow: Written, way: Way, *, at: datetime, actor: Actor) -> None:
    try:
        events = running.gone_on(flow, standing_of(case), way, _judge(case, at))
    except RefusalError as refused:
        raise CaseRefusedError(refused.text) from refused
    _append(case, flow, events, at=at, actor=actor)


def _judge(case: Case, at: datetime) -> Callable[[str], bool]:
    facts = facts_of(case)

    def judge(question: str) -> bool:
        guard, told = asked_of(question)
        return bool(registry.flow_guards()[guard].judge(facts, told, at=at))

    return judge


def _append(case: Case, flow: Written, events: Sequence[Happened], *, at: datetime, actor: Actor) -> None:
    """Insert the events, plan what they bring about, and bring the case's row to where they lead."""
    now = standing_of(case) if case.number else None
    for event in events:
        now = running.after(now, event, at=at, flow=flow)
    assert now is not None, "something happened"
    first = case.number + 1
    rows = [
        CaseEvent(case=case, number=number, kind=each.kind, told=dict(each.told), by_name=actor.name, at=at)
        for number, each in enumerate(events, start=first)
    ]
    CaseEvent.objects.bulk_create(rows)
    state = flow.state(now.state)
    assert state is not None, "an event leads to a state that is there"
    case.state, case.since, case.values, case.number = now.state, now.since, dict(now.values), rows[-1].number
    case.task, case.role = state.kind == "task" and not now.over, state.role
    if now.over:
        case.over_at, case.stopped = at, events[-1].kind == STOPPED
    case.save()
    plan(case, dict(enumerate((each.effects for each in events), start=first)), at=at)
    take_off(RING, arguments={"case": str(case.pk), "number": first - 1})
    _set_alarm(case, flow, after=None)


def _set_alarm(case: Case, flow: Written, *, after: datetime | None) -> None:
    """Have the case rung at its next time, after a moment where one is given; a case that is over is not rung."""
    times = [due for due, _way in running.rings(flow, standing_of(case)) if after is None or due > after]
    if times:
        put_due(RING, at=times[0], arguments={"case": str(case.pk), "number": case.number})


_NO_VERSION: Final = Text("Dieser Ablauf ist noch nicht veröffentlicht.", "This flow is not published yet.")
_GONE_ON: Final = Text(
    "Mit diesem Fall ist inzwischen etwas geschehen. Bitte sehen Sie ihn noch einmal an.",
    "Something has happened to this case meanwhile. Please look at it again.",
)
_NOT_YOURS: Final = Text("Diesen Weg nimmt niemand von Hand.", "Nobody takes this way by hand.")
