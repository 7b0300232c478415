"""A house that sells, its customer, and the way between them, made by the product's own actions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from kontor.kernel.actions.rights import Grant, add_member, grant
from kontor.kernel.actions.tenants import found_house
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.models import Role, Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.actions.prices import add_seller, make_price_list
from kontor.office.books.models import PriceList, Seller
from kontor.office.contracts.actions import drafts, offers
from kontor.office.contracts.models import Offer, OfferDraft
from kontor.office.documents.public import Evidence
from kontor.office.identity.models import User
from kontor.office.parties.actions.parties import add_party
from kontor.office.parties.models import Party
from kontor.rulebook import terms

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)  # Monday, 10:00 in Berlin
PASSWORD = "correct horse battery staple"

SELLER = {
    "name": "Lindwurm Systeme GmbH",
    "street": "Lagerstraße 4",
    "postcode": "80335",
    "city": "München",
    "country": "DE",
    "vat_id": "DE123456788",
    "registration": "HRB 12345 München",
    "email": "rechnung@lindwurm.example",
    "phone": "+49 89 1234560",
    "contact_name": "Ida Lindwurm",
    "bank": "Stadtbank",
    "iban": "DE02120300000000202051",
    "bic": "BYLADEM1001",
    "zone": "Europe/Berlin",
    "language": "de",
}
CUSTOMER = {
    "name": "Alder & Söhne GmbH",
    "street": "Hafenweg 9",
    "postcode": "20457",
    "city": "Hamburg",
    "country": "DE",
    "vat_id": "DE111111125",
    "email": "einkauf@alder.example",
    "language": "de",
}
ITEMS: tuple[Mapping[str, Any], ...] = (
    {"key": "visitors", "name_de": "Besucherverwaltung", "name_en": "Visitor management", "kind": "MODULE",
     "unit": "SITE", "interval": "MONTH", "price": Decimal("89.00"), "module": "visitors"},
    {"key": "seats", "name_de": "Arbeitsplätze", "name_en": "Seats", "kind": "PLAN", "unit": "USER",
     "interval": "MONTH", "price": Decimal("12.50"), "module": "platform"},
    {"key": "terminal", "name_de": "Terminal", "name_en": "Terminal", "kind": "HARDWARE", "unit": "PIECE",
     "interval": "ONCE", "price": Decimal("1490.00"), "module": ""},
)  # fmt: skip


@dataclass(frozen=True)
class House:
    """The provider, ready to sell under one pack."""

    tenant: Tenant
    seller: Seller
    price_list: PriceList
    pack: str
    staff: User

    @property
    def actor(self) -> Actor:
        return Actor.person(self.staff)


def make_house(pack: str = "visitor", *, seller: Mapping[str, Any] = SELLER) -> House:
    tenant = found_house(name="Lindwurm", at=AT, actor=MACHINE)
    staff = make_user("ida@lindwurm.example", "Ida Lindwurm")
    with as_tenant(tenant.pk):
        grant(
            [
                Grant(
                    module=module,
                    from_on=date(2020, 1, 1),
                    until_on=None,
                    clause="",
                    reason_de="Haus",
                    reason_en="House",
                )
                for module in ("books", "contracts")
            ],
            contract=None,
            at=AT,
            actor=MACHINE,
        )
        add_member(staff, kind="EMPLOYEE", roles=[Role.objects.get(everything=True)], at=AT, actor=MACHINE)
        sold_by = add_seller(at=AT, actor=MACHINE, **seller)
        prices = make_price_list(
            seller=sold_by,
            name="Liste",
            pack=pack,
            valid_from=date(2026, 1, 1),
            valid_until=None,
            items=ITEMS if pack == "visitor" else [item | {"module": ""} for item in ITEMS],
            at=AT,
            actor=MACHINE,
        )
    return House(tenant, sold_by, prices, pack, staff)


def make_user(email: str, name: str, password: str | None = PASSWORD) -> User:
    return User.objects.create_user(email, password, name=name, created_at=AT)


def make_party(house: House, **given: Any) -> Party:
    with as_tenant(house.tenant.pk):
        return add_party(at=AT, actor=house.actor, **{**CUSTOMER, **given})


AGREED: Mapping[str, Any] = {
    "duration": "12 months",
    "number": 2,
    "text": "wie im Angebot genannt",
    "percent": "5 %",
    "dates": ["2026-12-05"],
}


def filled(pack_key: str) -> dict[str, Any]:
    """Fill every blank of a pack with something that its kind admits; tests name what they care about."""
    answers: dict[str, Any] = {}
    for key, blank in terms.load(pack_key).to_be_agreed():
        if blank.options:
            answers[key] = "month" if "month" in blank.options else blank.options[0]
        else:
            answers[key] = AGREED[blank.asks]
    return answers


def make_draft(house: House, party: Party, *, agreed: Mapping[str, Any] | None = None, **given: Any) -> OfferDraft:
    with as_tenant(house.tenant.pk):
        draft = drafts.write_draft(
            seller=house.seller.pk,
            party=party.pk,
            price_list=house.price_list.pk,
            pack=house.pack,
            version=terms.versions(house.pack)[-1],
            language="de",
            valid_until=date(2026, 11, 30),
            at=AT,
            actor=house.actor,
        )
        items = {item.key: item for item in house.price_list.items.all()}
        drafts.set_positions(
            draft.pk,
            [
                drafts.Position(items["visitors"].pk, Decimal(2)),
                drafts.Position(items["seats"].pk, Decimal(10)),
                drafts.Position(items["terminal"].pk, Decimal(1)),
            ],
            at=AT,
            actor=house.actor,
        )
        told = {
            "start_on": date(2026, 12, 1),
            "sites": [{"name": "Hamburg", "address": "Hafenweg 9"}],
            "notice_customer": "vertrag@alder.example",
            "notice_seller": "vertrag@lindwurm.example",
        }
        return drafts.set_terms(
            draft.pk,
            agreed=filled(house.pack) | dict(agreed or {}),
            at=AT,
            actor=house.actor,
            **{"settings": {}, **told, **given},
        )


def send(house: House, draft: OfferDraft, *, at: datetime = AT) -> Offer:
    with as_tenant(house.tenant.pk):
        return offers.send_offer(draft.pk, at=at, actor=house.actor)


def accept(house: House, offer: Offer, *, at: datetime = AT, **given: Any) -> Offer:
    told = {"name": "Jonas Alder", "function": "Geschäftsführer", "email": "jonas@alder.example"}
    with as_tenant(house.tenant.pk):
        return offers.accept_offer(
            offer.pk,
            **{
                **told,
                "contact": told | {key: given[key] for key in told if key in given},
                "ticked": [each["key"] for each in offers.declarations_of(offer)],
                "sha256": bytes(offer.sha256),
                "evidence": Evidence(address="192.0.2.7", client="Firefox"),
                "credential": None,
                "at": at,
                "actor": Actor("OUTSIDE", None, "Jonas Alder"),
                **given,
            },
        )
