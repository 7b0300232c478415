"""How safe the access is, and what to do next."""

from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from kontor.kernel.requests import TenantRequest, requires
from kontor.office.identity.queries.security import score
from kontor.office.identity.views.frames import security_tabs


@requires("identity.security")
@require_GET
def overview(request: TenantRequest) -> HttpResponseBase:
    """Show the score of the tenant's access, why it is so, and the next best step."""
    found = score(at=request.at)
    checks = sorted(found.checks, key=lambda check: check.missing, reverse=True)
    context = {"tabs": security_tabs(request, "overview"), "score": found, "checks": checks}
    return render(request, "identity/security.html", context)
