"""The demo's places of business, a test tenant apart from production, and a house that looks after its own access."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from kontor.kernel.demo import PASSWORD
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.models import Contract
from kontor.office.identity import public as identity

_SITES: Final = {
    "mats@kart-nord.example": (("Kiel", "Flensburg", "Lübeck"), "finn@kart-nord.example", "Finn Petersen"),
    "ayla@birke.example": (("Frankfurt", "Mainz", "Kassel"), "lena@birke.example", "Lena Rautenberg"),
}
_TESTING: Final = ("ayla@birke.example", "nora@birke.example")


def tell_access(contracts: Mapping[str, Contract], at: datetime) -> None:
    """Open sites of two customers, make the test tenant of one, and let the house look after its access."""
    for customer, (names, email, name) in _SITES.items():
        with as_tenant(_tenant(contracts[customer])):
            identity.open_sites(names, email=email, name=name, password=PASSWORD, at=at - timedelta(days=50))
    customer, tester = _TESTING
    with as_tenant(_tenant(contracts[customer])):
        identity.try_apart(tester, at=at - timedelta(days=20))
    identity.look_after_access(at)


def _tenant(contract: Contract) -> uuid.UUID:
    assert contract.customer_tenant_id is not None  # a running contract has moved in
    return contract.customer_tenant_id
