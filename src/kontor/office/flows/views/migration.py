"""Bringing cases on their way to the newest version: what would happen, then doing it."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods

from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.flows.actions import migrating
from kontor.office.flows.formats.definition import Flow as Written
from kontor.office.flows.models import Flow
from kontor.office.flows.queries import newest, written
from kontor.office.flows.views.cases import STEER
from kontor.office.flows.views.flows import way_to
from kontor.rulebook.refusal import RefusalError


@requires(STEER)
@require_http_methods(["GET", "POST"])
def migration(request: TenantRequest, flow_id: uuid.UUID) -> HttpResponseBase:
    """Show where the cases of older versions would come, and bring them there."""
    row = get_object_or_404(Flow, pk=flow_id, archived_at=None)
    version = newest(row.pk)
    if version is None:
        return redirect("flows:editor", row.pk)
    asked = request.POST if request.method == "POST" else request.GET
    states = {key.removeprefix("state."): str(told) for key, told in asked.items() if key.startswith("state.")}
    if request.method == "POST":
        try:
            moved = migrating.migrate(row.pk, states, at=request.at, actor=request.actor)
        except RefusalError as refused:
            messages.error(request, spoken(refused.text))
        else:
            told = ngettext("%(many)s case was brought over.", "%(many)s cases were brought over.", moved)
            messages.success(request, told % {"many": moved})
            return redirect("flows:migrate", row.pk)
    rows = migrating.dry_run(row.pk, states)
    context: dict[str, Any] = {
        "title": _("Bring cases to version %(number)s") % {"number": version.number},
        "rows": rows, "targets": _targets(written(version)),
        "problems": any(each.problem for each in rows), "many": sum(each.cases for each in rows if each.target),
        **way_to(row),
    }  # fmt: skip
    return render(request, "flows/migrate.html", context)


def _targets(flow: Written) -> list[tuple[str, str]]:
    """Return the states in which a case can wait, and the choice to leave cases as they are."""
    waits = [(each.key, spoken(each.label)) for each in flow.states if each.kind in {"task", "wait"}]
    return [("", _("stay with their version")), *waits]
