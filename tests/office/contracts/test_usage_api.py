"""Use over the API: keys with rights, the same event twice, contradictions, repeated requests, pages, problems."""

import json
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from kontor.kernel.actions.api_keys import make_api_key, revoke_api_key
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import ApiAnswer, ApiKey, MeterReading
from kontor.kernel.tenancy import as_tenant
from tests.people import make_tenant, verbs

pytestmark = pytest.mark.django_db
EVENTS, BATCHES = "/api/v1/usage/events", "/api/v1/usage/batches"
RIGHTS = ("contracts.use", "contracts.report_use")
VISIT = {"id": "v1", "meter": "contracts.check_ins", "at": "2026-11-09T08:30:00+01:00"}


def secret_of(tenant, *, scopes=RIGHTS, days: int = 30) -> str:
    now = datetime.now(UTC)
    with as_tenant(tenant.pk):
        _, secret = make_api_key(
            name="Gate",
            scopes=scopes,
            expires_at=now + timedelta(days=days),
            at=now - timedelta(days=60),
            actor=MACHINE,
        )
    return secret


@pytest.fixture
def alder():
    return make_tenant("Alder")


@pytest.fixture
def key(alder) -> str:
    return secret_of(alder)


def send(key: str, path: str, told: Any, **headers: str) -> tuple[int, Any]:
    answer = Client().post(
        path, json.dumps(told), content_type="application/json", HTTP_AUTHORIZATION=f"Bearer {key}",
        HTTP_ACCEPT_LANGUAGE="en", **headers,
    )  # fmt: skip
    return answer.status_code, answer.json()


def ask(key: str, path: str, language: str = "en") -> tuple[int, Any]:
    answer = Client().get(path, HTTP_AUTHORIZATION=f"Bearer {key}", HTTP_ACCEPT_LANGUAGE=language)
    return answer.status_code, answer.json()


def counted(tenant) -> int:
    with as_tenant(tenant.pk):
        return MeterReading.objects.count()


def test_a_use_is_counted_and_the_same_event_again_is_known(alder, key):
    assert send(key, EVENTS, VISIT) == (200, {"counted": 1, "known": 0})
    assert send(key, EVENTS, VISIT) == (200, {"counted": 0, "known": 1})
    assert counted(alder) == 1


@pytest.mark.trap(38)
def test_trap_38_the_same_id_with_other_content_is_a_409_and_changes_nothing(alder, key):
    send(key, EVENTS, VISIT)
    status, problem = send(key, BATCHES, {"events": [VISIT | {"id": "v2"}, VISIT | {"quantity": "2"}]})
    assert (status, problem["type"], problem["detail"]) == (
        409,
        "urn:kontor:problem:other-use",
        "Counted before with other content, nothing was changed: v1. Report a correction under a new id.",
    )
    assert counted(alder) == 1


def test_a_batch_is_counted_whole(alder, key):
    events = [VISIT | {"id": str(number)} for number in range(1_000)]
    assert send(key, BATCHES, {"events": events}) == (200, {"counted": 1_000, "known": 0})
    assert send(key, BATCHES, {"events": [*events[:10], VISIT]}) == (200, {"counted": 1, "known": 10})
    assert counted(alder) == 1_001


def test_a_batch_has_an_end(key):
    status, problem = send(key, BATCHES, {"events": [VISIT] * 10_001})
    assert (status, problem["faults"]) == (
        422,
        [{"at": "body.told.events", "says": "has too many or too few entries"}],
    )


@pytest.mark.parametrize(
    ("other", "at", "says"),
    [
        ({"at": "2026-11-09T08:30:00"}, "at", "is no moment with its zone, such as 2027-05-09T08:30:00+02:00"),
        ({"at": "0001-01-01T00:00:00Z"}, "at", "is not as described"),
        ({"quantity": "0.0000001"}, "quantity", "is no number that fits here"),
        ({"quantity": -1}, "quantity", "is no number that fits here"),
        ({"id": "a\u0000b"}, "id", "is no text that fits here"),
        ({"meter": "nonsense"}, "meter", "is no text that fits here"),
    ],
)
def test_what_is_not_as_described_is_said_by_place(key, other, at, says):
    status, problem = send(key, EVENTS, VISIT | other)
    assert (status, problem["faults"]) == (422, [{"at": f"body.told.{at}", "says": says}])


def test_unknown_meters_and_misplaced_subjects_are_refused(alder, key):
    assert send(key, EVENTS, VISIT | {"meter": "contracts.nothing"})[1]["type"] == "urn:kontor:problem:unknown-meter"
    assert send(key, EVENTS, VISIT | {"subject": "anna"})[1]["type"] == "urn:kontor:problem:subject"
    login = VISIT | {"meter": "contracts.customer_centre_logins", "subject": "anna"}
    assert send(key, EVENTS, login) == (200, {"counted": 1, "known": 0})
    assert counted(alder) == 1


