"""The editor: a flow's parts beside its drawing, and what keeps it from being published."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.flows.actions import writing
from kontor.office.flows.formats.checking import digest
from kontor.office.flows.formats.definition import STATES, VALUE_KINDS, Flow as Written, State, Way
from kontor.office.flows.formats.picture import drawn
from kontor.office.flows.models import Flow
from kontor.office.flows.queries import draft_of, newest, reasons_against, waiting
from kontor.office.flows.views.flows import SEE, WRITE, badge, crumbs, title_of
from kontor.office.flows.views.words import when
from kontor.rulebook.refusal import RefusalError


@requires(SEE)
@require_GET
def editor(request: TenantRequest, flow_id: uuid.UUID) -> HttpResponseBase:
    """Show a flow as it is being written, with its drawing."""
    row = get_object_or_404(Flow, pk=flow_id)
    flow, last, counted = draft_of(row), newest(row.pk), waiting(row.pk)
    titles = row.title_de, row.title_en
    changed = last is None or (bytes(last.sha256), last.title_de, last.title_en) != (digest(row.draft), *titles)
    behind = sum(many for (number, _state), many in counted.items() if number < row.number)
    standing = request.standing
    context = {
        "flow": row,
        "title": title_of(row),
        "state": badge(row),
        "states": [_told(flow, each) for each in flow.states],
        "values": [(each, spoken(VALUE_KINDS[each.kind])) for each in flow.values],
        "kinds": [(kind, spoken(name)) for kind, name in STATES.items()],
        "picture": drawn(flow),
        "reasons": [spoken(each) for each in reasons_against(flow)],
        "changed": changed,
        "behind": behind,
        "may_write": standing.may(WRITE) and row.archived_at is None,
        "may_begin": row.number > 0 and row.archived_at is None and standing.may("flows.work"),
        "may_steer": standing.may("flows.steer"),
        "crumbs": crumbs(),
    }
    return render(request, "flows/editor.html", context)


@requires(WRITE)
@require_POST
def drop(request: TenantRequest, flow_id: uuid.UUID, part: str, key: str) -> HttpResponseBase:
    """Leave a value, a state or a way out."""
    steps = {"values": writing.drop_value, "states": writing.drop_state, "ways": writing.drop_way}
    row = _open(flow_id)
    _tried(request, lambda: _known(steps, part)(row.pk, key, at=request.at, actor=request.actor))
    return redirect("flows:editor", row.pk)


@requires(WRITE)
@require_POST
def up(request: TenantRequest, flow_id: uuid.UUID, part: str, key: str) -> HttpResponseBase:
    """Move a state or a way up by one place."""
    steps = {"states": writing.move_state_up, "ways": writing.move_way_up}
    row = _open(flow_id)
    _tried(request, lambda: _known(steps, part)(row.pk, key, at=request.at, actor=request.actor))
    return redirect("flows:editor", row.pk)


@requires(WRITE)
@require_POST
def drop_from(
    request: TenantRequest, flow_id: uuid.UUID, part: str, key: str, list: str, place: int
) -> HttpResponseBase:
    """Leave out one of a way's conditions, or one of the effects of a way or a state."""
    row = _open(flow_id)
    found = part_of(draft_of(row), part, key)
    kept = tuple(each for at, each in enumerate(getattr(found, list, ())) if at != place)
    if list == "effects" and isinstance(found, State):
        _tried(
            request, lambda: writing.put_state(row.pk, replace(found, effects=kept), at=request.at, actor=request.actor)
        )
    elif list in {"effects", "conditions"} and isinstance(found, Way):
        changed = replace(found, effects=kept) if list == "effects" else replace(found, conditions=kept)
        _tried(request, lambda: writing.put_way(row.pk, changed, at=request.at, actor=request.actor))
    else:
        raise Http404(list)
    return redirect(f"flows:{'state' if part == 'states' else 'way'}", row.pk, key)


@requires(WRITE)
@require_POST
def publish(request: TenantRequest, flow_id: uuid.UUID) -> HttpResponseBase:
    """Begin cases by what is written, from now on."""
    row = _open(flow_id)
    if _tried(request, lambda: writing.publish(row.pk, at=request.at, actor=request.actor)):
        messages.success(request, _("From now on cases begin by this version."))
    return redirect("flows:editor", row.pk)


@requires(WRITE)
@require_POST
def archive(request: TenantRequest, flow_id: uuid.UUID) -> HttpResponseBase:
    """Begin no more cases by it."""
    row = _open(flow_id)
    writing.archive(row.pk, at=request.at, actor=request.actor)
    messages.success(request, _("No more cases begin by it. Those on their way go on."))
    return redirect("flows:flows")


def part_of(flow: Written, part: str, key: str) -> State | Way:
    """Return a state or a way by its key; Http404 where there is none."""
    found: State | Way | None = {"states": flow.state, "ways": flow.way}.get(part, lambda _key: None)(key)
    if found is None:
        raise Http404(key)
    return found


def _told(flow: Written, state: State) -> dict[str, Any]:
    """Say of a state what it is and where it leads."""
    ways = flow.out_of(state.key)
    return {
        "state": state,
        "kind": spoken(STATES[state.kind]),
        "ways": [(each, when(flow, each), flow.state(each.target)) for each in ways],
    }


def _known(steps: dict[str, Callable[..., Any]], part: str) -> Callable[..., Any]:
    if part not in steps:
        raise Http404(part)
    return steps[part]


def _open(flow_id: uuid.UUID) -> Flow:
    return get_object_or_404(Flow, pk=flow_id, archived_at=None)


def _tried(request: TenantRequest, step: Callable[[], Any]) -> bool:
    try:
        step()
    except RefusalError as refused:
        messages.error(request, spoken(refused.text))
        return False
    return True
