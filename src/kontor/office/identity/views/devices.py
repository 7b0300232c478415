"""The cookie by which a browser is known again, a signed secret kept hashed in the database; and what it may try."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, TypeVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.forms import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _, gettext_lazy

from kontor.kernel.client import client_address
from kontor.office.identity.actions.attempts import (
    MAIL,
    PROOF,
    PausedError,
    begin_attempt,
    forget_attempt,
    know_device,
    note_failure,
)
from kontor.office.identity.actions.factors import WrongProofError
from kontor.office.identity.models import User

Shown = TypeVar("Shown")
COOKIE: Final = "kontor_device"
_SALT: Final = "kontor.device"
_KEPT: Final = timedelta(days=180)
TOO_MANY: Final = gettext_lazy("Too many attempts. Wait a while, or use a device on which you have signed in before.")


def counted(request: HttpRequest, email: str, look: Callable[[], AbstractBaseUser | None]) -> AbstractBaseUser | None:
    """Look at a password and count it where it is wrong; PausedError where this device may not try now."""
    at: datetime = request.at  # type: ignore[attr-defined]
    attempt = begin_attempt(email, address=client_address(request), device=device_of(request), at=at)
    user = look()
    if user is None:
        note_failure(attempt, email, at=at)
    else:
        forget_attempt(attempt)
    return user


def counted_proof(request: HttpRequest, user: User, look: Callable[[], Shown]) -> Shown:
    """Look at what shows who somebody is; WrongProofError, which counts, PausedError where it is not looked at now."""
    at: datetime = request.at  # type: ignore[attr-defined]
    where, device = client_address(request), device_of(request)
    attempt = begin_attempt(user.email, address=where, device=device, at=at, of=PROOF)
    try:
        shown = look()
    except WrongProofError:
        note_failure(attempt, user.email, at=at)
        raise
    forget_attempt(attempt)
    return shown


def own_password(request: HttpRequest, user: User, typed: str) -> str:
    """Return what was typed where it is the person's password; errors of `counted_proof`."""

    def look() -> str:
        if not user.check_password(typed):
            raise WrongProofError
        return typed

    return counted_proof(request, user, look)


def typed_password(request: HttpRequest, user: User) -> Callable[[str], str]:
    """Return what a form asks about its field of the person's own password; it raises ValidationError."""

    def check(typed: str) -> str:
        try:
            return own_password(request, user, typed)
        except WrongProofError:
            raise ValidationError(_("That is not your password.")) from None
        except PausedError:
            raise ValidationError(TOO_MANY) from None

    return check


def count_mail(request: HttpRequest, email: str) -> None:
    """Count a mail with a link that anybody can ask for; PausedError where too many were asked for of late."""
    at: datetime = request.at  # type: ignore[attr-defined]
    begin_attempt(email, address=client_address(request), device=device_of(request), at=at, of=MAIL)


def device_of(request: HttpRequest) -> str:
    """Return the secret of the browser that asks; "" where it brings none, or one that we did not sign."""
    return str(request.get_signed_cookie(COOKIE, default="", salt=_SALT, max_age=int(_KEPT.total_seconds())))


def keep_device(request: HttpRequest, response: HttpResponse, user: User) -> HttpResponse:
    """Remember the browser in which a person has signed in."""
    secret = know_device(user, device_of(request), at=request.at)  # type: ignore[attr-defined]
    response.set_signed_cookie(
        COOKIE,
        secret,
        salt=_SALT,
        max_age=_KEPT,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
    return response
