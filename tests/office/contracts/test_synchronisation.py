"""A local installation's data: exactly once, in order, resumed after a break, and nobody else's."""

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import get_resolver

from kontor.kernel import registry
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Tenant
from kontor.kernel.registry import Module
from kontor.kernel.synchronised import Synchronised
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts import public
from kontor.office.contracts.actions import synchronising
from kontor.office.contracts.actions.synchronising import Told
from kontor.office.contracts.models import SyncBatch, SyncRecord
from kontor.rulebook import terms
from kontor.rulebook.processing_suspension import covered_work, may_work
from kontor.rulebook.ruling import Text
from tests.at_once import at_once
from tests.calling import get, key_of, post
from tests.people import make_tenant, verbs

pytestmark = pytest.mark.django_db
AT = datetime(2026, 12, 10, 12, 0, tzinfo=UTC)
RIGHT = "contracts.synchronise"
BASE = "/synchronisation/installations"


@pytest.fixture(autouse=True)
def timing(monkeypatch):
    """Let there be a module that synchronises heats and nothing else."""
    assert get_resolver().url_patterns  # made once for all tests, before there is another module
    heats = Synchronised("timing.heat", Text("Lauf", "Heat"), lambda *_told, **_at: None)
    monkeypatch.setitem(registry._modules, "timing", Module(key="timing", title=Text("", ""), synchronised=(heats,)))


@pytest.fixture
def tenant() -> Tenant:
    return make_tenant()


@pytest.fixture
def key(tenant) -> str:
    return key_of(tenant, RIGHT)


@pytest.fixture
def box(key) -> str:
    return added(key, "Halle 1")


def added(key: str, name: str) -> str:
    status, made = post(key, BASE, {"name": name})
    assert (status, made["next_sequence"]) == (201, 1)
    return str(made["id"])


def heat(number: int, *, base: int = 0, **data: Any) -> dict[str, Any]:
    return {"kind": "timing.heat", "key": f"heat-{number}", "base": base, "data": data}


def push(key: str, box: str, sequence: int, *records: dict[str, Any]) -> tuple[int, Any]:
    return post(key, f"{BASE}/{box}/batches", {"sequence": sequence, "records": list(records)})


def test_a_batch_sent_again_is_answered_the_same_and_taken_once(key, box, tenant):
    status, first = push(key, box, 1, heat(1, laps=12), heat(2, laps=9))
    assert (status, first["next_sequence"], first["known"]) == (200, 2, False)
    assert [(each["taken"], each["version"], each["position"]) for each in first["records"]] == [
        (True, 1, 1), (True, 1, 2),
    ]  # fmt: skip
    status, again = push(key, box, 1, heat(1, laps=12), heat(2, laps=9))
    assert (status, again) == (200, {**first, "known": True})
    with as_tenant(tenant.pk):
        assert (SyncBatch.objects.count(), SyncRecord.objects.count()) == (1, 2)


def test_a_gap_and_another_batch_under_a_used_number_are_refused(key, box):
    push(key, box, 1, heat(1))
    status, problem = push(key, box, 3, heat(3))
    assert (status, problem["type"]) == (409, "urn:kontor:problem:sequence")
    assert problem["detail"] == "Batch 2 is expected next; send that one."
    status, problem = push(key, box, 1, heat(4))
    assert (status, problem["type"]) == (409, "urn:kontor:problem:other-batch")
    assert get(key, f"{BASE}/{box}")[1]["next_sequence"] == 2


def test_after_a_break_both_sides_know_where_to_go_on(key, box):
    for sequence in (1, 2, 3):
        push(key, box, sequence, heat(sequence))
    status, found = get(key, f"{BASE}/{box}")
    assert (status, found["next_sequence"], found["position"]) == (200, 4, 3)
    seen, position = [], 0
    while True:
        _, page = get(key, f"/synchronisation/records?since={position}&limit=2")
        seen += [each["key"] for each in page["items"]]
        position = page["position"]
        if not page["more"]:
            break
    assert (seen, position) == (["heat-1", "heat-2", "heat-3"], 3)
    assert get(key, "/synchronisation/records?since=3")[1] == {"items": [], "position": 3, "more": False}


