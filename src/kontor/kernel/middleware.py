"""Around every request: its language, its tenant's transaction, and the headers that keep a page to itself."""

import time
import uuid
import zoneinfo
from collections.abc import Callable, Iterator
from functools import cache
from typing import Final

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponsePermanentRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode

from kontor.kernel.actions.overload import count_request, person_client
from kontor.kernel.actions.quotas import QuotaRefusedError
from kontor.kernel.actions.sessions import follow_rights, note_use
from kontor.kernel.actions.strangers import is_miss, note_miss
from kontor.kernel.actions.support import note_auditor, note_view
from kontor.kernel.actor import Actor
from kontor.kernel.models import Tenant
from kontor.kernel.requests import is_auditor, is_guest, is_of_tenant, refused_to_guest, shut_gate
from kontor.kernel.security_headers import forget, headers
from kontor.kernel.sessions import REPLACED, TENANT as SESSION_TENANT, limit_reached
from kontor.kernel.standing import standing_of
from kontor.kernel.store_errors import StoreError
from kontor.kernel.support import (
    LOOK,
    Guest,
    end_looking,
    guest_standing,
    keep_from_writing,
    looked_at_by,
    standing_grant,
    wrote,
)
from kontor.kernel.tenancy import as_tenant, limit_to_sites
from kontor.kernel.views.errors import (
    auditor_refused,
    guest_over,
    guest_refused,
    limit_is_reached,
    store_is_out,
    too_many,
)

Answer = Callable[[HttpRequest], HttpResponseBase]
_EXCHANGE: Final = 0.25  # seconds: a browser follows twenty times, as long as the exchange of a key is remembered


def security_headers(get_response: Answer) -> Answer:
    """
    Allow no script or style but our own files, no frame around us and no reading by other sites.

    Whoever reached a proxy of ours without encryption is sent to come again with it.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        plain = request.headers.get("X-Forwarded-Proto", "").lower() == "http"
        if plain and settings.KONTOR_BASE_URL.startswith("https://"):
            response: HttpResponseBase = HttpResponsePermanentRedirect(
                settings.KONTOR_BASE_URL.rstrip("/") + request.get_full_path()
            )
        else:
            response = get_response(request)
        for name, value in headers().items():
            response.headers.setdefault(name, value)
        if request.path_info.startswith("/static/"):
            return response
        if getattr(request, "user", None) and request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def language(get_response: Answer) -> Answer:
    """Speak the language the person chose, else the browser's; the tenant's is put in by the tenant's middleware."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        with translation.override(translation.get_language_from_request(request)):
            request.LANGUAGE_CODE = translation.get_language()
            response = get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or "de")
        return response

    return middleware


