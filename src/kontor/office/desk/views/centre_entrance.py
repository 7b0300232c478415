"""Coming into a customer centre and leaving it."""

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from kontor.kernel.actions.credentials import CredentialRefusedError
from kontor.kernel.actions.mail import MailAddressError
from kontor.kernel.wording import language
from kontor.office.desk.actions.centre_door import SESSION_LASTS, ask_in, come_in, leave
from kontor.office.desk.forms.centre import ComeInForm
from kontor.office.desk.views.centre_frame import CentreRequest, in_centre, keep_session, signed_in_here


@in_centre
@require_http_methods(["GET", "POST"])
def sign_in(request: CentreRequest) -> HttpResponseBase:
    """Take an address and send it a link; the answer is the same whether anybody has it or not."""
    form = ComeInForm(request.POST or None)
    asked = False
    if request.method == "POST" and form.is_valid():
        try:
            ask_in(form.cleaned_data["email"], language=language(), at=request.at)
        except MailAddressError as refused:
            form.add_error("email", str(refused))
        else:
            asked = True
    context = {"here": request.here, "form": form, "asked": asked}
    return render(request, "desk/centre_sign_in.html", context, status=422 if form.errors else 200)


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
