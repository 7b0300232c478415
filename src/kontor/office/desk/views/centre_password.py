"""A password for the customer centre: setting one, another one, none any more, and by a link where it is forgotten."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from kontor.kernel.actions.credentials import CredentialRefusedError
from kontor.kernel.actions.mail import MailAddressError
from kontor.kernel.client import client_address
from kontor.office.desk.actions import centre_password as acting
from kontor.office.desk.actions.centre_door import SESSION_LASTS
from kontor.office.desk.forms.centre_door import (
    TOO_MANY,
    ChangePasswordForm,
    DropPasswordForm,
    ForgottenForm,
    NewPasswordForm,
)
from kontor.office.desk.views.centre_frame import CentreRequest, in_centre, keep_session, signed_in_here
from kontor.office.identity import public as identity


@signed_in_here
@sensitive_post_parameters("current", "new")
@require_http_methods(["GET", "POST"])
def password(request: CentreRequest) -> HttpResponseBase:
    """Set a password, or another one for whoever shows the one they have; other devices are signed out."""
    assert request.here.person is not None, "signed_in_here saw to it"
    kept = acting.has_password(request.here.person)
    form: NewPasswordForm = (ChangePasswordForm if kept else NewPasswordForm)(request.POST or None)
    if request.method == "POST" and form.is_valid() and (session := _set(request, form, kept=kept)):
        messages.success(request, _("Your password is set. Your other devices are signed out."))
        return _inside(request, session, "centre:profile")
    title = _("Another password") if kept else _("Set a password")
    return _asked(request, form, title=title, opened="profile")


@signed_in_here
@sensitive_post_parameters("current")
@require_http_methods(["GET", "POST"])
def drop(request: CentreRequest) -> HttpResponseBase:
    """Give the password up: from then on only links open."""
    assert request.here.person is not None, "signed_in_here saw to it"
    form = DropPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        where = client_address(request)
        try:
            done = acting.drop_password(request.here.person, form.cleaned_data["current"], address=where, at=request.at)
        except identity.PausedError:
            form.add_error("current", TOO_MANY)
        else:
            if done:
                messages.info(request, _("From now on a link into your mailbox opens the centre."))
                return redirect("centre:profile", request.here.slug)
            form.add_error("current", _("That is not your password."))
    return _asked(request, form, title=_("Do without a password"), opened="profile")


@in_centre
@require_http_methods(["GET", "POST"])
def forgotten(request: CentreRequest) -> HttpResponseBase:
    """Mail a link that sets a password; the answer is the same whether anybody has the address or not."""
    form, asked = ForgottenForm(request.POST or None), False
    if request.method == "POST" and form.is_valid():
        try:
            acting.ask_reset(form.cleaned_data["email"], at=request.at)
        except MailAddressError as refused:
            form.add_error("email", str(refused))
        else:
            asked = True
    context = {"here": request.here, "form": form, "asked": asked, "forgotten": True, "opened": "sign-in"}
    return render(request, "desk/centre_sign_in.html", context, status=422 if form.errors else 200)


@in_centre
@sensitive_post_parameters("new")
@require_http_methods(["GET", "POST"])
def reset(request: CentreRequest, secret: str) -> HttpResponseBase:
    """Set a password by a link, and come in; looking alone uses nothing up."""
    form = NewPasswordForm(request.POST or None)
    try:
        acting.behind_reset(secret, at=request.at)
        if request.method == "POST" and form.is_valid():
            session = acting.set_by_link(secret, form.cleaned_data["new"], at=request.at)
            return _inside(request, session, "centre:requests")
    except ValidationError as weak:
        form.add_error("new", weak)
    except CredentialRefusedError as refused:
        context: dict[str, Any] = {"here": request.here, "refusal": str(refused), "opened": "sign-in"}
        return render(request, "desk/centre_enter.html", context, status=403)
    return _asked(request, form, title=_("Set a password"), opened="sign-in")


def _set(request: CentreRequest, form: NewPasswordForm, *, kept: bool) -> str | None:
    """Set the password and return the session that goes on; None where the form says why not."""
    person, new = request.here.person, form.cleaned_data["new"]
    assert person is not None, "signed_in_here saw to it"
    try:
        if not kept:
            return acting.set_password(person, new, at=request.at)
        where, current = client_address(request), form.cleaned_data["current"]
        session = acting.change_password(person, current, new, address=where, at=request.at)
    except ValidationError as weak:
        form.add_error("new", weak)
    except identity.PausedError:
        form.add_error("current", TOO_MANY)
    else:
        if session is None:
            form.add_error("current", _("That is not your password."))
        return session
    return None


def _inside(request: CentreRequest, session: str, to: str) -> HttpResponseBase:
    response = redirect(to, request.here.slug)
    keep_session(response, request.here, session, seconds=int(SESSION_LASTS.total_seconds()))
    return response


def _asked(request: CentreRequest, form: Any, *, title: str, opened: str) -> HttpResponseBase:
    context = {"here": request.here, "form": form, "title": title, "opened": opened}
    return render(request, "desk/centre_password.html", context, status=422 if form.errors else 200)
