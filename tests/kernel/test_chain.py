"""The chain over the record: what it covers, in which order, and that no change of a sealed entry stays unseen."""

import io
import threading
from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from kontor.kernel.actions.record import erase_details, record
from kontor.kernel.actions.sealing import seal
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import RecordEntry, RecordSeal, Site, Tenant
from kontor.kernel.queries import chain
from kontor.kernel.queries.chain import verify
from kontor.kernel.tenancy import as_tenant
from tests.kernel.conftest import AT

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tenant(transactional_db: None) -> Tenant:
    return Tenant.objects.create(name="Alder", created_at=AT)


@pytest.fixture
def superuser(worker_database) -> Iterator[psycopg.Connection]:
    """Somebody who can change everything in the database, and has no key."""
    with psycopg.connect(worker_database.cluster.url("postgres", worker_database.name), autocommit=True) as db:
        yield db


def do(tenant, *names: str, details=True):
    """Open sites, each in a transaction of its own."""
    made = []
    for name in names:
        with as_tenant(tenant.pk):
            site = Site.objects.create(name=name)
            after = {"name": name} if details else None
            record("kernel.site_opened", site, at=AT, actor=MACHINE, after=after)
            made.append(site)
    return made


def sealed(tenant, *, at=AT):
    with as_tenant(tenant.pk):
        return seal(at=at)


def proof(tenant):
    with as_tenant(tenant.pk):
        return verify()


def test_an_empty_record_is_whole(tenant):
    assert sealed(tenant) == 0
    found = proof(tenant)
    assert (found.links, found.entries, found.unsealed, found.head, found.broken) == (0, 0, 0, bytes(32), None)


def test_each_sealing_adds_a_link_with_what_is_new(tenant):
    do(tenant, "Munich", "Berlin")
    assert proof(tenant).unsealed == 2
    assert sealed(tenant) == 2
    assert sealed(tenant) == 0
    do(tenant, "Hamburg", details=False)
    assert sealed(tenant, at=AT + timedelta(minutes=1)) == 1
    do(tenant, "Bremen")

    found = proof(tenant)
    assert (found.links, found.entries, found.unsealed, found.broken) == (2, 3, 1, None)
    with as_tenant(tenant.pk):
        links = list(RecordSeal.objects.order_by("number").values_list("number", "entries", "at"))
        assert links == [(1, 2, AT), (2, 1, AT + timedelta(minutes=1))]
        assert found.head == bytes(RecordSeal.objects.get(number=2).chain)


def test_many_entries_make_several_links(tenant, monkeypatch):
    monkeypatch.setattr("kontor.kernel.actions.sealing.LINK_SIZE", 2)
    monkeypatch.setattr(chain, "AT_ONCE", 2)
    do(tenant, *"abcde")
    assert sealed(tenant) == 5
    found = proof(tenant)
    assert (found.links, found.entries, found.broken) == (3, 5, None)


def test_an_entry_waits_until_nobody_can_write_before_it(tenant):
    """An older transaction that commits later: its entries belong before those of the younger one."""
    written, go_on = threading.Event(), threading.Event()

    def older() -> None:
        with as_tenant(tenant.pk):
            record("kernel.older", Site.objects.create(name="older"), at=AT, actor=MACHINE)
            written.set()
            go_on.wait(10)
        connection.close()

    thread = threading.Thread(target=older)
    thread.start()
    written.wait(10)
    do(tenant, "younger")
    assert sealed(tenant) == 0  # the younger is committed, yet the older may still write
    assert proof(tenant).unsealed == 1
    go_on.set()
    thread.join()

    assert sealed(tenant) == 2
    assert proof(tenant).broken is None
    with as_tenant(tenant.pk):
        verbs = RecordEntry.objects.order_by("made_in").values_list("verb", flat=True)
        assert list(verbs) == ["kernel.older", "kernel.site_opened"]


