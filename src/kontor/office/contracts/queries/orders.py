"""Change orders: who may place them, what they say in words, and which wait."""

from datetime import date
from typing import Any

from kontor.office.contracts.models import Contract
from kontor.office.contracts.queries.contacts import acting
from kontor.office.contracts.queries.shop import Ware


def signs_for(contract: Contract, email: str, *, on: date) -> bool:
    """Tell whether a person orders for the customer on a day: who signed the contract, or a contact who may."""
    if not email:
        return False
    signed = email.casefold() == str(contract.signature["email"]).casefold()
    return signed or email.casefold() in acting(contract, "orders", on=on)


def ware_line(ware: Ware, quantity: int, language: str) -> dict[str, Any]:
    """Return a line of an order for more as it is kept: what, how many, and the price of the day it is ordered."""
    return {
        "item": ware.item,
        "name": ware.name.de if language == "de" else ware.name.en,
        "module": ware.module,
        "unit": ware.unit,
        "kind": ware.kind,
        "per": ware.per.value,
        "price": f"{ware.price:f}",
        "agreed": ware.agreed,
        "quantity": quantity,
    }
