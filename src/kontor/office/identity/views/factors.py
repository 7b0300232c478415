"""One's own second factor and passkeys: what there is, setting up, renewing, removing."""

import base64
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.actor import Actor
from kontor.kernel.models import AccessPolicy
from kontor.kernel.requests import local_path, open_at_gates, proved, signed_in
from kontor.office.identity.actions import factors as actions, passkeys
from kontor.office.identity.actions.factors import AlreadySetUpError, WrongProofError
from kontor.office.identity.actions.sign_in import FACTOR_AT
from kontor.office.identity.models import User
from kontor.office.identity.queries.factors import factors_of, passkey_of
from kontor.office.identity.queries.security import policy_here
from kontor.office.identity.views.frames import me, own_tabs
from kontor.office.identity.views.proving import missing
from kontor.office.identity.views.steps import credential_in, wrong_proof

_SEED: Final = "factor_seed"  # the session's key for the seed that is being set up, closed like those in use
View = Callable[..., HttpResponseBase]


def _setting_up(view: View) -> View:
    """Leave a page open at the gate, for who has just shown who they are; nobody comes by where the company is off."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if _is_off(request):
            messages.error(request, _("Your company has switched the second factor off."))
            return redirect("identity:factors")
        return view(request, *args, **kwargs)

    return signed_in(open_at_gates(proved(guarded)))


@signed_in
@require_GET
def overview(request: HttpRequest) -> HttpResponseBase:
    """Show what one has beside the password, and what the company asks for."""
    context = {
        "tabs": own_tabs("factors"),
        "factors": factors_of(me(request).pk),
        "demand": _demand(request),
    }
    return render(request, "identity/factors.html", context)


@_setting_up
@require_http_methods(["GET", "POST"])
def app(request: HttpRequest) -> HttpResponseBase:
    """Guide through setting up an authenticator app; it is set up once it shows the code of the moment."""
    user, wrong = me(request), ""
    if factors_of(user.pk).app_since is not None:
        return redirect("identity:factors")
    seed = _seed(request)
    if request.method == "POST":
        code = request.POST.get("proof_code", "")
        try:
            codes = actions.enrol_app(user, seed, code, **_told(request))
        except (WrongProofError, AlreadySetUpError):
            wrong = wrong_proof(request)
        else:
            del request.session[_SEED]
            return _set_up(request, codes, _("Your authenticator app is set up."))
    return render(request, "identity/factor_app.html", _guide(request, user, seed, wrong), status=422 if wrong else 200)


@_setting_up
@require_http_methods(["GET", "POST"])
def passkey_new(request: HttpRequest) -> HttpResponseBase:
    """Make a passkey and give it a name."""
    user, wrong = me(request), ""
    if request.method == "POST":
        name = request.POST.get("name", "").strip() or _("Passkey")
        try:
            codes = passkeys.add_passkey(user, name, credential_in(request), **_told(request))
        except WrongProofError:
            wrong = _("This passkey could not be made. Begin again, and confirm by finger, face or PIN.")
        else:
            return _set_up(request, codes, _("Your passkey is set up."))
    context = {"wrong": wrong, "frame": _frame(request), "must": _must(request)}
    return render(request, "identity/passkey_new.html", context, status=422 if wrong else 200)


@_setting_up
@require_GET
def passkey_options(request: HttpRequest) -> HttpResponseBase:
    """Give the browser the challenge for a new passkey."""
    return JsonResponse(passkeys.begin_adding(me(request)))


@signed_in
@proved
@require_POST
def codes_renew(request: HttpRequest) -> HttpResponseBase:
    """Make new recovery codes and show them, once."""
    try:
        codes = actions.renew_codes(me(request), at=_told(request)["at"], actor=_told(request)["actor"])
    except WrongProofError as error:
        raise Http404 from error
    return _shown(request, codes)


@signed_in
@proved
@require_POST
def app_remove(request: HttpRequest) -> HttpResponseBase:
    """Remove the authenticator app."""
    actions.remove_app(me(request), **_told(request))
    return _removed(request, _("Your authenticator app is removed. Your other devices are signed out."))


@signed_in
@proved
@require_POST
def passkey_rename(request: HttpRequest, passkey_id: int) -> HttpResponseBase:
    """Call a passkey something else."""
    name = request.POST.get("name", "").strip()
    if name:
        passkeys.rename_passkey(_own(request, passkey_id), name)
    return redirect("identity:factors")


@signed_in
@proved
@require_POST
def passkey_remove(request: HttpRequest, passkey_id: int) -> HttpResponseBase:
    """Remove a passkey."""
    passkeys.remove_passkey(me(request), _own(request, passkey_id), **_told(request))
    return _removed(request, _("Your passkey is removed. Your other devices are signed out."))


def _guide(request: HttpRequest, user: User, seed: str, wrong: str) -> dict[str, Any]:
    adapter = get_adapter()
    url = adapter.build_totp_url(user, seed)
    drawing = base64.b64encode(adapter.build_totp_svg(url).encode()).decode()
    spaced = " ".join(seed[place : place + 4] for place in range(0, len(seed), 4))
    inside = getattr(request, "standing", None) is not None
    return {
        "qr": f"data:image/svg+xml;base64,{drawing}",
        "url": url,
        "seed": spaced,
        "apps": policy_here().authenticator_apps if inside else [],
        "wrong": wrong,
        "frame": _frame(request),
        "must": _must(request),
    }


def _set_up(request: HttpRequest, codes: list[str] | None, said: str) -> HttpResponseBase:
    """The session counts as shown with the factor that was just proved; its key is another from now on."""
    request.session[FACTOR_AT] = request.at.isoformat()  # type: ignore[attr-defined]
    request.session.cycle_key()
    if codes is None:
        messages.success(request, said)
        return redirect("identity:factors")
    return _shown(request, codes)


def _shown(request: HttpRequest, codes: list[str]) -> HttpResponseBase:
    spaced = [f"{code[:4]} {code[4:]}" for code in codes]
    onwards = local_path(request, reverse("identity:factors"), otherwise="/")
    context = {"codes": spaced, "text": "\n".join(spaced), "onwards": onwards}
    return render(request, "identity/recovery_codes.html", context)


def _removed(request: HttpRequest, said: str) -> HttpResponseBase:
    if not factors_of(me(request).pk).any:
        request.session.pop(FACTOR_AT, None)
    request.session.cycle_key()
    messages.success(request, said)
    return redirect("identity:factors")


def _seed(request: HttpRequest) -> str:
    """Return the seed of this session's set-up: the same while the page is open, so that the app's code fits."""
    adapter = get_adapter()
    if _SEED not in request.session:
        request.session[_SEED] = adapter.encrypt(generate_totp_secret())
    return str(adapter.decrypt(request.session[_SEED]))


def _told(request: HttpRequest) -> dict[str, Any]:
    actor: Actor | None = getattr(request, "actor", None)
    return {"keep": request.session.session_key, "at": request.at, "actor": actor}  # type: ignore[attr-defined]


def _own(request: HttpRequest, passkey_id: int) -> Authenticator:
    try:
        return passkey_of(me(request), passkey_id)
    except Authenticator.DoesNotExist as error:
        raise Http404 from error


def _demand(request: HttpRequest) -> str:
    standing = getattr(request, "standing", None)
    return str(standing.entry.second_factor) if standing else AccessPolicy.SecondFactor.OPTIONAL.value


def _is_off(request: HttpRequest) -> bool:
    return _demand(request) == AccessPolicy.SecondFactor.OFF


def _must(request: HttpRequest) -> bool:
    return getattr(request, "standing", None) is not None and missing(request)


def _frame(request: HttpRequest) -> str:
    """At the gate, pages come without the menu, which leads nowhere yet."""
    return "kernel/plain.html" if _must(request) else "kernel/shell.html"
