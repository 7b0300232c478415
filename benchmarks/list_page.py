"""
List pages of 25 rows for a signed-in user, each against the same rows on a bare Django page, in one run.

    python -m benchmarks.list_page [requests] [streams]

Both are asked by turns through their whole stack, from the WSGI environment to the last byte, in this process; CPU is
that of the process and of its database backend together, and the middle one of the rounds counts. Then the product's
own server is started and asked over HTTP: alone, with open live streams that are silent, and with streams that hear an
event every second.
"""

import http.client
import os
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

import psycopg
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test.utils import CaptureQueriesContext

import benchmarks.django_ready  # noqa: F401  models are imported below
from benchmarks.bare import page as bare
from benchmarks.streams import events, listeners
from kontor.kernel.middleware import SESSION_TENANT
from kontor.kernel.sessions import SessionStore
from kontor.kernel.tenancy import as_tenant
from kontor.office.books import public as books
from kontor.office.books.actions.payments import HAND, Booking, Share, book_payments
from kontor.office.contracts.models import Offer, OfferState
from kontor.office.parties.models import Party
from kontor.rulebook.money import Money
from tests import databases, factories, many, serving

PAGES = {
    "customers": ("/parties/", bare.CUSTOMERS),
    "invoices": ("/books/invoices/", bare.INVOICES),
    "offers": ("/contracts/offers/", bare.OFFERS),
    "payments": ("/books/payments/", bare.PAYMENTS),
}
ROWS = 500
ROUNDS = 25
ENOUGH, STREAMS_COST = 1.5, 1.2
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass(frozen=True)
class Asked:
    """A page as this process asks for it."""

    handler: WSGIHandler
    path: str
    cookie: str

    def __call__(self) -> bytes:
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": self.path,
            "QUERY_STRING": "",
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "testserver",
            "HTTP_COOKIE": self.cookie,
            "HTTP_ACCEPT_LANGUAGE": "de",
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(),
            "wsgi.errors": sys.stderr,
        }
        statuses = []
        response = self.handler(environ, lambda status, _headers: statuses.append(status))
        body = b"".join(response)
        response.close()
        assert statuses == ["200 OK"], (self.path, statuses)
        return body


def seeded() -> tuple[factories.House, str]:
    """Make a house with its invoices and a session of its administrator; return both."""
    house = factories.make_house()
    party = factories.make_party(house)
    with as_tenant(house.tenant.pk):
        Party.objects.bulk_create(
            Party(kind=party.kind, created_at=factories.AT, **factories.CUSTOMER | {"name": f"Kunde {number} GmbH"})
            for number in range(ROWS)
        )
    for place in range(0, ROWS, 50):
        with as_tenant(house.tenant.pk):
            issued = books.issue_invoices(
                [order(house, party, place + n) for n in range(50)], at=factories.AT, actor=house.actor
            )
            book_payments([paid(each) for each in issued], at=factories.AT, actor=house.actor)
    offer = factories.send(house, factories.make_draft(house, party))
    with as_tenant(house.tenant.pk):
        copied_offers(offer, ROWS - 1)
    return house, signed_in(house)


