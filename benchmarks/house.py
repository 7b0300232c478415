"""The house that sells in the decade: its price lists by pack and day, its customers, and how a deal is concluded."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from benchmarks.oracle import index
from benchmarks.oracle.days import DAY
from benchmarks.oracle.deal import Deal, PriceList as Listed
from benchmarks.oracle.metered import LIMITS
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.actions.mandates import Signing, sign_mandate
from kontor.office.books.actions.prices import change_seller, make_price_list
from kontor.office.books.formats.mandate_text import mandate_hash
from kontor.office.books.models import PriceList
from kontor.office.contracts.actions import conclusion, drafts, index_register
from kontor.office.contracts.models import Contract, OfferDraft
from kontor.office.documents.public import Evidence
from kontor.rulebook import terms
from kontor.rulebook.collecting import Scheme
from tests import factories
from tests.factories import House

KINDS = {
    "visitors": ("MODULE", "SITE"),
    "seats": ("PLAN", "USER"),
    "care": ("SERVICE", "PIECE"),
    "terminal": ("HARDWARE", "PIECE"),
}
CREDITOR_ID, PAYER = "DE98ZZZ09999999999", "DE02500105170137075030"
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
        # the factory's own list is none of ours, and was over before anything was sold here
        PriceList.objects.update(valid_from=date(2019, 1, 1), valid_until=date(2019, 1, 2))
        for pack in ("crm", "visitor", "leisure", "dealership", "bookkeeping"):
            for place, each in enumerate(listed):
                until = listed[place + 1].first if place + 1 < len(listed) else None
                made[pack, each.first] = make_price_list(
                    seller=house.seller, name=f"Liste {pack}", pack=pack, valid_from=each.first, valid_until=until,
                    items=[_item(item) for item in each.items.values()], at=factories.AT, actor=house.actor,
                )  # fmt: skip
        _publish_use(house)
        _register_index(house)
        change_seller(house.seller.pk, at=factories.AT, actor=house.actor, creditor_id=CREDITOR_ID)
    return Market(house, made)


def _publish_use(house: House) -> None:
    """Publish what crm includes of metered use, and what goes beyond costs."""
    items = [
        {
            "key": f"more-{each.meter}", "name_de": each.meter, "name_en": each.meter, "meter": each.meter,
            "included": Decimal(each.included), "block_size": Decimal(each.block), "block_unit": "units",
            "price": Decimal(each.price.numerator) / Decimal(each.price.denominator), "kind": "USAGE", "unit": "BLOCK",
            "interval": "ONCE", "module": "",
        }
        for each in LIMITS
    ]  # fmt: skip
    make_price_list(
        seller=house.seller, name="Verbrauch", pack="crm", valid_from=date(2020, 1, 1), valid_until=None, items=items,
        at=factories.AT, actor=house.actor,
    )  # fmt: skip


def _register_index(house: House) -> None:
    """Enter the simulation's index values, each with the day on which it is published."""
    at = datetime(2037, 1, 1, tzinfo=UTC)
    series = index_register.add_series(name="Syntec", publisher="Fixture of the simulation", at=at, actor=house.actor)
    told = [
        index_register.NewValue(
            month=each.month, base="1961=100", value=Decimal(each.value), published_on=each.published, source="fixture"
        )
        for each in index.values()
    ]
    index_register.enter_values(series.pk, told, at=at, actor=house.actor)


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
    if deal.mandate:
        _sign_mandate(house, party, at)
    offer = factories.send(house, _draft(market, deal, party), at=at)
    factories.accept(house, offer, at=at)
    with as_tenant(house.tenant.pk):
        if deal.pack == "visitor":
            conclusion.confirm_order(offer.pk, at=at, actor=house.actor)
            conclusion.note_confirmation_received(offer.pk, at=at)
        made = conclusion.conclude(offer.pk, at=at)
    assert made is not None
    return made


def _sign_mandate(house: House, party: Any, at: datetime) -> None:
    signing = Signing(
        scheme=Scheme.CORE, holder=party.name, iban=PAYER, signer="Jonas Alder", email="jonas@alder.example",
        sha256=mandate_hash(Scheme.CORE, creditor=house.seller.name, creditor_id=CREDITOR_ID), ticked=True,
        evidence=Evidence(address="192.0.2.7", client="Firefox"),
    )  # fmt: skip
    sign_mandate(
        signing, seller=house.seller.pk, party=party.pk, customer_tenant=party.own_tenant_id, at=at, actor=house.actor
    )


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