class TenantMiddleware:
    """The whole request, rendering included, is one transaction of its tenant; an exception rolls it back."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.at = timezone.now()  # type: ignore[attr-defined]
        if REPLACED in request.session:
            return _ask_again(request)
        tenant_id = request.session.get(SESSION_TENANT)
        if isinstance(request.user, AnonymousUser) or tenant_id is None:
            return self.get_response(request)
        tenant = uuid.UUID(tenant_id)
        person = person_client(request.user.pk)
        if over := count_request(tenant, person, at=request.at):  # type: ignore[attr-defined]
            return too_many(request, over)
        if looked_at_by(request.session) and request.path not in _ways_out():
            return self._as_guest(request, house=tenant)
        try:
            with as_tenant(tenant):
                response = self._answered(request, tenant)
        finally:
            timezone.deactivate()  # the thread answers other tenants next
        if response is None:
            del request.session[SESSION_TENANT]
            return self.get_response(request)
        if request.session.get(SESSION_TENANT) == tenant_id and not getattr(request, "htmx", None):
            # not for a page's parts, which come several at once with the key the page came with
            follow_rights(request.session, request.standing.rights, at=request.at)  # type: ignore[arg-type, attr-defined]
        if is_miss(request, response.status_code):  # its transaction was rolled back
            with as_tenant(tenant):
                note_miss(request)
        if isinstance(response, StreamingHttpResponse):
            chunks = response.streaming_content
            sites = getattr(request, "sites", None)
            response.streaming_content = _streamed(tenant, chunks, sites)  # type: ignore[arg-type]  # pages are synchronous
        return response

    def _answered(self, request: HttpRequest, tenant: uuid.UUID) -> HttpResponseBase | None:
        """Return the tenant's answer, None for somebody who is no member (any more)."""
        if not self._enter(request, tenant):
            return None
        if limit := limit_reached(request.session, request.standing.entry, at=request.at):  # type: ignore[attr-defined]
            return _signed_out(request, limit)
        note_use(request.session, at=request.at)  # type: ignore[arg-type, attr-defined]
        response = self.get_response(request)
        if response.status_code >= 500:  # noqa: PLR2004  HTTP's own number
            transaction.set_rollback(True)
        return response

    def _as_guest(self, request: HttpRequest, *, house: uuid.UUID) -> HttpResponseBase:
        """Answer a person of the house who looks at a tenant: as that tenant, recorded first, and never writing."""
        looked_at = looked_at_by(request.session)
        assert looked_at is not None  # the caller asked
        tenant_id, at = looked_at[0], request.at  # type: ignore[attr-defined]
        try:
            with as_tenant(house):
                welcome = self._may_look(request, house)
            with as_tenant(tenant_id):
                grant = standing_grant(looked_at[1], house=house, at=at) if welcome else None
                if grant is not None:
                    note_view(grant, path=request.path, at=at, actor=request.actor)  # type: ignore[attr-defined]
            if grant is None:
                end_looking(request.session)
                return guest_over(request)
            with as_tenant(tenant_id):
                keep_from_writing()
                tenant = Tenant.objects.get(pk=tenant_id)
                assert grant.until is not None  # it holds now
                request.guest = Guest(grant.pk, grant.until)  # type: ignore[attr-defined]
                request.tenant = tenant  # type: ignore[attr-defined]
                request.standing = guest_standing(tenant, grant, at=at)  # type: ignore[attr-defined]
                timezone.activate(zoneinfo.ZoneInfo(tenant.zone))
                response = self.get_response(request)
        finally:
            timezone.deactivate()
        if isinstance(response, StreamingHttpResponse):
            response.streaming_content = _streamed(tenant_id, response.streaming_content)  # type: ignore[arg-type]
        return response

    def _may_look(self, request: HttpRequest, house: uuid.UUID) -> bool:
        """Tell whether the person still works for the house with the right to look, and stands before no gate there."""
        if not self._enter(request, house):
            return False
        standing, at = request.standing, request.at  # type: ignore[attr-defined]
        if not standing.tenant.is_house or not standing.may(LOOK) or shut_gate(request) is not None:
            return False
        if limit_reached(request.session, standing.entry, at=at):
            return False  # the next request, the house's again, signs out
        note_use(request.session, at=at)  # type: ignore[arg-type]
        return True

    def _enter(self, request: HttpRequest, tenant: uuid.UUID) -> bool:
        """Give the request its tenant, standing, actor, language and clock; False for somebody who is no member."""
        now = request.at  # type: ignore[attr-defined]
        assert request.user.pk
        standing = standing_of(request.user.pk, tenant_id=tenant, now=now)
        if standing is None:
            return False
        request.tenant, request.standing = standing.tenant, standing  # type: ignore[attr-defined]
        request.actor = Actor.person(request.user)  # type: ignore[attr-defined]
        chosen = (
            request.COOKIES.get("kontor_language") or getattr(request.user, "language", "") or standing.tenant.language
        )
        if translation.check_for_language(chosen):
            translation.activate(chosen)
            request.LANGUAGE_CODE = chosen
        timezone.activate(zoneinfo.ZoneInfo(standing.tenant.zone))
        return True

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], *_: object
    ) -> HttpResponseBase | None:
        """Leave a guest of the house outside whatever is no look; an auditor's look is on record, and never writes."""
        if is_guest(request):
            return guest_refused(request) if refused_to_guest(request, view) else None
        if not is_auditor(request) or not is_of_tenant(view):
            return None
        if request.method not in {"GET", "HEAD"}:
            return auditor_refused(request)
        standing, actor = request.standing, request.actor  # type: ignore[attr-defined]
        note_auditor(standing.membership, path=request.path, at=request.at, actor=actor)  # type: ignore[attr-defined]
        keep_from_writing()
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Django turns exceptions into answers before we see them: undo what was written; a guest writes nothing."""
        if connection.in_atomic_block:
            transaction.set_rollback(True)
        if is_guest(request):
            return guest_refused(request) if wrote(exception) else None
        if is_auditor(request) and wrote(exception):
            return auditor_refused(request)
        if isinstance(exception, StoreError):
            return store_is_out(request, exception)
        return limit_is_reached(request, exception) if isinstance(exception, QuotaRefusedError) else None


@cache
def _ways_out() -> frozenset[str]:
    """The addresses at which a guest is the house's person again: ending the look, and signing out."""
    return frozenset({reverse("identity:support-leave"), reverse("account_logout")})


def _streamed(
    tenant_id: uuid.UUID, chunks: Iterator[bytes], sites: frozenset[uuid.UUID] | None = None
) -> Iterator[bytes]:
    """The body of a streaming answer is produced after the request's transaction: give it its own, as limited."""
    with as_tenant(tenant_id):
        if sites is not None:
            limit_to_sites(sites)
        yield from chunks


def _ask_again(request: HttpRequest) -> HttpResponseBase:
    """Send a request with a key that was exchanged meanwhile back to itself, once the browser may have the new one."""
    time.sleep(_EXCHANGE)
    return HttpResponse(status=307, headers={"Location": request.get_full_path(), "Cache-Control": "no-store"})


def _signed_out(request: HttpRequest, limit: str) -> HttpResponseBase:
    """End the session and lead to the sign-in page, which says why and leads back."""
    request.session.flush()
    request.user = AnonymousUser()
    back = {"next": request.get_full_path()} if request.method == "GET" else {}
    response = redirect(f"{reverse('account_login')}?{urlencode({'over': limit} | back)}")
    return forget(response)
