"""Signing in by a company's own directory: finding it, going there, coming back, and being signed out by it."""

import base64
import json
import uuid
from collections.abc import Mapping
from typing import Any, Final

from allauth.account.adapter import get_adapter
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from kontor.kernel.encryption import decrypt, encrypt
from kontor.kernel.links import absolute
from kontor.kernel.requests import PROVED_AT, public
from kontor.kernel.sessions import METHOD, TENANT as SESSION_TENANT
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.actions import oidc, saml
from kontor.office.identity.actions.arriving import Arrival, ArrivalRefusedError, arrive, connect
from kontor.office.identity.actions.oidc import Answer, Flow, ProviderFailedError
from kontor.office.identity.actions.providers import (
    SSO_LEAVING,
    SSO_NAMED,
    SSO_SESSION,
    Over,
    end_sessions_by,
    note_test,
)
from kontor.office.identity.actions.sign_in import signed_in
from kontor.office.identity.formats.id_token import TokenRefusedError
from kontor.office.identity.formats.saml_xml import AnswerRefusedError
from kontor.office.identity.models import IdentityProvider, User
from kontor.office.identity.queries.factors import factors_of
from kontor.office.identity.queries.single_sign_on import tenant_of_provider, ways_in
from kontor.office.identity.views import saml_words
from kontor.office.identity.views.connection_words import problem_words, tested
from kontor.office.identity.views.frames import me
from kontor.office.identity.views.leaving import leave

FLOWS: Final = "sso_flows"  # the session's key for the questions that are still open
TESTED: Final = "sso_tested"  # the session's key for what came back from a test
_OPEN_AT_ONCE: Final = 5
_LEAVING: Final = "identity.session.sso_leaving"
_BACKEND: Final = "allauth.account.auth_backends.AuthenticationBackend"
_NOT_OURS: Final = gettext_lazy("This answer belongs to no question of this browser, or it came too late. Begin again.")


@public("signing in comes before being known")
@require_http_methods(["GET", "POST"])
def company(request: HttpRequest) -> HttpResponseBase:
    """Find a company's way of signing in by the domain of an address; it says nothing about accounts."""
    email = request.POST.get("email", "").strip()
    ways = ways_in(email) if email else []
    if len(ways) == 1:
        return redirect(_start(ways[0].provider, email, request.POST.get("next", "")))
    context = {
        "email": email,
        "next": request.POST.get("next", request.GET.get("next", "")),
        "ways": [(way, _start(way.provider, email, request.POST.get("next", ""))) for way in ways],
        "unknown": bool(email) and not ways,
    }
    return render(request, "identity/company.html", context)


@public("signing in comes before being known")
@require_GET
def begin(request: HttpRequest, provider_id: uuid.UUID) -> HttpResponseBase:
    """Send the browser to a provider to sign in."""
    provider = provider_at(provider_id)
    if not provider.active:
        raise Http404
    hint, wanted = request.GET.get("login_hint", ""), request.GET.get("next", "")
    return ask(request, provider, purpose="sign_in", back=wanted, hint=hint)


def ask(
    request: HttpRequest, provider: IdentityProvider, *, purpose: str, back: str = "", hint: str = ""
) -> HttpResponseBase:
    """Send the browser to a provider with a question that only this browser can bring the answer to."""
    person = str(request.user.pk) if purpose != "sign_in" else ""
    told: dict[str, Any] = {"purpose": purpose, "at": _now(request), "person": person, "back": back}
    try:
        if _is_saml(provider):
            address, flow = saml.begin(provider, **told)
        else:
            address, flow = oidc.begin(provider, redirect_uri=back_address(provider.pk), hint=hint, **told)
    except ProviderFailedError as failed:
        return refused_page(request, provider, problem_words(failed), purpose)
    flows = list(request.session.get(FLOWS, []))[-_OPEN_AT_ONCE + 1 :]
    request.session[FLOWS] = [*flows, flow.kept()]
    return leave(request, address, name=provider.name)


