"""Setting another password: by oneself, or because the one in force is too old or too weak by now."""

import zoneinfo
from datetime import datetime

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kontor.kernel.actions.sessions import end_sessions
from kontor.kernel.requests import open_at_gates, signed_in
from kontor.kernel.sessions import METHOD
from kontor.office.identity.actions.passwords import change_password
from kontor.office.identity.actions.sign_in import PASSWORD
from kontor.office.identity.forms import PasswordForm
from kontor.office.identity.queries.passwords import WEAK, demands_on, is_too_old
from kontor.office.identity.views.devices import typed_password
from kontor.office.identity.views.frames import me


@signed_in
@open_at_gates
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponseBase:
    """Set another password; other devices are signed out."""
    user, at = me(request), _now(request)
    form = PasswordForm(request.POST or None, typed=typed_password(request, user), demands=demands_on(user.pk, at=at))
    if request.method == "POST" and form.is_valid():
        try:
            change_password(user, form.cleaned_data["new"], at=at, actor=getattr(request, "actor", None))
        except ValidationError as weak:
            form.add_error("new", weak)
        else:
            update_session_auth_hash(request, user)
            end_sessions(user.pk, keep=request.session.session_key)
            request.session.pop(WEAK, None)
            messages.success(request, _("Your new password is set. Your other devices are signed out."))
            return redirect("identity:profile")
    context = {"form": form, "because": _because(request)}
    return render(request, "identity/password.html", context, status=422 if form.errors else 200)


def must_change(request: HttpRequest) -> bool:
    """Tell whether the person comes no further before they set another password; SSO and passkeys need none."""
    if request.session.get(METHOD) != PASSWORD:
        return False
    return bool(request.session.get(WEAK)) or _is_too_old(request)


def _is_too_old(request: HttpRequest) -> bool:
    user, at = me(request), _now(request)
    zone = zoneinfo.ZoneInfo(request.standing.tenant.zone)  # type: ignore[attr-defined]
    return is_too_old(user, demands_on(user.pk, at=at), at=at, zone=zone)


def _because(request: HttpRequest) -> str:
    """Why somebody was led here; "" where they came by themselves."""
    if request.session.get(METHOD) != PASSWORD or not hasattr(request, "standing"):
        return ""
    if request.session.get(WEAK):
        return _("Your company asks more of passwords than yours has. Set one that satisfies it, then you go on.")
    if _is_too_old(request):
        return _("Your password has been in use as long as your company allows. Set another one, then you go on.")
    return ""


def _now(request: HttpRequest) -> datetime:
    return request.at  # type: ignore[attr-defined, no-any-return]
