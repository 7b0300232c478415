"""The pages of the month's close: who may see them, what they show, and queries that do not grow with the rows."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions import closing
from kontor.office.contracts.actions.closing import Moved
from kontor.office.contracts.models import CloseProblem, CloseResult, MonthClose
from kontor.office.contracts.queries import closing as queries
from tests.background import run_jobs
from tests.factories import House, make_house, make_user
from tests.many import copies, one_contract
from tests.people import administrator, browser, join, make_tenant

pytestmark = pytest.mark.django_db
NOVEMBER = date(2026, 11, 1)


def url(name: str, *args: object) -> str:
    return reverse(f"contracts:{name}", args=args)


@pytest.fixture
def house() -> House:
    """One contract, which owes its terminal in November, and one customer who cannot lawfully be invoiced."""
    house = make_house()
    first = one_contract(house)
    run_jobs()
    with as_tenant(house.tenant.pk):
        copies(first, [{"name": "Kunde 2 GmbH", "country": "AT", "vat_id": ""}])
    return house


def staff(house: House) -> Client:
    return browser(house.staff, house.tenant)


def begun(house: House) -> MonthClose:
    with as_tenant(house.tenant.pk):
        close, _ = closing.start_close(NOVEMBER, at=timezone.now(), actor=house.actor)
        return close


def done(house: House) -> MonthClose:
    close = begun(house)
    while True:
        with as_tenant(house.tenant.pk):
            if closing.advance(close.pk, at=timezone.now()) is Moved.DONE:
                return MonthClose.objects.get(pk=close.pk)


def pages(close: MonthClose) -> list[str]:
    return [
        url("close-preview", 2026, 11),
        url("close-preview-suspending", 2026, 11),
        url("month-close", close.pk),
        url("close-progress", close.pk),
    ]


def test_the_close_is_foreseen_begun_followed_and_told(house):
    client = staff(house)
    assert client.get(url("closes"), {"month": "2026-11"}).headers["Location"] == url("close-preview", 2026, 11)
    asked = {"month": "2026-11", "suspend": "on"}
    assert client.get(url("closes"), asked).headers["Location"] == url("close-preview-suspending", 2026, 11)

    page = client.get(url("close-preview", 2026, 11))
    assert [(each.kind, each.count) for each in page.context["sums"]] == [("invoice", 2)]

    answer = client.post(url("close-start"), {"month": "2026-11"})
    with as_tenant(house.tenant.pk):
        close = MonthClose.objects.get()
    assert answer.headers["Location"] == url("month-close", close.pk)
    assert "HX-Refresh" not in client.get(url("close-progress", close.pk)).headers
    run_jobs()

    assert client.get(url("close-progress", close.pk)).headers["HX-Refresh"] == "true"
    report = client.get(url("month-close", close.pk))
    assert [(each.kind, each.count, each.sums[0].minor) for each in report.context["sums"]] == [("invoice", 1, 149_000)]
    assert [problem.label for problem, _, _ in report.context["problems"]] != []
    known = client.get(url("close-preview", 2026, 11))
    assert known.context["known"].pk == close.pk


def test_a_month_begun_twice_is_begun_once_and_says_so(house):
    close = begun(house)
    answer = staff(house).post(url("close-start"), {"month": "2026-11"}, follow=True)
    assert [str(each) for each in answer.context["messages"]] == [
        "Somebody has begun this close already; nothing was begun a second time."
    ]
    assert answer.redirect_chain == [(url("month-close", close.pk), 302)]


def test_what_cannot_be_closed_is_refused(house):
    client = staff(house)
    assert client.get(url("close-preview", 2026, 13)).status_code == 404
    assert client.get(url("close-preview", 1999, 1)).status_code == 404
    assert client.post(url("close-start"), {"month": "1999-01"}).headers["Location"] == url("closes")
    begun(house)
    answer = client.post(url("close-start"), {"month": "2026-10"}, follow=True)
    assert [str(each) for each in answer.context["messages"]] == ["2026-11 is still being closed."]


def test_a_close_that_stands_still_can_be_taken_up_by_hand(house):
    close = begun(house)
    with as_tenant(house.tenant.pk):
        MonthClose.objects.update(moved_at=timezone.now() - timedelta(hours=1))
    client = staff(house)
    assert client.get(url("month-close", close.pk)).context["still"] is True
    assert client.post(url("close-go-on", close.pk)).headers["Location"] == url("month-close", close.pk)
    run_jobs()
    with as_tenant(house.tenant.pk):
        assert MonthClose.objects.get().finished_at is not None


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_report_and_preview_are_files_too(house, form):
    client = staff(house)
    preview = client.get(url("close-preview", 2026, 11), {"format": form})
    assert preview.headers["Content-Disposition"] == f'attachment; filename="close-2026-11-preview.{form}"'
    report = client.get(url("month-close", done(house).pk), {"format": form})
    assert report.headers["Content-Disposition"] == f'attachment; filename="close-2026-11.{form}"'


def test_without_the_permission_the_pages_are_refused(house):
    close = begun(house)
    user = make_user("kim@lindwurm.example", "Kim")
    join(house.tenant, user, role="reader", permissions=["contracts.see", "contracts.bill"])
    client = browser(user, house.tenant)
    assert {client.get(page).status_code for page in [*pages(close), url("closes")]} == {403}
    posts = [url("close-start"), url("close-go-on", close.pk)]
    assert {client.post(page, {"month": "2026-11"}).status_code for page in posts} == {403}


def test_another_house_finds_no_close(house):
    close = begun(house)
    other: Tenant = make_tenant("Alder")
    with as_tenant(other.pk):
        assert not MonthClose.objects.filter(pk=close.pk).exists()
    client = browser(administrator(other), other)
    answers = {client.get(page).status_code for page in pages(close)[2:]}
    assert answers <= {403, 404}


def test_queries_do_not_grow_with_the_rows(house):
    close, client = done(house), staff(house)
    client.get(url("month-close", close.pk))
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(url("month-close", close.pk))
    with as_tenant(house.tenant.pk):
        one = CloseResult.objects.order_by("pk")[0]
        for row in (CloseResult, CloseProblem):
            first = row.objects.order_by("pk")[0]
            values = {field.attname: getattr(first, field.attname) for field in row._meta.concrete_fields}
            for name in ("id", "made_in", "tenant_id"):
                values.pop(name)
            for _ in range(2):
                row.objects.create(**(values | {"about": CloseResult().pk}))
        assert one.kind
    with CaptureQueriesContext(connection) as many:
        client.get(url("month-close", close.pk))
    assert len(many) == len(few)


def test_the_day_names_a_month_that_is_over_and_a_close_that_stands_still(house):
    """Contracts run from December; on 2 January December is over."""
    with as_tenant(house.tenant.pk):
        assert queries.month_to_close(date(2026, 12, 2)) is None
        assert queries.month_to_close(date(2027, 1, 2)) == date(2026, 12, 1)
        assert queries.running_close() is None
    begun(house)
    with as_tenant(house.tenant.pk):
        MonthClose.objects.update(moved_at=timezone.now() - timedelta(hours=1))
    page = staff(house).get(url("today"))
    titles = [hand.title for hand in page.context["hands"]]
    assert "The close of November 2026 stands still" in titles
    done(house)
    with as_tenant(house.tenant.pk):
        MonthClose.objects.update(month=date(2026, 12, 1))
        assert queries.month_to_close(date(2027, 1, 2)) is None
