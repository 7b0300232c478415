"""Coming into a customer centre, by a link or by a password, and leaving it."""

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from kontor.kernel.actions.credentials import CredentialRefusedError
from kontor.kernel.actions.mail import MailAddressError
from kontor.kernel.client import client_address
from kontor.kernel.wording import language
from kontor.office.desk.actions.centre_door import SESSION_LASTS, ask_in, come_in, leave
from kontor.office.desk.actions.centre_password import SignedIn, sign_in as sign_in_by
from kontor.office.desk.forms.centre_door import TOO_MANY, ComeInForm
from kontor.office.desk.views.centre_frame import (
    CentreRequest,
    device_of,
    in_centre,
    keep_device,
    keep_session,
    signed_in_here,
)
from kontor.office.identity import public as identity


@in_centre
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: CentreRequest) -> HttpResponseBase:
    """
    Take an address, and a password if there is one; without it send a link.

    The answer is the same whether anybody has the address or not.
    """
    form = ComeInForm(request.POST or None)
    asked, signed = False, None
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["password"]:
            signed = _by_password(request, form)
        else:
            asked = _by_link(request, form)
    if signed is not None:
        response = redirect("centre:requests", request.here.slug)
        keep_session(response, request.here, signed.session, seconds=int(SESSION_LASTS.total_seconds()))
        keep_device(response, request.here, signed.device)
        return response
    context = {"here": request.here, "form": form, "asked": asked, "opened": "sign-in"}
    return render(request, "desk/centre_sign_in.html", context, status=422 if form.errors else 200)


def _by_password(request: CentreRequest, form: ComeInForm) -> SignedIn | None:
    where, device = client_address(request), device_of(request)
    given = form.cleaned_data
    try:
        signed = sign_in_by(given["email"], given["password"], address=where, device=device, at=request.at)
    except identity.PausedError:
        form.add_error(None, TOO_MANY)
        return None
    if signed is None:
        form.add_error(None, _("This address and this password do not belong together. A link opens without one."))
    return signed


def _by_link(request: CentreRequest, form: ComeInForm) -> bool:
    try:
        ask_in(form.cleaned_data["email"], language=language(), at=request.at)
    except MailAddressError as refused:
        form.add_error("email", str(refused))
        return False
    return True


@in_centre
@require_http_methods(["GET", "POST"])
def enter(request: CentreRequest, secret: str) -> HttpResponseBase:
    """Show the button of a link and come in once it is pressed; looking alone, as mail scanners do, uses nothing up."""
    refusal = ""
    if request.method == "POST":
        try:
            session = come_in(secret, at=request.at)
        except CredentialRefusedError as refused:
            refusal = str(refused)
        else:
            response = redirect("centre:requests", request.here.slug)
            keep_session(response, request.here, session, seconds=int(SESSION_LASTS.total_seconds()))
            return response
    context = {"here": request.here, "refusal": refusal}
    return render(request, "desk/centre_enter.html", context, status=403 if refusal else 200)


@signed_in_here
@require_POST
def sign_out(request: CentreRequest) -> HttpResponseBase:
    """End one's sessions."""
    assert request.here.person is not None, "signed_in_here saw to it"
    leave(request.here.person, at=request.at)
    response = redirect("centre:home", request.here.slug)
    keep_session(response, request.here, "", seconds=0)
    return response
