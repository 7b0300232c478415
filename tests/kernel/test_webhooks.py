"""Webhooks against a real receiver: signed after the specification, tried again, switched off, to nobody's inside."""

import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.db import connection
from standardwebhooks import Webhook as Verifier, WebhookVerificationError

from kontor.kernel.actions import webhooks
from kontor.kernel.actions.events import publish
from kontor.kernel.actor import MACHINE
from kontor.kernel.jobs import WEBHOOK_WAITS, WebhookWaitsError
from kontor.kernel.models import Event, OutgoingMail, Webhook, WebhookDelivery
from kontor.kernel.tenancy import as_tenant
from kontor.kernel.webhook_signing import new_secret, sign
from kontor.kernel.webhook_transport import (
    AddressRefusedError,
    DeliveryFailedError,
    is_public,
    post,
    target_of,
)
from tests.background import run_jobs
from tests.people import verbs

KIND = "books.payment_booked"


class Receiver(HTTPServer):
    """A receiver that answers each message with `answer`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.received: list[tuple[str, dict[str, str], bytes]] = []
        self.answer = 204
        self.address = f"http://127.0.0.1:{self.server_address[1]}/hook?of=kontor"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        told = {name.lower(): value for name, value in self.headers.items()}
        self.server.received.append((self.path, told, body))
        self.send_response(self.server.answer)
        self.send_header("Location", "http://127.0.0.1:1/")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Be silent."""


@pytest.fixture
def receiver(settings):
    settings.KONTOR_DEMO = True  # mail goes to the mailbox page
    settings.KONTOR_WEBHOOKS_PRIVATE = True
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def added(tenant, receiver, *kinds: str) -> Webhook:
    with as_tenant(tenant.pk):
        return webhooks.add_webhook(
            address=receiver.address, kinds=kinds or [KIND], mail_to="it@alder.example", at=datetime.now(UTC),
            actor=MACHINE,
        )  # fmt: skip


def happen(tenant, kind: str = KIND, **payload: Any) -> None:
    with as_tenant(tenant.pk):
        publish(kind, payload, at=datetime.now(UTC))


def deliveries(tenant) -> list[WebhookDelivery]:
    with as_tenant(tenant.pk):
        return list(WebhookDelivery.objects.order_by("at", "round", "pk"))


def hook_of(tenant) -> Webhook:
    with as_tenant(tenant.pk):
        return Webhook.objects.get()


def try_again() -> None:
    """Let what waits for its next attempt be due."""

    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'")
    with pytest.raises(WebhookWaitsError):
        run_jobs()


def test_a_signature_is_that_of_the_specification():
    """The example of the Standard Webhooks libraries' own tests: one secret, one message, one signature."""
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body) == expected
    assert len(new_secret()) == len("whsec_") + 44


def test_a_message_arrives_as_it_is_stored_and_verifies(alder, receiver):
    hook = added(alder, receiver)
    happen(alder, payments=["0190"], number="RE-7", sum=3, customer="Erika Muster", email="e@x.example", nothing=None)
    assert run_jobs() == ["kernel.deliver_webhook"]

    (row,) = deliveries(alder)
    ((path, headers, body),) = receiver.received
    assert (path, body.decode(), headers["content-type"]) == ("/hook?of=kontor", row.body, "application/json")
    assert headers["webhook-id"] == str(row.message)
    told = Verifier(hook.secret).verify(body, headers)
    assert (told["type"], told["data"]) == (KIND, {"payments": ["0190"], "number": "RE-7", "sum": 3})
    assert datetime.fromisoformat(told["timestamp"]) == row.at
    assert (row.status, row.attempts, row.problem, row.delivered_at is not None) == (204, 1, "", True)
    with as_tenant(alder.pk):
        assert Event.objects.get().pk == row.message
    with pytest.raises(WebhookVerificationError):
        Verifier(hook.secret).verify(body + b" ", headers)
    with pytest.raises(WebhookVerificationError, match="too old"):
        Verifier(hook.secret).verify(body, headers | {"webhook-timestamp": "1614265330"})


