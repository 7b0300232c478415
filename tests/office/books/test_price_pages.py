"""The pages of price lists and sellers."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from kontor.kernel.tenancy import as_tenant
from kontor.office.books.models import PriceList, Seller
from tests.factories import SELLER

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


def items(*rows: dict[str, str], initial: int = 0) -> dict[str, str]:
    form = {"items-TOTAL_FORMS": str(len(rows)), "items-INITIAL_FORMS": str(initial)}
    for place, row in enumerate(rows):
        form |= {f"items-{place}-{name}": value for name, value in row.items()}
    return form


ITEM = {
    "key": "mails",
    "name_de": "Mails",
    "name_en": "Mails",
    "kind": "SERVICE",
    "unit": "PIECE",
    "interval": "ONCE",
    "price": "0.0035",
}


def test_a_price_list_is_made_from_a_form(house, staff):
    head = {"name": "New", "seller": house.seller.pk, "pack": "", "valid_from": "2027-01-01", "valid_until": ""}
    url = reverse("books:price-list-new")
    assert staff.post(url, head | items(initial=0)).status_code == 422
    assert "occur twice: mails" in staff.post(url, head | items(ITEM, ITEM)).content.decode()
    assert "There is no module" in staff.post(url, head | items(ITEM | {"module": "moonshine"})).content.decode()
    assert staff.post(url, head | {"valid_until": "2026-12-31"} | items(ITEM)).status_code == 422

    assert staff.post(url, head | items(ITEM, ITEM | {"DELETE": "on"})).status_code == 302
    with as_tenant(house.tenant.pk):
        made = PriceList.objects.get(name="New")
        assert list(made.items.values_list("key", "price")) == [("mails", Decimal("0.0035"))]
    assert "On this day another edition of New is in force." in staff.post(url, head | items(ITEM)).content.decode()
    assert "€0.0035" in staff.get(reverse("books:price-list", args=[made.pk])).content.decode()


def test_a_new_edition_is_made_from_the_old_one(house, staff):
    url = reverse("books:price-list-edition", args=[house.price_list.pk])
    assert 'value="89.00"' in staff.get(url).content.decode()
    answer = staff.post(url, {"valid_from": "2027-01-01"} | items(ITEM | {"price": "0.004"}, initial=1))
    with as_tenant(house.tenant.pk):
        made = PriceList.objects.get(valid_from=date(2027, 1, 1))
        assert (made.name, made.items.get().price) == (house.price_list.name, Decimal("0.004"))
    assert answer.headers["Location"] == reverse("books:price-list", args=[made.pk])
    assert staff.post(url, {"valid_from": "2025-01-01"} | items(ITEM)).status_code == 422


USE = ITEM | {
    "key": "more-mails", "kind": "USAGE", "unit": "BLOCK", "price": "1.00", "block_size": "1,000",
    "block_unit": "mailings", "meter": "bulk_mailings", "included": "10,000",
}  # fmt: skip


def test_use_is_priced_by_blocks_beyond_what_is_included(house, staff):
    head = {"name": "Use", "seller": house.seller.pk, "pack": "", "valid_from": "2027-01-01", "valid_until": ""}
    assert staff.post(reverse("books:price-list-new"), head | items(USE)).status_code == 302
    with as_tenant(house.tenant.pk):
        made = PriceList.objects.get(name="Use")
        item = made.items.get()
        assert (item.meter, item.included, item.block_size) == ("bulk_mailings", Decimal(10_000), Decimal(1_000))
    assert "10,000 included each month" in staff.get(reverse("books:price-list", args=[made.pk])).content.decode()
    edition = reverse("books:price-list-edition", args=[made.pk])
    staff.cookies["kontor_language"] = "de"
    page = staff.get(edition).content.decode()
    assert ('value="1.000"' in page, 'value="10.000"' in page) == (True, True)
    german = {"price": "1,00", "block_size": "1.000", "included": "10.000"}
    assert staff.post(edition, {"valid_from": "2027-02-01"} | items(USE | german, initial=1)).status_code == 302
    with as_tenant(house.tenant.pk):
        item = PriceList.objects.get(valid_from=date(2027, 2, 1)).items.get()
        assert (item.included, item.block_size) == (Decimal(10_000), Decimal(1_000))


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"meter": ""}, "this is missing"),
        ({"included": ""}, "this is missing"),
        ({"block_size": "0"}, "A block holds more than nothing."),
        ({"kind": "SERVICE"}, "Only use is counted"),
        ({"meter": "moonshine"}, "Select a valid choice"),
    ],
)
def test_use_that_cannot_be_charged_is_refused(house, staff, changed, sentence):
    head = {"name": "Use", "seller": house.seller.pk, "pack": "", "valid_from": "2027-01-01", "valid_until": ""}
    answer = staff.post(reverse("books:price-list-new"), head | items(USE | changed))
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)


STORAGE = ITEM | {"key": "storage", "kind": "STORAGE", "unit": "GB", "interval": "MONTH", "price": "0.80"}


def test_storage_is_sold_by_the_gb_and_raises_the_limit_by_itself(house, staff):
    head = {"name": "Storage", "seller": house.seller.pk, "pack": "", "valid_from": "2027-01-01", "valid_until": ""}
    assert staff.post(reverse("books:price-list-new"), head | items(STORAGE)).status_code == 302
    with as_tenant(house.tenant.pk):
        made = PriceList.objects.get(name="Storage")
        assert [(each.unit, each.module) for each in made.items.all()] == [("GB", "storage")]
    assert "per GB" in staff.get(reverse("books:price-list", args=[made.pk])).content.decode()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"kind": "HARDWARE"}, "Only storage and use are counted in GB."),
        ({"unit": "BLOCK", "module": "storage"}, "Storage that raises the limit is sold by the GB."),
    ],
)
def test_storage_that_would_raise_the_limit_wrongly_is_refused(house, staff, changed, sentence):
    head = {"name": "Storage", "seller": house.seller.pk, "pack": "", "valid_from": "2027-01-01", "valid_until": ""}
    answer = staff.post(reverse("books:price-list-new"), head | items(STORAGE | changed))
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)


def test_a_seller_is_added_and_changed(house, staff):
    waits = {"prenotification_days": "14", "tolerance_minor": "5"}
    form = SELLER | waits | {"name": "Zweite GmbH", "iban": "DE02 1203 0000 0000 2020 51"}
    assert staff.post(reverse("books:seller-new"), form).status_code == 302
    with as_tenant(house.tenant.pk):
        made = Seller.objects.get(name="Zweite GmbH")
        assert made.iban == "DE02120300000000202051"
    url = reverse("books:seller", args=[made.pk])
    assert staff.post(url, form | {"city": "Berlin"}).status_code == 302
    with as_tenant(house.tenant.pk):
        assert Seller.objects.get(pk=made.pk).city == "Berlin"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"iban": "DE02120300000000202052"}, "This IBAN cannot be right"),
        ({"vat_id": ""}, "An invoice needs a VAT number or a tax number."),
        ({"name": "Lindwurm Systeme GmbH"}, "already exists"),
    ],
)
def test_a_seller_that_cannot_be_is_refused(house, staff, changed, sentence):
    answer = staff.post(reverse("books:seller-new"), SELLER | {"name": "Zweite GmbH"} | changed)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
