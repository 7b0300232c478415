"""A verdict over a device, signed by a service that asks its maker: how an app comes into a strict company."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.actions.policy import change_policy
from kontor.office.identity.formats.device_verdict import read_verdict
from kontor.office.identity.formats.id_token import TokenRefusedError
from kontor.office.identity.forms.devices import DevicePolicyForm
from tests.attesting import HERE, AttestationService
from tests.factories import AT, make_user
from tests.people import administrator, join, make_tenant, sign_in, visitor

SAID = {
    "device": "a1b2", "model": "Fairphone 5", "system": "android", "version": "14", "beta": False,
    "integrity": "intact", "lock": "biometrics", "patch_on": "2026-10-05", "private": False,
}  # fmt: skip


@pytest.fixture
def service(settings: Any) -> AttestationService:
    made = AttestationService()
    settings.KONTOR_DEVICE_KEYS = made.keys
    return made


@pytest.fixture
def app(db: None) -> Client:
    """Pia's app at a company that insists on verdicts, signed in."""
    alder = strict()
    join(alder, make_user("pia@alder.example", "Pia"), role="Reader", permissions=["identity.see"])
    client = visitor()
    client.defaults["HTTP_USER_AGENT"] = "KontorApp/2.1 (Android 14)"
    sign_in(client, "pia@alder.example")
    return client


def strict() -> Tenant:
    alder = make_tenant()
    administrator(alder)
    with as_tenant(alder.pk):
        change_policy(at=AT, actor=MACHINE, device_integrity=True)
    return alder


def say(client: Client, **more: object) -> tuple[int, str]:
    answer = client.post("/identity/device/", json.dumps(SAID | more), content_type="application/json")
    told = answer.json()
    return answer.status_code, told.get("state") or told["code"]


def asked(client: Client) -> str:
    return str(client.get("/identity/device/").json()["nonce"])


def test_a_strict_company_lets_an_app_in_with_a_verdict_of_its_own_question_and_only_once(app: Client, service: Any):
    assert say(app) == (403, "DEVICE_INTEGRITY")  # the app's word is none
    verdict = service.verdict(asked(app), at=timezone.now())

    assert say(app, verdict=verdict) == (200, "let_in")
    assert app.get("/identity/people/").status_code == 200
    assert say(app, patch_on="2026-11-05") == (200, "let_in")  # what else it says is said again without one
    assert say(app, device="another") == (403, "DEVICE_INTEGRITY")
    assert say(app, integrity="rooted", verdict=service.verdict(asked(app), at=timezone.now())) == (
        403,
        "DEVICE_INTEGRITY",
    )
    assert say(app, verdict=verdict) == (403, "DEVICE_INTEGRITY")  # shown before: its question is used up
    assert app.get("/identity/people/")["Location"] == "/identity/refused/"


def test_a_verdict_that_is_over_vouches_for_nobody_any_more(app: Client, service: Any):
    assert say(app, verdict=service.verdict(asked(app), at=timezone.now())) == (200, "let_in")
    session = app.session
    session["device_vouched"] = ("a1b2", (timezone.now() - timedelta(seconds=1)).isoformat())
    session.save()
    assert say(app) == (403, "DEVICE_INTEGRITY")


def test_where_nobody_vouches_a_strict_company_lets_no_app_in_and_its_page_says_so(app: Client, settings: Any):
    assert say(app, verdict=AttestationService().verdict(asked(app), at=timezone.now())) == (403, "DEVICE_INTEGRITY")
    with override("en"):
        assert "no app is let in" in str(DevicePolicyForm().fields["device_integrity"].help_text)
        settings.KONTOR_DEVICE_KEYS = AttestationService().keys
        assert "the app's word" in str(DevicePolicyForm().fields["device_integrity"].help_text)


@pytest.mark.parametrize(
    ("otherwise", "reason"),
    [
        ({"nonce": "another question"}, "nonce"),
        ({"aud": "https://elsewhere.example"}, "audience"),
        ({"iss": "https://attest.elsewhere.example"}, "issuer"),
        ({"sub": "another"}, "device"),
        ({"integrity": "rooted"}, "integrity"),
        ({"integrity": None}, "integrity"),
        ({"exp": AT - timedelta(minutes=2)}, "expired"),
        ({"iat": AT + timedelta(minutes=2)}, "early"),
        ({"exp": AT + timedelta(days=1, seconds=1)}, "long"),
    ],
)
def test_a_verdict_that_says_anything_else_is_none(otherwise: dict[str, Any], reason: str):
    service = AttestationService()
    told = {"keys": service.keys, "audience": HERE, "nonce": "n", "device": "a1b2", "at": AT}
    assert read_verdict(service.verdict("n", at=AT), **told) == AT + timedelta(hours=1)  # type: ignore[arg-type]

    with pytest.raises(TokenRefusedError) as refused:
        read_verdict(service.verdict(**{"nonce": "n", "at": AT, **otherwise}), **told)  # type: ignore[arg-type]
    assert refused.value.reason == reason


def test_a_verdict_of_another_key_or_without_one_is_none():
    service, told = AttestationService(), {"audience": HERE, "nonce": "n", "device": "a1b2", "at": AT}
    verdict = service.verdict("n", at=AT)
    for keys, reason in ((AttestationService().keys, "signature"), ({}, "key"), ({"issuer": "", "keys": []}, "key")):
        with pytest.raises(TokenRefusedError) as refused:
            read_verdict(verdict, keys=keys, **told)  # type: ignore[arg-type]
        assert refused.value.reason == reason
