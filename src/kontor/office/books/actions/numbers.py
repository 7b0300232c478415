"""
Numbers without a gap: taken from a locked row in the very transaction that makes the document.

A sequence of the database would keep a number that a rolled-back transaction had taken; a row does not.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from kontor.office.books.models import NumberSeries, Seller

INVOICE, QUOTE, CONFIRMATION, CONTRACT = "INVOICE", "QUOTE", "CONFIRMATION", "CONTRACT"
MANDATE, COLLECTION, REFUND = "MANDATE", "COLLECTION", "REFUND"
_WORDS = {
    INVOICE: "RE",
    QUOTE: "AN",
    CONFIRMATION: "AB",
    CONTRACT: "VT",
    MANDATE: "MD",
    COLLECTION: "LS",
    REFUND: "ER",
}


def next_numbers(seller: Seller, kind: str, *, year: int, count: int) -> list[str]:
    """
    Return the next `count` numbers of a seller's series, such as "RE-2026-00001".

    year  of the document's own date in the seller's zone, never the server's today
    Call it last: from here until commit nobody else numbers a document of this series.
    """
    NumberSeries.objects.get_or_create(seller=seller, kind=kind, year=year)
    series = NumberSeries.objects.select_for_update(no_key=True).get(seller=seller, kind=kind, year=year)
    first = series.last_number + 1
    series.last_number += count
    series.save(update_fields=["last_number"])
    head = "-".join(part for part in (seller.number_prefix, _WORDS[kind], str(year)) if part)
    return [f"{head}-{number:05}" for number in range(first, first + count)]


def numbers_in_order(wanted: Sequence[tuple[uuid.UUID, int]], *, sellers: Mapping[uuid.UUID, Seller]) -> list[str]:
    """
    Return invoice numbers for these pairs of seller and year, in their order; series by series, in one order for all.

    Call it last, as `next_numbers`.
    """
    places: dict[tuple[uuid.UUID, int], list[int]] = defaultdict(list)
    for place, series in enumerate(wanted):
        places[series].append(place)
    given = [""] * len(wanted)
    for seller, year in sorted(places, key=lambda key: (key[0].hex, key[1])):
        theirs = places[seller, year]
        numbers = next_numbers(sellers[seller], INVOICE, year=year, count=len(theirs))
        for place, number in zip(theirs, numbers, strict=True):
            given[place] = number
    return given


def sellers_of(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Seller]:
    """Return these sellers in one query; KeyError on access names a stranger's id."""
    return {seller.pk: seller for seller in Seller.objects.filter(pk__in=ids)}