def test_errors_are_problems_in_the_readers_language(key):
    answer = Client().get("/api/v1/usage", HTTP_ACCEPT_LANGUAGE="de")
    assert (answer.status_code, answer["Content-Type"], answer["WWW-Authenticate"]) == (
        401,
        "application/problem+json",
        "Bearer",
    )
    assert answer.json()["title"] == "Nicht angemeldet"
    assert ask(key, "/api/v1/nothing", "de")[1]["title"] == "Nicht gefunden"
    broken = Client().post(
        EVENTS, "{", content_type="application/json", HTTP_AUTHORIZATION=f"Bearer {key}", HTTP_ACCEPT_LANGUAGE="en"
    )
    assert (broken.status_code, broken.json()["detail"]) == (400, "The body cannot be read as JSON.")


def test_a_key_opens_what_it_was_given_as_long_as_it_lasts(alder):
    reader = secret_of(alder, scopes=("contracts.use",))
    status, problem = send(reader, EVENTS, VISIT)
    assert (status, problem["type"]) == (403, "urn:kontor:problem:right")
    assert ask(reader, "/api/v1/usage")[0] == 200
    assert ask(secret_of(alder, days=-1), "/api/v1/usage")[0] == 401
    with as_tenant(alder.pk):
        revoke_api_key(ApiKey.objects.order_by("pk")[0].pk, at=datetime.now(UTC), actor=MACHINE)
    assert ask(reader, "/api/v1/usage")[0] == 401
    assert "kernel.api_key_made" in verbs(alder)
    assert "kernel.api_key_revoked" in verbs(alder)


def test_an_idempotency_key_answers_as_the_first_time_and_does_it_once(alder, key):
    first = send(key, EVENTS, VISIT, HTTP_IDEMPOTENCY_KEY="k1")
    assert first == send(key, EVENTS, VISIT, HTTP_IDEMPOTENCY_KEY="k1") == (200, {"counted": 1, "known": 0})
    status, problem = send(key, EVENTS, VISIT | {"id": "v2"}, HTTP_IDEMPOTENCY_KEY="k1")
    assert (status, problem["type"]) == (422, "urn:kontor:problem:idempotency-key")
    assert counted(alder) == 1
    assert send(key, EVENTS, VISIT, HTTP_IDEMPOTENCY_KEY="k" * 201)[0] == 400
    with as_tenant(alder.pk):
        assert ApiAnswer.objects.count() == 1


def test_a_refused_request_may_be_sent_again_under_its_key(alder, key):
    assert send(key, EVENTS, VISIT | {"meter": "contracts.nothing"}, HTTP_IDEMPOTENCY_KEY="k1")[0] == 422
    assert send(key, EVENTS, VISIT, HTTP_IDEMPOTENCY_KEY="k1")[0] == 200


def test_events_are_read_page_by_page(key):
    send(key, BATCHES, {"events": [VISIT | {"id": f"v{number}"} for number in range(5)]})
    seen, cursor = [], ""
    while True:
        _, page = ask(key, f"{EVENTS}?meter=contracts.check_ins&month=2026-11&limit=2{cursor}")
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert sorted(seen) == ["v0", "v1", "v2", "v3", "v4"]
    assert ask(key, f"{EVENTS}?meter=contracts.check_ins&month=2026-13")[0] == 422
    assert ask(key, f"{EVENTS}?meter=contracts.check_ins&month=2026-11&cursor=AAAA")[0] == 422


def test_another_tenant_counts_and_reads_its_own(alder, key):
    send(key, EVENTS, VISIT)
    birch = make_tenant("Birch")
    other = secret_of(birch)
    empty = (200, {"items": [], "next": None})
    assert ask(other, f"{EVENTS}?meter=contracts.check_ins&month=2026-11") == empty
    assert send(other, EVENTS, VISIT) == (200, {"counted": 1, "known": 0})
    assert (counted(alder), counted(birch)) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_the_same_event_from_many_at_once_is_counted_once():
    alder = make_tenant("Alder")
    key = secret_of(alder)
    answers: list[tuple[int, Any]] = []

    def report() -> None:
        answers.append(send(key, EVENTS, VISIT))
        connection.close()

    threads = [threading.Thread(target=report) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [status for status, _ in answers] == [200] * 4
    assert sum(body["counted"] for _, body in answers) == 1
    assert counted(alder) == 1


def test_the_description_names_the_right_of_every_endpoint():
    document = Client().get("/api/v1/openapi.json").json()
    asked = {
        f"{method} {path}": operation["x-permission"]
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }
    own = {"get /api/v1/contracts": "contracts.see", "get /api/v1/received/contracts": "contracts.account"}
    assert asked.items() >= own.items()
    assert {address: right for address, right in asked.items() if "/usage" in address} == {
        "post /api/v1/usage/events": "contracts.report_use",
        "get /api/v1/usage/events": "contracts.use",
        "post /api/v1/usage/batches": "contracts.report_use",
        "get /api/v1/usage": "contracts.use",
        "get /api/v1/usage/statements": "contracts.use",
    }
    refusals = document["paths"]["/api/v1/usage/events"]["post"]["responses"]
    assert list(refusals["409"]["content"]) == ["application/problem+json"]
