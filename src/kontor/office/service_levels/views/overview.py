"""How the service stands: its parts, what is going on, what is planned, what last month came to."""

import contextlib
import uuid
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.requests import TenantRequest, requires
from kontor.office.service_levels.actions import components as actions
from kontor.office.service_levels.actions.controlling import take_results
from kontor.office.service_levels.forms.entries import PROBE_KINDS, ComponentForm, ProbeForm
from kontor.office.service_levels.models import (
    AvailabilityStatement,
    Component,
    CreditClaim,
    Maintenance,
    Outage,
    Probe,
    RawControl,
    StateInterval,
)
from kontor.office.service_levels.queries.places import place_secret
from kontor.office.service_levels.queries.probes import door_of, states
from kontor.office.service_levels.queries.statements import newest
from kontor.office.service_levels.views.entering import done, form_page
from kontor.office.service_levels.views.words import (
    HITS,
    STATES,
    kept_badge,
    name_of,
    outage_badge,
    title_of,
    work_badge,
)
from kontor.rulebook.probing import State
from kontor.rulebook.refusal import RefusalError

SEE: Final = "service_levels.see"
CHANGE: Final = "service_levels.change"
_RECENT: Final = 8


@requires(SEE)
@require_GET
def overview(request: TenantRequest) -> HttpResponseBase:
    """Show everything at a glance."""
    parts = list(Component.objects.order_by("order", "key"))
    held = states(parts)
    outages = Outage.objects.prefetch_related("components__component").order_by("-started_at")[:_RECENT]
    works = Maintenance.objects.filter(ends_at__gte=request.at - timedelta(days=1)).order_by("starts_at")
    last = AvailabilityStatement.objects.order_by("-month").values_list("month", flat=True).first()
    settled = AvailabilityStatement.objects.filter(month=last) if last else AvailabilityStatement.objects.none()
    rows = newest(settled).order_by("percent", "contract_number")[:_RECENT]
    context = {
        "components": [(each, name_of(each), _badge(held.get(each.pk))) for each in parts],
        "outages": [(each, _names(each), HITS[each.hits], outage_badge(each)) for each in outages],
        "works": [(each, title_of(each), work_badge(each, request.at)) for each in works],
        "month": last,
        "statements": [(each, kept_badge(kept=each.kept)) for each in rows],
        "control": RawControl.objects.order_by("-at", "-pk").first(),
        "waiting": list(CreditClaim.objects.filter(decisions__isnull=True).order_by("decide_by")[:_RECENT]),
        "running": Outage.objects.filter(ended_at__isnull=True).count(),
        "may_change": request.standing.may(CHANGE),
    }
    return render(request, "service_levels/overview.html", context)


@requires(CHANGE)
@require_POST
def rebuild(request: TenantRequest, control_id: uuid.UUID) -> HttpResponseBase:
    """Take the results where they and the intervals differ; nothing happens where they agree."""
    found = get_object_or_404(RawControl, pk=control_id)
    with contextlib.suppress(RefusalError):
        take_results(found.pk, at=request.at, actor=request.actor)
    return redirect("service_levels:overview")


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def add_component(request: TenantRequest) -> HttpResponseBase:
    """Add a component."""
    form = ComponentForm(request.POST or None)
    if done(request, form, lambda: actions.add_component(form.told(), at=request.at, actor=request.actor)):
        return redirect("service_levels:overview")
    back = reverse("service_levels:overview")
    crumbs = [(_("Availability"), back)]
    return form_page(request, form, title=_("Add a component"), label=_("Add"), back=back, crumbs=crumbs)


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def component(request: TenantRequest, component_id: uuid.UUID) -> HttpResponseBase:
    """Show how a component is watched, what was seen of late, and add or stop a probe."""
    found = get_object_or_404(Component, pk=component_id)
    stopped = request.POST.get("stop", "")
    if stopped:
        probe = get_object_or_404(found.probes, pk=uuid.UUID(stopped))
        actions.stop_probe(probe.pk, at=request.at, actor=request.actor)
        return redirect("service_levels:component", found.pk)
    form = ProbeForm(request.POST or None)
    if done(request, form, lambda: actions.add_probe(found.pk, form.told(), at=request.at, actor=request.actor)):
        return redirect("service_levels:component", found.pk)
    probes = found.probes.filter(active=True).prefetch_related("places").order_by("pk")
    since = StateInterval.objects.filter(watched__probe__component=found).select_related("watched")
    context = {
        "found": found,
        "title": name_of(found),
        "state": _badge(states([found]).get(found.pk)),
        "probes": [(probe, PROBE_KINDS[Probe.Kind(probe.kind)], _watched(probe)) for probe in probes],
        "intervals": [(each, STATES[State(each.state)]) for each in since.order_by("-start")[:_RECENT]],
        "elsewhere": [
            (place, place_secret(place))
            for place in sorted({each.place for probe in probes for each in probe.places.all()} - {actions.HERE})
        ],
        "server": settings.KONTOR_BASE_URL,
        "form": form,
        "crumbs": [(_("Availability"), reverse("service_levels:overview"))],
    }
    return render(request, "service_levels/component.html", context, status=422 if form.errors else 200)


def _watched(probe: Probe) -> list[tuple[object, object, str]]:
    """Return the places of a probe with their states, and the address of their door where it has no target."""
    own = not probe.target
    return [
        (each, STATES[State(each.state)], door_of(each.pk) if own else "")
        for each in sorted(probe.places.all(), key=lambda each: each.place)
    ]


def _badge(state: State | None) -> object:
    return STATES[state or State.UNKNOWN]


def _names(outage: Outage) -> str:
    return ", ".join(name_of(each.component) for each in outage.components.all())
