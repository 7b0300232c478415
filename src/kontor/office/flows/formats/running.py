"""
A case of a flow, step by step: what happens when it begins, when it goes on, and where its events lead it again.

Each event says all that was decided by it, what modules answered included, so that the events alone give the case
back, and a second reading can hold every step against the version by which it was taken.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from kontor.office.flows.formats.definition import Effect, Flow, State, Way
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

STARTED, TOLD, MOVED, MIGRATED, STOPPED = "started", "told", "moved", "migrated", "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """
    One event of a case.

    kind     STARTED, TOLD, MOVED, MIGRATED or STOPPED
    told     what it says, as JSON holds it: "to" the state, "way", "by" its trigger, "values", "judged", "version"
    effects  what it brings about, in order
    """

    kind: str
    told: Mapping[str, Any]
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """
    Where a case is after its events.

    version  number of the flow's version it runs by
    since    when it came to its state
    over     it has come to an end, or was stopped
    """

    version: int
    state: str
    since: datetime
    values: Mapping[str, Any]
    over: bool = False


def begun(flow: Flow, values: Mapping[str, Any], *, version: int) -> list[Happened]:
    """Return what happens when a case begins with these values; RefusalError for one that the flow does not know."""
    refuse_foreign(flow, values)
    first = flow.states[0]
    told = {"to": first.key, "version": version, "values": dict(values)}
    return [Happened(kind=STARTED, told=told, effects=first.effects)]


def gone_on(flow: Flow, case: Case, way: Way, judge: Callable[[str], bool]) -> list[Happened]:
    """
    Return what happens when a case takes a way, decisions on it included.

    RefusalError where the case is elsewhere, or a condition of the way does not hold.
    """
    if case.over or case.state != way.source:
        raise RefusalError(_ELSEWHERE)
    asked = _Asked(judge)
    if not way.is_open(case.values, asked):
        raise RefusalError(_CLOSED)
    happened = [_moved(flow, way, asked)]
    while (state := _at(flow, happened[-1].told["to"])).kind == "choice":
        asked = _Asked(judge)
        happened.append(_moved(flow, chosen(flow, state, case.values, asked), asked))
    return happened


def chosen(flow: Flow, state: State, values: Mapping[str, Any], judge: Callable[[str], bool]) -> Way:
    """Return the way by which a decision is left: the first that is open; the last has no condition."""
    return next(each for each in flow.out_of(state.key) if each.is_open(values, judge))


def by_event(flow: Flow, case: Case, event: str, judge: Callable[[str], bool]) -> Way | None:
    """Return the way that an event opens where the case is, None where it means nothing there."""
    if case.over:
        return None
    ways = (each for each in flow.out_of(case.state) if each.event == event)
    return next((each for each in ways if each.is_open(case.values, judge)), None)


def rings(flow: Flow, case: Case) -> list[tuple[datetime, Way]]:
    """Return when the case goes on by time, the earliest first."""
    if case.over:
        return []
    timed = [each for each in flow.out_of(case.state) if each.minutes is not None]
    return sorted(((case.since + timedelta(minutes=each.minutes or 0), each) for each in timed), key=lambda one: one[0])


def after(case: Case | None, happened: Happened, *, at: datetime, flow: Flow) -> Case:
    """Return where a case is after one more event; `flow` is the version in force then, or the one it begins."""
    told = happened.told
    if happened.kind == STARTED:
        return Case(version=told["version"], state=told["to"], since=at, values=told["values"])
    assert case is not None, "every case begins with its start"
    if happened.kind == TOLD:
        return replace(case, values={**case.values, **told["values"]})
    if happened.kind == STOPPED:
        return replace(case, over=True)
    if happened.kind == MIGRATED:  # it waits where it waited: its times go on from when it came
        return replace(case, state=told["to"], version=told["version"])
    return replace(case, state=told["to"], since=at, over=_at(flow, told["to"]).kind == "end")


def replayed(events: Iterable[tuple[datetime, Happened]], versions: Mapping[int, Flow]) -> Case:
    """
    Return where its events lead a case, each step held against the version by which it was taken.

    RefusalError names the first event that this version does not allow: a way that is not there or begins elsewhere, a
    condition that did not hold, a decision that had an earlier way open.
    """
    case: Case | None = None
    for place, (at, happened) in enumerate(events, start=1):
        number = happened.told.get("version", case.version if case else 0)
        flow = versions[number]
        if happened.kind == MOVED and (case is None or not _was_right(flow, case, happened)):
            raise RefusalError(
                Text(
                    f"Ereignis {place} passt nicht zu Version {number} des Ablaufs.",
                    f"Event {place} does not fit version {number} of the flow.",
                )
            )
        case = after(case, happened, at=at, flow=flow)
    if case is None:
        raise RefusalError(Text("Dieser Fall hat keine Ereignisse.", "This case has no events."))
    return case


def refuse_foreign(flow: Flow, values: Mapping[str, Any]) -> None:
    """Raise RefusalError for a value that the flow does not know, or of another kind than it says."""
    for key, value in values.items():
        known = flow.value(key)
        if known is None or not known.takes(value):
            raise RefusalError(
                Text(f"Der Ablauf kennt keinen solchen Wert: {key}.", f"The flow knows no such value: {key}.")
            )


class _Asked:
    """Asks a module once about each guard, and remembers what it said."""

    def __init__(self, judge: Callable[[str], bool]) -> None:
        self.judge = judge
        self.said: dict[str, bool] = {}

    def __call__(self, guard: str) -> bool:
        if guard not in self.said:
            self.said[guard] = self.judge(guard)
        return self.said[guard]


def _moved(flow: Flow, way: Way, asked: _Asked) -> Happened:
    told: dict[str, Any] = {"way": way.key, "from": way.source, "to": way.target, "by": way.trigger}
    if asked.said:
        told["judged"] = dict(asked.said)
    return Happened(kind=MOVED, told=told, effects=(*way.effects, *_at(flow, way.target).effects))


def _was_right(flow: Flow, case: Case, happened: Happened) -> bool:
    told = happened.told
    way, judged = flow.way(told["way"]), told.get("judged", {})
    if way is None or case.over or (way.source, way.target) != (case.state, told["to"]) or told["from"] != way.source:
        return False
    state = _at(flow, way.source)
    try:
        if state.kind == "choice":
            return chosen(flow, state, case.values, judged.__getitem__) is way
        return way.trigger == told["by"] and way.is_open(case.values, judged.__getitem__)
    except KeyError:  # a guard that nobody asked
        return False


def _at(flow: Flow, key: str) -> State:
    state = flow.state(key)
    assert state is not None, "a way leads to a state that is there"
    return state


_ELSEWHERE: Final = Text(
    "Der Fall ist inzwischen an anderer Stelle. Bitte laden Sie die Seite neu.",
    "The case has gone on meanwhile. Please load the page anew.",
)
_CLOSED: Final = Text("Eine Bedingung dieses Wegs ist nicht erfüllt.", "A condition of this way is not met.")
