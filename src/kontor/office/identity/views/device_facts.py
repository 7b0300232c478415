"""What an app tells us of its device: a small JSON interface, spoken in the app's own session."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.http import require_http_methods

from kontor.kernel.requests import PASSED, TenantRequest, open_at_gates, signed_in
from kontor.kernel.wording import language, spoken
from kontor.office.identity.actions.devices import report_device
from kontor.office.identity.forms.devices import FactsForm
from kontor.office.identity.models import Instruction
from kontor.office.identity.queries.devices import RULES, Found, refusal_words
from kontor.office.identity.queries.instructions import newest
from kontor.office.identity.queries.security import policy_here
from kontor.office.identity.views.clients import warning

DEVICE = "device"  # the session's key for the name of the device it runs on
GATE = "identity.client"


@signed_in
@open_at_gates
@require_http_methods(["GET", "POST"])
def device(request: TenantRequest) -> HttpResponseBase:
    """
    GET tells an app what is asked of its device and the token to post with; POST takes what the app says of it.

    200 {"state": "let_in", "warnings": [...]}; 403 {"code", "text"} and for DEVICE_RULES "rules"; 422 {"code": "FACTS",
    "fields"} for what cannot be read; 409 {"code": "NO_COMPANY"} before a company was chosen.
    """
    if not hasattr(request, "standing"):
        return JsonResponse({"code": "NO_COMPANY"}, status=409)
    if request.method == "GET":
        return JsonResponse(_asked(request))
    form = FactsForm(_body(request))
    if not form.is_valid():
        return JsonResponse({"code": "FACTS", "fields": sorted(form.errors)}, status=422)
    facts = form.facts
    request.session[DEVICE] = facts.device
    ask_again(request)
    found = report_device(request.standing.membership, facts, at=request.at, actor=request.actor)
    return (
        _refused(found)
        if found.code
        else JsonResponse({"state": "let_in", "warnings": [warning(one) for one in found.coming]})
    )


def ask_again(request: HttpRequest) -> None:
    """Have the gate look at this session anew: what it saw may be otherwise now."""
    request.session[PASSED] = {key: stamp for key, stamp in request.session.get(PASSED, {}).items() if key != GATE}


def _asked(request: HttpRequest) -> dict[str, Any]:
    policy = policy_here()
    return {
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
