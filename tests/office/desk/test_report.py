"""The month as a report: which promises were kept, why each was due when it was, as a page and as files."""

import io
from datetime import UTC, date, datetime, timedelta

import pikepdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kontor.kernel.actor import MACHINE
from kontor.kernel.tenancy import as_tenant
from kontor.office.desk.actions.answering import Answer, answer_customer
from kontor.office.desk.actions.centre import promise_answer
from kontor.office.desk.models import TicketPromise
from kontor.office.desk.queries.report import month_of
from kontor.office.parties import public as parties
from kontor.rulebook.kept import Standing
from kontor.rulebook.promise_report import Tally, belongs, summed, tallied
from tests.factories import make_house
from tests.office.contracts.ending_walk import signed
from tests.office.desk.asking import DOWN, MONDAY, SLOW, WHO, opened
from tests.office.desk.test_views import tom
from tests.people import browser, make_tenant

HOUR = timedelta(hours=1)


def test_a_promise_counts_in_the_month_in_which_it_fell_due_by_the_contracts_clocks():
    late = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)  # half past midnight in Berlin
    assert belongs(late, date(2027, 1, 1), zone="Europe/Berlin")
    assert not belongs(late, date(2026, 12, 1), zone="Europe/Berlin")
    assert belongs(late, date(2026, 12, 1), zone="UTC")


def test_overdue_is_missed_and_what_runs_is_open():
    found = tallied(("class_1", "recovery", each) for each in Standing)
    assert found == [Tally("class_1", "recovery", met=1, missed=2, dropped=1, open=2)]
    assert summed([*found, Tally("class_2", "reaction", 2, 0, 0, 0)]) == Tally("", "", 3, 2, 1, 2)
    assert summed([]).kept is None


def test_a_month_is_read_from_the_address_else_the_last_one():
    assert month_of("2026-11", today=date(2027, 1, 5)) == date(2026, 11, 1)
    for word in ("nonsense", "9999-12", "3000-01", "1999-12", "0001-01"):
        assert month_of(word, today=date(2027, 1, 5)) == date(2026, 12, 1)


@pytest.mark.django_db
def test_what_a_tenant_promises_itself_is_in_its_report_by_its_own_clocks():
    house = make_house("visitor")
    with as_tenant(house.tenant.pk):
        party = parties.add(
            name="Birke", street="Weg 1", postcode="20095", city="Hamburg", email="info@birke.example", at=MONDAY,
            actor=MACHINE,
        ).id  # fmt: skip
        promise_answer(8, "Mon-Fri 09:00-17:00", country="DE", region="BY", at=MONDAY, actor=MACHINE)
    ticket = opened(house, party=party)
    with as_tenant(house.tenant.pk):
        answer_customer(ticket.pk, Answer(text="Gern."), at=MONDAY + HOUR, **WHO)
    desk, page = browser(house.staff, house.tenant), reverse("desk:report-of", args=(party,))
    december = {"month": "2026-12"}
    assert [row["name"] for row in desk.get(reverse("desk:report"), december).context["rows"].found] == ["Birke"]
    desk.get(page, december)
    with CaptureQueriesContext(connection) as few:
        shown = desk.get(page, december)
    assert (shown.context["report"].total.met, "format=pdf" in shown.content.decode()) == (1, False)
    opened(house, party=party)
    with CaptureQueriesContext(connection) as many:
        assert len(desk.get(page, december).context["report"].lines) == 2
    assert len(many) == len(few)
    assert desk.get(page, {**december, "format": "csv"}).status_code == 200
    assert desk.get(page, {**december, "format": "pdf"}).status_code == 404  # no contract, no letterhead


@pytest.mark.django_db
def test_the_report_says_what_was_kept_and_why_to_the_house_and_to_its_customer():
    house = make_house("visitor")
    contract = signed(house)
    kept = opened(house, contract, answers=DOWN)
    with as_tenant(house.tenant.pk):
        answer_customer(kept.pk, Answer(text="Wir sind dran.", begins=True), at=MONDAY + HOUR, **WHO)
    desk = browser(house.staff, house.tenant)
    page = reverse("desk:report-of", args=(contract.party_id,))
    december = {"month": "2026-12"}
    desk.get(page, december)
    with CaptureQueriesContext(connection) as few:
        desk.get(page, december)
    opened(house, contract, answers=SLOW)
    opened(house, contract, answers=SLOW)
    with CaptureQueriesContext(connection) as many:
        report = desk.get(page, december).context["report"]
    assert len(many) == len(few)
    # Now lies before December 2026 is over or after it: what is not done is either open or missed, never kept.
    tallies = {(each.it.class_key, each.it.promise): each.it for each in report.sums}
    assert (tallies["class_1", "reaction"].met, tallies["class_1", "reaction"].missed) == (1, 0)
    assert tallies["class_2", "reaction"].missed + tallies["class_2", "reaction"].open == 2
    assert report.total.met == 1
    assert desk.get(page, {"month": "2026-10"}).context["report"].lines == []
    overview = desk.get(reverse("desk:report"), december)
    assert [row["name"] for row in overview.context["rows"].found] == ["Alder & Söhne GmbH"]
    assert desk.get(reverse("desk:report"), {**december, "format": "csv"}).status_code == 200

    lines = desk.get(page, {**december, "format": "csv"}).content.decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + 6
    assert any("D-1" in line and "Anlage 2, 2.2" in line for line in lines[1:])
    assert desk.get(page, {**december, "format": "xlsx"}).content[:2] == b"PK"
    printed = desk.get(page, {**december, "format": "pdf"})
    with pikepdf.open(io.BytesIO(printed.content)) as paper:
        assert len(paper.pages) >= 1
    assert desk.get(page, {"month": "2026-10", "format": "pdf"}).status_code == 404
    _for_others(house, contract, page)


def _for_others(house, contract, page):
    stranger = make_tenant("Fremd")
    with as_tenant(stranger.pk):
        assert TicketPromise.objects.count() == 0
    customer = tom(contract, "desk.own", "desk.company")
    own = reverse("desk:own-report")
    assert customer.get(own, {"month": "2026-12"}).context["report"].total.met == 1
    assert customer.get(own, {"month": "2026-12", "format": "pdf"}).content[:4] == b"%PDF"
    assert customer.get(own, {"month": "2026-10", "format": "pdf"}).status_code == 404
    assert customer.get(page).status_code == 403
    assert browser(house.staff, house.tenant).get(reverse("desk:report-of", args=(stranger.pk,))).status_code == 404
