"""What recurs, how it moved and what is contracted: over all contracts, on the page and as a file."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.actor import MACHINE
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions.amending import amend
from kontor.office.contracts.queries.figures import figures
from kontor.rulebook.contract_state import ChangeQuantity, End
from kontor.rulebook.ruling import Clause, Ruling
from tests.factories import make_house, make_user
from tests.office.contracts.test_billing import concluded
from tests.people import browser, join, make_tenant

pytestmark = pytest.mark.django_db
AT = datetime(2027, 2, 10, 9, 0, tzinfo=UTC)
TODAY = date(2027, 2, 10)
WHY = Ruling(TODAY, (Clause("visitor", "3.2", "2026-01"),))


def changed(house, contract, change, on: date) -> None:
    with as_tenant(house.tenant.pk):
        amend(contract, "change", [change], effective_on=on, ruling=WHY, at=AT, actor=MACHINE)


def test_growth_shrinking_and_the_end_are_told_month_by_month():
    """
    From 1 December 2026: 2 × 89.00 + 10 × 12.50 = 303.00 a month.

    January: two seats more, 25.00; February: one module less, 89.00; 303.00 + 25.00 − 89.00 = 239.00.
    """
    house = make_house()
    contract = concluded(house)
    changed(house, contract, ChangeQuantity("seats", by=2), date(2027, 1, 15))
    changed(house, contract, ChangeQuantity("visitors", by=-1), date(2027, 2, 1))
    with as_tenant(house.tenant.pk):
        (found,) = figures(TODAY)
    last = found.months[-4:]
    assert [(str(m.last), m.recurring.bare(), m.contracts) for m in last] == [
        ("2026-11-30", "0.00", 0),
        ("2026-12-31", "303.00", 1),
        ("2027-01-31", "328.00", 1),
        ("2027-02-28", "239.00", 1),
    ]
    assert [tuple(a.bare() for a in (m.new, m.expansion, m.contraction, m.churn)) for m in last] == [
        ("0.00", "0.00", "0.00", "0.00"),
        ("303.00", "0.00", "0.00", "0.00"),
        ("0.00", "25.00", "0.00", "0.00"),
        ("0.00", "0.00", "89.00", "0.00"),
    ]


def test_what_is_bound_is_contracted_and_the_renewal_stands_beside_it():
    """
    Twelve months from 1 December 2026, notice three months before: on 10 February it can end on 30 November 2027.

    February to November 303.00 each are contracted; December and January only if it renews.
    """
    house = make_house()
    concluded(house)
    with as_tenant(house.tenant.pk):
        (found,) = figures(TODAY)
    assert [(c.contracted.bare(), c.if_renewed.bare()) for c in found.coming] == [
        *[("303.00", "0.00")] * 10,
        *[("0.00", "303.00")] * 2,
    ]


def test_an_ended_contract_is_gone_and_brings_nothing_more():
    """Ends on 14 February 2027: 14 of 28 days of 303.00 are 151.50."""
    house = make_house()
    contract = concluded(house)
    changed(house, contract, End(date(2027, 2, 14)), date(2027, 2, 1))
    with as_tenant(house.tenant.pk):
        (found,) = figures(TODAY)
    assert (found.months[-1].churn.bare(), found.months[-1].recurring.bare()) == ("303.00", "0.00")
    assert [c.contracted.bare() for c in found.coming[:2]] == ["151.50", "0.00"]


def test_another_tenant_and_a_house_without_contracts_have_no_figures():
    house = make_house()
    concluded(house)
    with as_tenant(make_tenant("Birke").pk):
        assert figures(TODAY) == []


@pytest.fixture
def february(monkeypatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: AT)


@pytest.mark.usefixtures("february")
def test_the_page_shows_them_and_gives_each_table_as_a_file():
    house = make_house()
    concluded(house)
    client = browser(house.staff, house.tenant)
    url = reverse("contracts:figures")
    page = client.get(url).content.decode()
    for part in ("€303.00", "€3,030.00", "Recurring revenue", "Month by month"):
        assert part in page
    table = client.get(f"{url}?table=movement&format=csv&currency=EUR").content.decode("utf-8-sig").splitlines()
    assert table[0] == "Month,Recurring a month,New,Grown,Shrunk,Gone,Contracts"
    assert table[-1] == "2027-02-28,303.00,0.00,0.00,0.00,0.00,1"
    ahead = client.get(f"{url}?table=ahead&format=csv&currency=EUR").content.decode("utf-8-sig").splitlines()
    assert ahead[1] == "2027-02-01,303.00,0.00"
    assert client.get(f"{url}?table=ahead&format=xlsx&currency=EUR").content[:2] == b"PK"
    for wrong in ("table=nothing&format=csv&currency=EUR", "table=ahead&format=csv&currency=NOK"):
        assert client.get(f"{url}?{wrong}").status_code == 404


@pytest.mark.usefixtures("february")
def test_the_page_asks_as_often_for_three_contracts_as_for_one():
    house = make_house()
    client, counts = browser(house.staff, house.tenant), []
    client.get(reverse("contracts:figures"))
    for names in (("Alder & Söhne GmbH",), ("Birke AG", "Cedar Ltd")):
        for name in names:
            concluded(house, name=name)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("contracts:figures")).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.usefixtures("february")
def test_an_empty_house_is_told_what_will_stand_there_and_readers_without_the_right_see_nothing():
    house = make_house()
    assert "No contract yet" in browser(house.staff, house.tenant).get(reverse("contracts:figures")).content.decode()
    reader = make_user("leser@lindwurm.example", "Lea Leser")
    join(house.tenant, reader, role="Leser", permissions=["contracts.see"])
    assert browser(reader, house.tenant).get(reverse("contracts:figures")).status_code == 403
