"""What is written down about a deed, who can read it, and what is left when it is erased."""

import threading
import time
import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test.utils import CaptureQueriesContext

from kontor.kernel.actions.record import Deed, OtherTenantsThingError, erase_details, looked_at, record, record_many
from kontor.kernel.actions.tenants import open_site
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.models import RecordDetail, RecordEntry, RecordKey, Site, Tenant
from kontor.kernel.queries.record import history_of
from kontor.kernel.rows import NothingChangedError
from kontor.kernel.tenancy import as_tenant

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ANNA = Actor("PERSON", uuid.UUID(int=1), "Anna")


def test_a_deed_is_written_down_with_what_was_and_what_is(alder):
    ruling = uuid.uuid4()
    with as_tenant(alder.pk):
        site = Site.objects.create(name="Munich")
        entry = record(
            "kernel.site_renamed",
            site,
            at=AT,
            actor=ANNA,
            clause="4.2",
            ruling=ruling,
            before={"name": "Berlin"},
            after={"name": "Munich", "since": date(2026, 11, 1), "fee": Decimal("9.90")},
        )
        (told,) = history_of(site.pk)

    assert (entry.verb, entry.object_kind, entry.object_id) == ("kernel.site_renamed", "kernel.Site", site.pk)
    assert (told.at, told.actor, told.actor_kind, told.clause, told.ruling) == (AT, ANNA.id, "PERSON", "4.2", ruling)
    assert told.before == {"name": "Berlin"}
    assert told.after == {"name": "Munich", "since": "2026-11-01", "fee": "9.90"}
    assert not told.erased


def test_without_an_actor_it_was_the_machine(alder):
    with as_tenant(alder.pk):
        site = Site.objects.create(name="Munich")
        record("kernel.site_opened", site, at=AT, actor=None)
        record("kernel.site_counted", site, at=AT + timedelta(seconds=1), actor=MACHINE)
        told = history_of(site.pk)

    assert [(one.verb, one.actor, one.actor_kind) for one in told] == [
        ("kernel.site_counted", None, "MACHINE"),
        ("kernel.site_opened", None, "MACHINE"),
    ]


def test_the_name_of_somebody_outside_is_kept_encrypted(alder):
    with as_tenant(alder.pk):
        site = Site.objects.create(name="Munich")
        record("kernel.site_seen", site, at=AT, actor=Actor.outside(uuid.UUID(int=7), "Berta Gast"))
        (told,) = history_of(site.pk)
        box = bytes(RecordDetail.objects.get().sealed_box)

    assert (told.actor, told.actor_kind, told.actor_name) == (uuid.UUID(int=7), "OUTSIDE", "Berta Gast")
    assert b"Berta" not in box


def test_looking_is_written_down_without_what_was_seen(alder):
    with as_tenant(alder.pk):
        site = Site.objects.create(name="Munich")
        looked_at(site, at=AT, actor=ANNA, fields=["street"])
        looked_at(site, at=AT + timedelta(seconds=1), actor=ANNA)
        told = history_of(site.pk)

    assert [(one.verb, one.after) for one in told] == [
        ("kernel.looked_at", {}),
        ("kernel.looked_at", {"fields": ["street"]}),
    ]


def test_erased_details_are_gone_and_the_entry_stays(alder):
    with as_tenant(alder.pk):
        site, other = Site.objects.create(name="Munich"), Site.objects.create(name="Berlin")
        for one in (site, other):
            record("kernel.site_opened", one, at=AT, actor=ANNA, after={"name": one.name})
        erase_details(site, at=AT + timedelta(days=1), actor=ANNA, clause="GDPR Art. 17")
        record("kernel.site_closed", site, at=AT + timedelta(days=2), actor=ANNA, after={"open": False})
        told = history_of(site.pk)
        (beside,) = history_of(other.pk)

    assert [(one.verb, one.after, one.erased) for one in told] == [
        ("kernel.site_closed", {"open": False}, False),
        ("kernel.details_erased", {}, False),
        ("kernel.site_opened", {}, True),
    ]
    assert beside.after == {"name": "Berlin"}


