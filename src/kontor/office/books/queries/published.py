"""Price lists as the public price page shows them: who sells, for which days, and every price with what it includes."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from kontor.office.books.models import PriceItem, PriceList


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedItem:
    """
    One price, net, for one `unit` and one `interval`.

    included  how much of `block_unit` is free; block_size  how much a block holds; None where there is none
    """

    name_de: str
    name_en: str
    kind: str
    unit: str
    interval: str
    price: Decimal
    included: Decimal | None
    block_size: Decimal | None
    block_unit: str

    def name(self, language: str) -> str:
        """Return the item's name in "de" or "en"."""
        return self.name_de if language == "de" else self.name_en


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedPrices:
    """A list in force from `first` until before `end`; without an end until a newer one comes."""

    id: UUID
    seller: str
    zone: str
    name: str
    pack: str
    currency: str
    first: date
    end: date | None
    items: tuple[PublishedItem, ...]


def published_prices() -> list[PublishedPrices]:
    """Return the current tenant's lists for particular terms, the newest of a seller first; two queries."""
    lists = list(
        PriceList.objects.exclude(pack="").select_related("seller").order_by("pack", "seller__name", "-valid_from")
    )
    items = defaultdict(list)
    for row in PriceItem.objects.filter(price_list__in=lists).order_by("order", "kind", "key"):
        items[row.price_list_id].append(_item(row))
    return [
        PublishedPrices(
            id=row.pk,
            seller=row.seller.name,
            zone=row.seller.zone,
            name=row.name,
            pack=row.pack,
            currency=row.currency,
            first=row.valid_from,
            end=row.valid_until,
            items=tuple(items[row.pk]),
        )
        for row in lists
    ]


def _item(row: PriceItem) -> PublishedItem:
    return PublishedItem(
        name_de=row.name_de,
        name_en=row.name_en,
        kind=row.kind,
        unit=row.unit,
        interval=row.interval,
        price=row.price,
        included=row.included,
        block_size=row.block_size,
        block_unit=row.block_unit,
    )
