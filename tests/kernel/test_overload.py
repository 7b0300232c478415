"""Requests beyond a limit: 429 with Retry-After, counted once for all processes, told once a minute."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kontor.kernel import registry
from kontor.kernel.actions import overload
from kontor.kernel.actions.overload import count_request, key_client, person_client, set_request_limit
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import RequestLimit, RequestMinute, Tenant
from kontor.kernel.registry import Module
from kontor.kernel.tenancy import as_tenant
from kontor.rulebook.ruling import Text
from tests.at_once import at_once
from tests.people import administrator, browser, make_tenant, verbs

AT = datetime(2026, 12, 1, 9, 30, 15, tzinfo=UTC)
MINUTE = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
KEY, OTHER = key_client(uuid.UUID(int=1)), key_client(uuid.UUID(int=2))


@pytest.fixture
def tenant(db: None) -> Tenant:
    return make_tenant()


def limit(tenant: Tenant, per_minute: int, per_client: int, *, at: datetime = AT) -> RequestLimit:
    with as_tenant(tenant.pk):
        return set_request_limit(per_minute=per_minute, per_client=per_client, at=at, actor=MACHINE)


def counts(tenant: Tenant) -> dict[tuple[datetime, str], int]:
    with as_tenant(tenant.pk):
        return {(row.minute, row.client): row.count for row in RequestMinute.objects.all()}


def test_nothing_is_counted_without_a_limit(tenant):
    assert [count_request(tenant.pk, KEY, at=AT) for _ in range(3)] == [None] * 3
    assert counts(tenant) == {}


def test_whoever_has_no_limit_is_asked_about_once_in_ten_seconds(tenant, monkeypatch):
    clock = iter([0.0, 0.0, 9.9, 10.0, 10.0])
    monkeypatch.setattr(overload, "monotonic", lambda: next(clock))
    asked = []
    for _ in range(3):
        with CaptureQueriesContext(connection) as caught:
            count_request(tenant.pk, KEY, at=AT)
        asked.append(sum("kernel_requestminute" in each["sql"] for each in caught.captured_queries))
    assert asked == [1, 0, 1]


def test_a_new_limit_holds_at_once_in_the_process_that_sets_it(tenant):
    count_request(tenant.pk, KEY, at=AT)
    limit(tenant, 100, 1)
    assert [over.limit if over else None for over in (count_request(tenant.pk, KEY, at=AT) for _ in range(2))] == [
        None,
        1,
    ]


def test_a_client_is_refused_beyond_its_limit_until_the_minute_is_over(tenant):
    limit(tenant, 100, 2)
    assert [count_request(tenant.pk, KEY, at=AT) for _ in range(2)] == [None, None]
    over = count_request(tenant.pk, KEY, at=AT)
    assert (over.client, over.limit, over.retry_after) == (KEY, 2, 45)
    assert count_request(tenant.pk, OTHER, at=AT) is None
    assert count_request(tenant.pk, KEY, at=AT + timedelta(seconds=45)) is None
    assert counts(tenant) == {
        (MINUTE, ""): 4, (MINUTE, KEY): 3, (MINUTE, OTHER): 1,
        (MINUTE + timedelta(minutes=1), ""): 1, (MINUTE + timedelta(minutes=1), KEY): 1,
    }  # fmt: skip


def test_the_whole_tenant_is_refused_beyond_its_limit_and_no_other_tenant(tenant):
    limit(tenant, 2, 2)
    other = make_tenant("Birke")
    limit(other, 2, 2)
    assert [count_request(tenant.pk, client, at=AT) for client in (KEY, OTHER)] == [None, None]
    over = count_request(tenant.pk, person_client(uuid.UUID(int=3)), at=AT)
    assert (over.client, over.limit) == ("", 2)
    assert count_request(other.pk, KEY, at=AT) is None


def test_the_first_request_over_a_limit_is_told_once_a_minute(tenant, monkeypatch):
    told = []
    monkeypatch.setattr(registry, "modules", lambda: iter([
        Module(key="watch", title=Text("", ""), on_overload="watch.overloaded"), Module(key="mute", title=Text("", "")),
    ]))  # fmt: skip
    monkeypatch.setattr(
        "kontor.kernel.actions.overload.queue", lambda name, tenant_id, **given: told.append((name, tenant_id, given))
    )
    limit(tenant, 100, 1)
    for _ in range(4):
        count_request(tenant.pk, KEY, at=AT)
    assert told == [("watch.overloaded", tenant.pk, {"client": KEY, "minute": "2026-12-01T09:30:00+00:00", "limit": 1})]


def test_counts_of_former_days_are_removed(tenant):
    limit(tenant, 5, 5)
    count_request(tenant.pk, KEY, at=AT)
    count_request(tenant.pk, KEY, at=AT + timedelta(days=1))
    assert len(counts(tenant)) == 4
    count_request(tenant.pk, KEY, at=AT + timedelta(days=1, minutes=1))
    assert {minute for minute, _ in counts(tenant)} == {
        MINUTE + timedelta(days=1), MINUTE + timedelta(days=1, minutes=1),
    }  # fmt: skip


def test_counting_is_one_statement_however_much_was_counted(tenant):
    limit(tenant, 500, 500)
    for client in (KEY, OTHER):
        count_request(tenant.pk, client, at=AT)
    with CaptureQueriesContext(connection) as caught:
        count_request(tenant.pk, KEY, at=AT)
    assert sum("kernel_requestminute" in each["sql"] for each in caught.captured_queries) == 1


def test_setting_a_limit_is_recorded_and_the_same_again_is_nothing(tenant):
    first = limit(tenant, 10, 5)
    assert limit(tenant, 10, 5, at=AT + timedelta(hours=1)).at == AT
    assert limit(tenant, 20, 5, at=AT + timedelta(hours=1)).pk == first.pk
    assert verbs(tenant, first) == ["kernel.requests_limited"] * 2
    with as_tenant(make_tenant("Birke").pk):
        assert not RequestLimit.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_processes_count_together():
    tenant = make_tenant()
    limit(tenant, 100, 12)
    refused = [over for over in at_once(*[lambda: count_request(tenant.pk, KEY, at=AT)] * 4) if over]
    for _ in range(10):
        refused += [over for over in [count_request(tenant.pk, KEY, at=AT)] if over]
    assert len(refused) == 2
    assert counts(tenant)[MINUTE, KEY] == 14


def test_a_page_beyond_the_limit_says_when_it_goes_on(tenant, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: AT)
    client = browser(administrator(tenant), tenant)
    limit(tenant, 100, 1)
    assert client.get("/").status_code != 429
    answer = client.get("/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "45")
    assert "It goes on in 45 seconds." in answer.content.decode()
    limit(tenant, 1, 100)
    assert "Your company has sent more than 1 requests" in client.get("/").content.decode()
