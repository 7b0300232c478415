"""The public price page: lists with their days, what they include, older and coming ones, for anybody."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.tenancy import as_tenant
from kontor.office.books.actions.prices import make_price_list, replace_price_list
from kontor.office.books.models import InvoiceLine, PriceList
from kontor.office.books.public import price_lists
from kontor.office.contracts.actions import billing, price_changes
from kontor.office.contracts.actions.price_applying import apply_announced
from kontor.office.contracts.models import Amendment, Contract
from kontor.office.contracts.queries.shop import wares
from kontor.office.contracts.queries.state import contract_state
from tests.background import run_jobs
from tests.factories import AT, ITEMS, House, accept, make_draft, make_house, make_party, send
from tests.people import visitor

pytestmark = pytest.mark.django_db


@pytest.fixture
def december(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 12, 10, 12, tzinfo=UTC))


def add_list(house: House, first: date, *, price: str, end: date | None = None, **given: object) -> PriceList:
    """A new edition of the house's newest list, or an older one with a last day of its own."""
    edition = {"valid_from": first, "valid_until": end, "items": [{**ITEMS[0], "price": Decimal(price), **given}]}
    with as_tenant(house.tenant.pk):
        newest = PriceList.objects.order_by("-valid_from").first()
        if end is None:
            return replace_price_list(newest.pk, **edition, at=AT, actor=house.actor)
        return make_price_list(
            seller=house.seller, name=newest.name, pack=house.pack, **edition, at=AT, actor=house.actor
        )


def page(client: Client | None = None) -> object:
    return (client or visitor()).get(reverse("contracts:prices"))


def test_anybody_reads_the_prices_with_their_days_and_what_they_include(december: None):
    house = make_house()
    add_list(house, date(2027, 1, 1), price="95.00", block_size=Decimal(15), block_unit="GB")
    add_list(house, date(2025, 1, 1), price="79.00", end=date(2026, 1, 1))

    (offering,) = page().context["offerings"]

    assert [(each.days, each.badge.label, each.now) for each in (*offering.editions, *offering.older)] == [
        ("from 1 January 2026 to 31 December 2026", "in force", True),
        ("from 1 January 2027", "coming", False),
        ("from 1 January 2025 to 31 December 2025", "no longer in force", False),
    ]
    coming = offering.editions[1]
    assert [(row.name, row.price, row.per.en, row.more) for _kind, rows in coming.groups for row in rows] == [
        ("Visitor management", Decimal("95.00"), "per site, a month", "in blocks of 15 GB")
    ]
    assert [(limit.label.en, limit.value.en, limit.clause.number) for limit in offering.limits] == [
        ("Included quantity", "15 GB, no more", "Anlage 1, 2")
    ]


def test_a_list_for_one_customer_is_not_published(december: None):
    house = make_house()
    with as_tenant(house.tenant.pk):
        PriceList.objects.update(pack="")
    assert page().context["offerings"] == []


def test_without_a_house_there_is_no_price_page():
    assert page().status_code == 404


def test_the_door_leads_to_the_prices(december: None):
    make_house()
    assert f'href="{reverse("contracts:prices")}"' in visitor().get("/", follow=True).content.decode()


@pytest.mark.parametrize(("language", "words"), [("de", "ab 1. Januar 2026"), ("en", "from 1 January 2026")])
def test_both_languages(december: None, language: str, words: str):
    make_house()
    client = visitor()
    client.cookies["kontor_language"] = language
    assert words in page(client).content.decode()


def test_a_fixed_number_of_queries(december: None, django_assert_num_queries):
    house = make_house()
    page()
    with django_assert_num_queries(7):
        page()
    for year in (2027, 2028):
        add_list(house, date(year, 1, 1), price="95.00")
    with django_assert_num_queries(7):
        page()


