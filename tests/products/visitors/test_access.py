"""Access-control systems: told who may pass once a visit is allowed, again where a call was lost, and of its end."""

import base64
import hashlib
import hmac
import json
from datetime import time, timedelta

import pytest
from procrastinate.contrib.django import app

from kontor.kernel.models import Site
from kontor.products.visitors.actions import access, arriving, cards, inviting
from kontor.products.visitors.actions.arriving import Arrival
from kontor.products.visitors.jobs import ACCESS_WAITS, AccessWaitsError, tell_access
from kontor.products.visitors.models import AccessGrant, AccessSystem, Visit, VisitType
from tests.background import run_jobs
from tests.kernel.test_webhooks import Receiver, receiver  # the fake system: a real server that answers as told
from tests.people import administrator, browser, verbs
from tests.products.visitors.test_views import clerk
from tests.products.visitors.visits import DESK, MONDAY, as_tenant, by, expect, make_alder, make_site, types

pytestmark = pytest.mark.django_db
BY = {"at": MONDAY, "actor": DESK}
UNTIL = MONDAY + timedelta(hours=2)
__all__ = ["receiver"]


@pytest.fixture
def alder(monkeypatch):
    """A company whose clock stands at the beginning of its visits."""
    monkeypatch.setattr("kontor.kernel.background.timezone.now", lambda: MONDAY)
    return make_alder()


def system(site: Site, receiver: Receiver) -> AccessSystem:
    return access.keep_system(site, receiver.address, **BY)


def guests(site: Site, *, zones=("lobby", "floor 2"), **kind: object) -> VisitType:
    """Return a kind of visit whose cards open these zones between seven and seven."""
    row = types()["Business visit"]
    group = cards.add_group(name="Guests", zones=zones, opens_at=time(7), closes_at=time(19), **BY)
    cards.add_cards(group, site, ["4711"], **BY)
    VisitType.objects.filter(pk=row.pk).update(cards=group, **kind)
    row.refresh_from_db()
    return row


def told(receiver: Receiver) -> list[dict]:
    """Return what the system was told, with what differs by chance checked and left out."""
    calls = []
    for _, _, body in receiver.received:
        call = json.loads(body)
        calls.append({key: value for key, value in call.items() if key != "grant"})
    return calls


