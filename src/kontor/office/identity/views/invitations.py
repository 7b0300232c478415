"""Coming in by the mail that invited."""

import uuid
from datetime import datetime

from django.contrib.auth import login, logout
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from kontor.kernel.actions.credentials import CredentialRefusedError
from kontor.kernel.requests import public
from kontor.kernel.sessions import TENANT as SESSION_TENANT
from kontor.office.identity import queries
from kontor.office.identity.actions.invitations import come_in
from kontor.office.identity.forms import FirstPasswordForm
from kontor.office.identity.forms.set_up import ContactForm
from kontor.office.identity.models import User
from kontor.office.identity.queries.passwords import demands_on
from kontor.office.identity.queries.set_up import names_contact

_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@public("whoever holds the secret of the mail sets the password of the person invited")
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, secret: str) -> HttpResponseBase:
    """
    Come in by invitation, once: somebody new sets a password and is in the tenant that invited.

    Somebody known is in at once where they are signed in, and signs in first where they are not. Who administers a
    company that names nobody to call does so here, or is not let in (SM-021).
    """
    at: datetime = request.at  # type: ignore[attr-defined]
    try:
        person, tenant, known = queries.invited(secret, at=at)
        form = FirstPasswordForm(request.POST or None, demands=demands_on(person.pk, at=at))
        call = _contact_form(request, person) if names_contact(tenant.pk, person.pk) else None
        good = request.method == "POST" and all([known or form.is_valid(), call is None or call.is_valid()])
        if good:
            password, contact = "" if known else form.cleaned_data["password"], call.contact if call else None
            user, tenant_id = come_in(secret, password=password, at=at, contact=contact)
            return _inside(request, user, tenant_id, known=known)
    except CredentialRefusedError as refused:
        return render(request, "identity/invitation_refused.html", {"sentence": str(refused)}, status=404)
    except ValidationError as weak:
        form.add_error("password", weak)
    context = {"form": form, "contact": call, "invited": person, "tenant": tenant, "known": known}
    wrong = (form.errors and not known) or (call is not None and call.errors)
    return render(request, "identity/invitation.html", context, status=422 if wrong else 200)


def _contact_form(request: HttpRequest, person: User) -> ContactForm:
    """Return the form for whom to call; as a rule it is whoever was invited."""
    return ContactForm(request.POST or None, initial={"contact_name": person.name, "contact_email": person.email})


def _inside(request: HttpRequest, user: User, tenant_id: uuid.UUID, *, known: bool) -> HttpResponseBase:
    if known and request.user.pk != user.pk:
        logout(request)
        request.session[SESSION_TENANT] = str(tenant_id)
        return redirect("account_login")
    if not known:
        login(request, user, backend=_BACKEND)
    request.session[SESSION_TENANT] = str(tenant_id)
    return redirect("kernel:home")
