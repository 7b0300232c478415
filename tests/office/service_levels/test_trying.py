"""Probes against real servers on this machine: HTTP with content, TCP, greetings, certificates, the minute's job."""

import http.server
import socketserver
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from kontor.kernel.actions.schedule import queue_due
from kontor.kernel.tenancy import as_tenant
from kontor.office.service_levels.actions import components
from kontor.office.service_levels.actions.components import NewProbe
from kontor.office.service_levels.models import AvailabilityStatement, ProbeResult
from kontor.office.service_levels.queries.trying import try_once
from tests.background import run_jobs
from tests.factories import make_house
from tests.mail_servers import running
from tests.office.contracts.test_billing import concluded
from tests.office.service_levels.test_settling import AT, component

NOW = datetime(2026, 12, 9, 9, 0, tzinfo=UTC)


class Pages(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/" else 503)
        self.end_headers()
        self.wfile.write(b"all is well")

    def do_POST(self) -> None:
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


class Greeting(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        self.request.sendall(b"220 mail.example ready\r\n")


def served(handler: Any, server: Any) -> Iterator[str]:
    with server(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"127.0.0.1:{running.server_address[1]}"
        running.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def private(settings: Any) -> None:
    settings.KONTOR_WEBHOOKS_PRIVATE = True


@pytest.fixture
def web() -> Iterator[str]:
    yield from served(Pages, http.server.ThreadingHTTPServer)


@pytest.fixture
def mail() -> Iterator[str]:
    yield from served(Greeting, socketserver.ThreadingTCPServer)


def said(kind: str, target: str, expects: str = "") -> tuple[bool, str]:
    found = try_once(kind, target, expects, now=NOW)
    return found.good, found.said


def test_http_is_judged_by_status_and_content(web: str) -> None:
    address = f"http://{web}/"
    assert said("HTTP", address, "is well") == (True, "")
    assert said("HTTP", address, "is ill") == (False, "content")
    assert said("READ", f"{address}down") == (False, "status 503")
    assert said("WRITE", address) == (True, "")
    assert said("HTTP", "ftp://x/") == (False, "form")


def test_greetings_and_ports(mail: str) -> None:
    assert said("TCP", mail) == (True, "")
    assert said("SMTP", mail) == (True, "")
    assert said("IMAP", mail) == (False, "greeting '220 mail.example rea'")
    assert said("TLS", mail)[0] is False  # it speaks no TLS
    closed = said("TCP", "127.0.0.1:1")
    assert closed == (False, "ConnectionRefusedError")


@pytest.mark.django_db
def test_the_minute_tries_what_is_due_and_the_day_settles_the_month(web: str, monkeypatch: pytest.MonkeyPatch) -> None:
    house = make_house("crm")
    concluded(house)
    later = datetime(2027, 1, 2, 9, 0, tzinfo=UTC)
    with as_tenant(house.tenant.pk):
        part = component()
        told = NewProbe(kind="HTTP", target=f"http://{web}/", expects="well")
        components.add_probe(part.pk, told, at=AT, actor=house.actor)
        components.add_probe(part.pk, NewProbe(kind="HEARTBEAT", minutes=10), at=AT, actor=house.actor)
    monkeypatch.setattr(timezone, "now", lambda: later)
    queue_due(at=later)
    done = run_jobs()
    assert {"service_levels.probe", "service_levels.daily"} <= set(done)
    with as_tenant(house.tenant.pk):
        assert [(row.good, row.said) for row in ProbeResult.objects.all()] == [(True, "")]
        assert AvailabilityStatement.objects.get().percent == 100


def test_a_mail_server_s_greetings_and_its_certificate_while_it_has_days_left(monkeypatch: pytest.MonkeyPatch) -> None:
    with running("desk@kontor.example") as servers:
        assert said("IMAP", f"127.0.0.1:{servers.imap}") == (True, "")
        assert said("SMTP", f"127.0.0.1:{servers.smtp}") == (True, "")
        assert said("SMTP", f"127.0.0.1:{servers.smtp}", "250")[0] is False
        secure = f"127.0.0.1:{servers.imaps}"
        assert said("TLS", secure) == (False, "SSLCertVerificationError")  # nobody vouches for it

        monkeypatch.setenv("SSL_CERT_FILE", servers.certificate)
        began = timezone.now()  # the certificate holds for a day from a moment ago: 0 whole days are left
        for ago, expects, answer in (
            (0, "", (False, "0 days left")),
            (0, "0", (True, "")),
            (14, "", (True, "")),
            (13, "", (False, "13 days left")),
            (13, "13", (True, "")),
        ):
            found = try_once("TLS", secure, expects, now=began - timedelta(days=ago))
            assert (ago, (found.good, found.said)) == (ago, answer)
