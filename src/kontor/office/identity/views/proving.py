"""Showing once more who one is, before pages where much can be broken; and the gate before a second factor is shown."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kontor.kernel.models import AccessPolicy
from kontor.kernel.requests import PROVED_AT, local_path, open_at_gates, signed_in
from kontor.office.identity.actions import passkeys
from kontor.office.identity.actions.attempts import PausedError
from kontor.office.identity.actions.factors import WrongProofError
from kontor.office.identity.actions.sign_in import FACTOR_AT
from kontor.office.identity.models import User
from kontor.office.identity.queries.factors import Factors, factors_of
from kontor.office.identity.views.devices import TOO_MANY, own_password
from kontor.office.identity.views.frames import me
from kontor.office.identity.views.steps import proof_in, wrong_proof

_OWN = {"csrfmiddlewaretoken", "prove", "proof_code", "proof_passkey", "proof_password"}  # what this page's form adds


def missing(request: HttpRequest) -> bool:
    """Tell whether a second factor is mandatory for this person here, and this session has not shown one."""
    entry = request.standing.entry  # type: ignore[attr-defined]
    return entry.second_factor == AccessPolicy.SecondFactor.MANDATORY and FACTOR_AT not in request.session


@signed_in
@open_at_gates
@require_http_methods(["GET", "POST"])
def prove(request: HttpRequest) -> HttpResponseBase:
    """
    Ask a signed-in person to show who they are: by code or passkey, by password where the session needs no factor.

    A form that led here comes along in hidden fields and is sent on to its own page afterwards.
    """
    user, wrong = me(request), ""
    factors = factors_of(user.pk)
    by_password = user.has_usable_password() and not (factors.any and FACTOR_AT not in request.session)
    if request.method == "POST" and "prove" in request.POST:
        try:
            _proved(request, user, by_password=by_password)
        except WrongProofError:
            wrong = _wrong(request)
        except PausedError:
            wrong = str(TOO_MANY)
        else:
            return _onwards(request)
    return _page(request, factors, by_password=by_password, wrong=wrong)


@signed_in
@open_at_gates
@require_GET
def options(request: HttpRequest) -> HttpResponseBase:
    """Give the browser the challenge for one of the person's passkeys."""
    return JsonResponse(passkeys.begin_showing(me(request)))


@signed_in
@open_at_gates
@require_GET
def needed(request: HttpRequest) -> HttpResponseBase:
    """Stand before every page until a factor is shown: lead to the code, or to setting up what it comes from."""
    if getattr(request, "standing", None) is None or not missing(request):
        return redirect("kernel:home")
    if factors_of(me(request).pk).any:
        return redirect(f"{reverse('identity:prove')}?{urlencode({'next': reverse('kernel:home')})}")
    return render(request, "identity/factor_needed.html", {"must": True})


@signed_in
@open_at_gates
@require_GET
def offered(request: HttpRequest) -> HttpResponseBase:
    """Offer a second factor to somebody who may have one; they may go on without."""
    onwards = local_path(request, request.GET.get("next", ""), otherwise=reverse("kernel:home"))
    return render(request, "identity/factor_needed.html", {"must": False, "onwards": onwards})


def _proved(request: HttpRequest, user: User, *, by_password: bool) -> None:
    """Note that the person has shown who they are; the session's key is another from now on."""
    now: str = request.at.isoformat()  # type: ignore[attr-defined]
    if request.POST.get("proof_passkey") or "proof_code" in request.POST:
        proof_in(request, user)
        request.session[FACTOR_AT] = now
    elif by_password:
        own_password(request, user, request.POST.get("proof_password", ""))
    else:
        raise WrongProofError
    request.session[PROVED_AT] = now
    request.session.cycle_key()


def _onwards(request: HttpRequest) -> HttpResponseBase:
    """Lead to the page that asked; what its form held goes there as the browser sends this form once more."""
    wanted = local_path(request, request.GET.get("next", ""), otherwise=reverse("kernel:home"))
    return redirect(wanted, preserve_request=bool(_held(request)))


def _held(request: HttpRequest) -> list[tuple[str, str]]:
    """Return what the form held that led here; an empty one still holds the mark that it was sent."""
    return [(name, value) for name, values in request.POST.lists() if name not in _OWN for value in values]


def _page(request: HttpRequest, factors: Factors, *, by_password: bool, wrong: str) -> HttpResponseBase:
    held = _held(request)
    if request.method == "POST" and "prove" not in request.POST:
        held = [*held, ("sent", "1")]
    context: dict[str, Any] = {
        "factors": factors,
        "by_password": by_password,
        "wrong": wrong,
        "held": held,
        "nothing": not by_password and not factors.any,
    }
    return render(request, "identity/prove.html", context, status=422 if wrong else 200)


def _wrong(request: HttpRequest) -> str:
    if "proof_password" in request.POST and not request.POST.get("proof_code"):
        return _("That is not your password.")
    return wrong_proof(request)
