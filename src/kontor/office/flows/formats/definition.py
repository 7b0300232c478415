"""
A flow as it is written down: what a case knows, the states it can be in, what leads from one to the next, and what
happens then.

A case is in one state at a time. It waits there for a person, an event or a time; a decision is left at once, by the
first way that is open; an end is never left.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from kontor.rulebook.ruling import Text

FORMAT: Final = 1
NO_WORDS: Final = Text("", "")
STATES: Final[Mapping[str, Text]] = {
    "task": Text("Aufgabe", "Task"),
    "wait": Text("Warten", "Wait"),
    "choice": Text("Entscheidung", "Decision"),
    "end": Text("Ende", "End"),
}
TRIGGERS: Final[Mapping[str, Text]] = {
    "person": Text("jemand entscheidet", "somebody decides"),
    "event": Text("ein Ereignis", "an event"),
    "time": Text("nach einer Zeit", "after a time"),
    "always": Text("von selbst", "by itself"),
}
TRIGGERS_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "task": ("person", "event", "time"),
    "wait": ("event", "time", "person"),
    "choice": ("always",),
    "end": (),
}
VALUE_KINDS: Final[Mapping[str, Text]] = {
    "text": Text("Text", "Text"),
    "number": Text("Ganze Zahl", "Whole number"),
    "yes_no": Text("Ja oder nein", "Yes or no"),
}
RELATIONS: Final[Mapping[str, Text]] = {
    "is": Text("ist", "is"),
    "is_not": Text("ist nicht", "is not"),
    "at_least": Text("ist mindestens", "is at least"),
    "less": Text("ist kleiner als", "is less than"),
    "known": Text("ist bekannt", "is known"),
    "unknown": Text("ist nicht bekannt", "is not known"),
}
_TYPES: Final[Mapping[str, type]] = {"text": str, "number": int, "yes_no": bool}
_TESTS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "is": lambda value, to: bool(value == to),
    "is_not": lambda value, to: bool(value != to),
    "at_least": lambda value, to: value is not None and bool(value >= to),
    "less": lambda value, to: value is not None and bool(value < to),
    "known": lambda value, _to: value is not None,
    "unknown": lambda value, _to: value is None,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """Something that a case knows: `host`, the e-mail address of whoever is visited."""

    key: str
    kind: str
    label: Text

    def takes(self, value: Any) -> bool:
        """Tell whether this is a value of its kind; a yes is no number."""
        return type(value) is _TYPES[self.kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """
    What must hold for a step: a comparison of one value, or, where `guard` is given, what a module answers.

    to     what the value is compared with; None where nothing is
    holds  False asks that the guard's answer is no
    told   what the guard is told, by the keys of its fields
    """

    value: str = ""
    relation: str = "is"
    to: str | int | bool | None = None
    guard: str = ""
    holds: bool = True
    told: tuple[tuple[str, str], ...] = ()

    @property
    def question(self) -> str:
        """The guard with what it is told, in one word: one guard asked about two things is two questions."""
        return f"{self.guard}?{urlencode(self.told)}" if self.told else self.guard

    def is_met(self, values: Mapping[str, Any], judge: Callable[[str], bool]) -> bool:
        """Tell whether it holds; `judge(question)` answers for a module."""
        if self.guard:
            return judge(self.question) is self.holds
        return _TESTS[self.relation](values.get(self.value), self.to)


def asked_of(question: str) -> tuple[str, dict[str, str]]:
    """Return the guard that a question is for, and what that is told."""
    guard, _mark, told = question.partition("?")
    return guard, dict(parse_qsl(told, keep_blank_values=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """Something that happens in the world: an effect of a module, and what was written into its fields, by key."""

    effect: str
    told: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """
    Where a case can be.

    hint     what is to be done here, for whoever has the task
    role     key of the role whose task it is; "" for everyone who may work on cases
    effects  what happens whenever a case comes here
    questionnaire  key of the questionnaire that is answered here, "" for none
    answers  question and value: which answers the case knows from then on
    """

    key: str
    kind: str
    label: Text
    hint: Text = NO_WORDS
    role: str = ""
    effects: tuple[Effect, ...] = ()
    questionnaire: str = ""
    answers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """
    What leads from one state to another.

    event    the event that a case goes on by, where `trigger` says so
    minutes  after coming to the state, where `trigger` is time
    """

    key: str
    source: str
    target: str
    trigger: str
    label: Text
    event: str = ""
    minutes: int | None = None
    conditions: tuple[Condition, ...] = ()
    effects: tuple[Effect, ...] = ()

    def is_open(self, values: Mapping[str, Any], judge: Callable[[str], bool]) -> bool:
        """Tell whether every condition of it holds."""
        return all(each.is_met(values, judge) for each in self.conditions)


@dataclass(frozen=True, slots=True)
class Flow:
    """Values, states and ways in their order; a case begins in the first state, and earlier ways are tried first."""

    values: tuple[Value, ...] = field(default=())
    states: tuple[State, ...] = field(default=())
    ways: tuple[Way, ...] = field(default=())

    def state(self, key: str) -> State | None:
        """Return a state by its key, None where there is none."""
        return next((each for each in self.states if each.key == key), None)

    def way(self, key: str) -> Way | None:
        """Return a way by its key, None where there is none."""
        return next((each for each in self.ways if each.key == key), None)

    def value(self, key: str) -> Value | None:
        """Return a value by its key, None where there is none."""
        return next((each for each in self.values if each.key == key), None)

    def out_of(self, state: str) -> list[Way]:
        """Return the ways that lead out of a state, in their order."""
        return [each for each in self.ways if each.source == state]

    def document(self) -> dict[str, Any]:
        """Return it as JSON holds it; what a part does not have is left out."""
        return {
            "kontor-flow": FORMAT,
            "values": [{"key": each.key, "kind": each.kind, "label": _both(each.label)} for each in self.values],
            "states": [_state(each) for each in self.states],
            "ways": [_way(each) for each in self.ways],
        }


def _state(state: State) -> dict[str, Any]:
    told: dict[str, Any] = {"key": state.key, "kind": state.kind, "label": _both(state.label)}
    if any(state.hint):
        told["hint"] = _both(state.hint)
    if state.role:
        told["role"] = state.role
    if state.questionnaire:
        told["questionnaire"] = state.questionnaire
    if state.answers:
        told["answers"] = dict(state.answers)
    return _with_effects(told, state.effects)


def _way(way: Way) -> dict[str, Any]:
    told: dict[str, Any] = {
        "key": way.key, "from": way.source, "to": way.target, "trigger": way.trigger, "label": _both(way.label),
    }  # fmt: skip
    if way.event:
        told["event"] = way.event
    if way.minutes is not None:
        told["minutes"] = way.minutes
    if way.conditions:
        told["conditions"] = [_condition(each) for each in way.conditions]
    return _with_effects(told, way.effects)


def _condition(condition: Condition) -> dict[str, Any]:
    if condition.guard:
        told: dict[str, Any] = {"guard": condition.guard, "holds": condition.holds}
        return told | {"told": dict(condition.told)} if condition.told else told
    told = {"value": condition.value, "relation": condition.relation}
    return told if condition.to is None else told | {"to": condition.to}


def _with_effects(told: dict[str, Any], effects: tuple[Effect, ...]) -> dict[str, Any]:
    if effects:
        told["effects"] = [{"effect": each.effect, "told": dict(each.told)} for each in effects]
    return told


def _both(text: Text) -> dict[str, str]:
    return {"de": text.de, "en": text.en}
