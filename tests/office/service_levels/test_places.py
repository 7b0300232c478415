"""Watching from other places: what a runner is told to try, what it signs, and what is taken of it."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from http.server import ThreadingHTTPServer
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kontor.config.cli.probe import Runner
from kontor.kernel.tenancy import as_tenant
from kontor.kernel.webhook_signing import headers
from kontor.office.service_levels.actions import components
from kontor.office.service_levels.actions.components import NewProbe
from kontor.office.service_levels.actions.probing import Seen, note_results, note_silence
from kontor.office.service_levels.models import Outage, ProbePlace, ProbeResult, StateInterval
from kontor.office.service_levels.queries.places import place_secret
from tests.calling import BASE, get, key_of
from tests.factories import make_house
from tests.office.service_levels.test_settling import WHO, at, component, probed
from tests.office.service_levels.test_trying import Pages, served
from tests.people import make_tenant

pytestmark = pytest.mark.django_db


class Bridged(Runner):
    """A runner whose requests go to the test's own server instead of over the network."""

    def _sent(self, method: str, path: str, body: bytes, heads: Mapping[str, str]) -> Any:
        more = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in heads.items()}
        answer = Client().generic(
            method, path, body, "application/json", HTTP_AUTHORIZATION=f"Bearer {self.key}", **more
        )
        assert answer.status_code == 200, answer.content
        return answer.json()


@pytest.fixture
def web(settings: Any) -> Iterator[str]:
    settings.KONTOR_WEBHOOKS_PRIVATE = True
    yield from served(Pages, ThreadingHTTPServer)


def test_a_runner_tries_what_is_due_and_reports_it_signed(web):
    house = make_house("crm").tenant
    with as_tenant(house.pk):
        part = component()
        for target, expects in ((f"http://{web}/", "well"), (f"http://{web}/down", "")):
            told = NewProbe(
                kind="HTTP", target=target, expects=expects, places=("here", "Oslo"), confirm=1, all_fail=False
            )
            components.add_probe(part.pk, told, **WHO)
        components.add_probe(part.pk, NewProbe(kind="HEARTBEAT", places=("Oslo",)), **WHO)
        secret = place_secret("Oslo")
    runner = Bridged("Oslo", "", key_of(house, "service_levels.measure"), secret)
    now = timezone.now()
    assert runner.once(lambda: now) == 2
    assert runner.once(lambda: now + timedelta(seconds=10)) == 0  # not due yet
    with as_tenant(house.pk):
        rows = ProbeResult.objects.order_by("said").values_list("watched__place", "good", "said")
        assert list(rows) == [("Oslo", True, ""), ("Oslo", False, "status 503")]
        assert Outage.objects.get().ended_at is None


def test_results_without_the_places_fresh_signature_are_refused_and_strangers_left_out():
    house = make_house("crm").tenant
    with as_tenant(house.pk):
        here, oslo = probed(places=("Oslo", "here"))[::-1]
        if oslo.place != "Oslo":
            here, oslo = oslo, here
        secret = place_secret("Oslo")
    key, now = key_of(house, "service_levels.measure"), timezone.now()

    def sent(signed_by: str, *, place: str = "Oslo", stamp: datetime = now, results: Any = ()) -> tuple[int, Any]:
        body = json.dumps({"place": place, "results": list(results)}).encode()
        heads = headers([signed_by], "1", int(stamp.timestamp()), body)
        more = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in heads.items()}
        answer = Client().generic(
            "POST", f"{BASE}/probes/results", body, "application/json", HTTP_AUTHORIZATION=f"Bearer {key}", **more
        )
        return answer.status_code, answer.json()

    def seen(place: ProbePlace, moment: datetime) -> dict[str, Any]:
        return {"watched": str(place.pk), "at": moment.isoformat(), "good": True}

    other = make_tenant("Birke")
    with as_tenant(other.pk):
        theirs = place_secret("Oslo")
    assert sent(theirs)[0] == 403
    assert sent(secret, place="Bergen")[0] == 403
    assert sent(secret, place="here")[0] == 403
    assert sent(secret, stamp=now - timedelta(minutes=6))[0] == 403
    mixed = [
        seen(oslo, now),
        seen(here, now),
        seen(oslo, now - timedelta(days=2)),
        seen(oslo, now + timedelta(hours=1)),
    ]
    assert sent(secret, results=mixed) == (200, {"taken": 1, "refused": 3})
    assert [each["watched"] for each in get(key, "/probes?place=Oslo")[1]["items"]] == [str(oslo.pk)]
    assert get(key_of(other, "service_levels.measure"), "/probes?place=Oslo")[0] == 403  # a house's right


@pytest.mark.parametrize(
    ("said", "odd", "status"),
    [
        ("", {"webhook-signature": "é"}, 403), ("", {"webhook-timestamp": "9" * 400}, 403),
        ("", {"webhook-timestamp": "soon"}, 403), ("a\x00b", {}, 422), ("zu spät", {}, 200),
    ],
)  # fmt: skip
def test_what_no_runner_sends_is_refused_in_words(said, odd, status):
    house = make_house("crm").tenant
    with as_tenant(house.pk):
        (oslo,) = probed(places=("Oslo",))
        secret = place_secret("Oslo")
    key, now = key_of(house, "service_levels.measure"), timezone.now()
    seen = {"watched": str(oslo.pk), "at": now.isoformat(), "good": False, "said": said}
    body = json.dumps({"place": "Oslo", "results": [seen]}).encode()
    heads = headers([secret], "1", int(now.timestamp()), body) | odd
    more = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in heads.items()}
    answer = Client().generic(
        "POST", f"{BASE}/probes/results", body, "application/json", HTTP_AUTHORIZATION=f"Bearer {key}", **more
    )
    assert answer.status_code == status


def test_what_comes_after_its_time_was_noted_as_unknown_is_left_out():
    house = make_house("crm").tenant
    with as_tenant(house.pk):
        (place,) = probed()
        note_results([Seen(place.pk, at(0), good=True)], at=at(0))
        note_silence(at=at(30))  # unknown from minute 5
        late = [Seen(place.pk, at(minute), good=True) for minute in (3, 4, 29)]
        note_results(late, at=at(31))
        kept = StateInterval.objects.order_by("start").values_list("state", "start", "end")
        assert list(kept) == [("up", at(0), at(5)), ("unknown", at(5), at(29)), ("up", at(29), None)]
        assert ProbeResult.objects.count() == 2
