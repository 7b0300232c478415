"""Reading a flow that was written down, and what keeps it from being written so or from being run."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from kontor.office.flows.formats.definition import (
    NO_WORDS,
    RELATIONS,
    STATES,
    TRIGGERS_OF,
    VALUE_KINDS,
    Condition,
    Effect,
    Flow,
    State,
    Value,
    Way,
)
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

AT_MOST: Final = {"values": 50, "states": 60, "ways": 200}
PARTS: Final = 10  # conditions of a way, effects of a state or way
LONGEST: Final = 366 * 24 * 60  # minutes
_KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
_COMPARED: Final = {"at_least": "number", "less": "number"}
_BARE: Final = frozenset({"known", "unknown"})
Sentences = Iterator[tuple[str, str]]
Part = Value | State | Way


def read(document: Any) -> Flow:
    """Return the flow that `Flow.document` wrote; RefusalError for any other, and where a part contradicts another."""
    try:
        flow = Flow(
            tuple(_value(each) for each in document["values"]),
            tuple(_state(each) for each in document["states"]),
            tuple(_way(each) for each in document["ways"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as broken:
        raise RefusalError(_UNREADABLE) from broken
    if reasons := contradictions(flow):
        raise RefusalError(reasons[0])
    if flow.document() != document:
        raise RefusalError(_UNREADABLE)
    return flow


def digest(document: Mapping[str, Any]) -> bytes:
    """Return the SHA-256 of a document, whatever the order of its names."""
    return hashlib.sha256(json.dumps(document, sort_keys=True, ensure_ascii=False).encode()).digest()


def contradictions(flow: Flow) -> list[Text]:
    """Return what cannot even be written down: parts that name what is not there, or are of no known kind."""
    return [Text(*each) for each in _contradictions(flow)]


def _contradictions(flow: Flow) -> Sentences:
    parts: Mapping[str, Sequence[Part]] = {"values": flow.values, "states": flow.states, "ways": flow.ways}
    for name, some in parts.items():
        if len(some) > AT_MOST[name]:
            yield f"Höchstens {AT_MOST[name]} Teile dieser Art.", f"At most {AT_MOST[name]} parts of this kind."
        yield from _misnamed(some)
    kinds: tuple[Value | State, ...] = (*flow.values, *flow.states)
    for part in kinds:
        if part.kind not in (VALUE_KINDS if isinstance(part, Value) else STATES):
            yield _named(part, "{0} ist von keiner bekannten Art.", "{0} is of no known kind.")
    for state in flow.states:
        known = {each.key for each in flow.values}
        if (state.questionnaire and state.kind != "task") or {value for _question, value in state.answers} - known:
            yield _named(
                state, "{0} fragt, wo niemand antwortet, oder merkt sich eine Antwort, wo kein Wert dafür da ist.",
                "{0} asks where nobody answers, or keeps an answer where there is no value for it.",
            )  # fmt: skip
        if len(state.effects) > PARTS:
            yield _named(state, "{0} bewirkt zu viel auf einmal.", "{0} has too many effects at once.")
    for way in flow.ways:
        yield from _wrong_way(flow, way)


def _misnamed(parts: Sequence[Part]) -> Sentences:
    keys = [each.key for each in parts]
    for place, part in enumerate(parts):
        if not _KEY.match(part.key) or part.key in keys[:place]:
            yield _named(part, "{0} braucht einen eigenen Schlüssel.", "{0} needs a key of its own.")
        if not part.label.de.strip() or not part.label.en.strip():
            yield (
                f"„{part.key}“ braucht Worte auf Deutsch und Englisch.",
                f"“{part.key}” needs words in German and English.",
            )


def _wrong_way(flow: Flow, way: Way) -> Sentences:
    source = flow.state(way.source)
    if source is None or flow.state(way.target) is None:
        yield _named(way, "{0} führt von oder zu etwas, das es nicht gibt.", "{0} leads from or to what is not there.")
    elif way.trigger not in TRIGGERS_OF.get(source.kind, ()):
        yield _named(way, "{0} kann dort nicht beginnen.", "{0} cannot begin there.")
    if (way.trigger == "event") != bool(way.event):
        yield _named(way, "{0} muss sein Ereignis nennen.", "{0} must name its event.")
    if (way.trigger == "time") != (way.minutes is not None) or not 1 <= (way.minutes or 1) <= LONGEST:
        yield _named(way, "{0} braucht eine Zeit bis zu einem Jahr.", "{0} needs a time of up to a year.")
    if max(len(way.conditions), len(way.effects)) > PARTS or any(_is_wrong(flow, each) for each in way.conditions):
        yield _named(
            way, "Eine Bedingung von {0} kann niemand erfüllen oder prüfen.",
            "A condition of {0} can be met or tested by nobody.",
        )  # fmt: skip


def _is_wrong(flow: Flow, condition: Condition) -> bool:
    if condition.guard:
        return False
    value = flow.value(condition.value)
    if value is None or condition.relation not in RELATIONS:
        return True
    if condition.relation in _BARE:
        return condition.to is not None
    return not value.takes(condition.to) or value.kind != _COMPARED.get(condition.relation, value.kind)


def lacks(
    flow: Flow, *, effects: frozenset[str], guards: frozenset[str], events: frozenset[str],
    questionnaires: frozenset[str] = frozenset(),
) -> list[Text]:  # fmt: skip
    """
    Return what keeps a flow from being run, each in a sentence; [] where nothing does.

    effects, guards, events  those that the modules of this installation know
    questionnaires  those that people can be asked by
    """
    found = [*contradictions(flow)]
    if not flow.states:
        return [*found, Text("Noch hat er keinen Zustand.", "It has no state yet.")]
    found += [Text(*each) for each in _unknown(flow, effects, guards, events)]
    found += [
        Text(*_named(each, "Was in {0} gefragt wird, ist nicht veröffentlicht.", "What {0} asks is not published."))
        for each in flow.states
        if each.questionnaire and each.questionnaire not in questionnaires
    ]
    found += [Text(*each) for each in _stuck(flow)]
    if any(_goes_round(flow, each.key) for each in flow.states if each.kind == "choice"):
        found.append(
            Text(
                "Entscheidungen führen im Kreis zu sich selbst zurück.",
                "Decisions lead back to themselves in a circle.",
            )
        )
    return found


def _unknown(flow: Flow, effects: frozenset[str], guards: frozenset[str], events: frozenset[str]) -> Sentences:
    parts: tuple[State | Way, ...] = (*flow.states, *flow.ways)
    for part in parts:
        for effect in part.effects:
            if effect.effect not in effects:
                yield _named(
                    part, "{0} soll etwas bewirken, das hier niemand kann.",
                    "{0} is to have an effect that nobody here can carry out.",
                )  # fmt: skip
    for way in flow.ways:
        if way.event and way.event not in events:
            yield _named(way, "Das Ereignis von {0} meldet hier niemand.", "Nobody here raises the event of {0}.")
        if any(each.guard and each.guard not in guards for each in way.conditions):
            yield _named(way, "Was {0} fragt, beantwortet hier niemand.", "Nobody here answers what {0} asks.")


def _stuck(flow: Flow) -> Sentences:
    """Say which states nobody comes to, which nobody leaves, and from which no end is reached."""
    if flow.states[0].kind in {"choice", "end"}:
        yield (
            "Der erste Zustand muss einer sein, in dem ein Fall wartet.",
            "The first state must be one in which a case waits.",
        )
    comes = _reached({flow.states[0].key}, [(each.source, each.target) for each in flow.ways])
    ends = {each.key for each in flow.states if each.kind == "end"}
    leaves = _reached(ends, [(each.target, each.source) for each in flow.ways])
    for state in flow.states:
        ways = flow.out_of(state.key)
        if state.key not in comes:
            yield _named(state, "Zu {0} führt kein Weg.", "No way leads to {0}.")
        elif state.key not in leaves:
            yield _named(state, "Von {0} führt kein Weg zu einem Ende.", "From {0} no way leads to an end.")
        if state.kind == "choice" and ways and (ways[-1].conditions or any(not each.conditions for each in ways[:-1])):
            yield _named(
                state, "Von {0} muss genau der letzte Weg ohne Bedingung sein: er gilt sonst.",
                "Of {0}, just the last way must be without condition: it is for everything else.",
            )  # fmt: skip


def _reached(begin: set[str], edges: Sequence[tuple[str, str]]) -> set[str]:
    reached, fresh = set(begin), set(begin)
    while fresh:
        fresh = {target for source, target in edges if source in fresh} - reached
        reached |= fresh
    return reached


def _goes_round(flow: Flow, key: str) -> bool:
    choices = {each.key for each in flow.states if each.kind == "choice"}
    edges = [(each.source, each.target) for each in flow.ways if {each.source, each.target} <= choices]
    return key in _reached({target for source, target in edges if source == key}, edges)


def _named(part: Part, german: str, english: str) -> tuple[str, str]:
    return german.format(f"„{part.label.de or part.key}“"), english.format(f"“{part.label.en or part.key}”")


def _value(told: Mapping[str, Any]) -> Value:
    return Value(key=told["key"], kind=told["kind"], label=Text(**told["label"]))


def _state(told: Mapping[str, Any]) -> State:
    return State(
        key=told["key"], kind=told["kind"], label=Text(**told["label"]),
        hint=Text(**told["hint"]) if "hint" in told else NO_WORDS, role=told.get("role", ""), effects=_effects(told),
        questionnaire=told.get("questionnaire", ""), answers=tuple(sorted(told.get("answers", {}).items())),
    )  # fmt: skip


def _way(told: Mapping[str, Any]) -> Way:
    conditions = told.get("conditions", [])
    return Way(
        key=told["key"], source=told["from"], target=told["to"], trigger=told["trigger"], label=Text(**told["label"]),
        event=told.get("event", ""), minutes=told.get("minutes"),
        conditions=tuple(_condition(each) for each in conditions), effects=_effects(told),
    )  # fmt: skip


def _condition(told: Mapping[str, Any]) -> Condition:
    return Condition(**{**told, "told": tuple(sorted(told.get("told", {}).items()))})


def _effects(told: Mapping[str, Any]) -> tuple[Effect, ...]:
    return tuple(
        Effect(effect=each["effect"], told=tuple(sorted(each["told"].items()))) for each in told.get("effects", [])
    )


_UNREADABLE: Final = Text(
    "Das ist kein Ablauf, wie er hier geschrieben wird.", "This is no flow as it is written here."
)