def test_only_what_was_asked_for_is_sent_to_whoever_asked(alder, birch, receiver):
    added(alder, receiver)
    happen(alder, "books.invoice_issued", number="1")
    happen(birch, number="1")
    assert (run_jobs(), deliveries(alder), deliveries(birch)) == ([], [], [])
    with as_tenant(alder.pk), pytest.raises(webhooks.UnknownEventError, match=r"books\.nothing"):
        webhooks.add_webhook(
            address=receiver.address, kinds=["books.nothing"], mail_to="", at=datetime.now(UTC), actor=MACHINE
        )


def test_after_a_rotation_both_secrets_verify_for_a_day(alder, receiver):
    old = added(alder, receiver)
    with as_tenant(alder.pk):
        new = webhooks.rotate_secret(old.pk, at=datetime.now(UTC), actor=MACHINE)
    happen(alder)
    run_jobs()
    _, headers, body = receiver.received[-1]
    assert len(headers["webhook-signature"].split()) == 2
    assert Verifier(old.secret).verify(body, headers) == Verifier(new.secret).verify(body, headers)

    with as_tenant(alder.pk):
        Webhook.objects.update(old_until=datetime.now(UTC) - timedelta(seconds=1))
    happen(alder)
    run_jobs()
    _, headers, body = receiver.received[-1]
    assert len(headers["webhook-signature"].split()) == 1
    with pytest.raises(WebhookVerificationError):
        Verifier(old.secret).verify(body, headers)


def test_a_message_is_tried_again_then_given_up_and_the_keeper_told(alder, receiver):
    added(alder, receiver)
    receiver.answer = 503
    happen(alder)
    with pytest.raises(WebhookWaitsError):
        run_jobs()
    for _ in WEBHOOK_WAITS[1:]:
        try_again()
    assert hook_of(alder).disabled_for == ""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'")
    run_jobs()

    (row,) = deliveries(alder)
    assert (row.attempts, row.status, row.problem) == (len(WEBHOOK_WAITS) + 1, 503, "answer")
    assert (row.given_up_at is not None, hook_of(alder).disabled_for) == (True, "failing")
    bodies = {body for _, _, body in receiver.received}
    ids = {headers["webhook-id"] for _, headers, _ in receiver.received}
    assert (len(receiver.received), len(bodies), len(ids)) == (10, 1, 1)
    with as_tenant(alder.pk):
        mail = OutgoingMail.objects.get()
    assert (mail.to, mail.subject) == ("it@alder.example", f"Webhook abgeschaltet: {receiver.address}")
    happen(alder)
    assert len(deliveries(alder)) == 1


def test_a_receiver_that_is_gone_is_told_nothing_more(alder, receiver):
    added(alder, receiver)
    receiver.answer = 410
    happen(alder)
    happen(alder)
    run_jobs()
    assert [row.attempts for row in deliveries(alder)] == [1, 0]
    assert hook_of(alder).disabled_for == "gone"
    assert all(row.given_up_at for row in deliveries(alder))


def test_one_given_up_among_others_that_arrive_switches_nothing_off(alder, receiver):
    added(alder, receiver)
    happen(alder)
    receiver.answer = 204
    run_jobs()
    (row,) = deliveries(alder)
    with as_tenant(alder.pk):
        WebhookDelivery.objects.update(delivered_at=None)
        given = {"problem": "answer", "status": 500, "at": datetime.now(UTC)}
        assert webhooks.note_failed(row.pk, last=False, **given) is True
        assert webhooks.note_failed(row.pk, last=True, **given) is False
    assert hook_of(alder).disabled_at is None


def test_a_message_is_sent_again_by_hand_under_its_id(alder, birch, receiver):
    added(alder, receiver)
    happen(alder, number="RE-7")
    (row,) = deliveries(alder)
    now = datetime.now(UTC)
    with as_tenant(alder.pk), pytest.raises(webhooks.NotSettledError):
        webhooks.redeliver(row.pk, at=now, actor=MACHINE)
    run_jobs()
    with as_tenant(birch.pk), pytest.raises(WebhookDelivery.DoesNotExist):
        webhooks.redeliver(row.pk, at=now, actor=MACHINE)
    with as_tenant(alder.pk):
        webhooks.redeliver(row.pk, at=now, actor=MACHINE)
    run_jobs()
    (_, first, body), (_, second, again) = receiver.received
    assert (first["webhook-id"], body) == (second["webhook-id"], again)
    assert [each.round for each in deliveries(alder)] == [1, 2]
    assert run_jobs() == []
    with as_tenant(alder.pk):
        assert webhooks.note_attempt(row.pk, at=now) is None


