"""Choosing where to work."""

import uuid
from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from kontor.kernel.models import Tenant
from kontor.kernel.requests import open_at_gates, signed_in
from kontor.kernel.sessions import TENANT as SESSION_TENANT
from kontor.office.identity import queries


@signed_in
@open_at_gates
@require_GET
def tenants(request: HttpRequest) -> HttpResponseBase:
    """Offer the tenants this person works in; with one alone there is nothing to choose."""
    mine = _mine(request)
    if len(mine) == 1 and SESSION_TENANT not in request.session:
        request.session[SESSION_TENANT] = str(mine[0].pk)
        return redirect("kernel:home")
    return render(request, "identity/tenants.html", {"tenants": mine})


@signed_in
@open_at_gates
@require_POST
def enter(request: HttpRequest, tenant_id: uuid.UUID) -> HttpResponseBase:
    """Work in another tenant from now on; 404 for one where the person is no member."""
    if tenant_id not in {tenant.pk for tenant in _mine(request)}:
        raise Http404
    request.session[SESSION_TENANT] = str(tenant_id)
    return redirect("kernel:home")


def _mine(request: HttpRequest) -> Sequence[Tenant]:
    assert request.user.pk is not None  # the view is for people who are signed in
    return queries.tenants_of(request.user.pk, at=request.at)  # type: ignore[attr-defined]
