"""What can be offered: who sells, from which price list, and what stands in it."""

import uuid
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q

from kontor.office.books.models import PriceItem, PriceList, Seller


@dataclass(frozen=True, slots=True)
class ListedSeller:
    """A seller as a choice names it."""

    id: uuid.UUID
    name: str
    email: str
    language: str


@dataclass(frozen=True, slots=True)
class ListedPrices:
    """A price list as a choice names it; `pack` is the terms pack it is made for, "" for any."""

    id: uuid.UUID
    seller: uuid.UUID
    name: str
    pack: str
    currency: str


@dataclass(frozen=True, slots=True)
class ListedItem:
    """An item of a price list; `price` net, for one `unit` and one `interval`."""

    id: uuid.UUID
    key: str
    name_de: str
    name_en: str
    kind: str
    unit: str
    interval: str
    price: Decimal
    module: str

    @property
    def divisible(self) -> bool:
        """Whether a part of one can be ordered: an hour, or a service that unlocks nothing."""
        return not self.module and (self.unit == PriceItem.Unit.HOUR or self.kind == PriceItem.Kind.SERVICE)

    def name(self, language: str) -> str:
        """Return the item's name in "de" or "en"."""
        return self.name_de if language == "de" else self.name_en


def sellers() -> list[ListedSeller]:
    """Return who sells here, by name."""
    return [ListedSeller(row.pk, row.name, row.email, row.language) for row in Seller.objects.order_by("name")]


def price_lists(on: date) -> list[ListedPrices]:
    """Return the price lists that are valid on a day, by name."""
    valid = Q(valid_until=None) | Q(valid_until__gt=on)
    rows = PriceList.objects.filter(valid, valid_from__lte=on).order_by("name", "-valid_from")
    return [ListedPrices(row.pk, row.seller_id, row.name, row.pack, row.currency) for row in rows]


def price_items(price_list_id: uuid.UUID) -> list[ListedItem]:
    """Return the items of a price list in its order."""
    rows = PriceItem.objects.filter(price_list_id=price_list_id).order_by("order", "kind", "key")
    return [
        ListedItem(row.pk, row.key, row.name_de, row.name_en, row.kind, row.unit, row.interval, row.price, row.module)
        for row in rows
    ]