def test_two_sealers_make_one_chain(tenant):
    do(tenant, *"abcdef")
    start, found = threading.Barrier(3), []

    def sealer() -> None:
        start.wait()
        found.append(sealed(tenant))
        connection.close()

    threads = [threading.Thread(target=sealer) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [0, 0, 6]
    assert (proof(tenant).links, proof(tenant).broken) == (1, None)


def test_erasing_details_leaves_the_chain_whole(tenant):
    (site, _) = do(tenant, "Munich", "Berlin")
    sealed(tenant)
    with as_tenant(tenant.pk):
        erase_details(site, at=AT, actor=MACHINE, clause="GDPR Art. 17")
        record("kernel.site_closed", site, at=AT, actor=MACHINE, after={"open": False})
    assert proof(tenant).broken is None
    sealed(tenant)
    assert (proof(tenant).entries, proof(tenant).broken) == (4, None)


TAMPERINGS = {
    "a changed verb": "UPDATE kernel_recordentry SET verb = 'x' WHERE id = (SELECT id FROM kernel_recordentry LIMIT 1)",
    "a changed clause": "UPDATE kernel_recordentry SET clause = '9'",
    "another actor": "UPDATE kernel_recordentry SET actor = gen_random_uuid()",
    "another moment": "UPDATE kernel_recordentry SET at = at + interval '1 microsecond'",
    "a lost entry": "DELETE FROM kernel_recorddetail WHERE entry_id IN (SELECT id FROM kernel_recordentry ORDER BY id"
    " LIMIT 1); DELETE FROM kernel_recordentry WHERE id IN (SELECT id FROM kernel_recordentry ORDER BY id LIMIT 1)",
    "all entries lost": "DELETE FROM kernel_recorddetail; DELETE FROM kernel_recordentry",
    "an entry slipped in": "INSERT INTO kernel_recordentry SELECT (jsonb_populate_record(e, jsonb_build_object('id',"
    " gen_random_uuid()))).* FROM kernel_recordentry e ORDER BY e.id LIMIT 1",
    "an entry put off": "UPDATE kernel_recordentry SET made_in = made_in + 1000000",
    "a changed seal": "UPDATE kernel_recordseal SET chain = sha256('x')",
    "another moment of sealing": "UPDATE kernel_recordseal SET at = at + interval '1 day'",
    "a seal that says less": "UPDATE kernel_recordseal SET entries = entries - 1",
    "another cluster": "UPDATE kernel_recordseal SET cluster = cluster + 1",
}


@pytest.mark.parametrize("statement", TAMPERINGS.values(), ids=TAMPERINGS.keys())
def test_what_was_tampered_with_is_found(tenant, superuser, statement):
    do(tenant, "Munich", "Berlin", "Hamburg")
    sealed(tenant)
    superuser.execute(statement)

    found = proof(tenant)
    assert (found.links, found.entries) == (0, 0)
    assert found.broken is not None
    assert found.broken.en.startswith("Link 1")


def test_the_first_broken_link_is_named(tenant, superuser):
    for name in "abc":
        do(tenant, name)
        sealed(tenant)
    superuser.execute(
        "UPDATE kernel_recordentry SET verb = 'x'"
        " WHERE id IN (SELECT id FROM kernel_recordentry ORDER BY made_in OFFSET 1)"
    )
    found = proof(tenant)
    assert (found.links, found.entries) == (1, 1)
    assert found.broken.en == (
        "Link 2 of 2026-11-02T09:00:00.000000+00:00: it sealed 1 entries, there are 1, "
        "and what they say is not what was sealed."
    )


def test_a_missing_link_is_named(tenant, superuser):
    for name in "abc":
        do(tenant, name)
        sealed(tenant)
    superuser.execute("DELETE FROM kernel_recordseal WHERE number = 2")
    assert proof(tenant).broken.en == "Link 2 of the chain is missing."


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE kernel_recorddetail SET sealed_box = sealed_box || '\\x00'",
        "DELETE FROM kernel_recorddetail",
        "DELETE FROM kernel_recordkey",
    ],
)
def test_changed_or_lost_details_are_found(tenant, superuser, statement):
    do(tenant, "Munich")
    sealed(tenant)
    superuser.execute(statement)
    with as_tenant(tenant.pk):
        entry = RecordEntry.objects.get()
    assert proof(tenant).broken.en == f"Link 1: the details of entry {entry.pk} are missing or were changed."


def test_a_chain_written_anew_without_the_key_is_found(tenant, superuser, monkeypatch):
    """Whoever owns the database can compute digests too, but not with a key that only the master key opens."""
    do(tenant, "Munich")
    superuser.execute("UPDATE kernel_recordentry SET verb = 'kernel.nothing_happened'")
    with monkeypatch.context() as without_the_key:
        without_the_key.setattr("kontor.kernel.actions.sealing.chain_key", lambda: b"a guess".ljust(32))
        sealed(tenant)
    assert proof(tenant).broken is not None


def test_a_restored_copy_goes_on_counting_from_anywhere(tenant, superuser):
    """After a restore into another cluster its transaction numbers may be lower than those already sealed."""
    do(tenant, "before", "unsealed when it was dumped")
    superuser.execute("UPDATE kernel_recordentry SET cluster = 7, made_in = made_in + 5000000000")
    do(tenant, "after")
    assert sealed(tenant) == 3
    do(tenant, "later")
    assert sealed(tenant) == 1
    found = proof(tenant)
    assert (found.links, found.entries, found.unsealed, found.broken) == (3, 4, 0, None)


def test_each_tenant_has_its_own_chain(tenant, superuser):
    other = Tenant.objects.create(name="Birch", created_at=AT)
    do(tenant, "Munich")
    do(other, "Berlin")
    assert (sealed(tenant), sealed(other)) == (1, 1)
    superuser.execute("UPDATE kernel_recordentry SET verb = 'x' WHERE tenant_id = %s", [other.pk])

    assert (proof(tenant).entries, proof(tenant).broken) == (1, None)
    assert proof(other).broken is not None


def test_the_command_proves_every_tenant_and_fails_when_one_is_broken(tenant, superuser):
    other = Tenant.objects.create(name="Birch", created_at=AT)
    do(tenant, "Munich")
    do(other, "Berlin")
    sealed(tenant)
    sealed(other)
    said = io.StringIO()
    call_command("verify", stdout=said)
    assert said.getvalue().splitlines() == [
        f"Alder ({tenant.pk}): 1 entries in 1 links, 0 not sealed yet, head {proof(tenant).head.hex()}",
        f"Birch ({other.pk}): 1 entries in 1 links, 0 not sealed yet, head {proof(other).head.hex()}",
        "The record of 2 tenants is whole.",
    ]

    superuser.execute("UPDATE kernel_recordentry SET verb = 'x' WHERE tenant_id = %s", [other.pk])
    call_command("verify", "--tenant", str(tenant.pk), stdout=said)
    with pytest.raises(CommandError, match="The record of 1 of 2 tenants is broken"):
        call_command("verify", stdout=said)
    with pytest.raises(CommandError, match="There is no tenant"):
        call_command("verify", "--tenant", "00000000-0000-0000-0000-000000000001", stdout=said)