def paid(invoice: Any) -> Booking:
    """Return a payment by hand of half an invoice, so that most of the invoices stay open."""
    half = Money(invoice.currency, invoice.gross_minor // 2)
    share = Share(invoice.id, half.minor, HAND)
    return Booking(shares=(share,), money=half, paid_on=date(2026, 12, 3), note="Scheck")


def copied_offers(offer: Offer, count: int) -> None:
    """Copy an offer that was sent, with its quote and where it stands."""
    state = OfferState.objects.get(offer=offer)
    for number in range(count):
        quote = many.copied(offer.quote, number=f"{offer.quote.number}-{number}")
        quote.save(force_insert=True)
        made = many.copied(offer, quote=quote, number=f"{offer.number}-{number}")
        made.save(force_insert=True)
        many.copied(state, offer=made).save(force_insert=True)


def signed_in(house: factories.House) -> str:
    """Return the cookie of a session of the house's administrator."""
    session = SessionStore()
    session[SESSION_KEY] = str(house.staff.pk)
    session[BACKEND_SESSION_KEY] = BACKEND
    session[HASH_SESSION_KEY] = house.staff.get_session_auth_hash()
    session[SESSION_TENANT] = str(house.tenant.pk)
    session.save()
    return f"sessionid={session.session_key}"


def order(house: factories.House, party: Party, number: int) -> books.InvoiceOrder:
    line = books.OrderedLine(
        item="visitors", name="Besucher", quantity=Decimal(1), unit="MON", price=Decimal(100 + number), clause="7.4"
    )
    return books.InvoiceOrder(
        seller=house.seller.pk,
        party=party.pk,
        customer_tenant=None,
        subject_kind="contracts.Contract",
        subject_id=uuid.uuid4(),
        occasion="2026-12",
        issued_on=date(2026, 12, 1),
        due_on=date(2026, 12, 15),
        due_clause="7.4",
        due_ruling=None,
        language="de",
        contract="VT-2026-00001",
        lines=(line,),
    )


def copy_rows(house: factories.House, owner: str) -> None:
    """Copy what the lists show into the bare pages' tables, and let PostgreSQL count what it has."""
    with psycopg.connect(owner) as db:
        db.execute(f"SET LOCAL kontor.tenant = '{house.tenant.pk}'")
        for table, rows in bare.TABLES.items():
            db.execute(f"CREATE TABLE {table} AS {rows}")
            db.execute(f"CREATE INDEX ON {table} {bare.INDEXES[table]}")
            db.execute(f"GRANT SELECT ON {table} TO kontor_app")
        db.execute("ANALYZE")  # the tests' server does not by itself


def queries(ask: Callable[[], bytes]) -> int:
    with CaptureQueriesContext(connection) as captured:
        ask()
    return len(captured)


def spent() -> float:
    """Return CPU seconds of this process and of its database backend, which is found by this connection."""
    return time.process_time() + nanoseconds(connection.connection.info.backend_pid) / 1e9


def nanoseconds(process: int) -> int:
    """Return how long a process of one thread has been on a processor."""
    return int(Path(f"/proc/{process}/schedstat").read_text().split()[0])


def compared(page: str, cookie: str, count: int) -> float:
    """Ask for a page and its bare twin by turns and return how many times the twin's CPU ours takes."""
    own, twin = PAGES[page]
    asked = {"ours": Asked(WSGIHandler(), own, cookie), "bare": Asked(bare.handler(), twin, cookie)}
    took: dict[str, list[float]] = {name: [] for name in asked}
    for name, ask in asked.items():
        with addresses(name):
            body = [ask() for _ in range(20)][-1]
            assert body.count(b"<tr") == 26, (name, body.count(b"<tr"))
            print(f"{page}, {name}: {len(body):7,} bytes, {queries(ask)} queries")
    for _ in range(ROUNDS):
        for name, ask in asked.items():
            with addresses(name):
                before = spent()
                for _ in range(count // ROUNDS):
                    ask()
                took[name].append((spent() - before) / (count // ROUNDS))
    middle = {name: median(rounds) for name, rounds in took.items()}
    for name, seconds in middle.items():
        print(f"{page}, {name}: {seconds * 1000:7.2f} ms CPU a page")
    return middle["ours"] / middle["bare"]


@contextmanager
def addresses(name: str) -> Iterator[None]:
    if name == "ours":
        yield
    else:
        with bare.own_addresses:
            yield


def beside_streams(house: factories.House, cookie: str, url: str, *, count: int, streams: int) -> tuple[float, float]:
    """Return what a page costs beside silent streams, and beside busy ones, as shares of what it costs alone."""
    with serving.web({"DATABASE_URL": url, "KONTOR_DB_POOL": "4", "KONTOR_DEMO": "1"}) as address:
        server = serving_process(urlsplit(address).port or 0)
        page_cost(address, cookie, server, count=50)
        alone = page_cost(address, cookie, server, count=count)
        told(alone, "alone")
        with listeners(address, cookie, streams):
            silent = page_cost(address, cookie, server, count=count)
            told(silent, f"beside {streams} silent streams")
            with events(house):
                busy = page_cost(address, cookie, server, count=count)
                told(busy, f"beside {streams} streams that hear an event a second")
        again = page_cost(address, cookie, server, count=count)
        told(again, "alone again")
    base = (alone[0] + again[0]) / 2
    return silent[0] / base, busy[0] / base


def told(cost: tuple[float, float], where: str) -> None:
    print(f"page over HTTP {where}: {cost[0] * 1000:.2f} ms CPU of the server, {cost[1] * 1000:.1f} ms in the middle")


def page_cost(address: str, cookie: str, server: int, *, count: int) -> tuple[float, float]:
    """Return CPU seconds of the web process a page, and the median of the seconds a reader waited."""
    client = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
    waits = []
    before = ticks(server)
    for _ in range(count):
        began = time.perf_counter()
        client.request("GET", PAGES["invoices"][0], headers={"Cookie": cookie})
        response = client.getresponse()
        response.read()
        assert response.status == 200
        waits.append(time.perf_counter() - began)
    used = ticks(server) - before
    client.close()
    return used / count, sorted(waits)[count // 2]


def ticks(process: int) -> float:
    """Return CPU seconds of a process with all its threads."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def serving_process(port: int) -> int:
    """Return the child process that serves this port: the newest python of ours."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    (served,) = [
        int(child) for child in children if b"kontor.config.web" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]
    assert port
    return served


def main(count: int, streams: int) -> None:
    with databases.worker_database() as database:
        databases.point_django_at(database.url)
        connection.settings_dict["CONN_MAX_AGE"] = None  # as a server that keeps its connections
        house, cookie = seeded()
        copy_rows(house, database.owner_url)
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        for page in PAGES:
            print(f"{page}: {compared(page, cookie, count):.2f} times the bare page (at most {ENOUGH})")
        silent, busy = beside_streams(house, cookie, database.url, count=count, streams=streams)
        print(f"beside {streams} silent streams: {silent:.2f}, hearing an event a second: {busy:.2f}", end=" ")
        print(f"(at most {STREAMS_COST})")
        databases.disconnect_django()


if __name__ == "__main__":
    asked = [int(argument) for argument in sys.argv[1:]]
    main(*(asked + [500, 300][len(asked) :]))