@public("the provider sends the browser back before anybody is known")
@require_GET
def back(request: HttpRequest, provider_id: uuid.UUID) -> HttpResponseBase:
    """Take the provider's answer, once, in the browser that asked."""
    provider = provider_at(provider_id)
    flow = _taken(request, provider, request.GET.get("state", ""))
    if flow is None:
        return refused_page(request, provider, str(_NOT_OURS))
    try:
        answer = _finished(request, provider, flow)
    except AnswerRefusedError as failed:
        said = saml_words.reason_words(failed) if flow.purpose == "test" else saml_words.NEUTRAL
        return refused_page(request, provider, str(said), flow.purpose)
    except (TokenRefusedError, ProviderFailedError) as failed:
        return refused_page(request, provider, problem_words(failed), flow.purpose)
    if flow.purpose == "test":
        return _test(request, provider, flow, answer)
    if flow.purpose == "connect":
        return _connect(request, provider, flow, answer.arrival)
    if not provider.active:
        raise Http404
    return let_in(request, provider, answer, back=flow.next)


def let_in(
    request: HttpRequest, provider: IdentityProvider, answer: Answer, *, back: str = ""
) -> HttpResponseBase:  # fmt: skip
    """Begin the session of somebody for whom a provider vouches, whatever its protocol; or say why not."""
    arrival = answer.arrival
    now = _now(request)
    try:
        with as_tenant(_owner(provider)):
            membership = arrive(provider, arrival, at=now)
    except ArrivalRefusedError as refused:
        return refused_page(request, provider, str(refused))
    user = User.objects.get(pk=membership.user_id)
    login(request, user, backend=_BACKEND)
    request.session[METHOD] = provider.method
    request.session[SESSION_TENANT] = str(provider.tenant_id)
    request.session[SSO_SESSION] = arrival.session
    request.session[SSO_NAMED] = arrival.named
    request.session[SSO_LEAVING] = _put_away(provider, answer.leaving) if provider.signs_out else ""
    address = get_adapter().get_client_ip(request)
    signed_in(request, user, provider.method, second_factor=arrival.second_factor, address=address)
    if user.has_usable_password() or factors_of(user.pk).any:
        # A directory vouches in its own tenant; what opens the person's other tenants is changed by their own proof.
        request.session.pop(PROVED_AT, None)
    if arrival.until is not None:
        request.session.set_expiry(arrival.until)
    ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if back and ours else "kernel:home")


@csrf_exempt
@public("a provider calls it; its signed token is what counts")
@require_http_methods(["GET", "POST"])
def logged_out(request: HttpRequest, provider_id: uuid.UUID) -> HttpResponseBase:
    """
    End the sessions that a provider says are over (OpenID Connect Back-Channel Logout 1.0, Front-Channel Logout 1.0).

    On the front channel the browser asks, from the provider's page and so without our cookie: the session that ends is
    the one whose name there it says, which nobody else can know.
    """
    provider = provider_at(provider_id)
    if _is_saml(provider):
        raise Http404
    try:
        over = _told_on_the_front(request, provider) if request.method == "GET" else _told_behind(request, provider)
    except TokenRefusedError as refused:
        told = {"error": "invalid_request", "error_description": refused.reason}
        return JsonResponse(told, status=400, headers={"Cache-Control": "no-store"})
    except ProviderFailedError:
        return JsonResponse({"error": "temporarily_unavailable"}, status=503, headers={"Cache-Control": "no-store"})
    if over:
        with as_tenant(_owner(provider)):
            end_sessions_by(provider, subject=over.subject, session=over.session, named=over.named)
    return HttpResponse(headers={"Cache-Control": "no-store"})


def sign_out_there(request: HttpRequest) -> tuple[str, str]:
    """Return where to sign out of the provider by which this session began, and its name; "" where there is none."""
    kind, _colon, key = str(request.session.get(METHOD, "")).partition(":")
    box = request.session.get(SSO_LEAVING)
    if kind not in ("oidc", "saml") or not box:
        return "", ""
    provider = provider_at(uuid.UUID(key))
    leaving = _taken_out(provider, box) if provider.signs_out else {}
    if not leaving:
        return "", ""
    if _is_saml(provider):
        return saml.sign_out_there(provider, leaving, at=_now(request)), provider.name
    return oidc.sign_out_there(provider, leaving, back=absolute("account_login")), provider.name


def _put_away(provider: IdentityProvider, leaving: Mapping[str, Any]) -> str:
    """Return what a provider is told when somebody signs out, its token too, as only the tenant can read it."""
    with as_tenant(_owner(provider)):
        return base64.b64encode(encrypt(json.dumps(leaving).encode(), context=_LEAVING)).decode() if leaving else ""


def _taken_out(provider: IdentityProvider, box: str) -> Mapping[str, Any]:
    with as_tenant(_owner(provider)):
        leaving: Mapping[str, Any] = json.loads(decrypt(base64.b64decode(box), context=_LEAVING))
    return leaving


