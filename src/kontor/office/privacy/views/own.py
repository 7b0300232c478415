"""What a tenant's administrator, and a person, see of the data about them."""

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from kontor.kernel.requests import TenantRequest, requires, signed_in
from kontor.office.privacy.queries.register import entries
from kontor.office.privacy.views.tabs import own_tabs


@requires("privacy.own")
@require_GET
def overview(request: TenantRequest) -> HttpResponseBase:
    """Show a tenant what is done with its people's data, and by whom."""
    rows = [entry for entry in entries() if entry.processing.role == "processor"]
    return render(request, "privacy/own.html", {"entries": rows, **own_tabs(request, "overview")})


@signed_in
@require_GET
def mine(request: TenantRequest) -> HttpResponseBase:
    """Show a person for what data about them is kept, and where to turn."""
    if getattr(request, "standing", None) is None:
        return redirect("identity:tenants")
    rows = [entry for entry in entries() if entry.tables]
    return render(request, "privacy/mine.html", {"entries": rows, **own_tabs(request, "mine")})
