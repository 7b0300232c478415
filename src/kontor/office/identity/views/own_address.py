"""Another e-mail address of one's own."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kontor.kernel.actions.mail import MailAddressError
from kontor.kernel.requests import public, signed_in
from kontor.office.identity.actions.own_address import AddressLinkError, ask_for_address, take_address, wish_of
from kontor.office.identity.forms import AddressForm
from kontor.office.identity.models import User
from kontor.office.identity.views.devices import typed_password
from kontor.office.identity.views.profile import profile_page


@signed_in
@require_POST
def change_address(request: HttpRequest) -> HttpResponseBase:
    """Send a link to the new address; the password shows that it is not somebody at an open screen."""
    assert isinstance(request.user, User)  # whoever is signed in is one of ours
    form = AddressForm(request.POST, user=request.user, typed=typed_password(request, request.user))
    if form.is_valid():
        email = form.cleaned_data["email"]
        try:
            ask_for_address(request.user, email, language=_spoken(), at=_now(request))
        except MailAddressError as refused:
            form.add_error("email", str(refused))
        else:
            messages.success(request, _("A link is on its way to %(email)s.") % {"email": email})
            return redirect("identity:profile")
    return profile_page(request, address=form)


@public("whoever holds the secret of the mail shows that the address is theirs")
@require_http_methods(["GET", "POST"])
def address(request: HttpRequest, secret: str) -> HttpResponseBase:
    """Take the new address, once."""
    try:
        if request.method == "POST":
            user = take_address(secret, language=_spoken(), at=_now(request))
            messages.success(request, _("From now on you sign in as %(email)s.") % {"email": user.email})
            return redirect("kernel:home")
        wish = wish_of(secret, at=_now(request))
    except AddressLinkError:
        return render(request, "identity/address.html", {"wish": None}, status=404)
    return render(request, "identity/address.html", {"wish": wish})


def _spoken() -> str:
    return "de" if (get_language() or "de").startswith("de") else "en"


def _now(request: HttpRequest) -> datetime:
    return request.at  # type: ignore[attr-defined, no-any-return]
