"""What every page asks is planned once and still answers each tenant at each moment for itself."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.test.utils import CaptureQueriesContext

from kontor.kernel.models import Membership
from kontor.kernel.statements import Statement, answers
from kontor.kernel.tenancy import NoTenantError, as_tenant
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
