"""The sign-in page and the way out: the library's, with what we say and keep beside it."""

from typing import Any, Final

from allauth.account import views
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from kontor.kernel.security_headers import forget
from kontor.office.identity.actions.attempts import PausedError
from kontor.office.identity.queries.clients import HINT
from kontor.office.identity.views.devices import TOO_MANY, count_mail
from kontor.office.identity.views.single_sign_on import sign_out_there

REMEMBERED: Final = "kontor_address"  # the cookie with the address, signed, while its person has not signed out
_DAYS: Final = 14  # as long as a session at most
_WHY: Final = {
    "idle": lambda: _("You were signed out because nothing happened for a while. Sign in and go on where you were."),
    "absolute": lambda: _("Your company ends every session after a time. Sign in and go on where you were."),
}


class SignInView(views.LoginView):  # type: ignore[misc]
    """The sign-in page: it says why somebody is here again, and knows whose session ended by itself."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the page; `?other` forgets the address that was kept."""
        if "other" not in request.GET:
            page: HttpResponseBase = super().get(request, *args, **kwargs)
            page.headers["Accept-CH"] = HINT  # the version of a phone's system, which the browser else keeps to itself
            return page
        kept = {name: str(value) for name, value in request.GET.items() if name != "other"}
        response = redirect(f"{reverse('account_login')}?{urlencode(kept)}" if kept else "account_login")
        response.delete_cookie(REMEMBERED)
        return response

    def get_initial(self) -> dict[str, Any]:
        """Begin with the address that was kept."""
        return {"login": remembered(self.request)} if remembered(self.request) else {}

    def get_context_data(self, **given: Any) -> dict[str, Any]:
        """Say why somebody is here again, and whose address stands there."""
        why = _WHY.get(self.request.GET.get("over", ""))
        other = self.request.GET.copy()
        other["other"] = ""
        more = {"why": why() if why else "", "remembered": remembered(self.request), "other": other.urlencode()}
        return super().get_context_data(**given) | more  # type: ignore[no-any-return]

    def form_valid(self, form: Any) -> HttpResponse:
        """Sign in, and keep the address for when the session ends by itself."""
        response: HttpResponse = super().form_valid(form)
        response.set_signed_cookie(
            REMEMBERED,
            form.cleaned_data["login"],
            max_age=_DAYS * 24 * 3600,
            httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
            samesite="Lax",
        )
        return response


sign_in = SignInView.as_view()


class ForgottenView(views.PasswordResetView):  # type: ignore[misc]
    """Where a link to a new password is asked for; how often, is counted in the database."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Send the link, whether anybody has the address or not, unless it was asked for too often of late."""
        try:
            count_mail(self.request, form.cleaned_data["email"])
        except PausedError:
            form.add_error(None, str(TOO_MANY))
            return self.form_invalid(form)  # type: ignore[no-any-return]
        return super().form_valid(form)  # type: ignore[no-any-return]


forgotten = ForgottenView.as_view()


def sign_out(request: HttpRequest) -> HttpResponseBase:
    """
    End the session on the server, and have the browser throw away what it kept (SM-025).

    Who came by a provider that can sign them out too is offered that afterwards, where the company wants it offered.
    """
    address, name = sign_out_there(request) if request.method == "POST" else ("", "")
    response: HttpResponseBase = views.logout(request)
    if request.method == "POST":
        if address:
            words = _("Sign out of %(name)s too") % {"name": name}
            told = {"address": address, "name": name, "leave_words": words}
            response = render(request, "account/signed_out.html", told)
        response.delete_cookie(REMEMBERED)
        forget(response)
    return response


def remembered(request: HttpRequest) -> str:
    """Return the address that was kept on this device; "" where none was, or what came was not signed by us."""
    return request.get_signed_cookie(REMEMBERED, default="", max_age=_DAYS * 24 * 3600) or ""
