"""Which licences a contract grants on a day, read from its offer and its amendments, and what was delivered of them."""

import ipaddress
import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from kontor.office.books import public as books
from kontor.office.contracts.models import (
    Activation,
    Amendment,
    Contract,
    EndingCase,
    LicenceKey,
    LicenceSigner,
    SiteReport,
)
from kontor.office.contracts.queries.state import amendments_of
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.rulebook.amendments import History
from kontor.rulebook.ending.kinds import SHAPES, Kind
from kontor.rulebook.ending.told import Side
from kontor.rulebook.licence import Granted, Licence, granted_for, lasts, sites_fit
from kontor.rulebook.period import ONE_DAY
from kontor.rulebook.ruling import Ruling, combined
from kontor.rulebook.terms import TermsPack
from kontor.rulebook.unlocking import last_known
from kontor.rulebook.web_plans import products_of
from kontor.rulebook.wording import said

PLAN: Final = "PLAN"
NETWORK_BITS: Final = {4: 24, 6: 48}  # what one site's line usually has; less would follow a computer too closely


@dataclass(frozen=True, slots=True)
class Item:
    """A position as licences ask for it; `granted`, `site` and `replaces` come from a further offer."""

    key: str
    kind: str
    module: str
    granted: str = ""
    site: str = ""
    replaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Granting:
    """A licence with the decision that gives it, what was ordered with it, and its positions' keys."""

    ruling: Ruling[Licence]
    modules: tuple[str, ...]
    positions: tuple[str, ...]

    @property
    def licence(self) -> Licence:
        """What the customer may use."""
        return self.ruling.value


def licenses_computers(pack: TermsPack) -> bool:
    """Tell whether terms license software for computers at all."""
    return pack.licence is not None and pack.licence.computers_limited is not None


def items_of(contract: Contract, rows: Sequence[Amendment]) -> dict[str, Item]:
    """Return, as the house, the positions of the signed quote and those added since, by key; one query."""
    return _items(books.positions_of(contract.offer.quote_id), rows)


def _items(quoted: Sequence[books.QuotedPosition], rows: Sequence[Amendment]) -> dict[str, Item]:
    found = {each.key: Item(each.key, each.kind, each.module) for each in quoted}
    for told in (told for row in rows for told in row.content if told.get("item")):
        item = told["item"]
        found[told["key"]] = Item(
            told["key"], item["kind"], item["module"], item.get("granted", ""), item.get("site", ""),
            tuple(item.get("replaces", "").split()),
        )  # fmt: skip
    return found


def grantings(contract: Contract, rows: Sequence[Amendment], *, at: datetime) -> list[Granting]:
    """
    Return, as the house, the licences of a contract on the day of a moment; three queries.

    rows  its amendments in their order. RefusalError where the offer does not say for how long they are granted.
    """
    return grantings_of([(contract, rows)], at=at)[contract.pk]


def grantings_of(
    asked: Sequence[tuple[Contract, Sequence[Amendment]]], *, at: datetime
) -> dict[uuid.UUID, list[Granting]]:
    """Return the licences of many contracts, each with its amendments, as `grantings`; three queries together."""
    found: dict[uuid.UUID, list[Granting]] = {contract.pk: [] for contract, _ in asked}
    licensed = [each for each in asked if licenses_computers(pack_of_terms(each[0].terms))]
    if not licensed:
        return found
    quoted = books.positions_of_many({contract.offer.quote_id for contract, _ in licensed})
    sites, breached = _sites([contract for contract, _ in licensed]), _breached([each.pk for each, _ in licensed])
    for contract, rows in licensed:
        found[contract.pk] = _grantings(
            contract, rows, items=_items(quoted[contract.offer.quote_id], rows), sites=sites[contract.pk],
            breached=contract.pk in breached, at=at,
        )  # fmt: skip
    return found


def _grantings(
    contract: Contract, rows: Sequence[Amendment], *, items: dict[str, Item], sites: tuple[str, ...], breached: bool,
    at: datetime,
) -> list[Granting]:  # fmt: skip
    pack = pack_of_terms(contract.terms)
    history = History(amendments_of(rows, pack=contract.pack, version=contract.version))
    on = max(day_of(pack, at), contract.start_on)
    end = last_known(history.state(date.max))
    held = {each.key: each for each in history.state(on).positions if each.quantity >= 1}
    items = {key: item for key, item in items.items() if key in held}
    replaced = {key for item in items.values() for key in item.replaces}
    days = (contract.start_on, end - ONE_DAY if end else None)
    found = []
    for product in pack.modules:
        licensed = [each for each in items.values() if each.kind == PLAN and each.module == product]
        chosen = [each for each in licensed if each.key not in replaced]
        if chosen:
            computers = sum(int(held[each.key].quantity) for each in chosen)
            modules = tuple(_modules(pack, product, items))
            found.append(
                _granting(
                    pack, product, chosen,
                    sites=sites, computers=computers, days=days, modules=modules, breached=breached,
                )
            )  # fmt: skip
    return found


