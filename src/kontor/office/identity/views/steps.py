"""What signing in asks for beside the password, and signing in with a passkey alone."""

import json
from typing import Any

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from allauth.account.stages import LoginStageController
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.stages import AuthenticateStage
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseForbidden, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.requests import public
from kontor.kernel.sessions import METHOD
from kontor.office.identity.actions import factors, passkeys
from kontor.office.identity.actions.attempts import PausedError
from kontor.office.identity.actions.factors import WrongProofError
from kontor.office.identity.queries.factors import factors_of
from kontor.office.identity.views.devices import TOO_MANY, counted_proof

PASSKEY = "passkey"


@public("the second step of signing in, for whoever has shown the password in this browser")
@require_http_methods(["GET", "POST"])
def second_step(request: HttpRequest) -> HttpResponseBase:
    """Ask for a code or a passkey after the password; only then is anybody signed in."""
    stage = _waiting(request)
    if stage is None:
        return redirect("account_login")
    user, wrong = stage.login.user, ""
    if request.method == "POST":
        try:
            post_authentication(request, proof_in(request, user))
            answer: HttpResponseBase = stage.exit()
        except WrongProofError:
            wrong = wrong_proof(request)
        except PausedError:
            wrong = str(TOO_MANY)
        else:
            return answer
    context = {"factors": factors_of(user.pk), "wrong": wrong, "person": user}
    return render(request, "account/second_step.html", context, status=422 if wrong else 200)


@public("the second step of signing in, for whoever has shown the password in this browser")
@require_GET
def second_step_options(request: HttpRequest) -> HttpResponseBase:
    """Give the browser the challenge for one of the person's passkeys."""
    stage = _waiting(request)
    if stage is None:
        return HttpResponseForbidden()
    return JsonResponse(passkeys.begin_showing(stage.login.user))


@public("a passkey shows who somebody is, so it comes before being known")
@require_GET
def passkey_options(request: HttpRequest) -> HttpResponseBase:  # noqa: ARG001  Django's signature
    """Give the browser the challenge for whatever passkey of this site it holds."""
    return JsonResponse(passkeys.begin_showing(None))


@public("a passkey shows who somebody is, so it comes before being known")
@require_POST
def passkey(request: HttpRequest) -> HttpResponseBase:
    """Sign in with a passkey alone: it is held by the person and opened by finger, face or PIN."""
    try:
        shown = passkeys.show_passkey(credential_in(request), None, at=request.at)  # type: ignore[attr-defined]
    except WrongProofError:
        messages.error(request, _("This passkey is not known here. Sign in with your password."))
        return redirect("account_login")
    post_authentication(request, shown, passwordless=True)
    request.session[METHOD] = PASSKEY
    login = Login(user=shown.user, redirect_url=get_next_redirect_url(request))
    return perform_login(request, login)  # type: ignore[no-any-return]


def _waiting(request: HttpRequest) -> Any:
    """Return the step at which signing in waits in this browser; None where nobody has shown a password lately."""
    return None if request.user.is_authenticated else LoginStageController.enter(request, AuthenticateStage.key)


def proof_in(request: HttpRequest, user: Any) -> Any:
    """Return the factor that a form shows; WrongProofError, or PausedError where it was tried too often."""
    at = request.at  # type: ignore[attr-defined]

    def look() -> Any:
        if request.POST.get("proof_passkey"):
            return passkeys.show_passkey(credential_in(request), user, at=at)
        return factors.use_code(user, request.POST.get("proof_code", ""), at=at)

    return counted_proof(request, user, look)


def credential_in(request: HttpRequest) -> Any:
    """Return what the browser says about a passkey; WrongProofError for what is no JSON."""
    try:
        return json.loads(request.POST.get("proof_passkey", ""))
    except ValueError as error:
        raise WrongProofError from error


def wrong_proof(request: HttpRequest) -> str:
    """Return the sentence about a proof that proved nothing, for what was tried."""
    if request.POST.get("proof_passkey"):
        return _("This passkey does not belong to you, or it took too long. Try it again.")
    return _("This code is not good, or not any more: each works once and for half a minute. Type the next one.")