def test_what_was_made_from_an_old_version_is_not_taken_and_told_what_stands(key, box):
    other = added(key, "Halle 2")
    push(key, box, 1, heat(1, laps=12))
    push(key, other, 1, heat(1, base=1, laps=13))
    status, answer = push(key, box, 2, heat(1, base=1, laps=14), heat(9, base=4))
    assert status == 200
    assert [each["taken"] for each in answer["records"]] == [False, False]
    assert answer["records"][0]["stands"] == {"version": 2, "deleted": False, "data": {"laps": 13}}
    assert answer["records"][1]["stands"]["version"] == 0
    merged = push(key, box, 3, heat(1, base=2, laps=14))[1]["records"][0]
    assert (merged["taken"], merged["version"], merged["position"]) == (True, 3, 3)


def test_a_record_that_changed_again_stands_once_and_deleted_ones_are_told(key, box):
    push(key, box, 1, heat(1, laps=1), heat(2, laps=2))
    push(key, box, 2, {**heat(1, base=1), "deleted": True})
    _, page = get(key, "/synchronisation/records")
    assert [(each["key"], each["version"], each["deleted"], each["data"]) for each in page["items"]] == [
        ("heat-2", 1, False, {"laps": 2}), ("heat-1", 2, True, {}),
    ]  # fmt: skip
    assert get(key, "/synchronisation/records?kind=timing.lap")[1]["items"] == []
    assert len(get(key, "/synchronisation/records?kind=timing.heat")[1]["items"]) == 2
    assert get(key, f"/synchronisation/records?without={box}")[1] == {"items": [], "position": 3, "more": False}


def test_another_tenants_installation_is_not_there(box):
    stranger = key_of(make_tenant("Birke"), RIGHT)
    assert get(stranger, f"{BASE}/{box}")[0] == 404
    assert push(stranger, box, 1, heat(1))[0] == 404
    assert get(stranger, BASE)[1]["items"] == []
    assert get(stranger, "/synchronisation/records")[1]["items"] == []


def test_a_key_without_the_right_opens_nothing(tenant, box):
    key = key_of(tenant, "contracts.use")
    assert [get(key, BASE)[0], push(key, box, 1, heat(1))[0], get(key, "/synchronisation/records")[0]] == [403] * 3


def test_a_name_is_taken_once(key, box, tenant):
    status, problem = post(key, BASE, {"name": "Halle 1"})
    assert (status, problem["type"]) == (409, "urn:kontor:problem:name-taken")
    assert [each["name"] for each in get(key, BASE)[1]["items"]] == ["Halle 1"]
    assert verbs(tenant).count("contracts.installation_added") == 1


@pytest.mark.parametrize(
    "record",
    [
        {"kind": "Heat", "key": "1", "base": 0}, {"kind": "timing.heat", "key": "a b", "base": 0},
        {"kind": "timing.heat", "key": "1", "base": -1}, {"kind": "timing.heat", "key": "1", "base": 0, "data": []},
        {"kind": "timing.heat", "key": "1", "base": 0, "data": {"x": "a\u0000"}},
        {"kind": "timing.heat", "key": "1", "base": 0, "data": {"x": "a" * 70_000}},
    ],
)  # fmt: skip
def test_what_is_no_record_is_refused(key, box, record):
    assert push(key, box, 1, record)[0] == 422


