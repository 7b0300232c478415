"""A roll call: its signed list, what phones saw with and without a connection, its end and its report."""

import json
import uuid
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kontor.kernel.models import Role, RoleAssignment
from kontor.products.visitors.actions import arriving, evacuating
from kontor.products.visitors.actions.evacuating import Tap
from kontor.products.visitors.formats.lists import is_proved, list_text
from kontor.products.visitors.models import Evacuation, Seen, SiteRules
from kontor.products.visitors.queries.codes import publics
from kontor.products.visitors.queries.evacuations import is_untouched, later, roll
from tests.people import administrator, browser, verbs
from tests.products.visitors.test_board import come, paired
from tests.products.visitors.test_views import clerk
from tests.products.visitors.visits import DESK, MONDAY, as_tenant, by, make_alder, make_site

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def alder():
    return make_alder()


def begin(site, *, drill=False, at=MONDAY):
    return evacuating.begin(site, drill=drill, at=at, actor=DESK)


def tap(visit, *, safe=True, at=MONDAY, key="") -> Tap:
    return Tap(visit=visit.pk, safe=safe, seen_at=at, key=key or str(uuid.uuid4()))


def names(people) -> list[str]:
    return [each.name for each in people]


def test_a_list_is_fixed_and_signed_as_it_begins_and_begun_twice_is_one(alder):
    with as_tenant(alder.pk):
        site = make_site()
        come(site, "Gone home", MONDAY - 60 * MINUTE)
        arriving.assume_out(site, by("time", at=MONDAY))
        come(site, "Nele", MONDAY - 9 * MINUTE)
        row = begin(site)
        come(site, "Too late", MONDAY + MINUTE)
        assert begin(site, at=MONDAY + MINUTE).pk == row.pk
        assert begin(site, drill=True, at=MONDAY + MINUTE).pk == row.pk  # a drill never interrupts an alarm
        found = roll(row)
        assert (names(found.missing), names(found.unsure), names(found.seen), found.total) == (
            ["Nele"], ["Gone home"], [], 2,
        )  # fmt: skip
        assert is_untouched(row)
        row.inside[0]["name"] = "Nobody"
        assert not is_untouched(row)
    assert verbs(alder, row) == ["visitors.evacuation_began"]


def test_an_alarm_ends_the_drill_that_it_interrupts(alder):
    with as_tenant(alder.pk):
        site, other = make_site(), make_site("Bremen")
        drill = begin(site, drill=True)
        alarm = begin(site, at=MONDAY + MINUTE)
        assert begin(other, drill=True).pk not in {drill.pk, alarm.pk}
        drill.refresh_from_db()
        assert (drill.ended_at, alarm.drill, alarm.pk != drill.pk) == (MONDAY + MINUTE, False, True)


def test_a_tap_counts_once_and_at_its_own_time_however_late_it_is_sent(alder):
    with as_tenant(alder.pk):
        site = make_site()
        nele, omar = come(site, "Nele", MONDAY), come(site, "Omar", MONDAY)
        row = begin(site)
        came_later = come(site, "Lea", MONDAY + MINUTE)
        first = tap(nele, at=MONDAY + 2 * MINUTE, key="a")
        back = tap(nele, safe=False, at=MONDAY + 5 * MINUTE, key="b")
        send = [back, tap(came_later, key="c")]
        assert evacuating.see(row.pk, send, at=MONDAY + 6 * MINUTE, actor=DESK) == 1  # Lea is not on the list
        assert evacuating.see(row.pk, [first, back], at=MONDAY + 9 * MINUTE, actor=DESK) == 1
        assert evacuating.see(row.pk, [first, back], at=MONDAY + 9 * MINUTE, actor=DESK) == 0
        assert names(roll(row).missing) == ["Nele", "Omar"]  # taken back after it was seen, though sent before
        SiteRules.objects.create(site=site, keep_days=30)
        ended = evacuating.end(row.pk, at=MONDAY + 10 * MINUTE, actor=DESK)
        assert ended.gone_after == date(2026, 12, 2)  # as its visits: 30 days after 2 November
        assert evacuating.end(row.pk, at=MONDAY + 20 * MINUTE, actor=DESK).ended_at == ended.ended_at
        evacuating.see(row.pk, [tap(omar, at=MONDAY + 99 * MINUTE)], at=MONDAY + 11 * MINUTE, actor=DESK)
        (seen,) = roll(row).seen
        assert (seen.name, seen.seen_at, seen.by) == ("Omar", MONDAY + 11 * MINUTE, "Rita Kern")  # not in the future
        assert Seen.objects.count() == 3


def test_what_outboxes_tell_afterwards_is_added_to_the_report(alder):
    with as_tenant(alder.pk):
        site = make_site()
        gone = come(site, "Had left", MONDAY - 30 * MINUTE)
        row = begin(site)
        arriving.check_out(gone.pk, by("offline", at=MONDAY - MINUTE))
        come(site, "Was inside", MONDAY - 5 * MINUTE)
        come(site, "Came after", MONDAY + 5 * MINUTE)
        known = later(row)
    assert (known.had_left, known.was_inside) == (("Had left",), ("Was inside",))


