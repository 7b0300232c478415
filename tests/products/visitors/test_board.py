"""The board: who is here, who comes next, who was only assumed to have left; for one site, for all, on a wall."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kontor.kernel.models import Role, RoleAssignment, Site
from kontor.office.terminals import public as terminals
from kontor.products.visitors.actions import arriving
from kontor.products.visitors.actions.arriving import Arrival, WalkIn
from kontor.products.visitors.actions.inviting import Guest
from kontor.products.visitors.models import Visit
from kontor.products.visitors.queries.presence import presence, present
from tests.office.terminals.test_terminals import paired as pair
from tests.people import administrator, browser
from tests.products.visitors.test_views import clerk
from tests.products.visitors.visits import MONDAY, as_tenant, by, expect, make_alder, make_site, types

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def alder():
    return make_alder()


def come(site: Site, name: str, at: datetime) -> Visit:
    """Let somebody in who was not expected."""
    who = WalkIn(type=types()["Delivery"], guest=Guest(name=name, company="Ostkai"), until=at + HOUR)
    return arriving.walk_in(who, Arrival(site=site), by("kiosk", at=at))


def numbers(page) -> dict[str, int]:
    """Return what the board's switcher says: each site and all of them."""
    found = page.context["it"] if page.context else None
    return {row.title.en: row.count for row in found.sites} | {"all": found.inside}


def test_three_here_and_two_there_are_five_until_one_leaves(alder):
    now = timezone.now()
    with as_tenant(alder.pk):
        first, second = make_site("Bremen"), make_site("Bremerhaven")
        here = [come(first, name, now - 9 * MINUTE) for name in ("Nele", "Omar", "Lea")]
        for name in ("Ada", "Harm"):
            come(second, name, now - 9 * MINUTE)
    desk = browser(administrator(alder), alder)
    assert numbers(desk.get("/visitors/board/")) == {"Bremen": 3, "Bremerhaven": 2, "all": 5}
    one = desk.get("/visitors/board/part/", {"site": str(second.pk)}).context
    assert (one["it"].inside, one["all_inside"]) == (2, 5)
    with as_tenant(alder.pk):
        arriving.check_out(here[0].pk, by(at=timezone.now()))
    assert numbers(desk.get("/visitors/board/part/")) == {"Bremen": 2, "Bremerhaven": 2, "all": 4}


def test_whoever_works_at_one_site_sees_that_one_alone_and_strangers_nothing(alder):
    now = timezone.now()
    with as_tenant(alder.pk):
        first, second = make_site("Bremen"), make_site("Bremerhaven")
        come(first, "Nele", now)
        come(second, "Ada", now)
    desk = clerk(alder, "visitors.see")
    with as_tenant(alder.pk):
        RoleAssignment.objects.filter(role=Role.objects.get(name="Desk 1")).update(site=first)
    assert numbers(desk.get("/visitors/board/")) == {"Bremen": 1, "all": 1}
    assert desk.get("/visitors/board/", {"site": str(second.pk)}).status_code == 404
    birke = make_alder("Birke")
    stranger = browser(administrator(birke, "ayla@birke.example", "Ayla"), birke)
    assert numbers(stranger.get("/visitors/board/")) == {"all": 0}
    assert stranger.get("/visitors/board/part/", {"site": str(first.pk)}).status_code == 404
    assert (
        clerk(alder, "parties.see", "visitors.invite", email="lea@alder.example").get("/visitors/board/").status_code
        == 403
    )


def test_whoever_was_assumed_out_is_neither_in_nor_out_for_a_day(alder):
    with as_tenant(alder.pk):
        site = make_site()
        visit = come(site, "Nele", MONDAY)
        evening = MONDAY + 12 * HOUR
        assert arriving.assume_out(site, by("time", at=evening)) == 1

        def told(at):
            shown = presence([site], zone=BERLIN, at=at)
            return shown.inside, shown.unsure, [each.stayed for each in shown.last]

        assert told(evening) == (0, 1, [None])  # came, and did not leave
        assert told(evening + timedelta(days=1) - MINUTE)[:2] == (0, 1)
        assert told(evening + timedelta(days=1))[:2] == (0, 0)
        assert [(row["name"], row["assumed"]) for row in present(site, at=evening)] == [("Nele", True)]
        arriving.check_out(visit.pk, by(at=evening + HOUR))
        assert told(evening + HOUR) == (0, 0, [13 * 60, None])  # from 10:00 to 23:00
        assert present(site, at=evening + HOUR) == []


