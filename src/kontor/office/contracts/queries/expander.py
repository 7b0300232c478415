"""The Expander (§11.2 crm): sold per customer, and without it no key of that customer opens the API."""

from typing import Final

from kontor.office.contracts.models import Contract
from kontor.rulebook import terms
from kontor.rulebook.ruling import Clause, Text

MODULE: Final = "expander"
WEB_SERVICES: Final = "web_services"
REQUIRED: Final = Text(
    "Expander erforderlich: Die Schnittstellen gehören zu den Erweiterungen Ihres Vertrags.",
    "Expander required: the interfaces belong to the Expander services of your contract.",
)


def lacks_expander(modules: frozenset[str]) -> Text | None:
    """Return why the current tenant's API is shut: all its contracts sell it as Expander, none has one; one query."""
    if MODULE in modules:
        return None
    packs = set(Contract.received.values_list("pack", "version"))
    sold_apart = [sells_interfaces(terms.load(key, version=version)) for key, version in packs]
    return REQUIRED if sold_apart and all(sold_apart) else None


def sells_interfaces(pack: terms.TermsPack) -> bool:
    """Tell whether a pack's Expander is what opens the interfaces."""
    module = (pack.modules or {}).get(MODULE)
    functions = module.functions.value if module and module.functions else ()
    return any(each.key == WEB_SERVICES for each in functions)


def sold_per_customer(pack: terms.TermsPack) -> Clause | None:
    """Return the clause by which the Expander is sold per customer, None where the pack knows none."""
    sold = pack.prices.expander_sold_per if pack.prices else None
    return sold.clause if sold and sold.value == "customer" else None
