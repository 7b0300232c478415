"""Sellers and their dated price lists."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from kontor.kernel import registry
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.queries.blobs import STORAGE
from kontor.office.books.models import PriceItem, PriceList, Seller
from kontor.rulebook import terms
from kontor.rulebook.web_plans import sold_under


class UnknownModuleError(ValueError):
    """A price list would sell a module that does not exist here."""


class OverlappingListError(ValueError):
    """Two lists of one name would be in force on the same day, with two prices for one thing."""


@transaction.atomic
def add_seller(*, at: datetime, actor: Actor, **given: Any) -> Seller:
    """Add a legal entity that sells; `given` holds its columns."""
    seller = Seller.objects.create(**given)
    record("books.seller_added", seller, at=at, actor=actor, after={"name": seller.name, "country": seller.country})
    return seller


@transaction.atomic
def change_seller(seller_id: uuid.UUID, *, at: datetime, actor: Actor, **given: Any) -> Seller:
    """Change a seller; documents already issued keep what they said. Seller.DoesNotExist for a stranger's id."""
    seller = Seller.objects.select_for_update().get(pk=seller_id)
    before = {name: getattr(seller, name) for name in given}
    for name, value in given.items():
        setattr(seller, name, value)
    seller.save(update_fields=list(given))
    record("books.seller_changed", seller, at=at, actor=actor, before=before, after=given)
    return seller


@transaction.atomic
def make_price_list(
    *,
    seller: Seller,
    name: str,
    pack: str,
    valid_from: date,
    valid_until: date | None,
    items: Sequence[Mapping[str, Any]],
    at: datetime,
    actor: Actor,
) -> PriceList:
    """
    Make a price list with its items; an item's keys are the columns of PriceItem.

    UnknownModuleError names a module nobody has; OverlappingListError where the same list is in force already.
    """
    same = PriceList.objects.select_for_update().filter(seller=seller, name=name)
    for other in same:
        if _overlap(other.valid_from, other.valid_until, valid_from, valid_until):
            raise OverlappingListError(f"{name} is already in force from {other.valid_from}.")
    sold = sold_under(terms.load(pack)) if pack else ()
    known = {STORAGE, *(module.key for module in registry.modules()), *sold}
    for item in items:
        if item.get("module") and item["module"] not in known:
            raise UnknownModuleError(str(item["module"]))
    made = PriceList.objects.create(
        seller=seller, name=name, pack=pack, currency=seller.currency, valid_from=valid_from, valid_until=valid_until
    )
    PriceItem.objects.bulk_create(
        PriceItem(price_list=made, order=place, **item) for place, item in enumerate(items, start=1)
    )
    after = {"name": name, "from": valid_from, "items": [f"{item['key']} {item['price']}" for item in items]}
    record("books.price_list_made", made, at=at, actor=actor, after=after)
    return made


@transaction.atomic
def replace_price_list(
    list_id: uuid.UUID,
    *,
    valid_from: date,
    valid_until: date | None,
    items: Sequence[Mapping[str, Any]],
    at: datetime,
    actor: Actor,
) -> PriceList:
    """
    Let a list end on the day a new edition of it begins; what was offered from the old one keeps its price.

    OverlappingListError where the old one begins no earlier, or a third edition is in force then;
    PriceList.DoesNotExist for a stranger's id.
    """
    old = PriceList.objects.select_for_update(of=("self",)).select_related("seller").get(pk=list_id)
    if old.valid_from >= valid_from:
        raise OverlappingListError(f"{old.name} begins on {old.valid_from}; a new edition begins later.")
    if old.valid_until is None or old.valid_until > valid_from:
        before, old.valid_until = old.valid_until, valid_from
        old.save(update_fields=["valid_until"])
        changed = {"valid_until": valid_from}
        record("books.price_list_ended", old, at=at, actor=actor, before={"valid_until": before}, after=changed)
    return make_price_list(
        seller=old.seller,
        name=old.name,
        pack=old.pack,
        valid_from=valid_from,
        valid_until=valid_until,
        items=items,
        at=at,
        actor=actor,
    )


def _overlap(first: date, end: date | None, other_first: date, other_end: date | None) -> bool:
    return (other_end is None or first < other_end) and (end is None or other_first < end)
