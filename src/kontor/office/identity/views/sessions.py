"""In which browsers one is signed in, and ending that."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_GET, require_POST

from kontor.kernel.requests import signed_in
from kontor.kernel.sessions import digest_of
from kontor.office.identity.actions import sessions as actions
from kontor.office.identity.queries.sessions import sessions_of
from kontor.office.identity.views.frames import me, own_tabs


@signed_in
@require_GET
def sessions(request: HttpRequest) -> HttpResponseBase:
    """Show every browser in which one is signed in, this one marked."""
    found = sessions_of(me(request).pk, cookie=request.session.session_key, at=request.at)  # type: ignore[attr-defined]
    context = {"tabs": own_tabs("sessions"), "sessions": found, "others": sum(not one.here for one in found)}
    return render(request, "identity/sessions.html", context)


@signed_in
@require_POST
def end(request: HttpRequest, key: str) -> HttpResponseBase:
    """End one of one's sessions; this one is ended by signing out. 404 for a stranger's or one that is over."""
    if key == digest_of(request.session.session_key or ""):
        raise Http404
    if not actions.end_own(me(request), key=key, at=request.at, actor=getattr(request, "actor", None)):  # type: ignore[attr-defined]
        raise Http404
    messages.success(request, _("This device is signed out."))
    return redirect("identity:sessions")


@signed_in
@require_POST
def end_others(request: HttpRequest) -> HttpResponseBase:
    """End all of one's sessions but this one."""
    ended = actions.end_own(
        me(request),
        keep=request.session.session_key,
        at=request.at,  # type: ignore[attr-defined]
        actor=getattr(request, "actor", None),
    )
    said = ngettext("%(count)s device is signed out.", "%(count)s devices are signed out.", ended)
    messages.success(request, said % {"count": ended})
    return redirect("identity:sessions")
