"""What a view is given: the request of a signed-in person in a tenant, and the rights it names."""

import functools
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Concatenate, Final, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.timezone import localdate

from kontor.kernel import registry
from kontor.kernel.actor import Actor
from kontor.kernel.hidden_rows import refuse_hidden
from kontor.kernel.models import Membership, Tenant
from kontor.kernel.purposes import suspended
from kontor.kernel.standing import Standing
from kontor.kernel.tenancy import limit_to_sites

P = ParamSpec("P")
PASSED = "passed"  # the session's key for the gates behind it
SITE: Final = "site"  # the session's key for the one of their sites at which a person chose to look
PROVED_AT: Final = "proved_at"  # the session's key for the moment at which its person last showed who they are
FRESH_FOR: Final = timedelta(minutes=15)


class PersonRequest(HttpRequest):
    """A request of somebody who is signed in, in a tenant or not."""

    user: Any  # identity's User, which the kernel cannot name
    at: datetime


class TenantRequest(PersonRequest):
    """
    A request of a person who works in a tenant.

    sites  the sites that it is limited to, None where the person may do everywhere what the page is for
    """

    tenant: Tenant
    standing: Standing
    actor: Actor
    sites: frozenset[uuid.UUID] | None


class NotEntitledError(PermissionDenied):
    """
    The tenant's contract does not hold this module today: answered 403 with the reason "subscription".

    suspended  the ruling by which nothing is done with what it stores, where the tenant itself said so; else None
    """

    def __init__(self, module_key: str, suspended: Any = None) -> None:
        super().__init__(module_key)
        self.module, self.suspended = registry.module(module_key), suspended


View = Callable[Concatenate[TenantRequest, P], HttpResponseBase]


def requires(
    permission: str, *, fresh: bool = False, at_sites: bool = False
) -> Callable[[View[P]], Callable[..., HttpResponseBase]]:
    """
    Let a view answer only people whose role holds `permission` in a tenant entitled to its module.

    A permission meant for houses alone opens nothing to a customer whose role may do everything, and the reverse.

    Nobody signed in: to the sign-in page. Signed in without a tenant: to the choice of tenants.

    fresh  the person must have shown who they are within the last quarter of an hour, else they do so first; what a
           form was about to send is sent after it
    at_sites  let people in too whose right ends at some sites: the database then shows the rows of these alone, and a
              page about a table without a `SiteReference` narrows by `request.sites`
    """
    module_key = permission.split(".", 1)[0]

    def decorate(view: View[P]) -> Callable[..., HttpResponseBase]:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return sign_in_first(request)
            standing: Standing | None = getattr(request, "standing", None)
            if standing is None:
                return redirect("identity:tenants")
            if not standing.unlocked(permission):
                raise NotEntitledError(module_key, suspended(module_key, at=request.at))  # type: ignore[attr-defined]
            sites = _admitted(permission, standing, at_sites=at_sites)
            if gate := shut_gate(request, permission):
                return redirect(gate.url_name)
            if fresh and is_guest(request):
                raise PermissionDenied(permission)
            if fresh and not is_fresh(request):
                return prove_first(request)
            request.sites = sites_chosen(request, sites)  # type: ignore[attr-defined]
            if sites is not None:
                limit_to_sites(request.sites)  # type: ignore[attr-defined]
            refuse_hidden(kwargs.values(), may=standing.may)
            return view(request, *args, **kwargs)  # type: ignore[arg-type]

        guarded.permission = permission  # type: ignore[attr-defined]
        guarded.at_sites = at_sites  # type: ignore[attr-defined]
        return guarded

    return decorate


def _admitted(permission: str, standing: Standing, *, at_sites: bool) -> frozenset[uuid.UUID] | None:
    """Return the sites to which the permission's holder is limited, None for everywhere; PermissionDenied."""
    sites = standing.limited_to(permission)
    if not is_for(permission, standing) or (sites is not None and not (at_sites and sites)):
        raise PermissionDenied(permission)
    return sites


def sites_chosen(request: HttpRequest, sites: frozenset[uuid.UUID] | None) -> frozenset[uuid.UUID] | None:
    """Return the one of a person's sites that they chose to look at, all of them where they chose none."""
    chosen = request.session.get(SITE, "")
    return frozenset(site for site in sites if str(site) == chosen) or sites if sites is not None else None


def is_for(permission: str, standing: Standing) -> bool:
    """Tell whether a permission means anything here: a role that may do everything still is no house's."""
    return registry.meant_for(registry.permission(permission).audience, is_house=standing.tenant.is_house)


