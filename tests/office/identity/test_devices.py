"""Devices with the app: what they say, who is refused under which code, old patches, and private devices."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.models import AccessPolicy, Due, Membership, RecordEntry
from kontor.kernel.queries.record import history_of
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.actions.clients import support_from
from kontor.office.identity.actions.devices import (
    DAY,
    KEPT,
    NoRulesError,
    change_device_policy,
    remind_outdated,
    report_device,
)  # fmt: skip
from kontor.office.identity.actions.instructions import publish_instruction
from kontor.office.identity.actions.policy import change_policy
from kontor.office.identity.models import Commitment, Device
from kontor.office.identity.queries.devices import Facts, device_code, oldest_patch, refusal_words
from tests.factories import AT, make_house, make_user
from tests.people import administrator, browser, join, mails, make_tenant, sign_in, verbs, visitor

pytestmark = pytest.mark.django_db
APP = "KontorApp/2.1 (Android 14)"
SAID = {
    "device": "a1b2", "model": "Fairphone 5", "system": "android", "version": "14", "beta": False,
    "integrity": "intact", "lock": "biometrics", "patch_on": "2026-10-05", "private": False,
}  # fmt: skip
RULES = {"text_de": "Fotos\nNur in der App.", "text_en": "Photos\nIn the app only."}


@pytest.fixture
def alder():
    tenant = make_tenant()
    tenant.admin = administrator(tenant)
    tenant.pia = make_user("pia@alder.example", "Pia Sommer")
    tenant.member = join(tenant, tenant.pia, role="Reader", permissions=["identity.see"])
    return tenant


def facts(**more: object) -> Facts:
    told = {**SAID, "patch_on": date(2026, 10, 5), **more}
    return Facts(**told)  # type: ignore[arg-type]


def set_policy(tenant, **wanted: object) -> None:
    with as_tenant(tenant.pk):
        change_policy(at=AT, actor=MACHINE, **wanted)


def reported(tenant, *, at=AT, **more: object):
    with as_tenant(tenant.pk):
        return report_device(tenant.member.pk, facts(**more), at=at, actor=Actor.person(tenant.pia))


def app(tenant):
    """Return Pia's app, signed in, which has said nothing yet."""
    client = visitor()
    client.defaults["HTTP_USER_AGENT"] = APP
    sign_in(client, "pia@alder.example")
    return client


def say(client, **more: object):
    return client.post("/identity/device/", json.dumps({**SAID, **more}), content_type="application/json")


def test_an_app_works_once_it_has_said_on_what_it_runs(alder):
    client = app(alder)
    assert client.get("/identity/people/").url == "/identity/refused/"
    page = client.get("/identity/refused/")
    assert (page.status_code, "DEVICE_UNKNOWN" in page.content.decode()) == (403, True)

    answer = say(client)
    assert (answer.status_code, answer.json()) == (200, {"state": "let_in", "warnings": []})
    assert client.get("/identity/people/").status_code == 200
    assert client.get("/identity/refused/").url == "/"
    with as_tenant(alder.pk):
        row = Device.objects.get()
        assert (row.device, row.model, row.version, row.patch_on) == ("a1b2", "Fairphone 5", "14", date(2026, 10, 5))
    assert verbs(alder, row) == ["identity.device_reported"]


@pytest.mark.requirement("SM-012")
@pytest.mark.parametrize("verdict", ["rooted", "jailbroken", "custom_rom", "integrity_apps"])
def test_a_device_that_was_tampered_with_is_refused_and_user_device_and_time_are_recorded(alder, verdict: str):
    client = app(alder)
    answer = say(client, integrity=verdict)
    assert (answer.status_code, answer.json()["code"]) == (403, "DEVICE_INTEGRITY")
    assert client.get("/identity/people/").url == "/identity/refused/"
    with as_tenant(alder.pk):
        row = Device.objects.get()
        entry = RecordEntry.objects.get(verb="identity.device_refused")
        (told,) = [one for one in history_of(row.pk) if one.verb == "identity.device_refused"]
        assert (entry.actor, entry.object_id, entry.at) == (alder.pia.pk, row.pk, row.refused_at)
        assert told.after == {"code": "DEVICE_INTEGRITY", "device": "a1b2", "person": str(alder.pia.pk)}


