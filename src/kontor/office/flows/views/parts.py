"""Writing one part of a flow: a value, a state, a way, a condition, an effect."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kontor.kernel import registry
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import language, spoken
from kontor.office.flows.actions import writing
from kontor.office.flows.actions.effects import OF_EVERY_CASE
from kontor.office.flows.formats.definition import STATES, TRIGGERS_OF, Flow as Written, State, Way
from kontor.office.flows.forms.writing import (
    KNOWN_AS,
    AnswersForm,
    ConditionForm,
    EffectForm,
    GuardForm,
    StateForm,
    ValueForm,
    WayForm,
)
from kontor.office.flows.models import Flow
from kontor.office.flows.queries import draft_of
from kontor.office.flows.views import words
from kontor.office.flows.views.editor import part_of
from kontor.office.flows.views.flows import WRITE, way_to
from kontor.office.questionnaires import public as questionnaires


@requires(WRITE)
@require_http_methods(["GET", "POST"])
def value(request: TenantRequest, flow_id: uuid.UUID, key: str = "") -> HttpResponseBase:
    """Add something that cases know, or write it anew."""
    row = _open(flow_id)
    flow = draft_of(row)
    found = flow.value(key)
    if key and found is None:
        raise Http404(key)
    form = ValueForm(flow, _sent(request), value=found)
    title = spoken(found.label) if found else _("New: what a case knows")
    return _asked(request, row, form, writing.put_value, title=title)


@requires(WRITE)
@require_http_methods(["GET", "POST"])
def add_state(request: TenantRequest, flow_id: uuid.UUID, kind: str) -> HttpResponseBase:
    """Add a state of a kind at the end."""
    if kind not in STATES:
        raise Http404(kind)
    row = _open(flow_id)
    form = StateForm(draft_of(row), kind, _sent(request))
    return _asked(request, row, form, writing.put_state, title=_("New: %(kind)s") % {"kind": spoken(STATES[kind])})


@requires(WRITE)
@require_http_methods(["GET", "POST"])
def state(request: TenantRequest, flow_id: uuid.UUID, key: str) -> HttpResponseBase:
    """Write a state anew, with its ways and effects; its kind stays."""
    row = _open(flow_id)
    flow = draft_of(row)
    found = part_of(flow, "states", key)
    assert isinstance(found, State)
    form = StateForm(flow, found.kind, _sent(request), state=found)
    more = {
        "kind": spoken(STATES[found.kind]),
        "ways": [(each, words.when(flow, each), flow.state(each.target)) for each in flow.out_of(key)],
        "asks": _asks(flow, found),
        "may_lead": bool(TRIGGERS_OF[found.kind]) and len(flow.states) > 1,
    }
    return _asked(
        request, row, form, writing.put_state, title=spoken(found.label), more=_with_effects("states", found, more)
    )


@requires(WRITE)
@require_http_methods(["GET", "POST"])
def answers(request: TenantRequest, flow_id: uuid.UUID, key: str) -> HttpResponseBase:
    """Say which answers of a task's questionnaire its cases know."""
    row = _open(flow_id)
    flow = draft_of(row)
    found = part_of(flow, "states", key)
    assert isinstance(found, State)
    asked = questionnaires.newest(uuid.UUID(found.questionnaire)) if found.questionnaire else None
    if asked is None:
        raise Http404(key)
    form = AnswersForm(flow, found, asked, _sent(request))
    if request.method == "POST" and form.is_valid():
        told, fresh = form.told()
        return _kept(
            request, row, form, partial(writing.put_answers, answers=told, fresh=fresh), key,
            title=spoken(asked.title), back=("flows:state", key),
        )  # fmt: skip
    hint = _("A condition of a way can ask for what the case knows; a message can name it.")
    back = reverse("flows:state", args=(row.pk, key))
    return _shown(request, row, form, title=spoken(asked.title), back=back, hint=hint)


@requires(WRITE)
@require_http_methods(["GET", "POST"])
def add_way(request: TenantRequest, flow_id: uuid.UUID, source: str) -> HttpResponseBase:
    """Add a way out of a state."""
    row = _open(flow_id)
    flow = draft_of(row)
    begin = part_of(flow, "states", source)
    assert isinstance(begin, State)
    if not TRIGGERS_OF[begin.kind]:
        raise Http404(source)
    form = WayForm(flow, begin, _sent(request))
    return _asked(
        request, row, form, writing.put_way, title=_("New way from “%(state)s”") % {"state": spoken(begin.label)}
    )


@requires(WRITE)
@require_http_methods(["GET", "POST"])
def way(request: TenantRequest, flow_id: uuid.UUID, key: str) -> HttpResponseBase:
    """Write a way anew, with its conditions and effects."""
    row = _open(flow_id)
    flow = draft_of(row)
    found = part_of(flow, "ways", key)
    assert isinstance(found, Way)
    begin = flow.state(found.source)
    assert begin is not None, "a way begins at a state that is there"
    form = WayForm(flow, begin, _sent(request), way=found)
    guards = registry.flow_guards().values()
    more = {
        "kind": _("from “%(state)s”") % {"state": spoken(begin.label)},
        "conditions": [words.condition(flow, each) for each in found.conditions],
        "may_ask": bool(flow.values or any(not each.fields for each in guards)),
        "guards": [(each.key, spoken(each.label)) for each in guards if each.fields],
        "is_way": True,
    }
    return _asked(
        request, row, form, writing.put_way, title=spoken(found.label), more=_with_effects("ways", found, more)
    )


