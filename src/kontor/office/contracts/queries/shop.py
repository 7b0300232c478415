"""What a customer can add to its contract, at the price of the day or the one agreed for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from kontor.office.books import public as books
from kontor.office.contracts.models import AgreedPrice, Contract
from kontor.rulebook.contract_state import Per
from kontor.rulebook.ruling import Text

ONCE: Final = "ONCE"


@dataclass(frozen=True, slots=True)
class Ware:
    """Something that can be added: `price` net for one and `per`; `agreed` where that was agreed, else None."""

    item: str
    name: Text
    kind: str
    unit: str
    module: str
    per: Per
    price: Decimal
    agreed: str | None = None


def wares(contract: Contract, on: date, agreed: Iterable[AgreedPrice]) -> list[Ware]:
    """
    Return, as the supplier, what its price lists of a day offer for a contract: what recurs, hardware apart.

    agreed  the contract's agreed prices; the latest that holds on the day goes before the list
    """
    special = {row.item: row for row in sorted(agreed, key=lambda row: row.from_on) if row.from_on <= on}
    found: dict[str, Ware] = {}
    for listed in lists_for(contract, on):
        for item in books.price_items(listed.id):
            if item.interval == ONCE or item.key in found:
                continue
            own = special.get(item.key)
            found[item.key] = Ware(
                item.key,
                Text(item.name_de, item.name_en),
                item.kind,
                item.unit,
                item.module,
                Per(item.interval.lower()),
                own.price if own else item.price,
                own.source if own else None,
            )
    return list(found.values())


def lists_for(contract: Contract, on: date) -> list[books.ListedPrices]:
    """Return the seller's lists for the contract's pack in its currency, of each name the newest."""
    newest: dict[str, books.ListedPrices] = {}
    for listed in books.price_lists(on):
        fits = listed.seller == contract.seller_id and listed.pack in ("", contract.pack)
        if fits and listed.currency == contract.terms["currency"]:
            newest.setdefault(listed.name, listed)
    return sorted(newest.values(), key=lambda listed: listed.pack == "")
