"""Cookie settings, open to anybody: two equal buttons, and the same page takes back what was allowed."""

import uuid
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from kontor.kernel.requests import public
from kontor.office.privacy.actions.cookies import choose_cookies, count_view
from kontor.office.privacy.queries import cookies

_ALL: Final = "all"
_CHOSEN: Final = "chosen"  # anything else allows nothing


@public("whoever opens a page decides about its cookies before and without signing in")
@require_http_methods(["GET", "POST"])
def cookie_settings(request: HttpRequest) -> HttpResponseBase:
    """Show what cookies are for, and keep what is allowed from now on."""
    offered = cookies.offered()
    if request.method == "POST":
        return _keep(request, {use.key for use in offered})
    found = cookies.chosen(request)
    context = {
        "necessary": cookies.NECESSARY,
        "uses": [(use, found is not None and use.key in found.allowed) for use in offered],
        "chosen": found,
        "next": request.GET.get("next", ""),
    }
    return render(request, "privacy/cookies.html", context)


@public("a browser that allowed analysis says which page was opened; from any other nothing is kept")
@require_POST
def count(request: HttpRequest) -> HttpResponse:
    """Count a page of ours, where that is allowed; answers the same in any case."""
    visitor, page = cookies.visitor_of(request), cookies.page_of(request.POST.get("page", ""))
    if page and visitor and cookies.allows(request, "analysis") and not cookies.refused_since(visitor):
        count_view(page, visitor=visitor, today=timezone.localdate())
    return HttpResponse(status=204)


def _keep(request: HttpRequest, offered: set[str]) -> HttpResponseBase:
    said = request.POST.get("choice", "")
    allowed = {_ALL: offered, _CHOSEN: offered & set(request.POST.getlist("use"))}.get(said, set())
    had = cookies.visitor_of(request)
    visitor = had or (uuid.uuid4() if allowed else None)
    person = request.user.pk if request.user.is_authenticated else None
    choice = choose_cookies(allowed, visitor=visitor, person=person, at=timezone.now())
    if person is not None:
        request.session[cookies.KEPT] = [choice.text_id, choice.allowed]
    answer = redirect(_back(request))
    kept: dict[str, Any] = {
        "max_age": cookies.ASKED_AGAIN_AFTER,
        "secure": settings.SESSION_COOKIE_SECURE,
        "httponly": True,
        "samesite": "Lax",
    }
    answer.set_cookie(cookies.COOKIE, cookies.signed(choice.allowed), **kept)
    if "analysis" in choice.allowed:
        answer.set_cookie(cookies.VISITOR, str(visitor), **kept)
    else:
        answer.delete_cookie(cookies.VISITOR, samesite="Lax")
    return answer


def _back(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else reverse("privacy:cookies")
