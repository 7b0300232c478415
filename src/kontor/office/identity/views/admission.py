"""The gate before whoever comes with a client or a device that is not let in, and the page that says why."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from kontor.kernel.requests import TenantRequest, open_at_gates, signed_in
from kontor.office.identity.queries.security import policy_here
from kontor.office.identity.views.clients import judged, kinds, warn, why


def is_refused(request: HttpRequest) -> bool:
    """
    Tell whether the client of a request is let in no further, and warn of what will be refused from a day on.

    Asked once per session and day.
    """
    _client, judgement = judged(request)
    warn(request, judgement)
    return not judgement.let_in


@signed_in
@open_at_gates
@require_GET
def refused(request: TenantRequest) -> HttpResponseBase:
    """Name the list of what is supported, and why this client is refused (SM-005)."""
    client, judgement = judged(request)
    if judgement.let_in:
        return redirect("kernel:home")
    context = {"why": why(client, judgement), "kinds": kinds(request), "contact": _contact(request)}
    return render(request, "identity/refused.html", context, status=403)


def _contact(request: HttpRequest) -> object:
    return policy_here() if hasattr(request, "standing") else None
