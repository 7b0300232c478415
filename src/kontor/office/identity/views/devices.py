"""The cookie by which a browser is known again: a signed secret, kept hashed in the database."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse

from kontor.office.identity.actions.attempts import begin_attempt, forget_attempt, know_device, note_failure
from kontor.office.identity.models import User

COOKIE: Final = "kontor_device"
_SALT: Final = "kontor.device"
_KEPT: Final = timedelta(days=180)


def counted(
    request: HttpRequest, email: str, address: str, look: Callable[[], AbstractBaseUser | None]
) -> AbstractBaseUser | None:
    """Look at a password and count it where it is wrong; PausedError where this device may not try now."""
    at: datetime = request.at  # type: ignore[attr-defined]
    attempt = begin_attempt(email, address=address, device=device_of(request), at=at)
    user = look()
    if user is None:
        note_failure(attempt, email, at=at)
    else:
        forget_attempt(attempt)
    return user


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