def back_address(provider_id: uuid.UUID) -> str:
    """Return where a provider sends the browser back to; it is another for each, so that none answers for another."""
    return absolute("sso-back", provider_id)


def _told_on_the_front(request: HttpRequest, provider: IdentityProvider) -> Over:
    if request.GET.get("iss") != provider.issuer or not request.GET.get("sid"):
        raise TokenRefusedError("issuer")
    return Over(session=request.GET["sid"])


def _told_behind(request: HttpRequest, provider: IdentityProvider) -> Over:
    return oidc.logged_out(provider, request.POST.get("logout_token", ""), at=_now(request))


def _finished(request: HttpRequest, provider: IdentityProvider, flow: Flow) -> Answer:
    if _is_saml(provider):
        return saml.finish(provider, flow, at=_now(request))
    return oidc.finish(provider, flow, request.GET.dict(), redirect_uri=back_address(provider.pk), at=_now(request))


def _test(request: HttpRequest, provider: IdentityProvider, flow: Flow, answer: Answer) -> HttpResponseBase:
    """Keep that the administrator came back, and in their session what came; nobody is signed in by it."""
    if not _same_person(request, provider, flow):
        return refused_page(request, provider, str(_NOT_OURS))
    note_test(provider.pk, at=_now(request), actor=request.actor)  # type: ignore[attr-defined]
    request.session[TESTED] = {"provider": str(provider.pk), "rows": _rows(provider, answer)}
    return redirect("identity:provider", provider.pk)


def _rows(provider: IdentityProvider, answer: Answer) -> list[dict[str, str]]:
    return saml_words.tested(provider, answer) if _is_saml(provider) else tested(provider, answer)


def _connect(request: HttpRequest, provider: IdentityProvider, flow: Flow, arrival: Arrival) -> HttpResponseBase:
    if not _same_person(request, provider, flow) or not provider.active:
        return refused_page(request, provider, str(_NOT_OURS))
    try:
        connect(provider, arrival, me(request), at=_now(request))
    except ArrivalRefusedError as refused:
        return refused_page(request, provider, str(refused), "connect")
    return redirect("identity:connections")


def _same_person(request: HttpRequest, provider: IdentityProvider, flow: Flow) -> bool:
    tenant = getattr(request, "tenant", None)
    return str(request.user.pk) == flow.person and tenant is not None and tenant.pk == provider.tenant_id


def _is_saml(provider: IdentityProvider) -> bool:
    return provider.protocol == IdentityProvider.Protocol.SAML


def provider_at(provider_id: uuid.UUID) -> IdentityProvider:
    """Find a provider by its address alone, with its secret readable; 404 where there is none."""
    tenant = tenant_of_provider(provider_id)
    if tenant is None:
        raise Http404
    with as_tenant(tenant):
        return IdentityProvider.objects.get(pk=provider_id)


def _taken(request: HttpRequest, provider: IdentityProvider, state: str) -> Flow | None:
    """Take the question of this browser that an answer belongs to; it is gone then, whatever the answer is."""
    kept: list[Mapping[str, Any]] = request.session.get(FLOWS, [])
    found = [each for each in kept if state and each["state"] == state and each["provider"] == str(provider.pk)]
    if not found:
        return None
    request.session[FLOWS] = [each for each in kept if each["state"] != state]
    return Flow(**found[0])


def refused_page(request: HttpRequest, provider: IdentityProvider, said: str, purpose: str = "") -> HttpResponseBase:
    """Say that nobody was signed in, and why as far as that is everybody's; a test's page tells its administrator."""
    if purpose == "test" and getattr(request, "tenant", None) is not None:
        request.session[TESTED] = {"provider": str(provider.pk), "rows": [], "problem": said}
        return redirect("identity:provider", provider.pk)
    again = reverse("sso-begin", args=[provider.pk]) if provider.active else ""
    context = {"said": said, "provider": provider.name, "again": again}
    return render(request, "identity/sso_refused.html", context, status=403)


def _start(provider: uuid.UUID, email: str, wanted: str) -> str:
    told = {name: value for name, value in (("login_hint", email), ("next", wanted)) if value}
    return reverse("sso-begin", args=[provider]) + (f"?{urlencode(told)}" if told else "")


def _now(request: HttpRequest) -> Any:
    return request.at  # type: ignore[attr-defined]


def _owner(provider: IdentityProvider) -> uuid.UUID:
    assert provider.tenant_id is not None  # no row is without a tenant
    return provider.tenant_id