@pytest.mark.requirement("SM-012")
def test_a_strict_company_lets_no_app_in_that_nobody_vouches_for(alder):
    set_policy(alder, device_integrity=True)
    client = app(alder)
    assert say(client, integrity="intact").json()["code"] == "DEVICE_INTEGRITY"
    assert client.get("/identity/people/").url == "/identity/refused/"
    assert browser(alder.pia, alder).get("/identity/people/").status_code == 200  # a browser offers no such evidence


@pytest.mark.requirement("SM-014")
def test_a_beta_is_refused_in_the_app_and_not_in_the_browser(alder):
    house = make_house()
    with as_tenant(house.tenant.pk):
        for family, minimum in (("firefox", "140"), ("android", "12")):
            support_from(family, minimum=minimum, from_on=date(2026, 11, 2), at=AT, actor=MACHINE)
    client = app(alder)
    answer = say(client, beta=True, version="17")
    assert (answer.status_code, answer.json()["code"]) == (403, "DEVICE_BETA")
    assert client.get("/identity/people/").url == "/identity/refused/"
    assert "beta version" in client.get("/identity/refused/").content.decode()

    same = visitor()
    same.defaults["HTTP_USER_AGENT"] = "Mozilla/5.0 (Android 17; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0"
    sign_in(same, "pia@alder.example")
    assert same.get("/identity/people/").status_code == 200


@pytest.mark.requirement("SM-023")
def test_only_allowed_device_locks_are_let_in(alder):
    set_policy(alder, device_locks=["pin", "biometrics"])
    for lock, status in (("none", 403), ("pattern", 403), ("password", 403), ("biometrics", 200), ("pin", 200)):
        client = app(alder)
        answer = say(client, lock=lock)
        assert answer.status_code == status
        if status != 200:
            told = answer.json()
            assert (told["code"], told["text"]) == (
                "DEVICE_LOCK",
                "Your company demands a device lock. Allowed: PIN, Biometrics.",
            )
            assert client.get("/identity/people/").url == "/identity/refused/"
            assert told["text"] in client.get("/identity/refused/").content.decode()
        else:
            assert client.get("/identity/people/").status_code == 200


def test_without_a_policy_no_lock_is_asked_for(alder):
    assert reported(alder, lock="none").code == ""


def test_a_policy_that_changes_looks_again_at_who_is_in(alder):
    client = app(alder)
    say(client, lock="pattern")
    assert client.get("/identity/people/").status_code == 200
    set_policy(alder, device_locks=["pin"])
    assert client.get("/identity/people/").url == "/identity/refused/"
    assert say(client, lock="pin").status_code == 200
    assert client.get("/identity/people/").status_code == 200
    assert say(client, integrity="rooted").status_code == 403
    assert client.get("/identity/people/").url == "/identity/refused/"


def test_a_system_too_old_is_refused_and_one_that_will_be_is_warned(alder):
    house = make_house()
    with as_tenant(house.tenant.pk):
        support_from("android", minimum="12", from_on=date(2026, 11, 2), at=AT, actor=MACHINE)
        support_from("android", minimum="15", from_on=date(2099, 7, 1), at=AT, actor=MACHINE)
    client = app(alder)
    assert say(client, version="11").json()["code"] == "DEVICE_SYSTEM"
    page = client.get("/identity/refused/").content.decode()
    assert "12 or newer" in page
    answer = say(client, version="14").json()
    assert answer == {
        "state": "let_in",
        "warnings": ["From 1 Jul 2099 on you need Google Android 15 or newer. Update it before."],
    }
    assert client.get("/identity/people/").status_code == 200