@pytest.mark.trap(62)
def test_trap_62_the_record_outlives_its_subject_and_no_statement_reaches_it(alder):
    with as_tenant(alder.pk):
        site = open_site(name="Munich", zone="Europe/Berlin", at=AT, actor=ANNA)
        Site.objects.filter(pk=site.pk).update(name="Berlin")  # past the actions: not a word of it in the record
        assert [(one.verb, one.actor) for one in history_of(site.pk)] == [("kernel.site_opened", ANNA.id)]

        Site.objects.filter(pk=site.pk).delete()
        erase_details(site, at=AT + timedelta(days=1), actor=ANNA, clause="GDPR Art. 17")
        assert [(one.verb, one.erased) for one in history_of(site.pk)] == [
            ("kernel.details_erased", False),
            ("kernel.site_opened", True),
        ]

        for statement in (
            "UPDATE kernel_recordentry SET verb = 'x'", "DELETE FROM kernel_recordentry", "TRUNCATE kernel_recordentry",
        ):  # fmt: skip
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                connection.cursor().execute(statement)
        assert RecordEntry.objects.count() == 2


def test_nothing_to_erase_is_refused_and_not_written_down(alder):
    with as_tenant(alder.pk):
        site = Site.objects.create(name="Munich")
        with pytest.raises(NothingChangedError):
            erase_details(site, at=AT, actor=ANNA, clause="GDPR Art. 17")
        assert not RecordEntry.objects.exists()


@pytest.mark.parametrize("number", [1, 30])
def test_many_deeds_take_a_fixed_number_of_queries(alder, number):
    with as_tenant(alder.pk):
        sites = [Site.objects.create(name=str(each)) for each in range(number)]
        deeds = [Deed(verb="kernel.site_opened", thing=site, at=AT, after={"name": site.name}) for site in sites]
        with CaptureQueriesContext(connection) as new_things:
            record_many(deeds)
        with CaptureQueriesContext(connection) as known_things:
            entries = record_many(deeds)

        assert [entry.object_id for entry in entries] == [site.pk for site in sites]
        assert RecordKey.objects.count() == number
    # a savepoint made and released; the objects' keys; entries and details written
    assert len(known_things) == 5
    # and: the tenant's key looked for, made, read; the objects' keys made
    assert len(new_things) == 5 + 3 + 1


@pytest.mark.django_db(transaction=True)
def test_two_who_write_of_one_thing_at_once_use_one_key():
    tenant = Tenant.objects.create(name="Alder", created_at=AT)
    with as_tenant(tenant.pk):
        site = Site.objects.create(name="Munich")

    def second() -> None:
        with as_tenant(tenant.pk):
            record("kernel.second", site, at=AT, actor=ANNA, after={"name": "second"})
        connection.close()

    waits = threading.Thread(target=second)
    with as_tenant(tenant.pk):
        record("kernel.first", site, at=AT, actor=ANNA, after={"name": "first"})
        waits.start()
        while not _somebody_waits():  # for the key that is not committed yet
            time.sleep(0.01)
    waits.join()

    with as_tenant(tenant.pk):
        assert RecordKey.objects.count() == 1
        assert [told.after for told in history_of(site.pk)] == [{"name": "second"}, {"name": "first"}]


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        return bool(cursor.fetchone()[0])


def test_nothing_to_do_writes_nothing(alder):
    with as_tenant(alder.pk):
        assert record_many([]) == []


def test_another_tenants_row_is_refused(alder, birch):
    with as_tenant(alder.pk):
        site = Site.objects.create(name="Munich")
    with as_tenant(birch.pk):
        with pytest.raises(OtherTenantsThingError):
            record("kernel.site_opened", site, at=AT, actor=ANNA)
        assert not RecordEntry.objects.exists()


def test_another_tenant_reads_nothing_of_it(alder, birch):
    with as_tenant(alder.pk):
        site = Site.objects.create(name="Munich")
        record("kernel.site_opened", site, at=AT, actor=ANNA, after={"name": "Munich"})
    with as_tenant(birch.pk):
        assert history_of(site.pk) == []


@pytest.mark.parametrize("statement", ["UPDATE kernel_recordentry SET verb = 'x'", "DELETE FROM kernel_recorddetail"])
def test_the_application_cannot_rewrite_the_record(alder, statement):
    with as_tenant(alder.pk):
        site = Site.objects.create(name="Munich")
        record("kernel.site_opened", site, at=AT, actor=ANNA, after={"name": "Munich"})
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