def _breached(contracts: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Return, as the house, which of these contracts were ended because the customer broke them; one query."""
    rows = EndingCase.objects.filter(contract_id__in=contracts, side=Side.PROVIDER).exclude(amendment=None)
    return {contract for contract, kind in rows.values_list("contract_id", "kind") if SHAPES[Kind(kind)].fault}


def all_for_good(asked: Sequence[tuple[Contract, Sequence[Amendment]]], *, at: datetime) -> set[uuid.UUID]:
    """Return, as the house, which of these contracts grant licences and every one of them for good; three queries."""
    found = grantings_of(asked, at=at)
    return {
        contract
        for contract, given in found.items()
        if given and all(each.licence.granted is Granted.PERPETUAL for each in given)
    }


def sites_of(contract: Contract) -> tuple[str, ...]:
    """Return, as the house, the names of a contract's sites: those of the offer, and what amendments made of them."""
    return _sites([contract])[contract.pk]


def _sites(contracts: Sequence[Contract]) -> dict[uuid.UUID, tuple[str, ...]]:
    names = {contract.pk: [site["name"] for site in contract.terms["sites"]] for contract in contracts}
    for report in SiteReport.objects.filter(contract__in=contracts).exclude(amendment=None).order_by("at"):
        kept = [name for name in names[report.contract_id] if name != report.replaces]
        names[report.contract_id] = [*kept, report.name]
    return {contract: tuple(dict.fromkeys(found)) for contract, found in names.items()}


def waiting_sites(contract: Contract, *, sites: Collection[str]) -> list[SiteReport]:
    """Return, as the house, the reported sites that wait for an amendment."""
    rows = SiteReport.objects.filter(contract=contract, amendment=None).exclude(name__in=sites)
    return list(rows.order_by("at"))


def day_of(pack: TermsPack, at: datetime) -> date:
    """Return the day of a moment in the contract's zone."""
    return at.astimezone(ZoneInfo(pack.zone)).date()


def active_on(contract: Contract, product: str) -> list[Activation]:
    """Return the computers that hold a place of a product, the first first."""
    rows = Activation.objects.filter(contract=contract, product=product, released_at=None)
    return list(rows.order_by("activated_at", "pk"))


def latest_keys(contract_id: uuid.UUID, *, own: bool) -> list[LicenceKey]:
    """Return the newest key of each product, as the house or its customer may see them; one query."""
    rows = (LicenceKey.objects if own else LicenceKey.received).filter(contract_id=contract_id).order_by("number")
    return list({row.product: row for row in rows}.values())


def public_keys() -> list[dict[str, Any]]:
    """Return the house's public keys, the newest first: what proves a licence key."""
    return list(LicenceSigner.objects.order_by("-number").values_list("public", flat=True))


def network_of(address: str) -> str:
    """Return the network that an address stands in, "" where it is no address."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return str(ipaddress.ip_network((found, NETWORK_BITS[found.version]), strict=False))


def covers(reported: str, address: str) -> bool:
    """Tell whether a reported network holds an address."""
    try:
        return ipaddress.ip_address(address) in ipaddress.ip_network(reported, strict=False)
    except ValueError:
        return False


def _granting(
    pack: TermsPack, product: str, chosen: Sequence[Item], *, sites: tuple[str, ...], computers: int,
    days: tuple[date, date | None], modules: tuple[str, ...], breached: bool,
) -> Granting:  # fmt: skip
    offered = granted_for(pack)
    converted = next((each for each in chosen if each.granted), None)
    granted = Granted(converted.granted) if converted else offered.value
    named = (converted.site,) if converted and converted.site else sites
    fit = sites_fit(pack, granted, named)
    first, last = days
    until = lasts(pack, granted, ends=last, breached=breached)
    licence = Licence(product, granted, computers, named, first, until.value)
    step = said(
        "{product}: {computers} Rechner an {sites}.",
        "{product}: {computers} computers at {sites}.",
        product=pack.modules[product].label,
        computers=computers,
        sites=", ".join(named),
    )
    told = (until,) if breached else ()
    rulings = (fit, *told) if converted else (offered, fit, *told)
    return Granting(combined(licence, *rulings, working=(step,)), modules, tuple(each.key for each in chosen))


def _modules(pack: TermsPack, product: str, items: dict[str, Item]) -> Iterator[str]:
    for item in items.values():
        if product in products_of(pack, item.module):
            yield item.module
