"""Coming in by the mail that invited."""

from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from kontor.kernel.actions.credentials import CredentialRefusedError
from kontor.kernel.middleware import SESSION_TENANT
from kontor.kernel.requests import public
from kontor.office.identity import actions, queries
from kontor.office.identity.forms import FirstPasswordForm


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
