"""A customer that sends too much: 429, and repeated within an hour one case for the house."""

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import RequestLimit
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions import overload
from kontor.office.contracts.models import Contract, OverloadCase, OverloadMinute
from kontor.office.contracts.queries.overload import evidence_of, open_overload_cases
from kontor.rulebook.overload import Threshold
from kontor.rulebook.refusal import RefusalError
from tests.background import run_jobs
from tests.calling import customer_key, get
from tests.factories import House, make_house
from tests.office.contracts.ordering import concluded
from tests.people import make_tenant, verbs

pytestmark = pytest.mark.django_db
AT = datetime(2026, 12, 10, 12, 0, 20, tzinfo=UTC)
FIVE = Threshold(minutes=5, within_minutes=60, decide_days=14)
KEY = "key:01a00000-0000-7000-8000-000000000000"


@pytest.fixture
def house() -> House:
    return make_house()


@pytest.fixture
def contract(house) -> Contract:
    return concluded(house)


def limit(house: House, per_minute: int = 100, per_client: int = 2, threshold: Threshold = FIVE) -> Any:
    with as_tenant(house.tenant.pk):
        return overload.set_overload_rule(
            per_minute=per_minute, per_client=per_client, threshold=threshold, reason="Kapazität", at=AT,
            actor=house.actor,
        )  # fmt: skip


def told(contract: Contract, at: datetime, *, client: str = KEY) -> dict[str, Any]:
    return {"contract": str(contract.pk), "client": client, "minute": at.isoformat(), "limit": 2, "count": 7}


def minutes(house: House, contract: Contract, *after: int, at: datetime = AT) -> list[OverloadCase | None]:
    found = []
    with as_tenant(house.tenant.pk):
        for each in after:
            minute = at.replace(second=0) + timedelta(minutes=each)
            found.append(overload.note_overload(told(contract, minute), at=minute + timedelta(seconds=30)))
    return found


@pytest.mark.requirement("FW-043")
def test_five_minutes_over_the_limit_within_an_hour_open_one_case(house, contract, monkeypatch):
    limit(house)
    run_jobs()
    key = customer_key(contract, "contracts.use")
    for minute in (0, 10, 20, 30, 40, 41):
        monkeypatch.setattr(timezone, "now", lambda minute=minute: AT + timedelta(minutes=minute))
        assert [get(key, "/usage")[0] for _ in range(4)] == [200, 200, 429, 429]
        run_jobs()
        with as_tenant(house.tenant.pk):
            assert len(open_overload_cases()) == (minute >= 40)
    with as_tenant(house.tenant.pk):
        case = OverloadCase.objects.get()
        assert (case.contract_id, case.clause, case.decide_by) == (contract.pk, "6.5", date(2026, 12, 24))
        assert [each.minute.minute for each in evidence_of(case)] == [0, 10, 20, 30, 40, 41]
        assert {each.limit for each in evidence_of(case)} == {2}
    assert verbs(house.tenant, case) == ["contracts.overload_case_opened"]


def test_the_answer_is_a_problem_with_the_seconds_to_wait(house, contract, monkeypatch):
    limit(house)
    run_jobs()
    monkeypatch.setattr(timezone, "now", lambda: AT)
    from django.test import Client

    key = customer_key(contract, "contracts.use")
    ask = {"HTTP_AUTHORIZATION": f"Bearer {key}", "HTTP_ACCEPT_LANGUAGE": "en"}
    answers = [Client().get("/api/v1/usage", **ask) for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 429]
    assert (answers[2].headers["Retry-After"], answers[2].headers["Content-Type"]) == ("40", "application/problem+json")
    assert answers[2].json()["type"] == "urn:kontor:problem:overload"
    assert answers[2].json()["detail"] == "This key may send 2 requests a minute; the next one goes in 40 seconds."


def test_minutes_far_apart_open_no_case(house, contract):
    limit(house)
    assert minutes(house, contract, 0, 20, 40, 60, 80, 100, 120) == [None] * 7


def test_the_same_minute_told_twice_is_one(house, contract):
    limit(house, threshold=Threshold(minutes=2, within_minutes=10, decide_days=3))
    assert minutes(house, contract, 0, 0) == [None, None]
    first, second = minutes(house, contract, 5, 6)
    assert first is not None
    assert first == second
    with as_tenant(house.tenant.pk):
        assert OverloadMinute.objects.count() == 3


