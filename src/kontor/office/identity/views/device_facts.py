"""What an app tells us of its device: a small JSON interface, spoken in the app's own session."""

import json
import logging
import secrets
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.http import require_http_methods

from kontor.kernel.requests import PASSED, TenantRequest, open_at_gates, signed_in
from kontor.kernel.wording import language, spoken
from kontor.office.identity.actions.devices import report_device
from kontor.office.identity.formats.device_verdict import read_verdict
from kontor.office.identity.formats.id_token import TokenRefusedError
from kontor.office.identity.forms.devices import FactsForm
from kontor.office.identity.models import Instruction
from kontor.office.identity.queries.devices import RULES, Found, refusal_words
from kontor.office.identity.queries.instructions import newest
from kontor.office.identity.queries.security import policy_here
from kontor.office.identity.views.clients import warning

NONCE = "device_nonce"  # the session's key for what a verdict must have signed
VOUCHED = "device_vouched"  # for the device that a verdict vouched for, and until when
DEVICE = "device"  # the session's key for the name of the device it runs on
GATE = "identity.client"

logger = logging.getLogger(__name__)


@signed_in
@open_at_gates
@require_http_methods(["GET", "POST"])
def device(request: TenantRequest) -> HttpResponseBase:
    """
    GET tells an app what is asked of its device and the token to post with; POST takes what the app says of it.

    Where the company asks for a verdict, GET names the "nonce" for it and POST takes it as "verdict": for the device's
    integrity it counts instead of the app's word, once, and no word of the app replaces it.

    200 {"state": "let_in", "warnings": [...]}; 403 {"code", "text"} and for DEVICE_RULES "rules"; 422 {"code": "FACTS",
    "fields"} for what cannot be read; 409 {"code": "NO_COMPANY"} before a company was chosen.
    """
    if not hasattr(request, "standing"):
        return JsonResponse({"code": "NO_COMPANY"}, status=409)
    if request.method == "GET":
        return JsonResponse(_asked(request))
    sent = _body(request)
    form = FactsForm(sent)
    if not form.is_valid():
        return JsonResponse({"code": "FACTS", "fields": sorted(form.errors)}, status=422)
    facts = form.facts
    request.session[DEVICE] = facts.device
    ask_again(request)
    if "verdict" in sent:
        _take_verdict(request, str(sent["verdict"]), facts.device)
    vouched = vouched_for(request, facts.device)
    found = report_device(request.standing.membership, facts, at=request.at, actor=request.actor, vouched=vouched)
    return (
        _refused(found)
        if found.code
        else JsonResponse({"state": "let_in", "warnings": [warning(one) for one in found.coming]})
    )


def ask_again(request: HttpRequest) -> None:
    """Have the gate look at this session anew: what it saw may be otherwise now."""
    request.session[PASSED] = {key: stamp for key, stamp in request.session.get(PASSED, {}).items() if key != GATE}


def vouched_for(request: HttpRequest, device: str) -> bool:
    """Tell whether this session has shown a verdict for a device that holds now."""
    whom, until = request.session.get(VOUCHED, ("", ""))
    return bool(device) and whom == device and request.at < datetime.fromisoformat(until)  # type: ignore[attr-defined]


def _take_verdict(request: HttpRequest, token: str, device: str) -> None:
    """Keep that a verdict vouches for a device; one that proves nothing leaves none, and its nonce is used up."""
    at: datetime = request.at  # type: ignore[attr-defined]
    request.session.pop(VOUCHED, None)
    nonce, keys = request.session.pop(NONCE, ""), settings.KONTOR_DEVICE_KEYS
    try:
        until = read_verdict(token, keys=keys, audience=settings.KONTOR_BASE_URL, nonce=nonce, device=device, at=at)
    except TokenRefusedError as refused:
        logger.info("A verdict over a device proves nothing: %s", refused.reason)
    else:
        request.session[VOUCHED] = (device, until.isoformat())


def _asked(request: HttpRequest) -> dict[str, Any]:
    policy = policy_here()
    more = {}
    if policy.device_integrity:
        more["nonce"] = request.session[NONCE] = secrets.token_urlsafe(24)
    return more | {
        "token": get_token(request),
        "locks": policy.device_locks,
        "patch_days": policy.patch_days,
        "own_devices": policy.own_devices,
        "attestation": policy.device_integrity,
    }


def _refused(found: Found) -> JsonResponse:
    told: dict[str, Any] = {"code": found.code, "text": spoken(refusal_words(found.code))}
    if found.code == RULES:
        rules = newest(Instruction.Topic.OWN_DEVICES)
        assert rules is not None  # without rules a private device is refused under another code
        text = rules.text_de if language() == "de" else rules.text_en
        told["rules"] = {
            "instruction": str(rules.pk),
            "number": rules.number,
            "sha256": bytes(rules.sha256).hex(),
            "text": text,
        }
    return JsonResponse(told, status=403)


def _body(request: HttpRequest) -> dict[str, Any]:
    """Return what was sent, as a form reads it; nothing where it is no JSON object."""
    try:
        sent = json.loads(request.body)
    except ValueError:
        return {}
    return sent if isinstance(sent, dict) else {}
