"""A contract's page after years: any day, the price over time, what comes next, the history in pages."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions.amending import amend
from kontor.office.contracts.models import Amendment, Contract
from kontor.office.contracts.queries.next_steps import next_steps
from kontor.office.contracts.queries.prices import price_steps
from kontor.rulebook.contract_state import End
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Ruling
from tests.factories import make_house
from tests.office.contracts.walking import concluded, customer
from tests.office.contracts.years import aged
from tests.people import browser

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12  # who reads, the tenant, the contract with amendments and invoices, what is open of it, decisions
START = date(2021, 12, 1)


def path(contract: Contract) -> str:
    return reverse("contracts:contract", args=(contract.pk,))


def rows_of(contract: Contract) -> list[Amendment]:
    return list(Amendment.objects.filter(contract=contract).order_by("number"))


def test_the_slider_asks_for_what_is_agreed_on_a_day_alone():
    house = make_house("dealership")
    contract = aged(house, start=START, months=12, changes=6)
    client = browser(house.staff, house.tenant)

    whole = client.get(path(contract))
    part = client.get(path(contract), {"on": "2021-12-01"}, headers={"HX-Request": "true", "HX-Target": "agreed"})
    then = [(line.name, line.quantity, line.price) for line in part.context["lines"]]
    assert then == [
        ("Besucherverwaltung", 2, Decimal(89)),
        ("Arbeitsplätze", 10, Decimal("12.5")),
        ("Terminal", 1, Decimal(1490)),
    ]
    assert (
        part.content.decode().startswith('<section class="k-tablebox" id="agreed"'),
        "<html" in part.content.decode(),
    ) == (
        True,
        False,
    )
    # 5 times one seat or two: by 2, 1, 1, 2, 0 (a price), 1
    assert [line.quantity for line in whole.context["lines"]] == [2, 17, 1]
    assert whole.context["first"] == START
    assert 'type="range"' in whole.content.decode()


def test_the_yearly_price_follows_every_change_and_falls_to_nothing_with_the_end():
    house = make_house("dealership")
    contract = aged(house, start=START, months=3, changes=1)
    last = date(2027, 11, 30)
    with as_tenant(house.tenant.pk):
        ending = Ruling(last, (), (), ())
        amend(contract, "ending", [End(last)], effective_on=last, ruling=ending, at=timezone.now(), actor=house.actor)
        steps = price_steps(contract, rows_of(contract))
    # (2 x 89.00 + 10 x 12.50) x 12 = 3,636.00, with two more seats 3,936.00
    assert [(step.since, step.yearly) for step in steps] == [
        (START, Money("EUR", 363600)),
        (START + timedelta(days=30), Money("EUR", 393600)),
        (date(2027, 12, 1), Money("EUR", 0)),
    ]


def test_a_contract_that_was_renewed_shows_its_next_term_and_the_one_after():
    house = make_house("dealership")
    contract = aged(house, start=START, months=1, changes=0)
    with as_tenant(house.tenant.pk):
        rows = rows_of(contract)
        settled = max(date.fromisoformat(told["first"]) for row in rows for told in row.content if "first" in told)
        steps = next_steps({contract: rows}, today=settled - timedelta(days=9))
    told = [(step.on, step.title.en) for _contract, step in steps]
    assert (settled, "The next term begins") in told
    assert (date(settled.year + 1, settled.month, 1), "Renews unless notice was given") in told


def test_the_history_comes_in_pages_of_a_kind():
    house = make_house("dealership")
    contract = aged(house, start=START, months=24, changes=3)
    client = browser(house.staff, house.tenant)

    first = client.get(path(contract)).context["history_page"]
    money = client.get(path(contract), {"history": "money", "page": "2"}).context
    # 24 invoices, every second of them paid
    assert (first.number, money["history_page"].paginator.count, money["history_page"].number) == (1, 36, 2)
    assert {moment.icon for moment in money["history"]} == {"file-invoice", "cash"}
    assert money["history_today"] is None


def test_years_cost_no_further_query():
    house = make_house("dealership")
    client = browser(house.staff, house.tenant)
    counts = []
    for name, months, changes in (("Kurz GmbH", 1, 1), ("Lang GmbH", 30, 12)):
        contract = aged(house, start=START, months=months, changes=changes, name=name)
        client.get(path(contract))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path(contract)).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1] <= MOST_QUERIES


def test_the_customer_moves_the_slider_too():
    house = make_house()
    contract = concluded(house)

    part = customer(contract).get(
        reverse("contracts:account-contract", args=(contract.pk,)),
        {"on": "2026-12-24"},
        headers={"HX-Target": "agreed"},
    )
    assert [line.quantity for line in part.context["lines"]] == [2, 10, 1]


def test_pages_that_belong_together_stand_under_one_word():
    house = make_house("leisure")
    contract = concluded(house)

    tabs = browser(house.staff, house.tenant).get(reverse("contracts:papers", args=(contract.pk,))).context["tabs"]
    assert [(str(tab.label), [str(part.label) for part in tab.parts]) for tab in tabs] == [
        ("Übersicht", []),
        ("Änderungen", []),
        ("Leistung", ["Verbrauch", "Lizenzen", "Hardware", "Ausgaben und Wünsche"]),
        ("Geld", ["Rechnungen", "Leistungen und Minderungen"]),
        ("Kündigung und Ende", []),
        ("Bedingungen und Papiere", ["Bedingungen und Preise", "Papiere", "Verzeichnisse"]),
    ]
    assert [str(tab.label) for tab in tabs if tab.active] == ["Bedingungen und Papiere"]
    assert [str(part.label) for tab in tabs for part in tab.parts if part.active] == ["Papiere"]