def test_a_phone_opens_the_list_taps_and_prints_and_somebody_ends_it(alder):
    now = timezone.now()
    with as_tenant(alder.pk):
        site = make_site()
        nele = come(site, "Nele", now)
        come(site, "Omar", now)
    warden = clerk(alder, "visitors.evacuate", "visitors.see")
    assert warden.get("/visitors/evacuation/").status_code == 200
    assert warden.post("/visitors/evacuation/begin/", {"site": str(site.pk)}).status_code == 302  # alarm or drill?
    page = warden.post("/visitors/evacuation/begin/", {"site": str(site.pk), "kind": "drill"}, follow=True)
    way = page.redirect_chain[-1][0]
    assert (page.status_code, page.context["roll"].total, page.context["row"].drill) == (200, 2, True)
    held = page.context["held"]
    assert is_proved(held["said"], held["signature"], held["keys"])
    assert [each.drill for each in warden.get("/visitors/board/").context["it"].alarms] == [True]

    sent = {"taps": [{"visit": str(nele.pk), "safe": True, "seen_at": now.isoformat(), "key": "phone-1"}]}
    for _twice in range(2):
        told = warden.post(f"{way}seen/", json.dumps(sent), content_type="application/json").json()
        assert (list(told["seen"]), told["ended"]) == ([str(nele.pk)], False)
    unzoned = {"taps": [sent["taps"][0] | {"seen_at": "2026-11-02T10:00:00"}]}
    for wrong in ("x", "[]", "{}", '{"taps": [1]}', json.dumps(unzoned)):
        assert warden.post(f"{way}seen/", wrong, content_type="application/json").status_code == 400, wrong
    warden.post(f"{way}seen/", {"tap": f"{nele.pk}.0"})  # by a button, without a script
    warden.post(f"{way}seen/", {"tap": f"{uuid.uuid4()}.1"})
    assert warden.get(f"{way}state/").json()["seen"] == {}

    paper = warden.get(f"{way}paper/")
    assert (paper.headers["Content-Type"], paper.content[:5]) == ("application/pdf", b"%PDF-")
    assert warden.post(f"{way}end/").status_code == 302
    assert warden.get(way).context["told"]["ended"] is True
    assert warden.get(f"{way}paper/").content[:5] == b"%PDF-"
    assert warden.get("/visitors/evacuation/").context["past"][0].pk == page.context["row"].pk
    assert warden.get("/visitors/evacuation/worker.js").headers["Content-Type"] == "text/javascript"


def test_who_may_not_and_who_works_elsewhere_does_not_see_it(alder):
    with as_tenant(alder.pk):
        site, other = make_site(), make_site("Bremen")
        row = begin(site)
    way = f"/visitors/evacuation/{row.pk}/"
    assert clerk(alder, "visitors.see").get(way).status_code == 403
    warden = clerk(alder, "visitors.evacuate", "parties.see", email="lea@alder.example")
    with as_tenant(alder.pk):
        RoleAssignment.objects.filter(role=Role.objects.get(name="Desk 2")).update(site=other)
    birke = make_alder("Birke")
    for stranger in (warden, browser(administrator(birke, "ayla@birke.example", "Ayla"), birke)):
        assert [stranger.get(way).status_code, stranger.post(f"{way}end/").status_code] == [404, 404]
        assert stranger.post("/visitors/evacuation/begin/", {"site": str(site.pk), "kind": "alarm"}).status_code == 302
    with as_tenant(alder.pk):
        assert Evacuation.objects.count() == 1


def test_a_long_list_asks_as_often_as_a_short_one(alder):
    with as_tenant(alder.pk):
        site, other = make_site(), make_site("Bremen")
        for name in ("Nele", "Omar", "Lea"):
            come(site, name, MONDAY)
        come(other, "Ada", MONDAY)
        long, short = begin(site), begin(other)
    warden = browser(administrator(alder), alder)
    counted = []
    for row in (short, short, long):
        with CaptureQueriesContext(connection) as queries:
            assert warden.get(f"/visitors/evacuation/{row.pk}/").status_code == 200
        counted.append(len(queries))
    assert counted[1] == counted[2]


def test_a_terminal_keeps_the_signed_list_of_its_site(alder):
    now = timezone.now()
    with as_tenant(alder.pk):
        site, other = make_site(), make_site("Bremen")
        come(site, "Nele", now)
        come(other, "Ada", now)
    screen = paired(alder, site)
    told = screen.get("/visitors/present/").json()
    said = json.loads(told["said"])
    assert [each["name"] for each in said["people"]] == ["Nele"]
    with as_tenant(alder.pk):
        assert is_proved(told["said"], told["signature"], publics())
        assert not is_proved(told["said"].replace("Nele", "Nobody"), told["signature"], publics())
    at = timezone.datetime.fromisoformat(said["as_of"])
    assert list_text(site.pk, as_of=at, people=said["people"]) == told["said"]
    assert browser(administrator(alder), alder).get("/visitors/present/").status_code == 401