def test_a_module_takes_over_its_kinds_in_order_and_what_it_refuses_takes_nothing(tenant, monkeypatch):
    taken: list[tuple[str, int]] = []

    def take(record: public.Taken, *, at: datetime) -> None:
        if record.key == "bad":
            raise ValueError(record.key)
        taken.append((record.key, record.version))

    module = Module(
        key="timing", title=Text("", ""), synchronised=(Synchronised("timing.heat", Text("Lauf", "Heat"), take),)
    )
    monkeypatch.setattr(registry, "modules", lambda: iter([module]))
    good, bad = (Told(kind="timing.heat", key=each, base=0, deleted=False, data={}) for each in ("good", "bad"))
    with as_tenant(tenant.pk):
        public.put_record(good, at=AT)
        assert public.put_record(good, at=AT)["taken"] is False
        with pytest.raises(ValueError, match="bad"):
            public.put_record(bad, at=AT)
        assert list(SyncRecord.objects.values_list("key", "position", "origin")) == [("good", 1, None)]
    assert taken == [("good", 1)]


def test_unknown_installation_in_an_action(tenant):
    with as_tenant(tenant.pk), pytest.raises(synchronising.SyncInstallation.DoesNotExist):
        synchronising.take_batch(uuid.uuid4(), 1, [], at=AT)


@pytest.mark.django_db(transaction=True)
def test_two_pushes_at_once_are_taken_once_and_two_installations_share_one_order():
    tenant = make_tenant()
    with as_tenant(tenant.pk):
        boxes = [synchronising.add_installation(name, at=AT, actor=MACHINE) for name in "ab"]

    def send(box: Any, number: int) -> bool:
        told = Told(kind="timing.heat", key=f"{box.name}{number}", base=0, deleted=False, data={})
        with as_tenant(tenant.pk):
            return synchronising.take_batch(box.pk, number, [told], at=AT)[1]

    assert sorted(at_once(*[lambda: send(boxes[0], 1)] * 3)) == [False, False, True]
    assert at_once(lambda: send(boxes[0], 2), lambda: send(boxes[1], 1)) == [True, True]
    with as_tenant(tenant.pk):
        assert sorted(SyncRecord.objects.values_list("position", flat=True)) == [1, 2, 3]


@pytest.mark.requirement("AP-086")
def test_only_declared_records_cross_encrypted_resumed_and_for_agreed_purposes_alone(tenant, key, box):
    """Leisure Anhang 4, Art. 1: maintenance, web services and additional services, as a processor."""
    assert push(key, box, 1, heat(1))[0] == 200
    status, problem = push(key, box, 2, heat(2), {"kind": "kernel.tenant", "key": "1", "base": 0, "data": {}})
    assert (status, problem["type"]) == (422, "urn:kontor:problem:undeclared-kind")
    assert problem["detail"] == (
        "Nothing here synchronises records of the kind kernel.tenant; none of the batch was taken."
    )
    assert get(key, f"{BASE}/{box}")[1]["next_sequence"] == 2  # broken off there, and goes on there
    assert push(key, box, 2, heat(2))[0] == 200
    with as_tenant(tenant.pk):
        assert sorted(SyncRecord.objects.values_list("kind", "key")) == [
            ("timing.heat", "heat-1"), ("timing.heat", "heat-2"),
        ]  # fmt: skip
    plain = Client(headers={"authorization": f"Bearer {key}", "x-forwarded-proto": "http"})
    with override_settings(KONTOR_BASE_URL="https://kontor.example"):
        sent = plain.post(f"/api/v1{BASE}/{box}/batches", {"sequence": 3, "records": []}, "application/json")
    assert (sent.status_code, sent["location"]) == (301, f"https://kontor.example/api/v1{BASE}/{box}/batches")
    with as_tenant(tenant.pk):
        assert SyncBatch.objects.count() == 2
    agreed = covered_work([item.key for item in terms.load("leisure").privacy.purposes.value])
    told = {"agreed": agreed, "running": True, "suspended": False}
    assert [may_work(each, **told).value.value for each in ("operation", "maintenance", "advertising")] == [
        "MAY", "MAY", "OTHER_PURPOSE",
    ]  # fmt: skip