def test_a_test_message_goes_out_once_even_while_it_is_off(alder, receiver):
    hook = added(alder, receiver)
    now = datetime.now(UTC)
    with as_tenant(alder.pk):
        webhooks.switch(hook.pk, on=False, at=now, actor=MACHINE)
        webhooks.send_test(hook.pk, at=now)
    receiver.answer = 302
    run_jobs()
    (row,) = deliveries(alder)
    assert (row.kind, row.problem, row.status, row.given_up_at is not None) == ("kernel.test", "redirect", 302, True)
    with as_tenant(alder.pk):
        webhooks.switch(hook.pk, on=True, at=now, actor=MACHINE)
        webhooks.change_webhook(
            hook.pk, address="https://example.org/in", kinds=[KIND], mail_to="x@alder.example", at=now, actor=MACHINE
        )
        webhooks.remove_webhook(hook.pk, at=now, actor=MACHINE)
    assert deliveries(alder) == []
    assert verbs(alder) == [
        "kernel.webhook_added", "kernel.webhook_off", "kernel.webhook_on", "kernel.webhook_changed",
        "kernel.webhook_removed",
    ]  # fmt: skip


def test_what_was_sent_is_forgotten_after_a_month(alder, receiver):
    added(alder, receiver)
    happen(alder)
    run_jobs()
    with as_tenant(alder.pk):
        WebhookDelivery.objects.update(at=datetime.now(UTC) - timedelta(days=31))
    happen(alder)
    run_jobs()
    assert [row.round for row in deliveries(alder)] == [1]


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("http://example.org/", "insecure"),
        ("http://127.0.0.1/", "insecure"),
        ("https://127.0.0.1/", "private"),
        ("https://[::1]/", "private"),
        ("https://[::ffff:10.0.0.1]/", "private"),
        ("https://169.254.169.254/latest/", "private"),
        ("https://localhost/", "private"),
        ("https://intranet/", "private"),
        ("https://db.internal/", "private"),
        ("https://name:word@example.org/", "form"),
        ("ftp://example.org/", "form"),
        ("https://example.org:99999/", "form"),
        ("https://example.org/a b", "form"),
        ("https://example.org/ä", "form"),
        ("https://", "form"),
    ],
)
def test_an_address_that_must_not_be_used_is_refused(settings, address, reason):
    settings.KONTOR_WEBHOOKS_PRIVATE = False
    with pytest.raises(AddressRefusedError) as refused:
        target_of(address)
    assert refused.value.reason == reason
    with pytest.raises(DeliveryFailedError) as failed:
        post(address, b"{}", {})
    assert failed.value.problem == reason


def test_a_name_that_leads_inside_is_found_out_when_it_is_resolved(settings, monkeypatch):
    settings.KONTOR_WEBHOOKS_PRIVATE = False
    inside = [(2, 1, 6, "", ("93.184.216.34", 443)), (2, 1, 6, "", ("10.0.0.7", 443))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: inside)
    with pytest.raises(DeliveryFailedError) as failed:
        post("https://rebound.example/", b"{}", {})
    assert failed.value.problem == "private"


def test_which_addresses_are_public():
    public = ["8.8.8.8", "2606:4700::1111"]
    inner = ["10.0.0.1", "100.64.0.1", "224.0.1.1", "0.0.0.0", "fd00::1", "fe80::1", "2002:a00:1::", "64:ff9b::a00:1"]
    assert [is_public(each) for each in public + inner] == [True] * 2 + [False] * 8


def test_what_does_not_answer_is_named(receiver):
    address = receiver.address
    with pytest.raises(DeliveryFailedError) as failed:
        post(address.replace("http:", "https:"), b"{}", {})
    assert failed.value.problem == "tls"
    with pytest.raises(DeliveryFailedError) as failed:
        post("http://127.0.0.1:9/", b"{}", {})
    assert failed.value.problem == "unreachable"
    with pytest.raises(DeliveryFailedError) as failed:
        post("https://nothing.invalid/", b"{}", {})
    assert failed.value.problem == "unknown_host"
