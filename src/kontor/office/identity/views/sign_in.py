"""How the sign-in library behaves here: nobody registers by themselves, and its mail goes the way of all mail."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from kontor.kernel.links import absolute
from kontor.kernel.sessions import METHOD, TENANT as SESSION_TENANT
from kontor.office.identity.actions.sign_in_mail import send_sign_in_mail
from kontor.office.identity.queries import tenants_of


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("This address and this password do not belong together. Is one of them mistyped?"),
        "too_many_login_attempts": _("Too many attempts. Wait five minutes, or set a new password by mail."),
        "rate_limited": _("Too many requests. Wait a minute."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002  the library's signature
        """People come by invitation only."""
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Signing in is no news to the person who does it."""

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Sign in, and begin to work where there is nothing to choose."""
        super().login(request, user)
        request.session[METHOD] = request.session.get(METHOD) or "password"
        agent, address = request.headers.get("User-Agent", ""), self.get_client_ip(request)
        request.session.begin(agent=agent, address=address, at=request.at)  # type: ignore[attr-defined]
        if SESSION_TENANT not in request.session:
            mine = tenants_of(user.pk, at=request.at)  # type: ignore[attr-defined]
            if len(mine) == 1:
                request.session[SESSION_TENANT] = str(mine[0].pk)

    def format_email_subject(self, subject: str) -> str:
        """The sender's name says where a mail comes from; the subject says what it is about."""
        return subject

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the link under the address this installation is known by, whatever host the request named."""
        person, _dash, secret = key.partition("-")
        return absolute("account_reset_password_from_key", person, secret)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write the mail in the person's language and hand it to our own transport."""
        user = context.get("user")
        spoken = getattr(user, "language", "") or translation.get_language()
        with translation.override(spoken):
            written = self.render_mail(template_prefix, email, {"email": email, **context})
        send_sign_in_mail(user, to=email, subject=written.subject, text=written.body, at=self.request.at)


def display(user: Any) -> str:
    """Return the name to greet a person by."""
    return str(user)
