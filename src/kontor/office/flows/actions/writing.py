"""Writing flows: values, states and ways one by one, and the versions by which cases run."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, TypeVar

from django.db import IntegrityError, transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.office.flows.formats.checking import contradictions, digest
from kontor.office.flows.formats.definition import Flow as Written, State, Value, Way
from kontor.office.flows.models import Flow, Version
from kontor.office.flows.queries import draft_of, newest, reasons_against
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

NOTHING: Final = Written()
Part = TypeVar("Part", bound=Value | State | Way)


class FlowRefusedError(RefusalError):
    """A step that a flow does not allow; nothing was changed."""


@transaction.atomic
def write(title: Text, *, definition: Written = NOTHING, at: datetime, actor: Actor) -> Flow:
    """Begin a flow; FlowRefusedError where one of this German title is there."""
    _refuse_wrong(definition)
    try:
        with transaction.atomic():
            made = Flow.objects.create(
                title_de=title.de, title_en=title.en, draft=definition.document(), at=at, changed_at=at
            )
    except IntegrityError as taken:
        raise FlowRefusedError(_TAKEN) from taken
    record("flows.written", made, at=at, actor=actor, after={"title": title.de})
    return made


@transaction.atomic
def rename(flow_id: uuid.UUID, title: Text, *, at: datetime, actor: Actor) -> Flow:
    """Call a flow otherwise; versions keep the title under which cases began."""
    row = _held(flow_id)
    before = row.title_de
    row.title_de, row.title_en, row.changed_at = title.de, title.en, at
    try:
        with transaction.atomic():
            row.save(update_fields=["title_de", "title_en", "changed_at"])
    except IntegrityError as taken:
        raise FlowRefusedError(_TAKEN) from taken
    record("flows.renamed", row, at=at, actor=actor, before={"title": before}, after={"title": title.de})
    return row


def put_value(flow_id: uuid.UUID, value: Value, *, at: datetime, actor: Actor) -> Flow:
    """Add something that cases know, or write the one of its key anew."""
    return _change(flow_id, lambda flow: replace(flow, values=_with(flow.values, value)), at=at, actor=actor)


def put_state(flow_id: uuid.UUID, state: State, *, at: datetime, actor: Actor) -> Flow:
    """Add a state at the end, or write the one of its key anew; FlowRefusedError where its ways no longer fit."""
    return _change(flow_id, lambda flow: replace(flow, states=_with(flow.states, state)), at=at, actor=actor)


def put_answers(
    flow_id: uuid.UUID, key: str, answers: Mapping[str, str], fresh: Sequence[Value], *, at: datetime, actor: Actor
) -> Flow:
    """
    Say which answers of a task's questionnaire its cases know from then on.

    answers  value by question; fresh are values that the flow does not know yet
    """

    def known(flow: Written) -> Written:
        told = tuple(sorted(answers.items()))
        states = tuple(replace(each, answers=told) if each.key == key else each for each in flow.states)
        return replace(flow, values=(*flow.values, *fresh), states=states)

    return _change(flow_id, known, at=at, actor=actor)


def put_way(flow_id: uuid.UUID, way: Way, *, at: datetime, actor: Actor) -> Flow:
    """Add a way at the end, or write the one of its key anew."""
    return _change(flow_id, lambda flow: replace(flow, ways=_with(flow.ways, way)), at=at, actor=actor)


def drop_value(flow_id: uuid.UUID, key: str, *, at: datetime, actor: Actor) -> Flow:
    """Leave a value out; FlowRefusedError where a condition asks for it."""
    return _change(flow_id, lambda flow: replace(flow, values=_without(flow.values, key)), at=at, actor=actor)


def drop_state(flow_id: uuid.UUID, key: str, *, at: datetime, actor: Actor) -> Flow:
    """Leave a state out, and the ways that lead to it and from it."""

    def left(flow: Written) -> Written:
        ways = tuple(each for each in flow.ways if key not in {each.source, each.target})
        return replace(flow, states=_without(flow.states, key), ways=ways)

    return _change(flow_id, left, at=at, actor=actor)


def drop_way(flow_id: uuid.UUID, key: str, *, at: datetime, actor: Actor) -> Flow:
    """Leave a way out."""
    return _change(flow_id, lambda flow: replace(flow, ways=_without(flow.ways, key)), at=at, actor=actor)


def move_state_up(flow_id: uuid.UUID, key: str, *, at: datetime, actor: Actor) -> Flow:
    """Move a state up by one place; the first one is where cases begin."""
    return _change(flow_id, lambda flow: replace(flow, states=_raised(flow.states, key)), at=at, actor=actor)


def move_way_up(flow_id: uuid.UUID, key: str, *, at: datetime, actor: Actor) -> Flow:
    """Move a way before the one that leads out of the same state before it, so that it is tried earlier."""

    def raised(flow: Written) -> Written:
        way = flow.way(key)
        if way is None:
            return flow
        ranks = flow.out_of(way.source)
        place = ranks.index(way)
        if place == 0:
            return flow
        swapped = {ranks[place - 1].key: way, key: ranks[place - 1]}
        return replace(flow, ways=tuple(swapped.get(each.key, each) for each in flow.ways))

    return _change(flow_id, raised, at=at, actor=actor)


@transaction.atomic
def publish(flow_id: uuid.UUID, *, at: datetime, actor: Actor) -> Version:
    """
    Make what is written the version by which cases begin from now on; those that run stay with theirs.

    FlowRefusedError says what keeps it from being run, or that nothing has changed since the last version.
    """
    row = _held(flow_id)
    if reasons := reasons_against(draft_of(row)):
        raise FlowRefusedError(reasons[0])
    found = digest(row.draft)
    last = newest(row.pk)
    if last is not None and (bytes(last.sha256), last.title_de, last.title_en) == (found, row.title_de, row.title_en):
        raise FlowRefusedError(_SAME)
    row.number += 1
    row.save(update_fields=["number"])
    made = Version.objects.create(
        flow=row, number=row.number, title_de=row.title_de, title_en=row.title_en, document=row.draft, sha256=found,
        by_name=actor.name, at=at,
    )  # fmt: skip
    record("flows.published", row, at=at, actor=actor, after={"number": made.number, "sha256": found.hex()})
    return made


@transaction.atomic
def archive(flow_id: uuid.UUID, *, at: datetime, actor: Actor) -> None:
    """Begin no more cases by a flow; those that run go on. Doing it twice changes nothing."""
    row = Flow.objects.select_for_update().get(pk=flow_id)
    if row.archived_at is None:
        row.archived_at = at
        row.save(update_fields=["archived_at"])
        record("flows.archived", row, at=at, actor=actor)


def _held(flow_id: uuid.UUID) -> Flow:
    return Flow.objects.select_for_update().get(pk=flow_id, archived_at=None)


@transaction.atomic
def _change(flow_id: uuid.UUID, change: Callable[[Written], Written], *, at: datetime, actor: Actor) -> Flow:
    row = _held(flow_id)
    before = draft_of(row)
    definition = change(before)
    if definition == before:
        return row
    _refuse_wrong(definition)
    row.draft, row.changed_at = definition.document(), at
    row.save(update_fields=["draft", "changed_at"])
    record("flows.changed", row, at=at, actor=actor, after={"sha256": digest(row.draft).hex()})
    return row


def _refuse_wrong(definition: Written) -> None:
    if reasons := contradictions(definition):
        raise FlowRefusedError(reasons[0])


def _with(parts: tuple[Part, ...], part: Part) -> tuple[Part, ...]:
    written = tuple(part if each.key == part.key else each for each in parts)
    return written if part in written else (*parts, part)


def _without(parts: tuple[Part, ...], key: str) -> tuple[Part, ...]:
    return tuple(each for each in parts if each.key != key)


def _raised(parts: tuple[Part, ...], key: str) -> tuple[Part, ...]:
    order = list(parts)
    place = next((place for place, each in enumerate(order) if each.key == key), 0)
    if place:
        order[place - 1], order[place] = order[place], order[place - 1]
    return tuple(order)


_TAKEN: Final = Text("Einen Ablauf dieses Titels gibt es schon.", "There is a flow of this title already.")
_SAME: Final = Text("Seit der letzten Version hat sich nichts geändert.", "Nothing has changed since the last version.")
