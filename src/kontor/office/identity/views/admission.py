"""The gate before whoever comes with a client or a device that is not let in, and the page that says why."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from kontor.kernel.requests import TenantRequest, open_at_gates, signed_in
from kontor.kernel.wording import spoken
from kontor.office.identity.models import Instruction
from kontor.office.identity.queries.clients import Client, Judgement
from kontor.office.identity.queries.devices import RULES, Found, device_code, refusal_words
from kontor.office.identity.queries.instructions import newest, passages
from kontor.office.identity.queries.security import policy_here
from kontor.office.identity.views.clients import judged, kinds, warn, why
from kontor.office.identity.views.device_facts import DEVICE, ask_again, vouched_for
from kontor.office.identity.views.instructions import commit, text_of


def is_refused(request: HttpRequest) -> bool:
    """
    Tell whether the client or the device of a request is let in no further, and warn of what will be refused.

    Asked once per session, day and policy, and again after an app has reported.
    """
    _client, judgement, found = _looked_at(request)
    if found is None:
        warn(request, judgement.coming)
        return not judgement.let_in
    warn(request, found.coming)
    return bool(found.code) or not judgement.let_in


@signed_in
@open_at_gates
@require_GET
def refused(request: TenantRequest) -> HttpResponseBase:
    """Name the list of what is supported, and why this client or device is refused (SM-005, SM-012, SM-023)."""
    client, judgement, found = _looked_at(request)
    if judgement.let_in and not (found and found.code):
        return redirect("kernel:home")
    code = found.code if found else ""
    context: dict[str, Any] = {
        "code": code,
        "why": spoken(refusal_words(code)) if code else why(client, judgement),
        "kinds": kinds(request),
        "contact": policy_here() if hasattr(request, "standing") else None,
    }
    if code == RULES and (rules := newest(Instruction.Topic.OWN_DEVICES)):
        context |= {"rules": rules, "sha256": bytes(rules.sha256).hex(), "passages": passages(text_of(rules))}
    return render(request, "identity/refused.html", context, status=403)


@signed_in
@open_at_gates
@require_POST
def accept_rules(request: TenantRequest) -> HttpResponseBase:
    """Keep that a person accepts the rules for private devices; where the text has changed, it is shown again."""
    if hasattr(request, "standing") and commit(request):
        ask_again(request)
        return redirect("kernel:home")
    return redirect("identity:refused")


def _looked_at(request: HttpRequest) -> tuple[Client, Judgement, Found | None]:
    """Return what a request comes from, what the list says, and for an app what its device's facts say."""
    client, judgement = judged(request)
    name = request.session.get(DEVICE, "")
    if not hasattr(request, "standing") or not (client.app or name):
        return client, judgement, None
    person = request.user.pk
    assert person is not None  # who works in a company is signed in
    found = device_code(request.standing.membership, person, name, at=request.at, vouched=vouched_for(request, name))  # type: ignore[attr-defined]
    return client, judgement, found