def signed_in(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let a view answer anybody who is signed in, in a tenant or not: choosing a tenant, one's own profile, gates."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return sign_in_first(request)
        if not getattr(view, "open_at_gates", False) and (gate := _strict_gate(request)):
            return redirect(gate.url_name)
        return view(request, *args, **kwargs)

    guarded.permission = "signed in"  # type: ignore[attr-defined]
    return guarded


def sign_in_first(request: HttpRequest) -> HttpResponseBase:
    """Lead to the sign-in page and back; a page's script is answered 401, and the page that asked is led there."""
    asks = getattr(request, "htmx", None)
    if not asks:
        return redirect_to_login(request.get_full_path())
    page = redirect_to_login(asks.current_url_abs_path or request.get_full_path())
    return HttpResponse(status=401, headers={"HX-Redirect": page.url})


def open_at_gates(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Leave a `signed_in` view open while a strict gate is shut: the way through the gate, and the way out."""
    view.open_at_gates = True  # type: ignore[attr-defined]
    return view


def proved(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let a `signed_in` view answer only who has just shown who they are, as `requires(..., fresh=True)` does."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs) if is_fresh(request) else prove_first(request)

    return guarded


def is_fresh(request: HttpRequest) -> bool:
    """Tell whether the person showed who they are within the last quarter of an hour."""
    shown = request.session.get(PROVED_AT)
    return shown is not None and request.at - datetime.fromisoformat(shown) < FRESH_FOR  # type: ignore[attr-defined]


def prove_first(request: HttpRequest) -> HttpResponseBase:
    """Lead to the page where one shows who one is, and back; a form goes along and is sent again from there."""
    wanted = request.get_full_path()
    url = f"{reverse('identity:prove')}?{urlencode({'next': wanted})}"
    return redirect(url, preserve_request=request.method == "POST")


def local_path(request: HttpRequest, wanted: str, *, otherwise: str) -> str:
    """Return an address to lead on to if it is one of ours."""
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if ours else otherwise


def open_to_guests(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Leave a `signed_in` view open to a guest of the house: it shows what the guest's permissions allow."""
    view.open_to_guests = True  # type: ignore[attr-defined]
    return view


def is_guest(request: HttpRequest) -> bool:
    """Tell whether a person of the house looks at a tenant here."""
    return getattr(request, "guest", None) is not None


def is_auditor(request: HttpRequest) -> bool:
    """Tell whether somebody is here to look at the pages of their role for some days, and to change nothing."""
    standing: Standing | None = getattr(request, "standing", None)
    return standing is not None and standing.entry.kind == Membership.Kind.AUDITOR


def is_of_tenant(view: Any) -> bool:
    """Tell whether a view shows the tenant's data under a permission: not one's own account, not open to everybody."""
    named = getattr(view, "permission", "public")
    return not named.startswith("public") and named != "signed in"


def refused_to_guest(request: HttpRequest, view: Any) -> bool:
    """Tell whether a view is none that a guest may open: a form that is sent, and a person's own pages."""
    named = getattr(view, "permission", "")
    if named.startswith("public"):
        return False
    if request.method not in {"GET", "HEAD"}:
        return True
    return named == "signed in" and not getattr(view, "open_to_guests", False)


def public(reason: str) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Mark a view as open to everybody, and say why; an architecture test refuses views that say nothing."""

    def decorate(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        view.permission = f"public: {reason}"  # type: ignore[attr-defined]
        return view

    return decorate


def shut_gate(request: HttpRequest, permission: str = "") -> registry.Gate | None:
    """
    Return the first gate that is shut before the pages of a permission, None where the way is free.

    A guest has passed the house's gates; the tenant's are for its own people.
    """
    if is_guest(request):
        return None
    gates = (gate for gate in registry.gates() if permission not in gate.leaves_open)
    return next((gate for gate in gates if _is_shut(gate, request)), None)


def _strict_gate(request: HttpRequest) -> registry.Gate | None:
    """Return the first strict gate that is shut; before it, the page of a shut gate that comes earlier stays open."""
    if getattr(request, "standing", None) is None or is_guest(request):
        return None
    gates = registry.gates()
    last = max((place for place, gate in enumerate(gates, 1) if gate.strict), default=0)
    for gate in gates[:last]:
        if _is_shut(gate, request):
            if gate.strict:
                return gate
            if request.path == reverse(gate.url_name):
                return None
    return None


def _is_shut(gate: registry.Gate, request: HttpRequest) -> bool:
    if not gate.lasting:
        return gate.stands_before(request)
    passed = request.session.get(PASSED, {})
    stamp = _stamp(request)
    if passed.get(gate.key) == stamp:
        return False
    shut = gate.stands_before(request)
    if not shut:
        request.session[PASSED] = passed | {gate.key: stamp}
    return shut


def _stamp(request: HttpRequest) -> str:
    """What a gate was passed under: this tenant, its local day, its policy and the person's place in it."""
    standing: Standing = request.standing  # type: ignore[attr-defined]
    day = localdate(request.at)  # type: ignore[attr-defined]
    return f"{standing.tenant.pk}/{day}/{standing.entry.stamp}"
