"""What every page asks is planned once and still answers each tenant at each moment for itself."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.test.utils import CaptureQueriesContext

from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.models import Membership, StoredRuling
from kontor.kernel.statements import About, Counts, Statement, answers
from kontor.kernel.tenancy import NoTenantError, as_tenant
from kontor.rulebook.ruling import Ruling
from tests.factories import AT, make_user
from tests.people import join, make_tenant

pytestmark = pytest.mark.django_db

PEOPLE = "SELECT count(*), %(name)s FROM identity_user WHERE name = %(name)s"


def current_members(at: Any) -> QuerySet[Any, Any]:
    rows = Membership.objects.filter(Q(until=None) | Q(until__gt=at))
    return rows.values_list("kind").annotate(Count("pk")).order_by("kind")


def prepared(words: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", [f"%{words}%"])
        return int(cursor.fetchall()[0][0])


def test_the_connection_keeps_what_is_asked_often() -> None:
    make_user("jana@alder.example", "Jana")
    given = {"name": "Jana"}
    assert [answers(PEOPLE, given) for _ in range(8)] == [[(1, "Jana")]] * 8
    assert prepared("identity_user WHERE name = $1") == 1


def test_a_log_shows_what_was_asked_with_what_was_given() -> None:
    with CaptureQueriesContext(connection) as captured:
        assert answers(PEOPLE, {"name": "O'Hara"}) == [(0, "O'Hara")]
    assert [query["sql"] for query in captured] == [
        "SELECT count(*), 'O''Hara' FROM identity_user WHERE name = 'O''Hara'"
    ]


def test_each_tenant_is_answered_from_its_own_rows_and_at_its_own_moment() -> None:
    statement = Statement(current_members)
    alder, birch = make_tenant("Alder"), make_tenant("Birch")
    for number in range(2):
        join(alder, make_user(f"{number}@alder.example", "Jana"))
    gone = join(birch, make_user("one@birch.example", "Bo"))
    with as_tenant(birch.pk):
        Membership.objects.filter(pk=gone.pk).update(until=AT + timedelta(days=1))

    def told(tenant: Any, at: Any) -> list[tuple[Any, ...]]:
        with as_tenant(tenant.pk):
            return statement.rows(at)

    for _ in range(8):  # the later ones are prepared
        assert told(alder, AT) == [("EMPLOYEE", 2)]
        assert told(birch, AT) == [("EMPLOYEE", 1)]
        assert told(birch, AT + timedelta(days=2)) == []


def test_nobody_is_answered_outside_a_tenant() -> None:
    with pytest.raises(NoTenantError):
        Statement(current_members).rows(AT)


def members_of(person: uuid.UUID) -> QuerySet[Any, Any]:
    return Membership.objects.filter(user=person).order_by("pk")


def test_what_there_is_about_one_thing_is_read_as_objects_or_by_name() -> None:
    jana, bo = make_user("jana@alder.example", "Jana"), make_user("bo@alder.example", "Bo")
    alder, birch = make_tenant("Alder"), make_tenant("Birch")
    mine = join(alder, jana)
    objects = About(members_of)
    named = About(lambda person: members_of(person).values_list("pk", "kind", named=True))
    for _ in range(8):  # the later ones are prepared
        with as_tenant(alder.pk):
            assert objects.rows(jana.pk) == [mine]
            assert vars(objects.rows(jana.pk)[0]).keys() == vars(Membership.objects.get()).keys()
            assert [(row.pk, row.kind) for row in named.rows(jana.pk)] == [(mine.pk, "EMPLOYEE")]
            assert objects.rows(bo.pk) == []
        with as_tenant(birch.pk):
            assert objects.rows(jana.pk) == []


def test_what_an_object_keeps_as_json_is_read_as_the_query_reads_it() -> None:
    with as_tenant(make_tenant("Alder").pk):
        kept = store_ruling(Ruling(3, (), (("on", "2026-12-24"),), ()), question="q", pack="p", version="1", at=AT)
        (read,) = About(lambda asked: StoredRuling.objects.filter(pk=asked)).rows(kept)
        assert read.inputs == [["on", "2026-12-24"]]
        assert read == StoredRuling.objects.get()


def test_rows_of_several_kinds_are_counted_in_one_statement() -> None:
    jana = make_user("jana@alder.example", "Jana")
    alder, birch = make_tenant("Alder"), make_tenant("Birch")
    for tenant in (alder, birch):
        join(tenant, jana)
    counts = Counts(
        {
            "here": [members_of],
            "twice": [members_of, members_of],
            "gone": [lambda person: members_of(person).exclude(until=None)],
        }
    )
    with as_tenant(alder.pk), CaptureQueriesContext(connection) as captured:
        assert counts.of(jana.pk) == {"here": 1, "twice": 2, "gone": 0}
        assert counts.of(uuid.uuid4()) == {"here": 0, "twice": 0, "gone": 0}
    assert len(captured) == 2
    with as_tenant(birch.pk):
        join(birch, make_user("bo@birch.example", "Bo"))
        assert counts.of(jana.pk) == {"here": 1, "twice": 2, "gone": 0}
