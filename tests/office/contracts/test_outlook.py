"""What pages say of many contracts: reckoned by the background, equal to what all contracts say, told since when."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Due
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions import days, reckoning
from kontor.office.contracts.actions.amending import amend
from kontor.office.contracts.models import Contract, Outlook
from kontor.office.contracts.queries import outlook
from kontor.office.contracts.queries.day import coming_up
from kontor.office.contracts.queries.hands import next_renewals
from kontor.rulebook.contract_state import ChangeQuantity, End
from kontor.rulebook.ruling import Clause, Ruling
from tests.background import run_jobs
from tests.factories import House, make_house
from tests.many import copies, one_contract
from tests.people import browser, make_tenant

pytestmark = pytest.mark.django_db
AT = datetime(2027, 2, 10, 3, 0, tzinfo=UTC)
TODAY = date(2027, 2, 10)
WHY = Ruling(TODAY, (Clause("visitor", "3.2", "2026-01"),))


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let three contracts be many."""
    monkeypatch.setattr(outlook, "FEW", 2)
    monkeypatch.setattr(timezone, "now", lambda: AT)


def many_contracts() -> tuple[House, list[Contract]]:
    """Make three: 2 × 89.00 + 10 × 12.50 = 303.00 a month each from 1 December 2026."""
    house = make_house()
    first = one_contract(house, without=["terminal"])
    with as_tenant(house.tenant.pk):
        copies(first, [{"name": f"Kunde {number} GmbH"} for number in (2, 3)])
        return house, list(Contract.objects.order_by("number"))


def test_what_is_kept_is_what_all_contracts_say_to_the_cent():
    """
    Worked out here from the prices alone, by fractions.

    One contract has three seats more from January (3 × 12.50), one ends on 14 February: 14 of 28 days of 303.00.
    """
    house, (_, grown, ended) = many_contracts()
    with as_tenant(house.tenant.pk):
        for contract, change, on in (
            (grown, ChangeQuantity("seats", by=3), date(2027, 1, 1)),
            (ended, End(date(2027, 2, 14)), date(2027, 2, 1)),
        ):
            amend(contract, "change", [change], effective_on=on, ruling=WHY, at=AT, actor=MACHINE)
        assert outlook.overview(TODAY, at=AT) is None
        assert reckoning.reckon(at=AT) is True
        found = outlook.overview(TODAY, at=AT + timedelta(hours=5))
    assert found is not None
    assert found.at == AT
    (figures,) = found.figures
    whole, more = Fraction(303), 3 * Fraction(1250, 100)
    recurring = {(2026, 12): 3 * whole, (2027, 1): 3 * whole + more, (2027, 2): 2 * whole + more}
    shown = {(row.last.year, row.last.month): Fraction(row.recurring.amount) for row in figures.months}
    assert {month: shown[month] for month in recurring} == recurring
    assert (figures.months[-1].churn.bare(), figures.months[-2].expansion.bare()) == ("303.00", "37.50")
    assert Fraction(figures.coming[0].contracted.amount) == 2 * whole + more + whole * Fraction(14, 28)


def test_what_comes_first_is_what_all_contracts_say():
    house, _ = many_contracts()
    on = date(2027, 8, 20)  # notice by 31 August for 30 November: three months
    at = datetime(2027, 8, 20, 3, 0, tzinfo=UTC)
    with as_tenant(house.tenant.pk):
        assert outlook.ahead(on, at=at, shown=2, renewals=2) is None
        reckoning.reckon(at=at)
        found = outlook.ahead(on, at=at + timedelta(hours=5), shown=2, renewals=2)
        steps, renewals = coming_up(on), next_renewals(on, limit=2)
    assert found is not None
    assert [step.title.en for _, step in steps] == ["Last day for notice"] * 3
    assert (found.steps, found.count, found.count_today) == (steps[:2], 3, 0)
    assert (found.renewals, len(renewals), found.at) == (renewals, 2, at)


def test_few_contracts_are_reckoned_when_they_are_asked_for(monkeypatch):
    house, _ = many_contracts()
    monkeypatch.setattr(outlook, "FEW", 3)
    with as_tenant(house.tenant.pk):
        assert reckoning.reckon(at=AT) is False
        assert not Outlook.objects.exists()
        found, ahead = outlook.overview(TODAY, at=AT), outlook.ahead(TODAY, at=AT, shown=2, renewals=2)
    assert found is not None
    assert ahead is not None
    assert (found.figures[0].months[-1].recurring.bare(), found.at) == ("909.00", AT)
    assert (len(ahead.renewals), ahead.at) == (2, AT)


def test_it_is_reckoned_every_night_and_within_a_minute_of_a_change():
    house, (first, *_) = many_contracts()
    with as_tenant(house.tenant.pk):
        days.begin_day(at=AT)
    assert "contracts.reckon" in run_jobs()
    with as_tenant(house.tenant.pk):
        before = Outlook.objects.get()
        Due.objects.filter(job=reckoning.JOB).delete()
        for by in (1, 2):
            later = AT + timedelta(seconds=by)
            change = [ChangeQuantity("seats", by=by)]
            amend(first, "change", change, effective_on=TODAY, ruling=WHY, at=later, actor=MACHINE)
        assert Due.objects.get(job=reckoning.JOB).at == AT + timedelta(seconds=62)
        reckoning.reckon(at=AT + timedelta(seconds=62))
        after = Outlook.objects.get()
    assert (before.on, after.at) == (TODAY, AT + timedelta(seconds=62))


def test_the_pages_say_as_of_when_and_ask_as_often_for_many_contracts():
    house, _ = many_contracts()
    client, counts = browser(house.staff, house.tenant), []
    english = {"Accept-Language": "en"}
    waiting = client.get(reverse("contracts:figures"), headers=english)
    assert "not reckoned yet" in waiting.content.decode()
    assert client.get(reverse("contracts:today"), headers=english).status_code == 200
    for _ in range(2):
        with as_tenant(house.tenant.pk):
            reckoning.reckon(at=AT - timedelta(hours=1))
        for name in ("contracts:figures", "contracts:today"):
            with CaptureQueriesContext(connection) as asked:
                client.get(reverse(name), headers=english).content.decode()
            counts.append((name, len(asked)))
        with as_tenant(house.tenant.pk):
            copies(
                Contract.objects.select_related("offer__quote", "party").order_by("number").last(),
                [{"name": "Kunde 9 GmbH"}],
            )
    assert counts[:2] == counts[2:]
    assert "3:00" in client.get(reverse("contracts:figures"), headers=english).content.decode()


def test_another_tenant_s_outlook_is_its_own():
    house, _ = many_contracts()
    with as_tenant(house.tenant.pk):
        reckoning.reckon(at=AT)
    with as_tenant(make_tenant("Birke").pk):
        found = outlook.overview(TODAY, at=AT)
        assert found is not None
        assert found.figures == []
