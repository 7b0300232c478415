"""Playing a flow through before anybody runs by it: each step is in the address, nothing is kept."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kontor.kernel import registry
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.flows.formats.definition import Flow as Written, asked_of
from kontor.office.flows.formats.picture import drawn
from kontor.office.flows.formats.running import Case, after, begun, gone_on
from kontor.office.flows.forms.working import ValuesForm
from kontor.office.flows.models import Flow
from kontor.office.flows.queries import draft_of, reasons_against
from kontor.office.flows.views import words
from kontor.office.flows.views.flows import SEE, way_to
from kontor.rulebook.refusal import RefusalError

_BEGIN = datetime(2000, 1, 3, 8, tzinfo=UTC)  # a morning like any other; only the time between steps is shown
STEPS = 100


@dataclass(frozen=True, slots=True)
class Taken:
    """One step as it was played: after how many minutes, where it led, by what, and what it would bring about."""

    minutes: int
    state: str
    way: str
    effects: tuple[str, ...]


@requires(SEE)
@require_GET
def trying(request: TenantRequest, flow_id: uuid.UUID) -> HttpResponseBase:
    """Play a flow as it is written through, from values that somebody chose, step by step."""
    row = get_object_or_404(Flow, pk=flow_id)
    flow = draft_of(row)
    reasons = [spoken(each) for each in reasons_against(flow)]
    form = ValuesForm(flow, request.GET or None)
    values = form.told() if request.GET and form.is_valid() else {}
    guards = {each: request.GET.get(f"guard.{each}", "yes") == "yes" for each in _guards(flow)}
    context: dict[str, Any] = {
        "title": _("Play it through"), "reasons": reasons, "form": form, "picture": drawn(flow), **way_to(row),
        "guards": [(f"guard.{key}", words.guard(key), holds) for key, holds in guards.items()
                   if asked_of(key)[0] in registry.flow_guards()],
    }  # fmt: skip
    if not reasons:
        case, taken, refused = played(flow, values, request.GET.getlist("step")[:STEPS], guards)
        context |= {
            "case": case, "taken": taken, "refused": refused, "passed": {case.state},
            "here": flow.state(case.state),
            "ways": [] if case.over else [
                (each, words.when(flow, each), each.is_open(values, guards.__getitem__), _with(request.GET, each.key))
                for each in flow.out_of(case.state)
            ],
            "back_one": _with(request.GET, None) if request.GET.getlist("step") else "",
        }  # fmt: skip
    return render(request, "flows/try.html", context)


def played(
    flow: Written, values: Mapping[str, Any], steps: list[str], guards: Mapping[str, bool]
) -> tuple[Case, list[Taken], str]:
    """Return where these steps lead, each of them, and why the next one could not be taken; "" where all could."""
    at, taken = _BEGIN, []
    first = begun(flow, values, version=0)[0]
    case = after(None, first, at=at, flow=flow)
    taken.append(_taken(flow, 0, first.told["to"], "", first.effects))
    for step in steps:
        way = flow.way(step)
        if way is None:
            return case, taken, _("There is no such way.")
        at = at + timedelta(minutes=way.minutes or 0)
        try:
            events = gone_on(flow, case, way, guards.__getitem__)
        except RefusalError as refused:
            return case, taken, spoken(refused.text)
        for event in events:
            case = after(case, event, at=at, flow=flow)
            found = flow.way(event.told["way"])
            minutes = int((at - _BEGIN).total_seconds()) // 60
            taken.append(_taken(flow, minutes, event.told["to"], spoken(found.label) if found else "", event.effects))
    return case, taken, ""


def _taken(flow: Written, minutes: int, state: str, way: str, effects: Any) -> Taken:
    found = flow.state(state)
    return Taken(
        minutes,
        spoken(found.label) if found else state,
        way,
        tuple(words.effect(each.effect, dict(each.told)) for each in effects),
    )


def _guards(flow: Written) -> list[str]:
    return sorted({each.question for way in flow.ways for each in way.conditions if each.guard})


def _with(asked: QueryDict, step: str | None) -> str:
    """Return the address with one more step, or, for None, with one less."""
    query = asked.copy()
    steps = query.getlist("step")
    query.setlist("step", [*steps, step] if step is not None else steps[:-1])
    return "?" + query.urlencode()
