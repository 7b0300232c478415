"""After a restore whoever a company had erased by their addresses goes again; who came back later stays."""

import json
import uuid
from io import StringIO

import psycopg
import pytest
from django.core.management import call_command
from django.utils import timezone

from kontor.config.cli.backup import deletions
from kontor.kernel.models import Membership, SuppressedAddress
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.models import User
from kontor.office.parties.models import Party
from kontor.office.privacy.actions.replaying import Gone, mark_of, note_gone, replay_gone
from kontor.office.privacy.models import Deletion, PersonErasure
from tests.databases import WorkerDatabase
from tests.factories import AT, CUSTOMER, make_house, make_user
from tests.people import administrator, join, make_tenant, verbs

pytestmark = pytest.mark.django_db(transaction=True)
VERA = "Vera@Gast.example"


def written_down(tenant, email: str = VERA) -> Party:
    with as_tenant(tenant.pk):
        return Party.objects.create(created_at=AT, **CUSTOMER | {"name": "Vera Gast", "email": email})


def emails(tenant) -> list[str]:
    with as_tenant(tenant.pk):
        return list(Party.objects.order_by("pk").values_list("email", flat=True))


def test_somebody_without_an_account_goes_again_by_the_hash_of_their_address_alone(monkeypatch):
    make_house()
    tenant, other = make_tenant("Alder"), make_tenant("Birke")
    person = uuid.uuid4()
    with as_tenant(tenant.pk):
        row = note_gone(person, [VERA, "v.gast@home.example"], at=AT)
        assert (row.marks, len(row.marks[0])) == (sorted([mark_of(VERA), mark_of("v.gast@home.example")]), 64)
        assert mark_of(" vera@gast.EXAMPLE") == mark_of(VERA)
        here = mark_of(VERA)
    with as_tenant(other.pk):
        assert mark_of(VERA) != here  # a mark says nothing elsewhere
    entry = [str(tenant.pk), AT.isoformat(), str(person), ",".join(row.marks)]
    assert "gast" not in json.dumps(entry).casefold()

    # a restored backup that is older: it holds the person, and no word of the erasure, which has another key here
    for each in (tenant, other):
        written_down(each)
        written_down(each, "uwe@gast.example")
    with as_tenant(tenant.pk):
        assert Deletion.objects.count() == 1
    gone = Gone(tenant.pk, uuid.uuid4(), AT, frozenset(row.marks))
    monkeypatch.setattr("sys.stdin", StringIO(json.dumps([[*entry[:2], str(gone.person), entry[3]]])))
    call_command("replay_deletions")

    assert emails(tenant) == ["", "uwe@gast.example"]
    assert emails(other) == [VERA, "uwe@gast.example"]
    with as_tenant(tenant.pk):
        erasure = PersonErasure.objects.get()
        assert (erasure.asked, erasure.done_at is not None) == ("replayed", True)
        assert Deletion.objects.get(person=gone.person).at == AT
        assert SuppressedAddress.objects.count() == 1
    assert verbs(tenant, erasure) == ["privacy.person_leaves", "privacy.person_gone"]


def test_a_backup_younger_than_the_erasure_keeps_who_came_back_and_a_killed_replay_goes_on():
    make_house()
    tenant = make_tenant("Alder")
    person = uuid.uuid4()
    with as_tenant(tenant.pk):
        row = note_gone(person, [VERA], at=AT)
    written_down(tenant)  # they wrote again a month later
    marks = frozenset(row.marks)
    assert replay_gone(Gone(tenant.pk, person, AT, marks), at=timezone.now()) is False
    assert emails(tenant) == [VERA]

    with as_tenant(tenant.pk):  # killed between the beginning and the end
        PersonErasure.objects.create(person=person, asked="replayed", language="de", begun_at=AT)
    assert replay_gone(Gone(tenant.pk, person, AT, marks), at=timezone.now()) is True
    assert emails(tenant) == [""]
    assert replay_gone(Gone(tenant.pk, person, AT, marks), at=timezone.now()) is False
    assert replay_gone(Gone(uuid.uuid4(), person, AT, marks), at=timezone.now()) is False  # a company that is gone


def test_a_member_erased_by_their_company_loses_what_is_there_and_keeps_their_account():
    make_house()
    tenant, other = make_tenant("Alder"), make_tenant("Birke")
    administrator(tenant)
    uma = make_user("uma@alder.example", "Uma User")
    for each in (tenant, other):
        join(each, uma, role="reader", permissions=["documents.read"])
    with as_tenant(tenant.pk):
        marks = frozenset({mark_of(uma.email)})
    assert replay_gone(Gone(tenant.pk, uma.pk, AT, marks), at=timezone.now()) is True
    with as_tenant(tenant.pk):
        assert not Membership.objects.filter(user=uma.pk).exists()
    with as_tenant(other.pk):
        assert Membership.objects.filter(user=uma.pk).exists()
    assert User.objects.filter(pk=uma.pk).exists()


def test_a_backup_tells_the_marks_and_a_database_before_them_has_none(worker_database: WorkerDatabase):
    house, tenant = make_house(), make_tenant("Alder")
    person = uuid.uuid4()
    with as_tenant(tenant.pk):
        row = note_gone(person, [VERA, "b@b.example"], at=AT)
    with as_tenant(house.tenant.pk):
        Deletion.objects.create(of_tenant=tenant.pk, at=AT)
        Deletion.objects.create(of_tenant=house.tenant.pk, person=person, at=AT)
    with psycopg.connect(worker_database.cluster.url("postgres", worker_database.name)) as db:
        found = deletions(db)
        db.execute("ALTER TABLE privacy_deletion DROP COLUMN marks")
        before = deletions(db)
        db.rollback()
    assert sorted(map(len, before)) == [2, 3, 3]
    assert sorted(found) == sorted([
        [str(tenant.pk), AT.isoformat()],
        [str(house.tenant.pk), AT.isoformat(), str(person)],
        [str(tenant.pk), AT.isoformat(), str(person), ",".join(row.marks)],
    ])  # fmt: skip
