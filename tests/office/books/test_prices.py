"""Sellers and dated price lists."""

from datetime import date
from decimal import Decimal

import pytest

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import RecordEntry
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.actions.prices import (
    OverlappingListError,
    UnknownModuleError,
    change_seller,
    make_price_list,
    replace_price_list,
)
from kontor.office.books.models import PriceItem, PriceList, Seller
from tests.factories import AT, ITEMS
from tests.office.books.invoicing import make_customer_tenant

pytestmark = pytest.mark.django_db
DEAR = [item | {"price": item["price"] * 2} for item in ITEMS]


def make(house, *, first: date, end: date | None = None, name: str = "Andere", items=ITEMS) -> PriceList:
    with as_tenant(house.tenant.pk):
        return make_price_list(
            seller=house.seller,
            name=name,
            pack="visitor",
            valid_from=first,
            valid_until=end,
            items=items,
            at=AT,
            actor=house.actor,
        )


def replace(house, *, first: date, items=DEAR) -> PriceList:
    with as_tenant(house.tenant.pk):
        return replace_price_list(
            house.price_list.pk, valid_from=first, valid_until=None, items=items, at=AT, actor=house.actor
        )


def test_a_new_edition_ends_the_old_one_on_its_first_day(house):
    made = replace(house, first=date(2027, 1, 1))
    with as_tenant(house.tenant.pk):
        old = PriceList.objects.get(pk=house.price_list.pk)
        assert (old.valid_until, made.valid_from, made.name, made.pack) == (
            date(2027, 1, 1),
            date(2027, 1, 1),
            old.name,
            old.pack,
        )
        prices = PriceItem.objects.filter(key="visitors").order_by("price_list__valid_from")
        assert list(prices.values_list("price", flat=True)) == [Decimal(89), Decimal(178)]


def test_a_new_edition_may_follow_one_that_has_ended(house):
    ended = make(house, first=date(2026, 1, 1), end=date(2026, 6, 1))
    with as_tenant(house.tenant.pk):
        made = replace_price_list(
            ended.pk, valid_from=date(2026, 9, 1), valid_until=None, items=ITEMS, at=AT, actor=house.actor
        )
        assert (PriceList.objects.get(pk=ended.pk).valid_until, made.valid_from) == (date(2026, 6, 1), date(2026, 9, 1))
        assert not RecordEntry.objects.filter(object_id=ended.pk, verb="books.price_list_ended").exists()


@pytest.mark.parametrize("first", [date(2026, 1, 1), date(2025, 12, 31)])
def test_a_new_edition_begins_later_than_the_old_one(house, first):
    with pytest.raises(OverlappingListError):
        replace(house, first=first)
    with as_tenant(house.tenant.pk):
        assert PriceList.objects.get().valid_until is None


def test_a_third_edition_in_between_is_refused_and_changes_nothing(house):
    replace(house, first=date(2027, 6, 1))
    with pytest.raises(OverlappingListError):
        replace(house, first=date(2027, 1, 1))
    with as_tenant(house.tenant.pk):
        ends = PriceList.objects.order_by("valid_from").values_list("valid_until", flat=True)
        assert list(ends) == [date(2027, 6, 1), None]


def test_two_lists_of_one_name_are_never_in_force_on_one_day(house):
    make(house, first=date(2026, 1, 1), end=date(2026, 7, 1))
    make(house, first=date(2026, 7, 1))
    with pytest.raises(OverlappingListError):
        make(house, first=date(2026, 6, 30), end=date(2026, 7, 1))


def test_a_list_sells_no_module_that_nobody_has(house):
    with pytest.raises(UnknownModuleError, match="moonshine"):
        make(house, first=date(2026, 1, 1), items=[ITEMS[0] | {"module": "moonshine"}])


def test_a_list_keeps_its_order_and_is_recorded(house):
    made = make(house, first=date(2026, 1, 1))
    with as_tenant(house.tenant.pk):
        assert list(made.items.order_by("order").values_list("key", flat=True)) == ["visitors", "seats", "terminal"]
        entry = RecordEntry.objects.get(object_id=made.pk)
        assert (entry.verb, entry.actor) == ("books.price_list_made", house.staff.pk)


def test_ending_a_list_is_recorded(house):
    replace(house, first=date(2027, 1, 1))
    with as_tenant(house.tenant.pk):
        verbs = RecordEntry.objects.filter(object_id=house.price_list.pk).order_by("at", "id")
        assert list(verbs.values_list("verb", flat=True)) == ["books.price_list_made", "books.price_list_ended"]


def test_another_tenant_finds_neither_list_nor_seller(house):
    with as_tenant(make_customer_tenant().pk):
        with pytest.raises(PriceList.DoesNotExist):
            replace_price_list(
                house.price_list.pk, valid_from=date(2027, 1, 1), valid_until=None, items=ITEMS, at=AT, actor=MACHINE
            )
        with pytest.raises(Seller.DoesNotExist):
            change_seller(house.seller.pk, name="Gekapert", at=AT, actor=MACHINE)


def test_a_sellers_change_is_recorded(house):
    with as_tenant(house.tenant.pk):
        change_seller(house.seller.pk, city="Berlin", at=AT, actor=house.actor)
        assert Seller.objects.get().city == "Berlin"
        entry = RecordEntry.objects.get(verb="books.seller_changed")
        assert (entry.object_id, entry.actor) == (house.seller.pk, house.staff.pk)