def test_orders_from_the_new_list_s_day_use_it_while_older_ones_keep_their_price():
    """Ordered in November at 89.00; from 1 January 95.00 is offered, and the running contract is billed 89.00 still."""
    house = make_house("crm")
    agreed = {"invoicing.interval": "month", "invoicing.lead": "1 day"}
    accept(house, send(house, make_draft(house, make_party(house), agreed=agreed)))
    run_jobs()
    add_list(house, date(2027, 1, 1), price="95.00", module="")
    with as_tenant(house.tenant.pk):
        assert [each.id for each in price_lists(date(2026, 12, 31))] == [house.price_list.pk]
        newest = price_lists(date(2027, 1, 1))[0]
        assert newest.id != house.price_list.pk
        contract = Contract.objects.get()
        at = datetime(2027, 1, 31, 9, tzinfo=UTC)
        run = billing.start_run_of([contract.pk], until=at.date(), at=at, actor=house.actor)
        billing.bill_contracts(run.pk, [contract.pk], at=at)
        prices = set(InvoiceLine.objects.filter(item_key="visitors").values_list("price", flat=True))
    assert prices == {Decimal("89.00")}


@pytest.mark.requirement("SO-056")
def test_the_new_list_is_public_with_its_day_and_a_running_contract_follows_it_from_its_next_interval(december: None):
    """Quarters from 1 December; the list of 1 January: 89.00 until 28 February, 95.00 from 1 March."""
    house = make_house("crm")
    agreed = {"invoicing.interval": "quarter", "invoicing.lead": "1 day"}
    accept(house, send(house, make_draft(house, make_party(house), agreed=agreed)))
    run_jobs()
    add_list(house, date(2027, 1, 1), price="95.00", module="")
    assert [each.days for offering in page().context["offerings"] for each in offering.editions] == [
        "from 1 January 2026 to 31 December 2026",
        "from 1 January 2027",
    ]

    at = datetime(2026, 12, 10, 9, tzinfo=UTC)
    with as_tenant(house.tenant.pk):
        contract = Contract.objects.get()
        offered = [
            {ware.item: ware.price for ware in wares(contract, on, [])}["visitors"]
            for on in (date(2026, 12, 31), date(2027, 1, 1))
        ]
        run = price_changes.release("LIST", [contract.pk], until=date(2027, 3, 31), at=at, actor=house.actor)
        (told,) = price_changes.announce(run.pk, [contract.pk], at=at)
        price_changes.note_told(told.pk, at=at)
        apply_announced(at=datetime(2027, 2, 27, 9, tzinfo=UTC))
        rows = list(Amendment.objects.filter(contract=contract))
        states = [
            contract_state(rows, on, pack="crm", version=contract.version).value.position("visitors")
            for on in (date(2027, 2, 28), date(2027, 3, 1))
        ]
    assert offered == [Decimal("89.00"), Decimal("95.00")]
    assert told.effective_on == date(2027, 3, 1)
    assert [each.price for each in states if each] == [Decimal("89.00"), Decimal("95.00")]


def test_a_rise_that_was_announced_is_not_announced_again_for_a_later_interval(december: None):
    """Quarters from 1 December: told 95.00 from 1 March; a second run up to 30 June finds nothing left to tell."""
    house = make_house("crm")
    agreed = {"invoicing.interval": "quarter", "invoicing.lead": "1 day"}
    accept(house, send(house, make_draft(house, make_party(house), agreed=agreed)))
    run_jobs()
    add_list(house, date(2027, 1, 1), price="95.00", module="")
    at = datetime(2026, 12, 10, 9, tzinfo=UTC)
    found = []
    with as_tenant(house.tenant.pk):
        contract = Contract.objects.get()
        for _each in range(2):
            run = price_changes.release("LIST", [contract.pk], until=date(2027, 6, 30), at=at, actor=house.actor)
            told = price_changes.announce(run.pk, [contract.pk], at=at)
            found.append([(each.effective_on, [Decimal(line["after"]) for line in each.lines]) for each in told])

    assert found == [[(date(2027, 3, 1), [Decimal("95.00")])], []]
