"""Every page of service levels: what it shows, who may see it, what it refuses."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kontor.kernel.rows import uuid7
from kontor.kernel.tenancy import as_tenant
from kontor.office.service_levels.actions.statements import settle_month
from kontor.office.service_levels.models import (
    AvailabilityStatement,
    Component,
    CreditClaim,
    Maintenance,
    Outage,
    ProbeResult,
)
from kontor.office.service_levels.queries.probes import door_of
from kontor.rulebook.period import add_months
from tests.factories import make_house, make_user
from tests.office.contracts.test_billing import concluded
from tests.office.contracts.test_use_views import agreed
from tests.office.service_levels.test_settling import AT, DECEMBER, TOLD, at, claimed, component, down, probed, settled
from tests.people import administrator, browser, join, make_tenant

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 1, 2, 9, 0, tzinfo=UTC)
BASE = "/service_levels/"


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def house() -> Any:
    return make_house("crm")


@pytest.fixture
def staff(house: Any) -> Client:
    client = browser(house.staff, house.tenant)
    client.cookies["kontor_language"] = "en"
    return client


def local(moment: datetime) -> str:
    return f"{moment + timedelta(hours=1):%Y-%m-%dT%H:%M}"  # Berlin in winter


def page(client: Client, path: str, *, status: int = 200) -> str:
    response = client.get(BASE + path)
    assert response.status_code == status
    return response.content.decode()


def sent(client: Client, path: str, told: dict[str, Any], *, status: int = 302) -> str:
    response = client.post(BASE + path, told)
    assert response.status_code == status, response.content.decode()[:3000]
    return response.content.decode()


def test_a_component_and_its_probe_are_entered(house, staff):
    part = {"key": "web", "name_de": "Netz", "name_en": "Web", "order": "1", "public": "on"}
    sent(staff, "components/new/", part)
    assert "Another component has this key already." in sent(staff, "components/new/", part, status=422)
    with as_tenant(house.tenant.pk):
        found = Component.objects.get()
    probe = {
        "kind": "READ", "purpose": "READ", "minutes": "1", "silence_minutes": "5", "confirm": "2",
        "places": "here, there", "all_fail": "on",
    }  # fmt: skip
    sent(staff, f"components/{found.pk}/", probe)
    shown = page(staff, f"components/{found.pk}/")
    assert shown.count("/service_levels/door/") == 2  # each place has its own address
    assert "<span>this installation</span>" in shown
    assert "What is to be probed?" in sent(staff, f"components/{found.pk}/", probe | {"kind": "TCP"}, status=422)
    with as_tenant(house.tenant.pk):
        stopped = found.probes.get().pk
    sent(staff, f"components/{found.pk}/", {"stop": stopped})
    assert "Nobody watches it yet" in page(staff, f"components/{found.pk}/")


def test_the_door_reads_and_writes_as_its_tenant(house):
    with as_tenant(house.tenant.pk):
        (place,) = probed()
        path = door_of(place.pk).partition("/service_levels/")[2]
    assert Client().get(BASE + path).content == b"ok"
    assert Client().post(BASE + path).status_code == 200
    with as_tenant(house.tenant.pk):
        assert ProbeResult.objects.get().said == "written"
        probe = place.probe
        probe.active = False
        probe.save()
    assert Client().get(BASE + path).status_code == 404
    assert Client().get(BASE + "door/forged/").status_code == 404


def test_an_outage_is_entered_told_excused_and_ended(house, staff):
    with as_tenant(house.tenant.pk):
        part = component()
    told = {
        "title": "Ausfall", "components": str(part.pk), "hits": "ALL", "found_by": "REPORT", "started_at": local(at(0)),
        "noticed_at": local(at(12)), "cause": "",
    }  # fmt: skip
    sent(staff, "outages/new/", told)
    early = told | {"ended_at": local(at(-9))}
    assert "does not end before it begins" in sent(staff, "outages/new/", early, status=422)
    with as_tenant(house.tenant.pk):
        found = Outage.objects.get()
    address = f"outages/{found.pk}/"
    sent(staff, address, {"part": "report", "reported_at": local(at(5))})
    sent(staff, address, {"part": "note", "state": "SOLVED", "text_de": "Behoben.", "text_en": "Solved."})
    excuse = {"part": "excuse", "cause": "crm/internet", "start": local(at(0)), "end": local(at(9)), "evidence": "Log"}
    sent(staff, address, excuse)
    assert "going on" in page(staff, "")
    sent(staff, address, {"part": "end", "ended_at": local(at(60)), "cause": "Platte voll"})
    assert "This outage is over." in sent(
        staff, address, {"part": "end", "ended_at": local(at(60)), "cause": "x"}, status=422
    )
    shown = page(staff, address)
    for word in ("Solved.", "Problems of the internet", "Platte voll"):
        assert word in shown
    assert "Ausfall" in page(staff, "outages/")
    assert page(staff, "outages/?format=csv").count("\n") == 2


def test_work_is_planned_cancelled_and_noted(house, staff):
    concluded(house)
    start = NOW + timedelta(days=3)  # Tuesday 5 January 2027, 11:00 in Vilnius
    told = {
        "title_de": "Neue Version", "title_en": "New version", "starts_at": local(start),
        "ends_at": local(start + timedelta(hours=2)), "stops": "on", "announce": "on", "reason_crm": "",
    }  # fmt: skip
    assert "A reason has to be given for this time" in sent(staff, "maintenance/new/", told, status=422)
    backwards = told | {"ends_at": told["starts_at"]}
    assert "It ends before it begins." in sent(staff, "maintenance/new/", backwards, status=422)
    sent(staff, "maintenance/new/", told | {"reason_crm": "fix_error"})
    with as_tenant(house.tenant.pk):
        found = Maintenance.objects.get()
    status = page(Client(), "status/")
    assert "Neue Version" in status
    calendar = page(Client(), "status/calendar.ics")
    assert "DTSTART:20270105T090000Z\r\nDTEND:20270105T110000Z\r\nSUMMARY:" in calendar
    address = f"maintenance/{found.pk}/"
    assert "New version" in page(staff, address)
    done = {"done_from": local(start), "done_until": local(start + timedelta(hours=1))}
    sent(staff, address, done)
    assert "before it begins" in sent(staff, address, done | {"done_until": local(NOW)}, status=422)
    sent(staff, f"{address}cancel/", {})
    assert "Only work that has not begun" in sent(staff, f"{address}cancel/", {}, status=409)
    assert "This work was cancelled." in sent(staff, address, done, status=422)
    assert "Neue Version" not in page(Client(), "status/")


def test_a_month_is_read_by_both_sides_claimed_and_decided(house, staff):
    contract = concluded(house)
    with as_tenant(house.tenant.pk):
        down(at(0), 1116)
        statement = settled(contract)
    claimed(contract, at(1116), at(2000))
    customer = agreed(contract)
    customer.cookies["kontor_language"] = "en"
    received = page(customer, "received/")
    assert "97.5000" in received
    assert "44,640" in page(customer, f"received/{statement.pk}/")
    form = {"incident_at": local(at(1116)), **TOLD}
    sent(customer, f"received/claim/{contract.pk}/", form)
    missing = form | {"users_location": ""}
    assert "The contract asks for this." in sent(customer, f"received/claim/{contract.pk}/", missing, status=422)
    page(customer, f"received/claim/{uuid7()}/", status=404)
    with as_tenant(house.tenant.pk):
        first, late = CreditClaim.objects.order_by("filed_at")
    assert "to be decided" in page(staff, "claims/")
    address = f"claims/{first.pk}/"
    assert "97.5" in page(staff, address)
    sent(staff, address, {"part": "decide", "granted": "yes", "reasons": "Gemessen"})
    assert "€7.58" in page(staff, address)
    sent(staff, f"claims/{late.pk}/", {"part": "goodwill", "amount": "5.00", "reasons": "Kulanz"})
    assert "goodwill" in page(staff, f"claims/{late.pk}/")
    assert page(staff, "statements/").count(contract.number) == 1
    shown = page(staff, f"statements/{statement.pk}/")
    assert "97.5000" in shown
    assert "Nothing has changed since." in sent(staff, f"statements/{statement.pk}/", {"reason": "x"}, status=422)
    with as_tenant(house.tenant.pk):
        down(at(1500), 60)
    sent(staff, f"statements/{statement.pk}/", {"reason": "Nachgemeldet"})
    with as_tenant(house.tenant.pk):
        newest = AvailabilityStatement.objects.get(version=2)
    assert "Version 2: Nachgemeldet." in page(staff, f"statements/{newest.pk}/")


def test_the_status_page_is_for_anybody_and_shows_what_is_public(house):
    with as_tenant(house.tenant.pk):
        component("web")
        hidden = component("inner")
        hidden.public = False
        hidden.save()
        outage = down(NOW - timedelta(days=2), 30)
        outage.notes.create(state="SOLVED", text_de="Behoben.", text_en="Solved.", at=NOW)
    shown = page(Client(), "status/")
    assert "Behoben." in shown
    feed = ET.fromstring(page(Client(), "status/feed.rss"))  # noqa: S314  our own
    assert [each.text for each in feed.iter("description")][1] == "Behoben."


def test_strangers_see_nothing(house, staff):
    with as_tenant(house.tenant.pk):
        outage = down(at(0), 10)
    lea = make_user("lea@lindwurm.example", "Lea")
    join(house.tenant, lea, role="Leser", permissions=["service_levels.see"])
    reader = browser(lea, house.tenant)
    assert reader.get(BASE).status_code == 200
    for path in ("outages/new/", "maintenance/new/", "components/new/"):
        assert reader.get(BASE + path).status_code == 403
    other = make_tenant("Birke")
    stranger = administrator(other, "b@birke.example", "Birk")
    stranger_client = browser(stranger, other)
    for path in ("", "outages/", f"outages/{outage.pk}/", "statements/", "claims/"):
        assert stranger_client.get(BASE + path).status_code in {403, 404}
    for path in ("outages/{}/", "statements/{}/", "claims/{}/", "maintenance/{}/", "components/{}/"):
        assert staff.get(BASE + path.format(uuid7())).status_code == 404


@pytest.mark.parametrize("path", ["", "outages/"])
def test_the_queries_of_a_page_do_not_grow(house, staff, path):
    with as_tenant(house.tenant.pk):
        down(AT, 10)
    page(staff, path)
    with CaptureQueriesContext(connection) as one:
        page(staff, path)
    with as_tenant(house.tenant.pk):
        for number in range(2):
            down(at(100 * number), 10)
    with CaptureQueriesContext(connection) as three:
        page(staff, path)
    assert len(three) == len(one)


@pytest.mark.parametrize("path", ["statements/", "claims/", "status/", "received/", "received/status/"])
def test_the_queries_do_not_grow_with_months_claims_and_outages(house, staff, path):
    contract = concluded(house)
    client = agreed(contract) if path.startswith("received/") else staff

    def month_more(number: int) -> None:
        with as_tenant(house.tenant.pk):
            down(at(2000 * number), 60).notes.create(state="SOLVED", text_de="Behoben.", text_en="Solved.", at=NOW)
            month = add_months(DECEMBER, number)
            settle_month(month, at=datetime.combine(add_months(month, 1), time(9), UTC))
            assert AvailabilityStatement.objects.count() == number + 1
        claimed(contract, at(2000 * number + 60), at(2000 * number + 120))

    month_more(0)
    page(client, path)
    with CaptureQueriesContext(connection) as one:
        page(client, path)
    month_more(1)
    month_more(2)
    with CaptureQueriesContext(connection) as three:
        page(client, path)
    assert len(three) == len(one)
