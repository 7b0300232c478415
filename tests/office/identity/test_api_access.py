"""Keys and webhooks on their page: made with one's own rights, told once, taken back; messages sent again."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.actions import webhooks
from kontor.kernel.actions.credentials import CredentialRefusedError, resolve
from kontor.kernel.actions.events import publish
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import ApiKey, Credential, Webhook, WebhookDelivery
from kontor.kernel.tenancy import as_tenant
from tests.calling import get
from tests.factories import make_user
from tests.people import administrator, browser, join, make_tenant, visitor

pytestmark = pytest.mark.django_db
KIND = "books.payment_booked"


@pytest.fixture
def alder():
    return make_tenant("Alder")


@pytest.fixture
def admin(alder):
    return browser(administrator(alder), alder)


@pytest.fixture
def hook(alder):
    return made(alder)


def made(tenant, address="https://hooks.alder.example/in") -> Webhook:
    with as_tenant(tenant.pk):
        return webhooks.add_webhook(
            address=address, kinds=[KIND], mail_to="it@alder.example", at=timezone.now(), actor=MACHINE
        )


def messages(tenant) -> list[WebhookDelivery]:
    with as_tenant(tenant.pk):
        return list(WebhookDelivery.objects.order_by("at", "round"))


def happen(tenant) -> None:
    with as_tenant(tenant.pk):
        publish(KIND, {"payments": ["0190"]}, at=timezone.now())


def url(name: str, *args: object) -> str:
    return reverse(f"identity:{name}", args=args)


def key_form(**given: object) -> dict[str, object]:
    last = timezone.localdate() + timedelta(days=30)
    return {"name": "Waage", "scopes": ["contracts.use"], "last_day": last.isoformat()} | given


def test_a_key_is_made_told_once_used_and_taken_back(alder, admin):
    page = admin.post(url("api-key-new"), key_form())
    secret = page.context["secret"]
    assert (page.status_code, secret in page.content.decode()) == (200, True)
    assert get(secret, "/usage")[0] == 200
    assert get(secret, "/received/contracts")[0] == 403
    listed = admin.get(url("api")).content.decode()
    assert (secret in listed, "Waage" in listed, "not yet" in listed) == (False, True, False)
    with as_tenant(alder.pk):
        key = ApiKey.objects.get()
    assert key.used_at is not None
    assert admin.post(url("api-key-revoke", key.pk)).status_code == 302
    assert get(secret, "/usage")[0] == 401
    assert "taken back" in admin.get(url("api")).content.decode()
    assert admin.post(url("api-key-revoke", key.pk)).status_code == 404


def test_a_key_gets_another_secret_and_the_one_before_opens_a_week_more(alder, admin):
    before = admin.post(url("api-key-new"), key_form()).context["secret"]
    with as_tenant(alder.pk):
        key = ApiKey.objects.get()

    page = admin.post(url("api-key-rotate", key.pk))

    after = page.context["secret"]
    assert (page.status_code, after != before, after in page.content.decode()) == (200, True, True)
    assert [get(each, "/usage")[0] for each in (before, after)] == [200, 200]
    now = timezone.now()
    for days, opens in ((6, [True, True]), (8, [False, True])):
        assert [opened(each, at=now + timedelta(days=days)) for each in (before, after)] == opens
    assert admin.post(url("api-key-revoke", key.pk)).status_code == 302
    assert [get(each, "/usage")[0] for each in (before, after)] == [401, 401]
    assert admin.post(url("api-key-rotate", key.pk)).status_code == 404


def test_nobody_rotates_a_key_that_may_do_more_than_they(alder, admin):
    secret = admin.post(url("api-key-new"), key_form()).context["secret"]
    some = make_user("some@alder.example", "Some One")
    join(alder, some, role="IT", permissions=["identity.api"])
    with as_tenant(alder.pk):
        key = ApiKey.objects.get()

    assert browser(some, alder).post(url("api-key-rotate", key.pk)).url == url("api")
    with as_tenant(alder.pk):
        assert Credential.objects.filter(object_id=key.pk).count() == 1
    assert get(secret, "/usage")[0] == 200
    other = make_tenant("Birke")
    stranger = browser(administrator(other, "ben@birke.example", "Ben"), other)
    assert stranger.post(url("api-key-rotate", key.pk)).status_code == 404


def opened(secret: str, *, at) -> bool:
    try:
        resolve(secret, "api", at)
    except CredentialRefusedError:
        return False
    return True


@pytest.mark.parametrize(
    "changed",
    [
        {"name": ""},
        {"scopes": []},
        {"scopes": ["contracts.see"]},  # not in this tenant's contract
        {"last_day": "2020-01-01"},
        {"last_day": "2099-01-01"},
    ],
)
def test_a_key_that_cannot_be_is_refused(alder, admin, changed):
    assert admin.post(url("api-key-new"), key_form(**changed)).status_code == 422
    with as_tenant(alder.pk):
        assert ApiKey.objects.count() == 0


def test_nobody_gives_a_key_more_than_they_may_do(alder):
    some = make_user("some@alder.example", "Some One")
    join(alder, some, role="IT", permissions=["identity.api", "contracts.account"])
    page = browser(some, alder)
    assert page.post(url("api-key-new"), key_form(scopes=["contracts.use"])).status_code == 422
    assert page.post(url("api-key-new"), key_form(scopes=["contracts.account"])).status_code == 200


def test_a_webhook_is_added_changed_rotated_switched_and_removed(alder, admin):
    told = {"address": "https://hooks.alder.example/in", "kinds": [KIND], "mail_to": "it@alder.example"}
    assert admin.post(url("webhook-new"), told).status_code == 302
    with as_tenant(alder.pk):
        hook = Webhook.objects.get()
    page = admin.get(url("webhook", hook.pk)).content.decode()
    assert (hook.secret in page, "A payment was booked" in page) == (True, True)
    assert admin.post(url("webhook-change", hook.pk), told | {"address": "https://alder.example/x"}).status_code == 302
    for word in ("rotate", "off", "on", "test"):
        assert admin.post(url("webhook-do", hook.pk, word)).status_code == 302
    with as_tenant(alder.pk):
        now = Webhook.objects.get()
    assert (now.address, now.secret != hook.secret, now.old_secret) == ("https://alder.example/x", True, hook.secret)
    assert [row.kind for row in messages(alder)] == ["kernel.test"]
    assert "second signature" in admin.get(url("webhook", hook.pk)).content.decode()
    assert admin.post(url("webhook-do", hook.pk, "dance")).status_code == 404
    assert admin.post(url("webhook-do", hook.pk, "remove")).status_code == 302
    assert admin.get(url("webhook", hook.pk)).status_code == 404


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"address": "http://hooks.alder.example/"}, "over https only"),
        ({"address": "https://10.0.0.7/"}, "private network"),
        ({"address": "ftp://x"}, "no address that can be called"),
        ({"kinds": ["books.nothing"]}, "Select a valid choice"),
        ({"mail_to": "nobody"}, "valid email address"),
    ],
)
def test_a_webhook_that_cannot_be_is_refused(settings, admin, changed, sentence):
    settings.KONTOR_WEBHOOKS_PRIVATE = False
    told = {"address": "https://hooks.alder.example/in", "kinds": [KIND], "mail_to": "it@alder.example"}
    answer = admin.post(url("webhook-new"), told | changed)
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)


def test_a_message_is_looked_at_and_sent_again(alder, admin, hook):
    happen(alder)
    (row,) = messages(alder)
    assert admin.get(url("webhook", hook.pk) + "?state=tried").content.decode().count(str(row.pk)) > 0
    waiting = admin.post(url("delivery-again", row.pk), follow=True).content.decode()
    assert "still being tried" in waiting
    with as_tenant(alder.pk):
        webhooks.note_failed(row.pk, problem="answer", status=500, last=True, at=timezone.now())
    page = admin.get(url("delivery", row.pk)).content.decode()
    assert ("The answer was 500." in page, "given up" in page, "&quot;0190&quot;" in page) == (True, True, True)
    assert admin.post(url("delivery-again", row.pk)).status_code == 302
    assert [each.round for each in messages(alder)] == [1, 2]
    assert "switched off: nothing arrived" in admin.get(url("api")).content.decode()
    exported = admin.get(url("webhook", hook.pk) + "?format=csv")
    assert exported.status_code == 200


def test_pages_ask_for_their_right_and_show_nobody_elses(alder, hook):
    happen(alder)
    (row,) = messages(alder)
    some = make_user("some@alder.example", "Some One")
    join(alder, some, role="Reader", permissions=["identity.see"])
    birch = make_tenant("Birch")
    stranger = browser(administrator(birch, "b@birch.example", "B"), birch)
    pages = [url("webhook", hook.pk), url("webhook-change", hook.pk), url("delivery", row.pk)]
    for page in (url("api"), url("api-key-new"), url("webhook-new"), *pages):
        assert browser(some, alder).get(page).status_code == 403
    for page in pages:
        assert stranger.get(page).status_code == 404
    for page in (url("webhook-do", hook.pk, "remove"), url("delivery-again", row.pk)):
        assert stranger.post(page).status_code == 404


def test_the_number_of_queries_does_not_depend_on_the_rows(alder, admin, hook):
    def counted(page):
        admin.get(page)
        with CaptureQueriesContext(connection) as found:
            admin.get(page)
        return len(found)

    happen(alder)
    admin.post(url("api-key-new"), key_form())
    pages = (url("api"), url("webhook", hook.pk))
    before = [counted(page) for page in pages]
    for number in range(2):
        made(alder, f"https://hooks.alder.example/{number}")
        happen(alder)
        admin.post(url("api-key-new"), key_form())
    assert [counted(page) for page in pages] == before


def test_the_api_is_described_for_people():
    page = visitor().get("/api/v1/docs")
    text = page.content.decode()
    assert page.status_code == 200
    assert [group for group in ("usage", "contracts", "received/contracts", "invoices", "payments") if group not in
            page.context["groups"]] == []  # fmt: skip
    assert ("contracts.report_use" in text, "https://cdn" in text) == (True, False)
