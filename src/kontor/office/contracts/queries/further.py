"""What can be offered to a contract that runs: priced from the list of the day, with what its acceptance needs."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from kontor.office.books import public as books
from kontor.office.contracts.models import Contract, SiteReport
from kontor.office.contracts.queries.licences import PLAN, Granting
from kontor.office.contracts.queries.shop import ONCE, lists_for
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.rulebook.licence import Granted
from kontor.rulebook.licence_change import late_maintenance
from kontor.rulebook.money import Money
from kontor.rulebook.period import ONE_DAY, Period, add_months
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from kontor.rulebook.web_plans import plan_fits

FURTHER: Final = "further"


class Purpose(StrEnum):
    """What a further offer is for."""

    COMPUTERS = "computers"
    PERPETUAL = "perpetual"
    MAINTENANCE = "maintenance"
    SITE = "site"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offering:
    """
    A further offer before it is sent.

    price_list  the list of the day
    items   its items -> how many
    extra   further positions with their net price: key, name, price, interval ("ONCE", "YEAR")
    told    what the acceptance needs besides, in JSON's terms
    """

    purpose: Purpose
    price_list: uuid.UUID
    items: Mapping[uuid.UUID, Decimal] = field(default_factory=dict)
    extra: Sequence[Mapping[str, str]] = ()
    told: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Listed:
    """An item of the list of the day, and which list it is."""

    item: books.ListedItem
    price_list: uuid.UUID


def listed_for(contract: Contract, on: date) -> list[Listed]:
    """Return, as the supplier, every item that its lists of a day hold for a contract, each key once."""
    found: dict[str, Listed] = {}
    for listed in lists_for(contract, on):
        for item in books.price_items(listed.id):
            found.setdefault(item.key, Listed(item, listed.id))
    return list(found.values())


def more_of(contract: Contract, listed: Listed, quantity: int, *, products: Sequence[str]) -> Offering:
    """
    Offer more of an item: computers, a module, a plan.

    products  keys of the products that the contract has. RefusalError for a plan that belongs to none of them.
    """
    fits = plan_fits(pack_of_terms(contract.terms), listed.item.module, products)
    if not fits.value:
        raise RefusalError(fits.working[-1])
    return Offering(purpose=Purpose.COMPUTERS, price_list=listed.price_list, items={listed.item.id: Decimal(quantity)})


def perpetual_of(contract: Contract, granting: Granting, listed: Listed, *, site: str) -> Offering:
    """
    Offer a licence for the whole protection period in place of one for a term: as many computers, at one site.

    RefusalError where it is granted for good already, the item is no licence of that product paid once, or the site is
    none of the licence's.
    """
    licence = granting.licence
    if licence.granted is Granted.PERPETUAL:
        raise RefusalError(Text("Die Lizenz gilt schon unbefristet.", "The licence is perpetual already."))
    if (listed.item.kind, listed.item.module, listed.item.interval) != (PLAN, licence.product, ONCE):
        raise RefusalError(
            Text("Das ist keine einmalig bezahlte Lizenz dieses Produkts.", "This is no licence of it paid once.")
        )
    if site not in licence.sites:
        raise RefusalError(Text("Diesen Standort nennt die Lizenz nicht.", "The licence does not name this site."))
    since = contract.start_on - ONE_DAY
    billed = books.billed_beyond("contracts.Contract", {contract.pk: since})[contract.pk]
    paid = Money.total([each.left for each in billed if each.item in granting.positions], contract.terms["currency"])
    told = {"replaces": list(granting.positions), "site": site, "paid_minor": paid.minor}
    return Offering(
        purpose=Purpose.PERPETUAL, price_list=listed.price_list, items={listed.item.id: Decimal(licence.computers)},
        told=told,
    )  # fmt: skip


def maintenance_of(
    contract: Contract, listed: Listed, *, first: date, months: int, positions: Sequence[str], today: date
) -> Offering:
    """
    Offer maintenance from a day on for some months: their price, and that of the use before without maintenance.

    positions  items that the contract has. RefusalError where it has maintenance already, the item has no yearly price,
    or the first day lies before today or the contract's start.
    """
    if listed.item.key in positions:
        raise RefusalError(Text("Der Vertrag hat schon Wartung.", "The contract has maintenance already."))
    if listed.item.interval != "YEAR":
        raise RefusalError(Text("Diese Position hat keinen Jahrespreis.", "This item has no yearly price."))
    if first < today:
        raise RefusalError(Text("Der Beginn liegt in der Vergangenheit.", "The first day lies in the past."))
    term = Period(first, add_months(first, months))
    currency = contract.terms["currency"]
    before = late_maintenance(listed.item.price, contract.start_on, term, currency=currency).value
    language = contract.terms["language"]
    name = Text(f"Nutzung ohne Wartung, {before.days} Tage", f"Use without maintenance, {before.days} days")
    once = {"key": "unmaintained", "name": name.spoken(language), "price": str(before.unmaintained.amount),
            "interval": ONCE}  # fmt: skip
    told = {"from": first.isoformat(), "months": months, "yearly": f"{listed.item.price:f}"}
    return Offering(
        purpose=Purpose.MAINTENANCE, price_list=listed.price_list, items={listed.item.id: Decimal(1)},
        extra=[once] if before.days else [], told=told,
    )  # fmt: skip


def site_of(
    contract: Contract, report: SiteReport, *, yearly: Decimal, replaces: str, price_list: uuid.UUID
) -> Offering:
    """Offer that a reported site becomes part of the contract, for a price a year that may be nought."""
    words = Text(f"Standort {report.name}", f"Site {report.name}")
    line = {"key": f"site-{report.pk.hex[-8:]}", "name": words.spoken(contract.terms["language"]),
            "price": f"{yearly:f}", "interval": "YEAR"}  # fmt: skip
    told = {"report": str(report.pk), "replaces_site": replaces}
    return Offering(purpose=Purpose.SITE, price_list=price_list, extra=[line], told=told)
