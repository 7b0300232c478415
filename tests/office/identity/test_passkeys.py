"""Passkeys: made, shown after a password or alone, renamed, removed; everything else is refused."""

import json
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from kontor.kernel.models import Session, Tenant
from kontor.office.identity.models import User
from kontor.office.identity.queries.factors import factors_of
from tests.passkeys import PRESENT, Device
from tests.people import administrator, browser, make_tenant, sign_in, verbs, visitor

pytestmark = pytest.mark.django_db
NEW, OPTIONS = "/identity/factors/passkeys/new/", "/identity/factors/passkeys/new/options/"


@pytest.fixture(autouse=True)
def localhost(settings: LazySettings) -> None:
    settings.ALLOWED_HOSTS = ["localhost", "testserver"]


def at_localhost(client: Client) -> Client:
    client.defaults["HTTP_HOST"] = "localhost"  # passkeys need a site that the browser trusts
    return client


@pytest.fixture
def tenant() -> Tenant:
    return make_tenant()


@pytest.fixture
def ida(tenant: Tenant) -> User:
    return administrator(tenant, "ida@alder.example", "Ida")


@pytest.fixture
def client(ida: User, tenant: Tenant) -> Client:
    return at_localhost(browser(ida, tenant))


def make(client: Client, device: Device, name: str = "Laptop") -> Any:
    return client.post(NEW, {"name": name, "proof_passkey": device.made(client.get(OPTIONS).json())})


def test_a_passkey_is_made_and_comes_with_recovery_codes(client: Client, ida: User, tenant: Tenant):
    page = make(client, Device())

    assert page.status_code == 200
    assert page.content.decode().count("<li><code>") == 10
    (passkey,) = factors_of(ida.pk).passkeys
    assert passkey.name == "Laptop"
    assert verbs(tenant, ida)[-1] == "identity.factor_added"


@pytest.mark.parametrize(
    ("device", "spoil"),
    [
        (Device(flags=PRESENT), str),  # nobody looked at who holds it
        (Device(host="elsewhere.example"), str),
        (Device(), lambda _sent: "no JSON"),
        (Device(), lambda _sent: "[]"),
        (Device(), lambda _sent: "{}"),
        (Device(), lambda sent: json.dumps(json.loads(sent) | {"response": 7})),
    ],
)
def test_what_is_no_good_passkey_is_refused(client: Client, ida: User, device: Device, spoil: Any):
    sent = spoil(device.made(client.get(OPTIONS).json()))

    assert client.post(NEW, {"proof_passkey": sent}).status_code == 422
    assert factors_of(ida.pk).any is False


def test_a_challenge_is_good_once(client: Client, ida: User):
    device = Device()
    sent = device.made(client.get(OPTIONS).json())
    client.post(NEW, {"name": "", "proof_passkey": sent})

    assert client.post(NEW, {"proof_passkey": sent}).status_code == 422
    assert [one.name for one in factors_of(ida.pk).passkeys] == ["Passkey"]


def test_a_passkey_alone_signs_in_and_counts_as_second_factor(client: Client, ida: User, tenant: Tenant):
    device = Device()
    make(client, device)
    guest = at_localhost(visitor())

    sent = device.shown(guest.get("/sign-in/passkey/options/").json())
    answer = guest.post("/sign-in/passkey/", {"proof_passkey": sent, "next": "/identity/people/"})

    assert answer["Location"] == "/identity/people/"
    assert guest.get("/identity/people/").status_code == 200
    assert guest.session["factor_at"] != ""
    assert Session.objects.filter(person=ida.pk, method="passkey").count() == 1
    assert verbs(tenant)[-1] == "identity.signed_in"


def test_a_passkey_of_nobody_signs_nobody_in(client: Client):
    device = Device()
    make(client, device)
    guest = at_localhost(visitor())

    for wrong in (Device(owner=device.owner), Device(owner="bm9ib2R5"), Device()):
        sent = wrong.shown(guest.get("/sign-in/passkey/options/").json())
        assert guest.post("/sign-in/passkey/", {"proof_passkey": sent})["Location"] == "/sign-in/"
        assert guest.get("/identity/people/").status_code == 302


def test_a_passkey_follows_the_password(client: Client):
    device = Device()
    make(client, device)
    guest = at_localhost(visitor())
    assert guest.get("/sign-in/code/passkey/").status_code == 403
    assert guest.get("/sign-in/code/")["Location"] == "/sign-in/"
    assert sign_in(guest, "ida@alder.example").request["PATH_INFO"] == "/sign-in/code/"

    other = Device().shown(guest.get("/sign-in/code/passkey/").json())
    assert guest.post("/sign-in/code/", {"proof_passkey": other}).status_code == 422
    sent = device.shown(guest.get("/sign-in/code/passkey/").json())
    assert guest.post("/sign-in/code/", {"proof_passkey": sent}).status_code == 302
    assert guest.get("/identity/people/").status_code == 200


def test_a_passkey_proves_once_more_who_one_is(client: Client):
    device = Device()
    make(client, device)
    session = client.session
    del session["proved_at"]
    session.save()
    assert client.get("/identity/api/keys/new/").status_code == 302

    sent = device.shown(client.get("/identity/prove/passkey/").json())
    answer = client.post("/identity/prove/?next=/identity/api/keys/new/", {"prove": "1", "proof_passkey": sent})
    assert answer["Location"] == "/identity/api/keys/new/"
    assert client.get("/identity/api/keys/new/").status_code == 200


def test_a_passkey_is_renamed_and_removed_by_its_owner_alone(client: Client, ida: User, tenant: Tenant):
    make(client, Device())
    (passkey,) = factors_of(ida.pk).passkeys
    stranger = browser(administrator(tenant, "tom@alder.example", "Tom"), tenant)
    for word in ("rename", "remove"):
        address = f"/identity/factors/passkeys/{passkey.id}/{word}/"
        assert stranger.post(address, {"name": "Mine"}).status_code == 404

    client.post(f"/identity/factors/passkeys/{passkey.id}/rename/", {"name": "Office"})
    client.post(f"/identity/factors/passkeys/{passkey.id}/rename/", {"name": " "})
    assert [one.name for one in factors_of(ida.pk).passkeys] == ["Office"]
    page = client.get("/identity/factors/").content.decode()
    assert page.count("Rename Office") > 0

    client.post(f"/identity/factors/passkeys/{passkey.id}/remove/")
    assert factors_of(ida.pk).any is False
    assert verbs(tenant, ida)[-1] == "identity.factor_removed"
