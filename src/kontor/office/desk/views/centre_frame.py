"""The frame of every page of a customer centre: whose it is, who is here, and nothing of any other tenant."""

import functools
import uuid
import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone, translation

from kontor.kernel.models import Tenant
from kontor.kernel.requests import public
from kontor.kernel.tenancy import as_tenant, readers_only
from kontor.kernel.views.errors import not_found
from kontor.office.desk.actions.centre_door import person_in
from kontor.office.desk.actions.centre_password import DEVICE_LASTS
from kontor.office.desk.actions.chatting import chat_behind, note_activity
from kontor.office.desk.models import CentreAddress, CentrePerson, ChatActivity, ChatProfile
from kontor.office.desk.queries.articles import ANYBODY, SIGNED_IN
from kontor.office.desk.queries.centre import open_centre

COOKIE = "kontor_centre"


@dataclass(frozen=True, slots=True)
class Here:
    """The centre that a request is for, who is signed in there, and the chat this browser began, if any."""

    slug: str
    title: str
    joins: bool
    tenant: uuid.UUID
    person: CentrePerson | None
    chats: bool = False
    chat: ChatProfile | None = None

    @property
    def audiences(self) -> frozenset[str]:
        """Whose articles may be read."""
        return SIGNED_IN if self.person else ANYBODY

    @property
    def cookie(self) -> str:
        """The name of the session's cookie, another one for each centre."""
        return f"{COOKIE}_{self.tenant.hex}"

    @property
    def chat_cookie(self) -> str:
        """The name of the cookie of whoever chats."""
        return f"{self.cookie}_chat"


class CentreRequest(HttpRequest):
    """A request in a customer centre."""

    at: Any
    here: Here


View = Callable[..., HttpResponseBase]


def in_centre(view: View) -> View:
    """Answer anybody, as the tenant whose centre it is; 404 where there is none, or it is shut."""

    @public("an end customer is no user of ours; the address says whose centre it is, and its own session who is here")
    @functools.wraps(view)
    def guarded(request: Any, slug: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response = _answered(view, request, slug, *args, **kwargs)
        except Http404 as missing:
            response = not_found(request, missing)
        response.headers["Cache-Control"] = "no-store"
        return response

    return guarded


def _answered(view: View, request: Any, slug: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
    """Answer as the tenant whose centre it is, in its zone and the reader's language; Http404 where it is shut."""
    found = CentreAddress.objects.select_related("tenant").filter(slug=slug).first()
    if found is None:
        raise Http404
    with as_tenant(found.tenant_id), timezone.override(zoneinfo.ZoneInfo(found.tenant.zone)):
        row = open_centre(timezone.localdate(request.at))
        if row is None:
            raise Http404
        shut = Here(slug, row.title, row.joins, found.tenant_id, None, chats=row.chats)
        person = person_in(request.COOKIES.get(shut.cookie, ""), at=request.at)
        begun = request.COOKIES.get(shut.chat_cookie, "")
        request.here = replace(shut, person=person, chat=chat_behind(begun, at=request.at) if begun else None)
        language = _language(request, person, found.tenant)
        with readers_only(request.here.audiences), translation.override(language):
            request.LANGUAGE_CODE = translation.get_language()
            response = view(request, *args, **kwargs)
            _note_page(request, response)
        if response.status_code >= 500:  # noqa: PLR2004  HTTP's own number
            transaction.set_rollback(True)
        return response


def _note_page(request: Any, response: HttpResponseBase) -> None:
    """Note a page that whoever chats opened, if they allowed it; parts that a page fetches by itself are none."""
    chat, own = request.here.chat, request.headers.get("HX-Boosted") or not request.headers.get("HX-Request")
    if chat is not None and own and request.method == "GET" and response.status_code == HTTPStatus.OK:
        note_activity(chat, ChatActivity.Kind.PAGE, request.resolver_match.view_name, at=request.at)


def signed_in_here(view: View) -> View:
    """Answer an end customer who is signed in; anybody else is led to the way in."""

    @in_centre
    @functools.wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.here.person is None:
            return redirect("centre:sign-in", request.here.slug)
        return view(request, *args, **kwargs)

    return guarded


def keep_session(response: HttpResponseBase, here: Here, secret: str, *, seconds: int) -> None:
    """Give the browser the session's cookie, which it sends to this centre alone."""
    response.set_cookie(
        here.cookie, secret, max_age=seconds, path=f"/centre/{here.slug}/", secure=settings.SESSION_COOKIE_SECURE,
        httponly=True, samesite="Lax",
    )  # fmt: skip


def keep_device(response: HttpResponseBase, here: Here, secret: str) -> None:
    """Give the browser the cookie by which it is known again once a password was typed in it."""
    response.set_cookie(
        f"{here.cookie}_device", secret, max_age=int(DEVICE_LASTS.total_seconds()), path=f"/centre/{here.slug}/",
        secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax",
    )  # fmt: skip


def device_of(request: CentreRequest) -> str:
    """Return the secret by which this browser is known; "" where it brings none."""
    return request.COOKIES.get(f"{request.here.cookie}_device", "")


def _language(request: HttpRequest, person: CentrePerson | None, tenant: Tenant) -> str:
    chosen = request.COOKIES.get("kontor_language", "")
    if translation.check_for_language(chosen):
        return chosen
    return person.language if person else translation.get_language() or tenant.language
