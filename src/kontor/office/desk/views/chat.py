"""The chat of a customer centre: beginning one, what is noted meanwhile, and taking that back."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.actions.mail import MailAddressError
from kontor.kernel.client import client_address, refuses_tracking
from kontor.kernel.listing.files import as_file
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import language, spoken
from kontor.office.desk.actions.centre_door import request_link
from kontor.office.desk.actions.chatting import CHAT_LASTS, Visitor, begin_chat, note_activity, stop_noting
from kontor.office.desk.forms.chat import ChatForm
from kontor.office.desk.models import Centre, ChatActivity, ChatProfile
from kontor.office.desk.queries.chats import KEPT, analysis
from kontor.office.desk.views.centre_frame import CentreRequest, in_centre
from kontor.office.desk.views.centre_setup import SET_UP
from kontor.rulebook.refusal import RefusalError

_COUNTED = timedelta(days=90)


@in_centre
@require_http_methods(["GET", "POST"])
def begin(request: CentreRequest) -> HttpResponseBase:
    """Tell what a chat keeps, and begin one with the first words; 404 where the tenant has none."""
    if not Centre.objects.filter(chats=True).exists():
        raise Http404
    here = request.here
    known = here.person.email if here.person else ""
    form = ChatForm(request.POST or None, refuses=refuses_tracking(request), known=known)
    if request.method == "POST" and form.is_valid():
        begun = _begun(request, form, known)
        if begun is not None:
            return begun
    context = {"here": here, "form": form, "kept": KEPT, "opened": "chat", "refuses": refuses_tracking(request)}
    return render(request, "desk/centre_chat.html", context, status=422 if form.errors else 200)


def _begun(request: CentreRequest, form: ChatForm, known: str) -> HttpResponseBase | None:
    here, given = request.here, form.cleaned_data
    visitor = Visitor(
        email=known or given["email"], address=client_address(request), agent=request.headers.get("User-Agent", ""),
        activity=given.get("activity", False), language=language(), person=here.person,
    )  # fmt: skip
    try:
        profile, secret = begin_chat(visitor, given["text"], at=request.at)
    except MailAddressError as refused:
        form.add_error(None, str(refused))
        return None
    except RefusalError as refused:
        form.add_error(None, spoken(refused.text))
        return None
    response = _to_conversation(request, profile)
    response.set_cookie(
        here.chat_cookie, secret, max_age=int(CHAT_LASTS.total_seconds()), path=f"/centre/{here.slug}/",
        secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax",
    )  # fmt: skip
    return response


def _to_conversation(request: CentreRequest, profile: ChatProfile) -> HttpResponseBase:
    if request.here.person is not None:
        return redirect("centre:request", request.here.slug, profile.ticket_id)
    secret = request_link(profile.ticket, at=request.at).rstrip("/").rpartition("/")[2]
    return redirect("centre:shared", request.here.slug, secret)


@in_centre
@require_POST
def press(request: CentreRequest) -> HttpResponseBase:
    """Note that a known element was pressed, for whoever allowed it; the answer is the same for anybody."""
    if request.here.chat is not None:
        what = request.POST.get("what", "")
        note_activity(request.here.chat, ChatActivity.Kind.ELEMENT, what, at=request.at)
    return HttpResponse(status=204)


@in_centre
@require_POST
def stop(request: CentreRequest) -> HttpResponseBase:
    """Take back that pages and elements are noted; what was is deleted."""
    if request.here.chat is not None:
        stop_noting(request.here.chat, at=request.at)
    return redirect("centre:home", request.here.slug)


@requires(SET_UP)
@require_GET
def counted(request: TenantRequest) -> HttpResponseBase:
    """Give what was opened, pressed and run during the chats of ninety days, counted without anybody in it."""
    today = localdate(request.at)
    kinds: dict[str, Any] = {"PAGE": _("Page"), "ELEMENT": _("Element"), "SYSTEM": _("Operating system")}
    rows = [(on, kinds[kind], what, times) for on, kind, what, times in analysis(today - _COUNTED, today)]
    heads = [_("Day"), _("Kind"), _("Name"), _("How often")]
    return as_file("csv", name="chats", heads=heads, rows=rows)
