"""To which customer an address belongs; what decides who joins a request and who does not."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from kontor.office.contracts import public as contracts
from kontor.office.desk.queries.centre import party_in_centre
from kontor.office.parties import public as parties


def party_of_address(address: str, *, at: datetime) -> uuid.UUID | None:
    """Return whose address it is, as somebody at a customer or in the customer centre; None for nobody's."""
    return parties.party_of(address) or party_in_centre(address, at=at)


def customer_of(address: str, *, at: datetime) -> uuid.UUID | None:
    """Return the customer an address belongs to, by its people or by whoever signed; None for a stranger's."""
    if party := party_of_address(address, at=at):
        return party
    contract, _language = contracts.contract_of_sender(address, None)
    return contracts.served(contract, at=at).party if contract else None


def of_customer(addresses: Iterable[str], party: uuid.UUID | None, *, at: datetime) -> list[str]:
    """Return those addresses that belong to a customer; none of them where a request is nobody's customer's."""
    return [each for each in addresses if party is not None and customer_of(each, at=at) == party]
