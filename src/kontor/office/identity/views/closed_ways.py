"""What the sign-in library does where single sign-on is enforced: passwords and their reset are closed."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from kontor.kernel.links import absolute
from kontor.office.identity.models import User
from kontor.office.identity.queries.single_sign_on import closed_to_passwords

RESET = "account/email/password_reset_key"


def instead_of_password(request: HttpRequest, user: User) -> HttpResponse | None:
    """Return where to send somebody whose password was right, and opens nothing; None where it does."""
    ways = closed_to_passwords(user.pk, at=request.at)  # type: ignore[attr-defined]
    return redirect("sso-begin", ways[0].provider) if ways else None


def instead_of_reset(user: Any, *, at: datetime) -> tuple[str, str] | None:
    """Return subject and text of the mail that goes out in place of a link to a new password; None where it may."""
    ways = closed_to_passwords(user.pk, at=at) if isinstance(user, User) else []
    if not ways:
        return None
    lines = [f"{way.name}: {absolute('sso-begin', way.provider)}" for way in ways]
    said = _("Your company signs in by its own directory; a password opens nothing here. Sign in here:")
    return _("How you sign in"), "\n".join([said, "", *lines, ""])
