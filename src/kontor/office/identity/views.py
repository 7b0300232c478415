"""Choosing a tenant and one's own profile."""

import uuid

from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.middleware import SESSION_TENANT
from kontor.kernel.actions.credentials import CredentialRefusedError
from kontor.kernel.requests import public, signed_in
from kontor.office.identity import actions, queries
from kontor.office.identity.forms import FirstPasswordForm


@signed_in
@require_GET
def tenants(request: HttpRequest) -> HttpResponseBase:
    """Offer the tenants this person works in; with one alone there is nothing to choose."""
    mine = queries.tenants_of(request.user.pk, at=request.at)  # type: ignore[attr-defined]
    if len(mine) == 1 and SESSION_TENANT not in request.session:
        request.session[SESSION_TENANT] = str(mine[0].pk)
        return redirect("kernel:home")
    return render(request, "identity/tenants.html", {"tenants": mine})


@signed_in
@require_POST
def enter(request: HttpRequest, tenant_id: uuid.UUID) -> HttpResponseBase:
    """Work in another tenant from now on; 404 for one where the person is no member."""
    if tenant_id not in {tenant.pk for tenant in queries.tenants_of(request.user.pk, at=request.at)}:  # type: ignore[attr-defined]
        raise Http404
    request.session[SESSION_TENANT] = str(tenant_id)
    return redirect("kernel:home")


@signed_in
@require_GET
def profile(request: HttpRequest) -> HttpResponseBase:
    return render(request, "identity/profile.html")


@public("whoever holds the secret of the mail sets the password of the person invited")
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, secret: str) -> HttpResponseBase:
    """Come in by invitation: set a password, once, and be in the tenant that invited."""
    form = FirstPasswordForm(request.POST or None)
    try:
        person, known = queries.invited(secret, at=request.at)  # type: ignore[attr-defined]
        if request.method == "POST" and (known or form.is_valid()):
            password = "" if known else form.cleaned_data["password"]
            user, tenant = actions.come_in(secret, password=password, at=request.at)  # type: ignore[attr-defined]
            if known:
                return redirect("account_login")
            login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
            request.session[SESSION_TENANT] = str(tenant)
            return redirect("kernel:home")
    except CredentialRefusedError as refused:
        return render(request, "identity/invitation_refused.html", {"sentence": str(refused)}, status=404)
    except ValidationError as weak:
        form.add_error("password", weak)
    return render(request, "identity/invitation.html", {"form": form, "person": person, "known": known})
