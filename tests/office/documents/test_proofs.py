"""Pictures of identity cards and licences: few see them, each look is written down, a rule of their own ends them."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Blob, Credential
from kontor.kernel.queries.record import history_of
from kontor.kernel.support import grantable
from kontor.kernel.tenancy import as_tenant
from kontor.office.documents.actions.proofs import Captured, keep_proof
from kontor.office.documents.models import Proof
from kontor.office.privacy.actions.retention import settle_keeping
from kontor.office.privacy.queries.expiring import found_of
from kontor.rulebook.duration import Duration
from kontor.rulebook.refusal import RefusalError
from tests.factories import AT, make_house
from tests.people import administrator, browser, join, make_tenant, make_user

pytestmark = pytest.mark.django_db
JPEG = b"\xff\xd8\xff\xe0" + b"licence" * 40 + b"\xff\xd9"
TOLD = {"kind": "LICENCE", "holder": "Rosa Test", "process": "Probefahrt 114"}


def picture(data: bytes = JPEG) -> SimpleUploadedFile:
    return SimpleUploadedFile("proof.jpg", data, "image/jpeg")


def with_ticket(client: Client) -> dict[str, str]:
    """Open the page with the camera; return what its form says, with the ticket that came with it."""
    page = client.get(reverse("documents:proof-new")).content.decode()
    (ticket,) = re.findall(r'name="ticket" value="([^"]+)"', page)
    return TOLD | {"ticket": ticket}


def taken(tenant) -> Proof:
    with as_tenant(tenant.pk):
        return keep_proof(Captured(data=JPEG, **TOLD), at=AT, actor=MACHINE)


@pytest.mark.requirement("SM-018")
def test_a_licence_opens_for_the_role_with_the_right_and_each_look_names_user_time_and_process():
    tenant = make_tenant()
    books, sales = make_user("bea@alder.example", "Bea"), make_user("sven@alder.example", "Sven")
    join(tenant, books, role="Buchhaltung", permissions=["documents.read", "documents.file", "documents.capture"])
    join(tenant, sales, role="Verkauf", permissions=["documents.proofs"])
    proof = taken(tenant)
    page, image = (reverse(f"documents:{name}", args=(proof.pk,)) for name in ("proof", "proof-picture"))

    refused = browser(books, tenant)
    statuses = {each: refused.get(each).status_code for each in (page, image, reverse("documents:proofs"))}
    assert set(statuses.values()) == {403}
    with as_tenant(tenant.pk):
        assert [each.verb for each in history_of(proof.pk)] == ["documents.proof_captured"]

    client = browser(sales, tenant)
    assert "Rosa Test" in client.get(reverse("documents:proofs")).content.decode()
    assert client.get(page).status_code == 200
    answer = client.get(image)

    assert (answer.status_code, answer.content, answer.headers["Content-Type"]) == (200, JPEG, "image/jpeg")
    assert answer.headers["Cache-Control"] == "private, no-store"
    with as_tenant(tenant.pk):
        look, _captured = history_of(proof.pk)
        assert (look.verb, look.actor, look.clause) == ("documents.proof_shown", sales.pk, "dealership §3")
        assert look.after == {"kind": "LICENCE", "process": "Probefahrt 114"}
        assert look.at > AT
    assert "Sven" in client.get(page).content.decode()


def test_another_tenants_picture_is_not_there():
    proof, other = taken(make_tenant()), make_tenant("Birke")
    client = browser(administrator(other, "ben@birke.example", "Ben"), other)

    for name in ("proof", "proof-picture"):
        assert client.get(reverse(f"documents:{name}", args=(proof.pk,))).status_code == 404


def test_a_picture_is_kept_from_the_camera_page_alone_and_its_answer_says_where_it_is():
    tenant = make_tenant()
    desk = make_user("dora@alder.example", "Dora")
    join(tenant, desk, role="Empfang", permissions=["documents.capture"])
    client, url = browser(desk, tenant), reverse("documents:proof-new")

    page = client.get(url).content.decode()
    told = client.post(url, with_ticket(client) | {"picture": picture()})

    assert 'type="file"' not in page  # no gallery
    assert (told.status_code, told.json()["url"]) == (201, url)  # may take, and not look
    with as_tenant(tenant.pk):
        kept = Proof.objects.get(pk=told.json()["kept"])
        assert (kept.kind, kept.holder, kept.process, kept.by) == ("LICENCE", "Rosa Test", "Probefahrt 114", desk.pk)
    chief = browser(administrator(tenant), tenant)
    boss = chief.post(url, with_ticket(chief) | {"picture": picture()}).json()
    assert boss["url"] == reverse("documents:proof", args=(boss["kept"],))


@pytest.mark.requirement("SM-029")
def test_a_file_without_a_ticket_of_the_camera_here_is_refused_and_a_ticket_keeps_one_picture():
    """Dealership §4: nothing that the device took by itself; the page itself writes nothing to the device (SM-006)."""
    tenant, other = make_tenant(), make_tenant("Birke")
    boss, ben = administrator(tenant), administrator(other, "ben@birke.example", "Ben")
    join(other, boss, role="Gast", permissions=["documents.capture"])
    client, elsewhere, url = browser(boss, tenant), browser(ben, other), reverse("documents:proof-new")
    told = with_ticket(client)

    for ticket in ("", "made-up", with_ticket(elsewhere)["ticket"], with_ticket(browser(boss, other))["ticket"]):
        refused = client.post(url, TOLD | {"ticket": ticket, "picture": picture()})
        assert (refused.status_code, "In-app capture only" in refused.json()["problems"]["picture"]) == (422, True)
    assert elsewhere.post(url, told | {"picture": picture()}).status_code == 422
    assert client.post(url, told | {"picture": picture(b"GIF89a")}).status_code == 422  # and uses nothing up
    statuses = [client.post(url, told | {"picture": picture()}).status_code for _ in range(2)]
    assert statuses == [201, 422]
    with as_tenant(tenant.pk):
        assert (Proof.objects.count(), Blob.objects.count()) == (1, 1)
    late = with_ticket(client)
    Credential.objects.filter(tenant=tenant).update(expires_at=timezone.now())
    assert client.post(url, late | {"picture": picture()}).status_code == 422


def test_what_is_no_picture_and_what_says_nothing_is_refused_with_its_reason():
    tenant = make_tenant()
    client, url = browser(administrator(tenant), tenant), reverse("documents:proof-new")

    wrong = client.post(url, with_ticket(client) | {"picture": picture(b"%PDF-1.7 not a picture")})
    silent = client.post(url, {"kind": "LICENCE", "picture": picture()})
    none = client.post(url, TOLD)

    assert [each.status_code for each in (wrong, silent, none)] == [422, 422, 422]
    assert set(wrong.json()["problems"]) == {"picture"}
    assert set(silent.json()["problems"]) == {"holder", "process"}
    assert none.json()["problems"] == {"picture": "Take a picture first."}
    with as_tenant(tenant.pk):
        assert (Proof.objects.count(), Blob.objects.count()) == (0, 0)
        with pytest.raises(RefusalError):
            keep_proof(Captured(data=b"GIF89a", **TOLD), at=AT, actor=MACHINE)


def test_pictures_go_under_a_rule_of_their_own_and_no_guest_of_the_house_sees_them():
    house = make_house("dealership")
    with as_tenant(house.tenant.pk):
        keep_proof(Captured(data=JPEG, **TOLD), at=AT, actor=MACHINE)
        late = (AT + timedelta(days=400)).date()
        assert found_of("documents.proofs", late).gone == 0  # nobody said how long
        settle_keeping("identity_proofs", Duration.parse("30 days"), agreed="Hausregel", at=AT, actor=house.actor)
        gone = {days: found_of("documents.proofs", (AT + timedelta(days=days)).date()).gone for days in (29, 32)}
    assert gone == {29: 0, 32: 1}
    assert "documents.proofs" not in {each.key for each in grantable()}
