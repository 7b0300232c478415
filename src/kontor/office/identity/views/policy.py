"""What a tenant demands of those who come in."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kontor.kernel.requests import TenantRequest, requires
from kontor.office.identity.actions.policy import change_policy
from kontor.office.identity.forms.policy import policy_form
from kontor.office.identity.queries.security import policy_here
from kontor.office.identity.views.frames import security_tabs


@requires("identity.security", fresh=True)
@require_http_methods(["GET", "POST"])
def policy(request: TenantRequest) -> HttpResponseBase:
    """Show and set passwords, sessions, second factor, ways in, and whom to call."""
    form = policy_form(policy_here(), request.POST or None)
    if request.method == "POST" and form.is_valid():
        change_policy(at=request.at, actor=request.actor, **form.cleaned_data)
        messages.success(request, _("Saved. It holds for everybody from their next page on."))
        return redirect("identity:policy")
    context = {"form": form, "tabs": security_tabs(request, "policy")}
    return render(request, "identity/policy.html", context, status=422 if form.errors else 200)