@pytest.mark.requirement("SM-027")
def test_a_private_device_is_refused_unless_allowed_and_then_works_once_its_rules_are_accepted(alder):
    client = app(alder)
    assert say(client, private=True).json()["code"] == "DEVICE_PRIVATE"
    assert client.get("/identity/people/").url == "/identity/refused/"

    with as_tenant(alder.pk):
        rules = publish_instruction("OWN_DEVICES", at=AT, actor=MACHINE, **RULES)
        change_device_policy(at=AT, actor=MACHINE, own_devices=True)
    answer = say(client, private=True)
    assert answer.status_code == 403
    assert answer.json() == {
        "code": "DEVICE_RULES",
        "text": "Private devices have rules that you accept first.",
        "rules": {
            "instruction": str(rules.pk),
            "number": 1,
            "sha256": bytes(rules.sha256).hex(),
            "text": "Photos\nIn the app only.",
        },
    }
    assert client.get("/identity/people/").url == "/identity/refused/"
    assert "<h2>Photos</h2><p>In the app only.</p>" in client.get("/identity/refused/").content.decode()
    told = {"instruction": str(rules.pk), "sha256": bytes(rules.sha256).hex()}
    assert client.post("/identity/refused/rules/", told | {"sha256": "0" * 64}).url == "/identity/refused/"
    assert client.post("/identity/refused/rules/", told).url == "/"
    assert client.get("/identity/people/").status_code == 200
    with as_tenant(alder.pk):
        kept = Commitment.objects.get()
        assert (kept.instruction.number, kept.person, bytes(kept.sha256)) == (1, alder.pia.pk, bytes(rules.sha256))
        assert kept.at is not None
    client.cookies["kontor_language"] = "de"
    with as_tenant(alder.pk):
        publish_instruction("OWN_DEVICES", at=AT, actor=MACHINE, text_de="Neu", text_en="New")
    assert say(client, private=True).json()["rules"]["text"] == "Neu"  # a new edition asks again


def test_private_devices_need_rules_before_they_are_allowed(alder):
    with as_tenant(alder.pk):
        with pytest.raises(NoRulesError):
            change_device_policy(at=AT, actor=MACHINE, own_devices=True)
        assert AccessPolicy.objects.count() == 0
        assert change_device_policy(at=AT, actor=MACHINE, own_devices=False, patch_days=None).patch_days is None
        assert Due.objects.filter(job=DAY).count() == 0


@pytest.mark.requirement("SM-026")
def test_an_old_patch_level_stands_in_the_report_and_its_user_is_written_to_once(alder):
    now = datetime(2026, 11, 2, 9, tzinfo=UTC)
    with as_tenant(alder.pk):
        change_device_policy(at=now, actor=MACHINE, patch_days=90)
        assert oldest_patch(AccessPolicy.objects.get(), date(2026, 11, 2)) == date(2026, 8, 4)  # 90 days before
        assert Due.objects.filter(job=DAY, repeat_minutes=24 * 60).count() == 1
    reported(alder, device="old", model="Altes Telefon", patch_on=date(2026, 8, 3))  # 91 days
    reported(alder, device="new", patch_on=date(2026, 8, 4))  # 90 days
    reported(alder, device="none", patch_on=None)
    with as_tenant(alder.pk):
        assert remind_outdated(at=now) == 1
        assert remind_outdated(at=now + timedelta(days=1)) == 1  # the second has become too old, the first is told once
    first, *_rest = mails(alder)
    assert (first.to, first.subject) == ("pia@alder.example", "Ihr Gerät braucht ein Sicherheitsupdate")
    assert "(Altes Telefon) ist vom 03.08.2026" in first.text
    page = browser(alder.admin, alder).get("/identity/security/devices/", {"state": "outdated", "format": "csv"})
    assert "Altes Telefon" in page.content.decode()


def test_nobody_is_reminded_where_nothing_is_asked(alder):
    reported(alder, patch_on=date(2020, 1, 1))
    with as_tenant(alder.pk):
        assert remind_outdated(at=AT) == 0


def test_a_device_that_was_never_reported_here_is_unknown(alder):
    with as_tenant(alder.pk):
        assert device_code(alder.member.pk, alder.pia.pk, "", at=AT).code == "DEVICE_UNKNOWN"
        assert device_code(alder.member.pk, alder.pia.pk, "else", at=AT).code == "DEVICE_UNKNOWN"


def test_the_device_silent_longest_is_forgotten(alder):
    for number in range(KEPT + 1):
        reported(alder, device=f"d{number}", at=AT + timedelta(minutes=number))
    with as_tenant(alder.pk):
        kept = set(Device.objects.values_list("device", flat=True))
    assert kept == {f"d{number}" for number in range(1, KEPT + 1)}


