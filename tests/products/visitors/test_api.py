"""Visits over the API: each step by the right of the key, once per Idempotency-Key, told to webhooks as an event."""

from datetime import timedelta

import pytest

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Event
from kontor.products.visitors.actions import settling
from kontor.products.visitors.models import Visit
from kontor.products.visitors.queries.codes import code_in
from tests.calling import get, key_of, post, walked
from tests.products.visitors.visits import MONDAY, as_tenant, make_alder, make_site, types

pytestmark = pytest.mark.django_db
ALL = ("visitors.see", "visitors.invite", "visitors.allow", "visitors.receive")
HOUR = timedelta(hours=1)
NELE = {"name": "Nele Brandt", "company": "Brandt Elektro", "email": "nele@brandt.example", "language": "en"}


@pytest.fixture(autouse=True)
def at(monkeypatch, settings):
    settings.KONTOR_DEMO = True
    monkeypatch.setattr("django.utils.timezone.now", lambda: MONDAY)


@pytest.fixture
def alder():
    tenant = make_alder()
    with as_tenant(tenant.pk):
        return tenant, make_site(), types()


def told(site, kind, **more: object):
    return {
        "site": str(site.pk), "kind": str(kind.pk), "begins_at": MONDAY.isoformat(),
        "ends_at": (MONDAY + 2 * HOUR).isoformat(), "host": {"name": "Jonas Alder", "email": "jonas@alder.example"},
        "guests": [NELE],
    } | more  # fmt: skip


def test_a_visit_is_invited_moved_checked_in_and_out_and_each_step_is_an_event(alder):
    tenant, site, kinds = alder
    key, reads = key_of(tenant, *ALL), key_of(tenant, "visitors.see")
    body = told(site, kinds["Business visit"])
    assert post(reads, "/visitors/visits", body)[0] == 403
    first = post(key, "/visitors/visits", body, HTTP_IDEMPOTENCY_KEY="a")
    assert post(key, "/visitors/visits", body, HTTP_IDEMPOTENCY_KEY="a") == first
    (visit,) = first[1]["items"]
    assert (first[0], visit["state"], visit["origin"], visit["host"]) == (201, "EXPECTED", "API", "Jonas Alder")
    with as_tenant(tenant.pk):
        assert code_in(visit["code"]).visit == Visit.objects.get().pk
        assert Visit.objects.get().pin == visit["pin"]
    address = f"/visitors/visits/{visit['id']}"
    assert get(reads, address)[1] == visit | {"code": "", "pin": ""}  # whoever only sees visits could come as anybody

    times = {"begins_at": (MONDAY + HOUR).isoformat(), "ends_at": (MONDAY + 3 * HOUR).isoformat()}
    moved = post(key, f"{address}/move", times)[1]
    assert (moved["site"], moved["begins_at"], moved["pin"] == visit["pin"]) == (
        str(site.pk), "2026-11-02T10:00:00Z", False
    )  # fmt: skip
    assert post(reads, f"{address}/check-in", {"site": str(site.pk)})[0] == 403
    came = post(key, f"{address}/check-in", {"site": str(site.pk)})
    assert (came[0], came[1]["state"], came[1]["in_at"], came[1]["code"]) == (200, "IN", "2026-11-02T09:00:00Z", "")
    assert [each["id"] for each in get(reads, "/visitors/present")[1]["items"]] == [visit["id"]]
    status, problem = post(key, f"{address}/check-in", {"site": str(site.pk)})
    assert (status, problem["detail"]) == (
        409, "Somebody has checked in with this code. Please turn to the reception."
    )  # fmt: skip
    assert post(key, f"{address}/check-out", {})[1]["state"] == "OUT"
    assert get(reads, "/visitors/present")[1]["items"] == []
    happened = get(reads, f"{address}/events")[1]["items"]
    assert [(each["kind"], each["way"], each["by"]) for each in happened] == [
        (kind, "api", "Waage") for kind in ("invited", "moved", "checked_in", "left")
    ]  # fmt: skip
    with as_tenant(tenant.pk):
        kinds_told = [row.kind for row in Event.objects.order_by("number") if row.kind.startswith("visitors.")]
        assert kinds_told == ["visitors.invited", "visitors.moved", "visitors.checked_in", "visitors.left"]


