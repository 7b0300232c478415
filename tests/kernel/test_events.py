"""The stream of what happened: gapless, in order, heard after the commit or never."""

import contextlib
import threading

import psycopg
import pytest
from django.db import connection, transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.models import Event, EventStream, Tenant
from kontor.kernel.queries.events import last_number, since
from kontor.kernel.tenancy import NoTenantError, as_tenant
from tests.kernel.conftest import AT


def told(tenant, number=0):
    with as_tenant(tenant.pk):
        return [(event.number, event.kind, event.payload) for event in since(number)]


def test_events_are_numbered_in_the_order_they_happened(alder):
    with as_tenant(alder.pk):
        publish("books.invoice_paid", {"invoice": alder.pk, "at": AT}, at=AT)
        publish("books.invoice_sent", {}, at=AT)
        assert not Event.objects.exists()  # numbered last, so that the stream is locked for a moment only
    with as_tenant(alder.pk):
        publish("books.invoice_paid", {"n": 3}, at=AT)

    assert told(alder) == [
        (1, "books.invoice_paid", {"invoice": str(alder.pk), "at": "2026-11-02T09:00:00Z"}),
        (2, "books.invoice_sent", {}),
        (3, "books.invoice_paid", {"n": 3}),
    ]
    assert told(alder, number=2) == [(3, "books.invoice_paid", {"n": 3})]
    with as_tenant(alder.pk):
        assert (last_number(), [event.number for event in since(0, limit=2)]) == (3, [1, 2])


def test_what_a_savepoint_took_back_was_never_published(alder):
    with as_tenant(alder.pk):
        publish("a.kept", {}, at=AT)
        with contextlib.suppress(ZeroDivisionError), transaction.atomic():
            publish("a.lost", {}, at=AT)
            raise ZeroDivisionError
        with transaction.atomic():
            publish("a.kept_too", {}, at=AT)
    assert told(alder) == [(1, "a.kept", {}), (2, "a.kept_too", {})]


def test_a_transaction_that_fails_takes_no_number(alder):
    with contextlib.suppress(ZeroDivisionError), as_tenant(alder.pk):
        publish("a.lost", {}, at=AT)
        raise ZeroDivisionError
    with as_tenant(alder.pk):
        publish("a.kept", {}, at=AT)
    assert told(alder) == [(1, "a.kept", {})]


def test_nothing_published_takes_no_lock(alder):
    with as_tenant(alder.pk), contextlib.suppress(ZeroDivisionError), transaction.atomic():
        publish("a.lost", {}, at=AT)
        raise ZeroDivisionError
    with as_tenant(alder.pk):
        assert (last_number(), EventStream.objects.exists()) == (0, False)


def test_each_tenant_has_its_own_numbers_within_one_transaction(alder, birch):
    with as_tenant(alder.pk):
        publish("a.one", {}, at=AT)
        with as_tenant(birch.pk):
            publish("b.one", {}, at=AT)
        publish("a.two", {}, at=AT)
    assert told(alder) == [(1, "a.one", {}), (2, "a.two", {})]
    assert told(birch) == [(1, "b.one", {})]


def test_publishing_needs_a_tenant(db):
    with pytest.raises(NoTenantError):
        publish("a.one", {}, at=AT)


@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gaps_however_many_write_at_once(worker_database):
    tenant = Tenant.objects.create(name="Alder", created_at=AT)
    start = threading.Barrier(8)

    def write(writer: int) -> None:
        start.wait()
        for turn in range(6):
            with contextlib.suppress(ZeroDivisionError), as_tenant(tenant.pk):
                publish("a.happened", {"writer": writer, "turn": turn}, at=AT)
                if (writer + turn) % 3 == 0:
                    raise ZeroDivisionError
                publish("a.happened_too", {"writer": writer, "turn": turn}, at=AT)
        connection.close()

    with psycopg.connect(worker_database.url, autocommit=True) as listener:
        listener.execute("LISTEN kontor")
        threads = [threading.Thread(target=write, args=(writer,)) for writer in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        heard = [note.payload for note in listener.notifies(timeout=5, stop_after=32)]

    # 8 writers with 6 turns each, of which a third fail: 32 commit two events
    events = told(tenant)
    assert [number for number, _, _ in events] == list(range(1, 65))
    assert sorted(heard) == sorted(f"{tenant.pk}:{number}" for number in range(2, 65, 2))
    for number, kind, payload in events[::2]:
        assert (kind, events[number][1:]) == ("a.happened", ("a.happened_too", payload))
    # whoever resumes by number, in steps of any size, reads everything once
    read = []
    while later := told(tenant, number=len(read))[:7]:
        read += later
    assert read == events