@pytest.mark.requirement("FW-087")
def test_an_allowed_visit_is_told_signed_again_after_a_failure_and_revoked_at_check_out(alder, receiver):
    with as_tenant(alder.pk):
        site = make_site()
        kept = system(site, receiver)
        visit = expect(site, guests(site, approval=True))
    run_jobs()
    assert receiver.received == []  # asked for, and not allowed yet
    receiver.answer = 503
    with as_tenant(alder.pk):
        inviting.allow(visit.pk, by())
    with pytest.raises(AccessWaitsError):
        run_jobs()
    receiver.answer = 204
    tell_access(tenant_id=alder.pk, at=MONDAY, visit=str(visit.pk))  # as the job that is tried again
    granted = {
        "state": "granted", "person": {"name": "Nele Brandt", "company": "Brandt Elektro"}, "site": "Hamburg",
        "zones": ["lobby", "floor 2"], "hours": ["07:00", "19:00"], "valid_from": "2026-11-02T08:00:00Z",
        "valid_until": "2026-11-02T11:00:00Z", "card": None,
    }  # fmt: skip
    assert told(receiver) == [{"revision": 1, **granted}, {"revision": 2, **granted}]
    _, headers, body = receiver.received[1]
    with as_tenant(alder.pk):
        grant = AccessGrant.objects.get()
        assert (headers["webhook-id"], json.loads(body)["grant"]) == (f"{grant.pk}.2", str(grant.pk))
    signed = f"{grant.pk}.2.{headers['webhook-timestamp']}.".encode() + body
    mac = hmac.new(base64.b64decode(kept.secret.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(mac).decode()}"
    with as_tenant(alder.pk):
        arriving.check_in(visit.pk, Arrival(site=site), by())
        cards.hand_out(visit.pk, "4711", until=UNTIL, attempt=by())
        arriving.check_out(visit.pk, by(at=MONDAY + timedelta(hours=1)))
    quietly()
    assert told(receiver)[2:] == [{"revision": 3, "state": "revoked"}]


def quietly() -> None:
    """Do the jobs about access alone: hosts' and visitors' mail is not asked for here."""
    run_jobs()


def test_a_card_in_hand_is_told_with_its_number_and_the_same_is_not_said_twice(alder, receiver):
    with as_tenant(alder.pk):
        site = make_site()
        system(site, receiver)
        visit = expect(site, guests(site))
    quietly()
    with as_tenant(alder.pk):
        arriving.check_in(visit.pk, Arrival(site=site), by())
    quietly()
    assert [call["revision"] for call in told(receiver)] == [1]
    with as_tenant(alder.pk):
        cards.hand_out(visit.pk, "4711", until=UNTIL + timedelta(hours=1), attempt=by())
    quietly()
    assert [(call["card"], call["valid_until"]) for call in told(receiver)[1:]] == [("4711", "2026-11-02T12:00:00Z")]


def test_whoever_moves_to_another_site_opens_nothing_at_the_first(alder, receiver):
    with as_tenant(alder.pk):
        hamburg, bremen = make_site(), make_site("Bremen")
        system(hamburg, receiver)
        visit = expect(hamburg, guests(hamburg))
    quietly()
    with as_tenant(alder.pk):
        inviting.move(visit.pk, begins_at=MONDAY, ends_at=UNTIL, site=bremen, attempt=by(at=MONDAY - timedelta(days=1)))
        access.tell_of([Visit.objects.get(pk=visit.pk)], "moved")
        tells = AccessSystem.objects.count()
    tell_access(tenant_id=alder.pk, at=MONDAY, visit=str(visit.pk))
    assert ([call["state"] for call in told(receiver)], tells) == (["granted", "revoked"], 1)


def test_what_no_door_knows_is_not_told(alder, receiver):
    with as_tenant(alder.pk):
        site, other = make_site(), make_site("Bremen")
        system(site, receiver)
        kind = guests(site, zones=())
        visits = [expect(site, kind), expect(other, kind), expect(site, types()["Delivery"])]
        inviting.cancel([each.pk for each in visits], "", by(at=MONDAY - timedelta(hours=9)))
    quietly()
    for each in visits:
        tell_access(tenant_id=alder.pk, at=MONDAY, visit=str(each.pk))
    tell_access(tenant_id=alder.pk, at=MONDAY, visit=str(alder.pk))  # a visit that is there no more
    assert receiver.received == []


def test_after_the_last_attempt_it_is_shown_as_not_told(alder, receiver):
    receiver.answer = 500
    with as_tenant(alder.pk):
        site = make_site()
        kept = system(site, receiver)
        visit = expect(site, guests(site))
    for _ in ACCESS_WAITS:
        with pytest.raises(AccessWaitsError):
            tell_access(tenant_id=alder.pk, at=MONDAY, visit=str(visit.pk))
    tell_access(tenant_id=alder.pk, at=MONDAY, visit=str(visit.pk))
    desk = browser(administrator(alder), alder)
    ((state, problem),) = desk.get(f"/visitors/{visit.pk}/").context["told_access"]
    assert (state.label.en, problem) == ("not told", "It answered with an error.")
    shown = desk.get("/visitors/settings/access/").context["systems"]
    assert [(row.pk, state.label.en) for row, state, _ in shown] == [(kept.pk, "takes nothing")]
    with as_tenant(alder.pk):
        late = access.Call(AccessGrant.objects.get().pk, 1, 1, "", b"", {})
        access.note_answer(late, "", last=False, at=MONDAY)  # an answer that a newer call overtook
        assert AccessGrant.objects.get().told_at is None
    receiver.answer = 204
    tell_access(tenant_id=alder.pk, at=MONDAY, visit=str(visit.pk))
    ((state, problem),) = desk.get(f"/visitors/{visit.pk}/").context["told_access"]
    assert (state.label.en, problem) == ("granted", "")


def test_the_page_settles_a_system_over_tls_and_removes_it(alder, settings):
    desk = browser(administrator(alder), alder)
    with as_tenant(alder.pk):
        site = make_site()
    way = "/visitors/settings/access/"
    assert desk.post(way, {"site": site.pk, "address": "http://doors.example/"}).status_code == 422
    assert desk.post(way, {"site": site.pk, "address": ""}).status_code == 422
    for address in ("https://doors.example/", "https://doors.example/new"):
        assert desk.post(way, {"site": site.pk, "address": address}).status_code == 302
    with as_tenant(alder.pk):
        row = AccessSystem.objects.get()
    shown = desk.get(way)
    assert (row.address, row.secret in shown.content.decode()) == ("https://doors.example/new", True)
    assert [state.label.en for _, state, _ in shown.context["systems"]] == ["told nothing yet"]
    assert clerk(alder, "visitors.receive").get(way).status_code == 403
    birke = make_alder("Birke")
    stranger = browser(administrator(birke, "ayla@birke.example"), birke)
    assert stranger.get(way).context["systems"] == []
    assert stranger.post(f"{way}{row.pk}/remove/").status_code == 404
    assert desk.post(f"{way}{row.pk}/remove/").status_code == 302
    assert desk.get(way).context["systems"] == []
    with as_tenant(alder.pk):
        assert verbs(alder, row) == [
            "visitors.access_system_kept", "visitors.access_system_kept", "visitors.access_system_removed",
        ]  # fmt: skip
        assert access.next_call(alder.pk, at=MONDAY) is None


def test_the_job_is_tried_again_by_itself():
    assert app.tasks[access.TELL].retry_strategy.waits == ACCESS_WAITS
