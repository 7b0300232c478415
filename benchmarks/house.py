"""The house that sells in the decade: its price lists by pack and day, its customers, and how a deal is concluded."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from benchmarks.oracle.days import DAY
from benchmarks.oracle.deal import Deal, PriceList as Listed
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.actions.prices import make_price_list
from kontor.office.books.models import PriceList
from kontor.office.contracts.actions import conclusion, drafts
from kontor.office.contracts.models import Contract, OfferDraft
from kontor.rulebook import terms
from tests import factories
from tests.factories import House

KINDS = {
    "visitors": ("MODULE", "SITE"),
    "seats": ("PLAN", "USER"),
    "care": ("SERVICE", "PIECE"),
    "terminal": ("HARDWARE", "PIECE"),
}
VAT_IDS = {"DE": "DE111111125", "FR": "FR40303265045", "CH": ""}


@dataclass(frozen=True)
class Market:
    """The house with its price lists, by pack and first day."""

    house: House
    lists: Mapping[tuple[str, date], PriceList]


def noon(on: date) -> datetime:
    """The hour at which people act."""
    return datetime.combine(on, time(10), UTC)


def open_market(listed: tuple[Listed, ...]) -> Market:
    """Found the house and publish its price lists for every pack."""
    house = factories.make_house("crm")
    made = {}
    with as_tenant(house.tenant.pk):
        PriceList.objects.update(valid_until=date(2026, 1, 2))  # the factory's own list is none of ours
        for pack in ("crm", "visitor", "leisure", "dealership", "bookkeeping"):
            for place, each in enumerate(listed):
                until = listed[place + 1].first if place + 1 < len(listed) else None
                made[pack, each.first] = make_price_list(
                    seller=house.seller, name=f"Liste {pack}", pack=pack, valid_from=each.first, valid_until=until,
                    items=[_item(item) for item in each.items.values()], at=factories.AT, actor=house.actor,
                )  # fmt: skip
    return Market(house, made)


def _item(item: Any) -> dict[str, Any]:
    kind, unit = KINDS[item.key]
    price = Decimal(item.price.numerator) / Decimal(item.price.denominator)
    return {
        "key": item.key, "name_de": item.key, "name_en": item.key, "kind": kind, "unit": unit,
        "interval": item.per.upper(), "price": price, "module": "",
    }  # fmt: skip


def conclude(market: Market, deal: Deal) -> Contract:
    """Offer, accept and conclude a deal by the product's own actions, on its day."""
    house = market.house
    at = noon(deal.formed)
    customer = {"country": deal.country, "vat_id": VAT_IDS[deal.country], "name": f"Kunde {deal.number} GmbH"}
    party = factories.make_party(house, **customer)
    offer = factories.send(house, _draft(market, deal, party), at=at)
    factories.accept(house, offer, at=at)
    with as_tenant(house.tenant.pk):
        if deal.pack == "visitor":
            conclusion.confirm_order(offer.pk, at=at, actor=house.actor)
            conclusion.note_confirmation_received(offer.pk, at=at)
        made = conclusion.conclude(offer.pk, at=at)
    assert made is not None
    return made


def _draft(market: Market, deal: Deal, party: Any) -> OfferDraft:
    house, at = market.house, noon(deal.formed)
    first = max(first for pack, first in market.lists if pack == deal.pack and first <= deal.formed)
    listed = market.lists[deal.pack, first]
    with as_tenant(house.tenant.pk):
        draft = drafts.write_draft(
            seller=house.seller.pk, party=party.pk, price_list=listed.pk, pack=deal.pack,
            version=terms.versions(deal.pack)[-1], language="de", valid_until=deal.formed + 7 * DAY, at=at,
            actor=house.actor,
        )  # fmt: skip
        items = {item.key: item.pk for item in listed.items.all()}
        bought = [drafts.Position(items[key], Decimal(count)) for key, count in deal.bought.items()]
        drafts.set_positions(draft.pk, bought, at=at, actor=house.actor)
        return drafts.set_terms(
            draft.pk, agreed=_agreed(deal), settings={}, at=at, actor=house.actor, start_on=deal.named,
            sites=[{"name": "Hamburg", "address": "Hafenweg 9"}], notice_customer="vertrag@alder.example",
            notice_seller="vertrag@lindwurm.example",
        )  # fmt: skip


def _agreed(deal: Deal) -> dict[str, Any]:
    """Fill what the pack leaves to the offer with what the deal says."""
    said = {
        "term.initial": deal.terms["initial"], "term.renewal": deal.terms.get("renewal"),
        "notice.period": deal.terms["notice"], "notice.to": deal.terms["to"],
        "invoicing.interval": deal.terms["interval"], "invoicing.lead": deal.terms.get("lead"),
        "invoicing.due": deal.terms["due"], "invoicing.due_from": deal.terms["due_from"],
        "invoicing.issued": {"start": "period_start", "end": "period_end"}.get(deal.terms["issued"]),
        "invoicing.dates": [day.isoformat() for day in deal.dates],
    }  # fmt: skip
    answers = factories.filled(deal.pack)
    return answers | {key: value for key, value in said.items() if key in answers and value}