@requires(WRITE)
@require_http_methods(["GET", "POST"])
def add_condition(request: TenantRequest, flow_id: uuid.UUID, key: str) -> HttpResponseBase:
    """Ask something more before a way is taken."""
    row = _open(flow_id)
    flow = draft_of(row)
    found = part_of(flow, "ways", key)
    assert isinstance(found, Way)
    form = ConditionForm(flow, _sent(request))
    if request.method == "POST" and form.is_valid():
        changed = replace(found, conditions=(*found.conditions, form.cleaned_data["condition"]))
        return _kept(request, row, form, writing.put_way, changed, title=_("New condition"), back=("flows:way", key))
    return _shown(request, row, form, title=_("New condition"), back=reverse("flows:way", args=(row.pk, key)))


@requires(WRITE)
@require_http_methods(["GET", "POST"])
def add_guard(request: TenantRequest, flow_id: uuid.UUID, key: str, guard: str) -> HttpResponseBase:
    """Ask a module before a way is taken, telling it what about."""
    row = _open(flow_id)
    found = part_of(draft_of(row), "ways", key)
    known = registry.flow_guards().get(guard)
    assert isinstance(found, Way)
    if known is None:
        raise Http404(guard)
    form, title = GuardForm(known, _sent(request)), spoken(known.label)
    if request.method == "POST" and form.is_valid():
        changed = replace(found, conditions=(*found.conditions, form.part()))
        return _kept(request, row, form, writing.put_way, changed, title=title, back=("flows:way", key))
    return _shown(request, row, form, title=title, back=reverse("flows:way", args=(row.pk, key)))


@requires(WRITE)
@require_http_methods(["GET", "POST"])
def add_effect(request: TenantRequest, flow_id: uuid.UUID, part: str, key: str, effect: str) -> HttpResponseBase:
    """Bring something about in the world, whenever a case comes here or takes this way."""
    row = _open(flow_id)
    found = part_of(draft_of(row), part, key)
    known = registry.flow_effects().get(effect)
    if known is None:
        raise Http404(effect)
    step: Callable[..., Any] = writing.put_state if isinstance(found, State) else writing.put_way
    page = "flows:state" if isinstance(found, State) else "flows:way"
    form = EffectForm(known, _sent(request))
    if request.method == "POST" and form.is_valid():
        changed = replace(found, effects=(*found.effects, form.part()))
        return _kept(request, row, form, step, changed, title=spoken(known.label), back=(page, key))
    hint = _("A value of the case is written as its key in braces: %(keys)s.") % {
        "keys": ", ".join(f"{{{key}}}" for key in (*(each.key for each in draft_of(row).values), *OF_EVERY_CASE))
    }
    return _shown(request, row, form, title=spoken(known.label), back=reverse(page, args=(row.pk, key)), hint=hint)


def _asks(flow: Written, state: State) -> dict[str, Any] | None:
    """Return what a task asks, and in which value of the case each answer is known."""
    asked = questionnaires.newest(uuid.UUID(state.questionnaire)) if state.questionnaire else None
    if asked is None:
        return None
    known = {key: each for key, each in ((key, flow.value(value)) for key, value in state.answers) if each}
    rows = [
        (each.label.spoken(language()), spoken(known[each.key].label) if each.key in known else "")
        for each in asked.definition.questions
        if each.kind in KNOWN_AS
    ]
    return {"title": spoken(asked.title), "rows": rows}


def _with_effects(part: str, found: State | Way, more: dict[str, Any]) -> dict[str, Any]:
    return more | {
        "part": part,
        "key": found.key,
        "effects": [words.effect(each.effect, dict(each.told)) for each in found.effects],
        "possible": [(each.key, spoken(each.label)) for each in registry.flow_effects().values()],
    }


def _asked(
    request: TenantRequest,
    row: Flow,
    form: Any,
    step: Callable[..., Any],
    *,
    title: str,
    more: dict[str, Any] | None = None,
) -> HttpResponseBase:
    if request.method == "POST" and form.is_valid():
        return _kept(request, row, form, step, form.part(), title=title, more=more)
    return _shown(request, row, form, title=title, more=more)


def _kept(
    request: TenantRequest, row: Flow, form: Any, step: Callable[..., Any], part: Any, *, title: str,
    back: tuple[str, str] | None = None, more: dict[str, Any] | None = None,
) -> HttpResponseBase:  # fmt: skip
    try:
        step(row.pk, part, at=request.at, actor=request.actor)
    except writing.FlowRefusedError as refused:
        form.add_error(None, spoken(refused.text))
        return _shown(request, row, form, title=title, more=more)
    if back:
        return redirect(back[0], row.pk, back[1])
    if isinstance(part, State):
        return redirect("flows:state", row.pk, part.key)
    return redirect("flows:way", row.pk, part.key) if isinstance(part, Way) else redirect("flows:editor", row.pk)


def _shown(
    request: TenantRequest, row: Flow, form: Any, *, title: str, back: str = "", hint: str = "",
    more: dict[str, Any] | None = None,
) -> HttpResponseBase:  # fmt: skip
    context = {"flow": row, "form": form, "title": title, "hint": hint, **way_to(row), **(more or {})}
    if back:
        context["back"] = back
    template = "flows/part.html" if more else "flows/form.html"
    return render(request, template, context, status=422 if form.errors else 200)


def _sent(request: TenantRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _open(flow_id: uuid.UUID) -> Flow:
    return get_object_or_404(Flow, pk=flow_id, archived_at=None)