def test_what_must_be_allowed_is_allowed_refused_or_called_off(alder):
    tenant, site, kinds = alder
    key = key_of(tenant, *ALL)
    with as_tenant(tenant.pk):
        kind = settling.change_type(
            kinds["Supplier"].pk, at=MONDAY, actor=MACHINE,
            steps=(), approval=True,
        )  # fmt: skip
    made = post(
        key, "/visitors/visits", told(site, kind, guests=[NELE, {"name": "Ole"}, {"name": "Ida"}], title="Tour")
    )
    one, two, three = made[1]["items"]
    assert {each["state"] for each in (one, two, three)} == {"ASKED"}
    assert len({one["group"], two["group"], three["group"]}) == 1
    assert post(key, f"/visitors/visits/{one['id']}/allow", {})[1]["state"] == "EXPECTED"
    assert post(key, f"/visitors/visits/{two['id']}/refuse", {"because": "no room"})[1]["state"] == "REFUSED"
    assert post(key, f"/visitors/visits/{three['id']}/cancel", {})[1]["state"] == "CANCELLED"
    assert post(key, f"/visitors/visits/{two['id']}/allow", {})[0] == 409
    listed = [each["state"] for each in walked(key, "/visitors/visits", limit=2)]
    assert listed == ["EXPECTED", "REFUSED", "CANCELLED"]


def test_visits_are_found_by_site_state_and_the_day_of_each_site(alder):
    """A visit at 23:30 of 2 November in New York is of that day, though it is the next one in Berlin already."""
    tenant, site, kinds = alder
    with as_tenant(tenant.pk):
        there = make_site("New York", zone="America/New_York")
    key = key_of(tenant, *ALL)
    late = MONDAY.replace(hour=4, minute=30) + timedelta(days=1)  # 23:30 of 2 November in New York
    for place, begins in ((site, MONDAY), (there, late)):
        body = told(place, kinds["Delivery"], begins_at=begins.isoformat(), ends_at=(begins + HOUR).isoformat())
        assert post(key, "/visitors/visits", body)[0] == 201

    def found(asked: str) -> list[str]:
        return [each["site"] for each in get(key, f"/visitors/visits?{asked}")[1]["items"]]

    assert found("on=2026-11-02") == [str(site.pk), str(there.pk)]
    assert (found("on=2026-11-03"), found(f"site={there.pk}"), found("state=IN")) == ([], [str(there.pk)], [])
    assert [(each["name"], each["zone"]) for each in get(key, "/visitors/sites")[1]["items"]] == [
        ("Hamburg", "Europe/Berlin"), ("New York", "America/New_York"),
    ]  # fmt: skip
    assert [each["title_en"] for each in get(key, "/visitors/kinds")[1]["items"]] == [
        "Business visit", "Delivery", "Supplier", "Service company", "Applicant",
    ]  # fmt: skip


def test_somebody_unannounced_is_let_in_where_their_kind_allows_it(alder):
    tenant, site, kinds = alder
    key = key_of(tenant, *ALL)
    body = {
        "site": str(site.pk),
        "kind": str(kinds["Applicant"].pk),
        "guest": NELE,
        "until": (MONDAY + HOUR).isoformat(),
    }
    assert post(key, "/visitors/walk-ins", body)[0] == 409
    status, came = post(key, "/visitors/walk-ins", body | {"because": "asked by phone"})
    assert (status, came["state"], came["origin"]) == (201, "IN", "WALK_IN")
    freight = {"kind": str(kinds["Delivery"].pk), "guest": {"name": "Ole", "dock": "3"}}
    assert post(key, "/visitors/walk-ins", body | freight)[1]["state"] == "IN"


def test_what_breaks_the_description_and_strangers_are_refused(alder):
    tenant, site, kinds = alder
    key = key_of(tenant, *ALL)
    body = told(site, kinds["Business visit"])
    for wrong in ({"begins_at": "9999-12-31T23:00:00Z"}, {"begins_at": "2026-11-02T09:00:00"}, {"guests": [{}]},
                  {"guests": [NELE | {"name": " "}]}, {"open_places": -1}, {"twin": 1}):  # fmt: skip
        assert post(key, "/visitors/visits", body | wrong)[0] == 422, wrong
    assert post(key, "/visitors/visits", body | {"host": None})[0] == 409  # this kind demands a host
    assert post(key, "/visitors/visits", body | {"guests": []})[0] == 409
    visit = post(key, "/visitors/visits", body)[1]["items"][0]["id"]
    stranger = key_of(make_alder("Birke"), *ALL)
    assert post(stranger, "/visitors/visits", body)[0] == 404
    assert get(stranger, "/visitors/visits")[1]["items"] == []
    asked = [("", None), ("/events", None), ("/allow", {}), ("/cancel", {}), ("/check-out", {}),
             ("/check-in", {"site": str(site.pk)})]  # fmt: skip
    for more, told_ in asked:
        address = f"/visitors/visits/{visit}{more}"
        assert (get(stranger, address) if told_ is None else post(stranger, address, told_))[0] == 404, more