def test_who_is_expected_stands_in_order_with_what_they_are_late(alder):
    with as_tenant(alder.pk):
        site, kind = make_site(), types()["Business visit"]
        for name, minutes in (("Late", -12), ("Soon", 20), ("Later", 90)):
            begins = MONDAY + minutes * MINUTE
            expect(site, kind, name, begins_at=begins, ends_at=begins + HOUR)
        begins = MONDAY + timedelta(days=1)
        expect(site, kind, "Tomorrow", begins_at=begins, ends_at=begins + HOUR)
        shown = presence([site], zone=BERLIN, at=MONDAY)
    assert [(row.name, row.clock, row.late_minutes, row.soon) for row in shown.coming] == [
        ("Late", "09:48", 12, False), ("Soon", "10:20", 0, True), ("Later", "11:30", 0, False),
    ]  # fmt: skip
    assert (shown.to_come, dict(zip(shown.hours.labels, shown.hours.expected, strict=True))[10]) == (3, 1)
    assert shown.hours.labels[shown.hours.now] == 10


def test_the_night_in_which_clocks_go_back_is_one_day_of_25_hours(alder):
    with as_tenant(alder.pk):
        site = make_site()
        for at in ("2026-10-24T22:30", "2026-10-25T00:30", "2026-10-25T01:30", "2026-10-25T22:30"):
            come(site, at, datetime.fromisoformat(at).replace(tzinfo=UTC))
        shown = presence([site], zone=BERLIN, at=datetime(2026, 10, 25, 22, 45, tzinfo=UTC))
    came = dict(zip(shown.hours.labels, shown.hours.came, strict=True))
    assert (came[0], came[2], came[23], shown.came) == (1, 2, 1, 4)  # 02:30 comes twice


def test_the_board_asks_as_often_for_many_and_hardly_at_all_when_it_is_drawn(alder):
    now = timezone.now()
    with as_tenant(alder.pk):
        site = make_site()
        come(site, "Nele", now)
    desk = browser(administrator(alder), alder)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert desk.get("/visitors/board/part/").status_code == 200
        return len(queries)

    desk.get("/visitors/board/part/")
    with as_tenant(alder.pk):
        come(site, "Omar", now)
    one, again = asked(), asked()
    with as_tenant(alder.pk):
        for name in ("Lea", "Ada", "Harm"):
            come(site, name, now)
            expect(site, types()["Business visit"], f"{name} later", begins_at=now + HOUR, ends_at=now + 2 * HOUR)
    assert asked() == one
    assert one - again == 8  # the sites and seven reads of visits, drawn once for all who look


def paired(tenant, site):
    """Return the browser of a screen that shows the board of a site."""
    return pair(tenant, site, pages=["visitors.wall"], kind="DISPLAY")[0]


def test_a_wall_screen_shows_its_site_and_is_told_when_nothing_changed(alder):
    now = timezone.now()
    with as_tenant(alder.pk):
        first, second = make_site("Bremen"), make_site("Bremerhaven")
        come(first, "Nele", now)
        come(second, "Ada", now)
    screen = paired(alder, first)
    page = screen.get("/visitors/wall/")
    assert (page.status_code, "Nele" in page.content.decode(), "Ada" in page.content.decode()) == (200, True, False)
    state = screen.get("/visitors/wall/part/").headers["ETag"]
    same = screen.get("/visitors/wall/part/", headers={"If-None-Match": state})
    if same.status_code == 200:  # the minute turned meanwhile
        same = screen.get("/visitors/wall/part/", headers={"If-None-Match": same.headers["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    with as_tenant(alder.pk):
        come(first, "Omar", now)
    other = screen.get("/visitors/wall/part/", headers={"If-None-Match": state})
    assert (other.status_code, "Omar" in other.content.decode()) == (200, True)
    assert browser(administrator(alder), alder).get("/visitors/wall/").status_code == 401  # no paired device
    assert terminals.COOKIE in screen.cookies
