"""How the sign-in library behaves here: nobody registers by themselves, and its mail goes the way of all mail."""

import functools
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from kontor.kernel.actions.sessions import end_sessions
from kontor.kernel.client import client_address
from kontor.kernel.links import absolute
from kontor.kernel.sessions import METHOD, TENANT as SESSION_TENANT
from kontor.office.identity.actions.attempts import PausedError
from kontor.office.identity.actions.passwords import put_password
from kontor.office.identity.actions.sign_in import PASSWORD, signed_in
from kontor.office.identity.actions.sign_in_mail import send_sign_in_mail
from kontor.office.identity.models import User
from kontor.office.identity.queries.factors import is_offered_a_factor
from kontor.office.identity.queries.passwords import WEAK, satisfies
from kontor.office.identity.views.closed_ways import RESET, instead_of_password, instead_of_reset
from kontor.office.identity.views.devices import TOO_MANY, counted, keep_device


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("This address and this password do not belong together. Is one of them mistyped?"),
        "too_many_login_attempts": TOO_MANY,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002  the library's signature
        """People come by invitation only."""
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Signing in is no news to the person who does it."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """
        Look at a password; what another way in began in this browser before counts no more.

        A right one is held against what is demanded today, since only now it can be read (SM-024).
        """
        if not request.user.is_authenticated:
            request.session.pop(METHOD, None)
        look = functools.partial(super().authenticate, request, **credentials)
        try:
            user = counted(request, credentials.get("email", ""), look)
        except PausedError:
            raise self.validation_error("too_many_login_attempts") from None
        if user is not None:
            request.session[WEAK] = not satisfies(credentials["password"], user)
        return user

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Set the password that a link in a mail let somebody choose; the library's form has looked at it."""
        assert isinstance(user, User)  # whoever sets a password is one of ours
        put_password(user, password, at=self.request.at)
        end_sessions(user.pk)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return where a request comes from; a proxy's word counts only where it is ours."""
        return client_address(request)

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **given: Any) -> HttpResponse:
        """Remember the browser in which somebody has signed in."""
        assert isinstance(user, User)  # whoever signs in is one of ours
        return keep_device(request, super().post_login(request, user, **given), user)

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Sign in, and begin to work where there is nothing to choose."""
        assert isinstance(user, User)  # whoever signs in is one of ours
        method = request.session.get(METHOD) or PASSWORD
        shown = any(record["method"] == "mfa" for record in get_authentication_records(request, user))
        super().login(request, user)
        signed_in(request, user, method, second_factor=shown, address=self.get_client_ip(request))

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Lead somebody whose second factor is up to them past the offer of one; they may go on without."""
        onwards: str = super().get_login_redirect_url(request)
        assert request.user.pk is not None  # signed in a moment ago
        if is_offered_a_factor(request.user.pk, request.session.get(SESSION_TENANT)):
            return f"{reverse('identity:factor-offered')}?{urlencode({'next': onwards})}"
        return onwards

    def pre_login(self, request: HttpRequest, user: AbstractBaseUser, **given: Any) -> HttpResponse | None:
        """A right password opens nothing where single sign-on is the only way in: lead there instead."""
        assert isinstance(user, User)  # whoever signs in is one of ours
        return instead_of_password(request, user) or super().pre_login(request, user, **given)

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
            instead = instead_of_reset(user, at=self.request.at) if template_prefix == RESET else None
            written = self.render_mail(template_prefix, email, {"email": email, **context})
        subject, text = instead or (written.subject, written.body)
        send_sign_in_mail(user, to=email, subject=subject, text=text, at=self.request.at)


def display(user: Any) -> str:
    """Return the name to greet a person by."""
    return str(user)
