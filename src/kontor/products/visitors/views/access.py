"""The access-control systems of the sites: where they are told, by which secret, and how they stand."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.products.visitors.actions import access
from kontor.products.visitors.forms.settling import AccessForm
from kontor.products.visitors.models import AccessSystem
from kontor.products.visitors.queries.access import PROBLEMS, state_of_system

SET_UP = "visitors.set_up"


@requires(SET_UP, fresh=True)
@require_http_methods(["GET", "POST"])
def systems(request: TenantRequest) -> HttpResponseBase:
    """Show the systems with their secrets, and settle where one is told."""
    form = AccessForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            access.keep_system(**form.cleaned_data, at=request.at, actor=request.actor)
        except access.SystemRefusedError as refused:
            form.add_error("address", spoken(refused.text))
        else:
            messages.success(request, _("Kept. The next visit of this site is told there."))
            return redirect("visitors:access")
    rows = AccessSystem.objects.filter(removed_at=None).select_related("site").order_by("site__name")
    context: dict[str, Any] = {
        "systems": [(row, state_of_system(row), PROBLEMS.get(row.problem, "")) for row in rows],
        "form": form,
        "crumbs": [(_("Visits: settings"), reverse("visitors:settings"))],
    }
    return render(request, "visitors/access.html", context, status=422 if form.errors else 200)


@requires(SET_UP, fresh=True)
@require_POST
def remove(request: TenantRequest, system_id: uuid.UUID) -> HttpResponseBase:
    """Tell a system nothing more."""
    get_object_or_404(AccessSystem, pk=system_id, removed_at=None)
    access.remove_system(system_id, at=request.at, actor=request.actor)
    return redirect("visitors:access")