def test_one_companys_devices_are_not_anothers(alder):
    reported(alder)
    other = make_tenant("Birke")
    with as_tenant(other.pk):
        assert Device.objects.count() == 0
        with pytest.raises(Membership.DoesNotExist):
            report_device(alder.member.pk, facts(), at=AT, actor=MACHINE)


@pytest.mark.parametrize(
    ("sent", "fields"),
    [("no json", ["device", "integrity", "lock", "system", "version"]),
     ("[1]", ["device", "integrity", "lock", "system", "version"]),
     (json.dumps({**SAID, "system": "symbian"}), ["system"]), (json.dumps({**SAID, "lock": "knot"}), ["lock"]),
     (json.dumps({**SAID, "patch_on": "soon"}), ["patch_on"])],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_by_name(alder, sent: str, fields: list[str]):
    answer = app(alder).post("/identity/device/", sent, content_type="application/json")
    assert (answer.status_code, answer.json()) == (422, {"code": "FACTS", "fields": fields})


def test_an_app_asks_what_is_demanded(alder):
    set_policy(alder, device_locks=["pin"], patch_days=90)
    told = app(alder).get("/identity/device/").json()
    assert told.pop("token")
    assert told == {"locks": ["pin"], "patch_days": 90, "own_devices": False, "attestation": False}


def test_without_a_company_an_app_says_nothing(alder):
    client = visitor()
    client.force_login(make_user("nobody@alder.example", "Nobody"))
    assert client.get("/identity/device/").json() == {"code": "NO_COMPANY"}
    assert client.post("/identity/refused/rules/").url == "/identity/refused/"
    assert visitor().get("/identity/device/").url.startswith("/sign-in/")


def test_the_administrator_sets_what_is_asked(alder):
    admin = browser(alder.admin, alder)
    address = "/identity/security/devices/policy/"
    assert admin.get(address).status_code == 200
    told = {"device_locks": ["pin", "biometrics"], "patch_days": "90", "own_devices": "on"}
    refused = admin.post(address, told)
    assert refused.status_code == 422
    assert "Publish the rules for private devices first." in refused.content.decode()
    assert admin.post(reverse("identity:instruction-publish", args=["own-devices"]), RULES).url == (
        "/identity/security/devices/"
    )
    assert admin.post(address, told).url == "/identity/security/devices/"
    with as_tenant(alder.pk):
        policy = AccessPolicy.objects.get()
        assert (policy.device_locks, policy.patch_days, policy.own_devices) == (["pin", "biometrics"], 90, True)
    assert "Edition 1 holds" in admin.get(address).content.decode()


def test_the_list_says_who_was_refused_and_why(alder):
    reported(alder, integrity="rooted")
    reported(alder, device="b", model="", beta=True)
    admin = browser(alder.admin, alder)
    text = admin.get("/identity/security/devices/", {"state": "refused", "private": "no"}).content.decode()
    assert "refused: tampered with" in text
    assert "refused: beta system" in text
    assert "Beta" in text
    assert browser(alder.pia, alder).get("/identity/security/devices/").status_code == 403
    assert browser(alder.pia, alder).get("/identity/security/devices/policy/").status_code == 403


def test_the_list_asks_the_database_as_often_for_many_as_for_one(alder):
    set_policy(alder, patch_days=90)
    reported(alder, patch_on=date(2026, 1, 1))
    admin = browser(alder.admin, alder)
    for _warm_up in range(2):
        admin.get("/identity/security/devices/")
    with CaptureQueriesContext(connection) as few:
        assert "patches too old" in admin.get("/identity/security/devices/").content.decode()
    reported(alder, device="b")
    reported(alder, device="c")
    with CaptureQueriesContext(connection) as many:
        admin.get("/identity/security/devices/")
    assert len(few) == len(many)


@pytest.mark.parametrize(
    "code", ["DEVICE_UNKNOWN", "DEVICE_INTEGRITY", "DEVICE_BETA", "DEVICE_SYSTEM", "DEVICE_PRIVATE", "DEVICE_RULES"]
)
def test_every_refusal_has_its_sentence(code: str):
    assert refusal_words(code).de != refusal_words(code).en
