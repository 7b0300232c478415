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
    """Return what can be ordered from a price list, in its order; prices of metered use are no items to order."""
    rows = PriceItem.objects.filter(price_list_id=price_list_id).exclude(kind=PriceItem.Kind.USAGE)
    rows = rows.order_by("order", "kind", "key")
    return [
        ListedItem(row.pk, row.key, row.name_de, row.name_en, row.kind, row.unit, row.interval, row.price, row.module)
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class MeteredPrice:
    """What is published of a meter: what is included a month, how much a started block beyond it holds and costs."""

    included: Decimal
    block: Decimal
    price: Decimal


def metered_prices(seller_id: uuid.UUID, pack: str, on: date) -> dict[str, MeteredPrice]:
    """Return what a seller's price lists in force on a day publish of metered use, by the meter's name in terms."""
    valid = Q(price_list__valid_until=None) | Q(price_list__valid_until__gt=on)
    rows = PriceItem.objects.filter(
        valid,
        price_list__seller_id=seller_id,
        price_list__pack__in=(pack, ""),
        price_list__valid_from__lte=on,
        kind=PriceItem.Kind.USAGE,
        block_size__gt=0,
    )
    return {
        row.meter: MeteredPrice(row.included or Decimal(0), row.block_size, row.price)
        for row in rows.order_by("price_list__valid_from", "pk")
        if row.block_size is not None
    }
