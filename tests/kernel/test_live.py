"""Live pages, over the product's own web process: who hears what, from which number on, and until when."""

import http.client
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import transaction
from django.utils import timezone

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.rights import add_member
from kontor.kernel.actions.tenants import found_tenant
from kontor.kernel.actor import MACHINE
from kontor.kernel.live_streams import AT_ONCE, QUEUE, Happening, Stream
from kontor.kernel.models import Membership, Role, Tenant
from kontor.kernel.sessions import TENANT as SESSION_TENANT, SessionStore
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.models import User
from tests.factories import AT, make_user
from tests.serving import web

pytestmark = [pytest.mark.django_db(transaction=True)]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(scope="module")
def address(django_db_setup: None) -> Iterator[str]:
    with web({"DATABASE_URL": os.environ["DATABASE_URL"], "KONTOR_DB_POOL": "2"}) as address:
        yield address


@pytest.fixture
def anna() -> User:
    return make_user("anna@alder.example", "Anna Alder")


def founded(name: str, member: User | None) -> Tenant:
    tenant = found_tenant(name=name, at=AT, actor=MACHINE)
    if member:
        with as_tenant(tenant.pk):
            roles = [Role.objects.get(everything=True)]
            add_member(member, kind="EMPLOYEE", roles=roles, at=AT, actor=MACHINE)
    return tenant


def signed_in(user: User, tenant: Tenant) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = BACKEND
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session[SESSION_TENANT] = str(tenant.pk)
    session.save()
    assert session.session_key
    return session.session_key


def tell(tenant: Tenant, *kinds: str) -> None:
    with as_tenant(tenant.pk):
        for kind in kinds:
            publish(kind, {"id": str(uuid.uuid4())}, at=timezone.now())


@contextmanager
def listening(address: str, session: str, after: int | None = None) -> Iterator[http.client.HTTPResponse]:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=10)
    headers = {"Cookie": f"sessionid={session}"} | ({"Last-Event-ID": str(after)} if after is not None else {})
    connection.request("GET", "/live/", headers=headers)
    try:
        yield connection.getresponse()
    finally:
        connection.close()


def heard(stream: http.client.HTTPResponse, count: int) -> list[tuple[int, str]]:
    """Read that many events as (number, kind)."""
    events: list[tuple[int, str]] = []
    number = 0
    while len(events) < count:
        line = stream.readline().decode().strip()
        if line.startswith("id: "):
            number = int(line.removeprefix("id: "))
        elif line.startswith("event: "):
            events.append((number, line.removeprefix("event: ")))
    return events


def begun(stream: http.client.HTTPResponse) -> None:
    assert (stream.status, stream.getheader("content-type")) == (200, "text/event-stream")
    assert stream.readline() == b"retry: 2000\n"


def test_a_page_hears_what_happens_in_its_tenant_and_nothing_else(address: str, anna: User) -> None:
    alder, birch = founded("Alder", anna), founded("Birch", None)
    tell(alder, "sample.before")
    with listening(address, signed_in(anna, alder)) as stream:
        begun(stream)
        tell(birch, "sample.elsewhere")
        tell(alder, "sample.one", "sample.two")
        assert heard(stream, 2) == [(2, "sample.one"), (3, "sample.two")]


def test_a_page_that_comes_back_misses_nothing(address: str, anna: User) -> None:
    alder = founded("Alder", anna)
    tell(alder, *(f"sample.n{number}" for number in range(1, AT_ONCE + 52)))
    with listening(address, signed_in(anna, alder), after=1) as stream:
        begun(stream)
        numbers = [number for number, _ in heard(stream, AT_ONCE + 50)]
    assert numbers == list(range(2, AT_ONCE + 52))


def test_many_pages_hear_one_event(address: str, anna: User) -> None:
    alder = founded("Alder", anna)
    session = signed_in(anna, alder)
    with listening(address, session) as one, listening(address, session) as two, listening(address, session) as three:
        for stream in (one, two, three):
            begun(stream)
        tell(alder, "sample.shared")
        assert [heard(stream, 1) for stream in (one, two, three)] == [[(1, "sample.shared")]] * 3


def test_what_a_rolled_back_transaction_told_is_never_heard(address: str, anna: User) -> None:
    alder = founded("Alder", anna)
    with listening(address, signed_in(anna, alder)) as stream:
        begun(stream)
        with as_tenant(alder.pk):
            publish("sample.never", {}, at=timezone.now())
            transaction.set_rollback(True)
        tell(alder, "sample.kept")
        assert heard(stream, 1) == [(1, "sample.kept")]


def test_nobody_listens_without_a_session(address: str) -> None:
    with listening(address, "") as stream:
        assert stream.status == 401
    with listening(address, "a-guess") as stream:
        assert stream.status == 401


def test_nobody_listens_to_a_tenant_they_do_not_belong_to(address: str, anna: User) -> None:
    founded("Alder", anna)
    birch = founded("Birch", None)
    with listening(address, signed_in(anna, birch)) as stream:
        assert stream.status == 401


def test_a_former_member_does_not_listen(address: str, anna: User) -> None:
    alder = founded("Alder", anna)
    with as_tenant(alder.pk):
        Membership.objects.update(until=AT)
    with listening(address, signed_in(anna, alder)) as stream:
        assert stream.status == 401


def test_a_changed_password_ends_the_right_to_listen(address: str, anna: User) -> None:
    alder = founded("Alder", anna)
    session = signed_in(anna, alder)
    anna.set_password("another one")
    anna.save(update_fields=["password"])
    with listening(address, session) as stream:
        assert stream.status == 401


@pytest.mark.parametrize(("method", "path"), [("GET", "/live/other"), ("POST", "/live/")])
def test_there_is_one_address(address: str, method: str, path: str) -> None:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=10)
    connection.request(method, path)
    assert connection.getresponse().status == 404
    connection.close()


def test_the_process_stops_at_once_with_open_streams(anna: User, django_db_setup: None) -> None:
    alder = founded("Alder", anna)
    session = signed_in(anna, alder)
    with web({"DATABASE_URL": os.environ["DATABASE_URL"]}) as address, listening(address, session) as stream:
        begun(stream)
        before = time.monotonic()
    assert time.monotonic() - before < 3


def test_a_slow_reader_is_sent_away_after_what_it_was_promised() -> None:
    stream = Stream(uuid.uuid4(), position=0)
    stream.offer(Happening(number, "sample.n") for number in range(1, QUEUE + 10))
    assert (stream.ended, stream.position, stream.waiting.qsize()) == (True, QUEUE, QUEUE)


def test_what_a_stream_had_already_is_not_offered_again() -> None:
    stream = Stream(uuid.uuid4(), position=5)
    stream.offer([Happening(4, "sample.old"), Happening(5, "sample.old"), Happening(6, "sample.new")])
    assert stream.waiting.get_nowait() == Happening(6, "sample.new")
    assert stream.waiting.empty()
