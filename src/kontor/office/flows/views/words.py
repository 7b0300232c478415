"""How flows are spoken of on pages: when a way is taken, what must hold, what happens, what took place."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _, ngettext

from kontor.kernel import registry
from kontor.kernel.flow_parts import FlowEffect, FlowField, FlowGuard
from kontor.kernel.wording import spoken
from kontor.office.flows.formats.definition import RELATIONS, TRIGGERS, Condition, Flow, Way, asked_of
from kontor.office.flows.formats.running import MIGRATED, MOVED, STARTED, STOPPED
from kontor.office.flows.queries import said

_DAY, _HOUR = 24 * 60, 60


def when(flow: Flow, way: Way) -> str:
    """Say what a way is taken by, and under which conditions."""
    conditions = ", ".join(condition(flow, each) for each in way.conditions)
    if way.trigger == "always":
        return _("if %(conditions)s") % {"conditions": conditions} if conditions else _("otherwise")
    by = _by(way)
    return _("%(by)s, if %(conditions)s") % {"by": by, "conditions": conditions} if conditions else by


def _by(way: Way) -> str:
    if way.trigger == "time":
        return _("after %(time)s") % {"time": lasting(way.minutes or 0)}
    if way.trigger == "event":
        known = next((each for each in registry.event_kinds() if each.key == way.event), None)
        return _("when: %(event)s") % {"event": spoken(known.meaning) if known else way.event}
    return spoken(TRIGGERS[way.trigger])


def lasting(minutes: int) -> str:
    """Say a time in the largest unit that fits it exactly."""
    if minutes % _DAY == 0:
        return ngettext("%(many)s day", "%(many)s days", minutes // _DAY) % {"many": minutes // _DAY}
    if minutes % _HOUR == 0:
        return ngettext("%(many)s hour", "%(many)s hours", minutes // _HOUR) % {"many": minutes // _HOUR}
    return ngettext("%(many)s minute", "%(many)s minutes", minutes) % {"many": minutes}


def condition(flow: Flow, asked: Condition) -> str:
    """Say what must hold."""
    if asked.guard:
        label = guard(asked.question)
        return label if asked.holds else _("not: %(guard)s") % {"guard": label}
    value = flow.value(asked.value)
    name = spoken(value.label) if value else asked.value
    to = "" if asked.to is None else f" {said(asked.to)}"
    return f"{name} {spoken(RELATIONS[asked.relation])}{to}"


def guard(question: str) -> str:
    """Say what a module is asked, with what it is told."""
    key, told = asked_of(question)
    known = registry.flow_guards().get(key)
    return _with_told(known, told) if known else key


def effect(key: str, told: Mapping[str, str]) -> str:
    """Say what an effect is, with what it was told, in the order of its fields."""
    known = registry.flow_effects().get(key)
    if known is None:
        return key
    return _with_told(known, told)


def _with_told(known: FlowEffect | FlowGuard, told: Mapping[str, str]) -> str:
    """Say it with what it was told, in the order of its fields; of a choice its words."""
    words = ", ".join(_chosen(each, told[each.key]) for each in known.fields if told.get(each.key))
    return f"{spoken(known.label)}: {words}" if words else spoken(known.label)


def _chosen(field: FlowField, told: str) -> str:
    label = dict(field.choices()).get(told) if field.choices else None
    return spoken(label) if label else told


def event(flow: Flow, kind: str, told: dict[str, Any]) -> tuple[str, str]:
    """Say what took place in a case, and what more there is to say of it."""
    target = flow.state(told.get("to", ""))
    to = spoken(target.label) if target else told.get("to", "")
    if kind == STARTED:
        return _("Begun: %(state)s") % {"state": to}, _values(flow, told["values"])
    if kind == MOVED:
        way = flow.way(told["way"])
        return to, f"{spoken(way.label)} ({when(flow, way)})" if way else told["way"]
    if kind == MIGRATED:
        return _("Brought to version %(number)s") % {"number": told["version"]}, to
    if kind == STOPPED:
        return _("Stopped"), told["because"]
    return _("Answered") if "sheet" in told else _("Told"), _values(flow, told["values"])


def _values(flow: Flow, values: dict[str, Any]) -> str:
    labels = {each.key: spoken(each.label) for each in flow.values}
    return ", ".join(f"{labels.get(key, key)}: {said(value)}" for key, value in values.items())
