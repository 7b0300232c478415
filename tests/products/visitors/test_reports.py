"""Reports: a month counted and listed however it is narrowed, its files, and the working time that companies prove."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.timezone import localdate

from kontor.kernel.models import RoleAssignment
from kontor.office.privacy import jobs
from kontor.products.visitors.actions import qualifying, settling
from kontor.products.visitors.actions.demo import make_demo
from kontor.products.visitors.models import Visit
from kontor.products.visitors.queries.reports import figures_of, in_period, stays, worked
from kontor.products.visitors.views import report_paper
from kontor.products.visitors.views.report_paper import length
from tests.people import administrator, browser
from tests.products.visitors.test_views import clerk
from tests.products.visitors.visits import DESK, MONDAY, as_tenant, make_alder, make_site, types

HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
LAST_MONTH = (localdate().replace(day=1) - timedelta(days=1)).replace(day=1)


@pytest.fixture
def alder():
    return make_alder()


def stay(site, kind, name, came, left=None, **given: Any) -> Visit:
    begins = came or given.pop("begins_at")
    told = {"company": "Ostkai", "state": "OUT" if left else "IN"} | given
    return Visit.objects.create(
        site=site, type=kind, name=name, begins_at=begins, ends_at=begins + 9 * HOUR, at=begins, in_at=came,
        out_at=left, **told,
    )  # fmt: skip


def a_month(first, second) -> None:
    """120 visits on 28 days: 40 at the second site, 60 of each kind, 40 to each of three hosts, 10 to nobody."""
    kinds = types()
    for number in range(120):
        begins = datetime(LAST_MONTH.year, LAST_MONTH.month, 1 + number % 28, 9, tzinfo=UTC)
        given = {"host_name": f"Host {number // 40}"}
        site, kind = (second if number % 3 == 0 else first), kinds["Delivery" if number % 2 else "Business visit"]
        if number < 10:
            stay(site, kind, f"Guest {number}", None, begins_at=begins, state="MISSED", **given)
        else:
            stay(site, kind, f"Guest {number}", begins, begins + 30 * MINUTE, in_way="kiosk", **given)


def asked(way: str = "", **words: str) -> str:
    told = {"period": f"{LAST_MONTH:%Y-%m}", **words}
    return f"/visitors/reports/{way}?" + "&".join(f"{key}={value}" for key, value in told.items())


def lines(response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=","))


@pytest.mark.requirement("FW-075")
@pytest.mark.django_db(transaction=True)
def test_a_month_of_120_visits_sums_to_120_by_site_kind_and_host_on_the_page_and_in_files(settings):
    settings.KONTOR_DEMO = True  # the night's jobs run here
    alder = make_alder()
    with as_tenant(alder.pk):
        first, second = make_site("Bremen"), make_site("Bremerhaven")
        a_month(first, second)
        keys = {row.title_en: str(row.pk) for row in types().values()}
        stay(first, types()["Delivery"], "Before", datetime(2020, 1, 1, tzinfo=UTC), datetime(2020, 1, 2, tzinfo=UTC))
    desk = browser(administrator(alder), alder)
    assert desk.get("/visitors/reports/").headers["Location"].startswith("/visitors/reports/?period=")
    page = desk.get(asked())
    it = page.context["it"]
    assert (page.status_code, it.visits, it.came, it.missed, it.mean) == (200, 120, 110, 10, 30 * 60)
    assert [(each.title.en, each.visits) for each in it.sites] == [("Bremen", 80), ("Bremerhaven", 40)]
    assert [each.visits for each in it.kinds] == [60, 60]
    assert [(each.title.en, each.visits) for each in it.hosts] == [("Host 0", 40), ("Host 1", 40), ("Host 2", 40)]
    assert sum(count for _day, count, _came in it.days) == 120
    assert sum(count for _hour, count in it.hours) == 110

    def count(**words: str) -> int:
        return desk.get(asked(**words)).context["it"].visits

    assert [count(site=str(site.pk)) for site in (first, second)] == [80, 40]
    assert [count(type=keys[kind]) for kind in ("Business visit", "Delivery")] == [60, 60]
    assert [count(host=f"Host+{number}") for number in range(3)] == [40, 40, 40]
    assert (count(state="MISSED"), count(q="Guest+119"), count(q="nobody"), count(period="")) == (10, 1, 0, 121)

    rows = lines(desk.get(asked(format="csv")))
    assert len({row["Name"] for row in rows}) == 120
    assert len(lines(desk.get(asked(format="csv", site=str(second.pk))))) == 40
    book = desk.get(asked(format="xlsx"))
    assert (book.content[:2], "spreadsheetml" in book.headers["Content-Type"]) == (b"PK", True)
    paper = desk.get(asked(format="pdf"))
    assert (paper.headers["Content-Type"], paper.content[:5]) == ("application/pdf", b"%PDF-")

    with as_tenant(alder.pk):  # whatever retention takes is in no report and no file from then on
        settling.settle_site(first, at=MONDAY, actor=DESK, keep_days=30)  # nights are looked after from now on
        Visit.objects.filter(host_name="Host 1").update(over_on=date(2020, 1, 1), gone_after=date(2020, 1, 31))
    jobs.keep_in_time(tenant_id=alder.pk, at=timezone.now())
    assert (count(), len(lines(desk.get(asked(format="csv"))))) == (80, 80)


@pytest.mark.django_db
def test_today_and_the_last_days_are_periods_too_and_an_empty_one_says_so(alder):
    with as_tenant(alder.pk):
        site = make_site()
    desk = browser(administrator(alder), alder)
    for period in ("today", "week"):
        page = desk.get(asked(period=period))
        assert (page.status_code, page.context["it"].visits, page.context["it"].days) == (200, 0, ())
    assert desk.get(asked(format="pdf", q="nobody")).content[:5] == b"%PDF-"
    with as_tenant(alder.pk):
        assert figures_of(in_period(Visit.objects.filter(site=site), MONDAY.date(), MONDAY.date())).visits == 0


@pytest.mark.django_db
def test_a_log_too_long_for_paper_is_left_to_spreadsheets(alder, monkeypatch):
    with as_tenant(alder.pk):
        a_month(make_site("Bremen"), make_site("Bremerhaven"))
    monkeypatch.setattr(report_paper, "ROWS", 119)
    assert len(browser(administrator(alder), alder).get(asked(format="pdf")).content) > 1000


@pytest.mark.django_db
def test_days_are_those_of_each_site_and_the_night_of_the_clocks_has_25_hours(alder):
    with as_tenant(alder.pk):
        berlin, lisbon, kind = make_site(), make_site("Porto", "Europe/Lisbon"), types()["Delivery"]
        for site in (berlin, lisbon):  # midnight of 1 November at Berlin is 23:00 of 31 October at Lisbon
            came = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)
            stay(site, kind, site.name, came, came + HOUR)
        november = in_period(Visit.objects.all(), date(2026, 11, 1), date(2026, 12, 1))
        assert [row.site.name for row in november] == ["Hamburg"]
        assert [day for day, _all, _came in figures_of(Visit.objects.all()).days] == [
            date(2026, 10, 31), date(2026, 11, 1),
        ]  # fmt: skip


@pytest.mark.django_db
def test_a_report_asks_as_often_for_many_visits_as_for_few(alder):
    with as_tenant(alder.pk):
        first, second = make_site("Bremen"), make_site("Bremerhaven")
        begins = datetime(LAST_MONTH.year, LAST_MONTH.month, 3, 9, tzinfo=UTC)
        stay(first, types()["Delivery"], "One", begins, begins + HOUR, host_name="Host 0")
    desk = browser(administrator(alder), alder)
    counted = []
    for _number in range(3):
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(asked()).status_code == 200
        counted.append(len(queries))
        if len(counted) == 2:
            with as_tenant(alder.pk):
                a_month(first, second)
    assert counted[1] == counted[2]


def sent(firm_name: str, *names: str):
    firm = qualifying.add_contractor(name=firm_name, grade="A", at=MONDAY, actor=DESK)
    return firm, [qualifying.add_person(firm, name=name, at=MONDAY, actor=DESK) for name in names]


@pytest.mark.django_db
def test_working_time_adds_up_to_the_second_through_the_night_in_which_clocks_go_back(alder):
    night = datetime(2026, 10, 24, 23, 30, tzinfo=UTC)  # 25 October, 01:30 at Berlin
    with as_tenant(alder.pk):
        site, kind = make_site(), types()["Delivery"]
        _brandt, (nele, omar) = sent("Brandt", "Nele", "Omar")
        _kueck, (britta,) = sent("Kück", "Britta")
        stay(site, kind, "Nele", night, night + 3 * HOUR, contractor_person=nele)  # until 03:30: three hours, not two
        came = MONDAY + 7 * SECOND
        stay(site, kind, "Nele", came, came + 2 * HOUR + 29 * SECOND, contractor_person=nele)
        stay(site, kind, "Omar", came, came + 8 * HOUR, contractor_person=omar, assumed=True)  # nobody saw it
        stay(site, kind, "Britta", came, contractor_person=britta)  # is still inside
        stay(site, kind, "Lea", came, came + HOUR)  # nobody sent her
        companies, people = worked(in_period(stays(), date(2026, 10, 1), date(2026, 12, 1), moment="in_at"))
        assert [(each.name, each.stays, each.seconds, each.open) for each in companies] == [
            ("Brandt", 3, 3 * 3600 + 2 * 3600 + 29, 1), ("Kück", 1, 0, 1),
        ]  # fmt: skip
        assert [(each.name, each.sent_by, each.seconds) for each in people] == [
            ("Nele", "Brandt", 18029), ("Omar", "Brandt", 0), ("Britta", "Kück", 0),
        ]  # fmt: skip
        october, _people = worked(in_period(stays(), date(2026, 10, 1), date(2026, 11, 1), moment="in_at"))
        assert [(each.name, length(each.seconds)) for each in october] == [("Brandt", "3:00:00")]


@pytest.mark.django_db
def test_the_proof_of_working_time_is_a_page_and_files_and_narrowed_by_company(alder):
    came = datetime(LAST_MONTH.year, LAST_MONTH.month, 3, 9, 0, 7, 400000, tzinfo=UTC)
    with as_tenant(alder.pk):
        site, kind = make_site(), types()["Delivery"]
        brandt, (nele,) = sent("Brandt", "Nele")
        _kueck, (britta,) = sent("Kück", "Britta")
        stay(site, kind, "Nele", came, came + 7 * HOUR + 59 * MINUTE + 30 * SECOND, contractor_person=nele)
        stay(site, kind, "Britta", came, came + HOUR, contractor_person=britta, assumed=True)
    desk = browser(administrator(alder), alder)
    assert "period=" in desk.get("/visitors/reports/hours/").headers["Location"]
    page = desk.get(asked("hours/"))
    assert (page.context["total"], page.context["open"], page.context["stays"]) == ("7:59:30", 1, 2)
    assert desk.get(asked("hours/", company=str(brandt.pk))).context["open"] == 0
    rows = lines(desk.get(asked("hours/", format="csv")))
    assert {(row["Name"], row["Working time"], row["Seconds"], row["Has left"] == "") for row in rows} == {
        ("Nele", "7:59:30", "28770", False), ("Britta", "", "", True),
    }  # fmt: skip
    assert desk.get(asked("hours/", format="xlsx")).content[:2] == b"PK"
    assert desk.get(asked("hours/", format="pdf")).content[:5] == b"%PDF-"


@pytest.mark.django_db
def test_who_may_not_and_who_works_elsewhere_sees_no_report(alder):
    with as_tenant(alder.pk):
        first, second = make_site("Bremen"), make_site("Bremerhaven")
        a_month(first, second)
    looking = clerk(alder, "visitors.see")
    assert [looking.get(asked(way)).status_code for way in ("", "hours/")] == [403, 403]
    desk = clerk(alder, "visitors.report", "visitors.see", email="lea@alder.example")
    with as_tenant(alder.pk):
        RoleAssignment.objects.filter(membership__user__email="lea@alder.example").update(site=second)
    assert desk.get(asked()).context["it"].visits == 40
    birke = make_alder("Birke")
    stranger = browser(administrator(birke, "ayla@birke.example", "Ayla"), birke)
    assert stranger.get(asked()).context["it"].visits == 0


@pytest.mark.django_db
def test_the_demo_has_a_company_whose_working_time_is_proved(alder):
    with as_tenant(alder.pk):
        make_site("Hamburg")
        make_site("Lübeck")
    make_alder("Birke")  # without sites: left out
    make_demo(MONDAY + 5 * HOUR)
    with as_tenant(alder.pk):
        companies, _people = worked(stays())
        assert [(each.name, each.stays, each.open) for each in companies] == [("Brandt Elektro", 7, 1)]