def test_without_a_rule_no_case_is_opened(house, contract):
    assert minutes(house, contract, 0, 1) == [None, None]


def test_terms_that_say_nothing_of_it_give_a_case_without_a_clause():
    house = make_house("dealership")
    contract = concluded(house)
    limit(house, threshold=Threshold(minutes=1, within_minutes=1, decide_days=3))
    (case,) = minutes(house, contract, 0)
    assert case.clause == ""


def test_a_rule_reaches_every_customer_and_those_who_come_later(house, contract):
    first = limit(house, 600, 120)
    second = limit(house, 300, 60)
    assert (first.number, second.number) == (1, 2)
    run_jobs()
    with as_tenant(contract.customer_tenant_id):
        assert list(RequestLimit.objects.values_list("per_minute", "per_client")) == [(300, 60)]
    other = make_tenant("Birke")
    with as_tenant(house.tenant.pk):
        overload.limit_customer(other.pk)
    run_jobs()
    with as_tenant(other.pk):
        assert RequestLimit.objects.get().per_client == 60
    assert verbs(house.tenant, second) == ["contracts.requests_limited"]


def test_a_customer_that_comes_later_is_limited_with_its_account(house):
    limit(house, 300, 60)
    contract = concluded(house)
    with as_tenant(contract.customer_tenant_id):
        assert RequestLimit.objects.get().per_minute == 300


@pytest.mark.parametrize(("per_minute", "per_client", "least"), [(10, 11, 5), (10, 0, 5), (10, 5, 0)])
def test_limits_that_make_no_sense_are_refused(house, per_minute, per_client, least):
    with pytest.raises(RefusalError):
        limit(house, per_minute, per_client, Threshold(minutes=least, within_minutes=60, decide_days=14))


def test_a_case_is_decided_once_and_the_next_minutes_count_anew(house, contract):
    limit(house, threshold=Threshold(minutes=2, within_minutes=60, decide_days=3))
    case = minutes(house, contract, 0, 1)[1]
    at = AT + timedelta(minutes=2)
    with as_tenant(house.tenant.pk):
        for outcome, note in (("forgiven", "x"), ("warned", "")):
            with pytest.raises(RefusalError):
                overload.close_overload_case(case.pk, outcome=outcome, note=note, at=at, actor=house.actor)
        overload.close_overload_case(case.pk, outcome="warned", note="Anruf", at=at, actor=house.actor)
        with pytest.raises(RefusalError):
            overload.close_overload_case(case.pk, outcome="warned", note="Anruf", at=at, actor=house.actor)
        assert [each.minute.minute for each in evidence_of(OverloadCase.objects.get())] == [0, 1]
        assert overload.note_overload(told(contract, AT.replace(second=0)), at=at) is None
    assert verbs(house.tenant, case) == ["contracts.overload_case_opened", "contracts.overload_case_closed"]
    assert minutes(house, contract, 3)[0] is None
    assert minutes(house, contract, 4)[0].pk != case.pk


def test_another_house_sees_and_decides_nothing(house, contract):
    limit(house, threshold=Threshold(minutes=1, within_minutes=60, decide_days=3))
    (case,) = minutes(house, contract, 0)
    with as_tenant(make_tenant("Birke").pk):
        assert open_overload_cases() == []
        with pytest.raises(OverloadCase.DoesNotExist):
            overload.close_overload_case(case.pk, outcome="warned", note="x", at=AT, actor=MACHINE)
        with pytest.raises(Contract.DoesNotExist):
            overload.note_overload(told(contract, AT), at=AT)


def test_of_several_contracts_the_one_whose_terms_forbid_it_is_told(house, contract):
    with as_tenant(contract.customer_tenant_id):
        assert overload.report_overload(client=KEY, minute=AT.replace(second=0), limit=2) == 1
    run_jobs()
    with as_tenant(house.tenant.pk):
        (row,) = OverloadMinute.objects.all()
        assert (row.contract_id, row.count) == (contract.pk, 3)
    with as_tenant(make_tenant("Birke").pk):
        assert overload.report_overload(client=KEY, minute=AT, limit=2) == 0
    assert uuid.UUID(str(contract.pk)) == contract.pk
