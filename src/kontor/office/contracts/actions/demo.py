"""
The demo's year: five packs, their price lists, and customers at every stage from draft to overdue invoice.

Everything is made by the actions that people use, at the moments at which they would have used them.
"""

import uuid
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from kontor.kernel.actions.rights import Grant, grant, make_role
from kontor.kernel.actor import MACHINE
from kontor.kernel.demo import PASSWORD
from kontor.kernel.tenancy import as_tenant
from kontor.office.books import public as books
from kontor.office.contracts.actions import billing, conclusion, demo_figures as figures, drafts, moving_in, offers
from kontor.office.contracts.actions.demo_access import tell_access
from kontor.office.contracts.actions.demo_limits import tell_limits
from kontor.office.contracts.actions.demo_products import tell_products
from kontor.office.contracts.actions.demo_stories import tell_stories
from kontor.office.contracts.models import Contract, Offer, OfferDraft
from kontor.office.documents.public import Evidence
from kontor.office.identity import public as identity
from kontor.office.parties import public as parties
from kontor.office.privacy import public as privacy
from kontor.rulebook import terms

_HOUSE_ROLES = {
    "Vertrieb": ("parties.see", "parties.change", "books.see", "contracts.see", "contracts.offer", "contracts.terms"),
    "Buchhaltung": (
        "books.see",
        "books.invoices",
        "books.payments",
        "contracts.see",
        "contracts.bill",
        "contracts.terms",
        "parties.see",
    ),
}


def make_demo(at: datetime) -> None:
    """Fill the current tenant, the house, and the tenants of its customers."""
    _open_house(at - timedelta(days=300))
    lists = {pack: _price_list(pack, at - timedelta(days=300)) for pack in terms.keys()}  # noqa: SIM118  a function of the module
    told = {customer.email: _tell(customer, lists[customer.pack], at) for customer in figures.CUSTOMERS}
    running = {email: contract for email, contract in told.items() if contract}
    tell_stories(running, at)
    tell_products(running, lists, at)
    tell_limits(running, at)
    tell_access(running, at)
    privacy.make_papers(at)


def _open_house(at: datetime) -> None:
    first = date(at.year, 1, 1)
    house = [
        Grant(
            module=key, from_on=first, until_on=None, clause="", reason_de="Eigenes Haus", reason_en="The house's own"
        )
        for key in ("books", "contracts")
    ]
    grant(house, contract=None, at=at, actor=MACHINE)
    for name, permissions in _HOUSE_ROLES.items():
        make_role(name=name, permissions=permissions, at=at, actor=MACHINE)
    for email, name, role in figures.STAFF:
        identity.enrol(email=email, name=name, password=PASSWORD, role=role, language="de", at=at, actor=MACHINE)


def _price_list(pack: str, at: datetime) -> "figures.Offering":
    seller = books.add_seller(figures.SELLERS["leisure" if pack == "leisure" else "house"], at=at, actor=MACHINE)
    if used := figures.USE_ITEMS.get(pack):
        books.make_price_list(
            seller=seller,
            name=f"{figures.LIST_NAMES[pack]}, Verbrauch",
            pack=pack,
            valid_from=date(at.year, 1, 1),
            items=used,
            at=at,
            actor=MACHINE,
        )
    made = books.make_price_list(
        seller=seller,
        name=figures.LIST_NAMES[pack],
        pack=pack,
        valid_from=date(at.year, 1, 1),
        items=figures.ITEMS[pack],
        at=at,
        actor=MACHINE,
    )
    return figures.Offering(seller, made.id, made.items)


def _tell(customer: "figures.Customer", offering: "figures.Offering", at: datetime) -> Contract | None:
    """Take one customer as far as its story goes."""
    begun = at - timedelta(days=customer.days_ago)
    party = parties.add(at=begun, actor=MACHINE, **customer.party)
    draft = _draft(customer, offering, party.id, begun)
    if customer.stage == "draft":
        return None
    offer = offers.send_offer(draft.pk, at=begun + timedelta(hours=2), actor=MACHINE)
    if customer.stage == "sent":
        return None
    _accept(customer, offer, begun + timedelta(days=1))
    if customer.stage == "accepted":
        return None
    contract = _concluded(offer, begun + timedelta(days=1, hours=1))
    if contract is None:
        confirmed = begun + timedelta(days=1, hours=3)
        conclusion.confirm_order(offer.pk, at=confirmed, actor=MACHINE)
        conclusion.note_confirmation_received(offer.pk, at=confirmed + timedelta(minutes=1))
        contract = Contract.objects.get(offer=offer)
    _settle_in(customer, contract, begun + timedelta(days=1, hours=4))
    _bill_until(customer, contract, at)
    return contract


def _draft(customer: "figures.Customer", offering: "figures.Offering", party: uuid.UUID, at: datetime) -> OfferDraft:
    draft = drafts.write_draft(
        seller=offering.seller,
        party=party,
        price_list=offering.price_list,
        pack=customer.pack,
        version=terms.versions(customer.pack)[-1],
        language="de",
        valid_until=(at + timedelta(days=30)).date(),
        at=at,
        actor=MACHINE,
    )
    positions = [drafts.Position(offering.items[key], Decimal(count)) for key, count in customer.positions.items()]
    drafts.set_positions(draft.pk, positions, at=at, actor=MACHINE)
    return drafts.set_terms(
        draft.pk,
        agreed=_agreed(customer, at),
        settings={},
        at=at,
        actor=MACHINE,
        start_on=_first_of_next_month(at.date()),
        notice_customer=customer.party["email"],
        notice_seller="vertrag@kontor.example",
        sites=[{"name": customer.party["city"], "address": customer.party["street"]}],
    )


def _agreed(customer: "figures.Customer", at: datetime) -> Mapping[str, Any]:
    """Return what the offer says; the dates of a leisure contract's invoices follow its start."""
    agreed = dict(customer.agreed)
    if customer.pack == "leisure":
        agreed["invoicing.dates"] = [(_first_of_next_month(at.date()) + timedelta(days=4)).isoformat()]
    return {} if customer.stage == "draft" else agreed


def _accept(customer: "figures.Customer", offer: Offer, at: datetime) -> None:
    offers.accept_offer(
        offer.pk,
        name=customer.signatory,
        function="Geschäftsführung",
        email=customer.email,
        ticked=[each["key"] for each in offers.declarations_of(offer)],
        sha256=bytes(offer.sha256),
        evidence=Evidence(address="127.0.0.1", client="Kontor demo"),
        credential=None,
        contact={"name": customer.signatory, "function": "Geschäftsführung", "email": customer.email},
        at=at,
        actor=MACHINE,
    )


def _concluded(offer: Offer, at: datetime) -> Contract | None:
    return conclusion.conclude(offer.pk, at=at)


def _settle_in(customer: "figures.Customer", contract: Contract, at: datetime) -> None:
    """Furnish the customer's tenant, and let its administrator in with the demo's password."""
    told = moving_in.luggage(contract.pk)
    assert contract.customer_tenant_id is not None
    with as_tenant(contract.customer_tenant_id):
        moving_in.move_in(told, at=at)
        identity.enrol(
            email=customer.email,
            name=customer.signatory,
            password=PASSWORD,
            role="",
            language="de",
            at=at,
            actor=MACHINE,
        )


def _bill_until(customer: "figures.Customer", contract: Contract, at: datetime) -> None:
    """Bill month by month as the house would have, and pay what is old enough for this customer."""
    day = contract.start_on
    while day <= at.date():
        moment = datetime(day.year, day.month, day.day, 7, tzinfo=at.tzinfo)
        run = billing.start_run_of([contract.pk], until=day, at=moment, actor=MACHINE)
        for invoice in billing.bill_contracts(run.pk, [contract.pk], at=moment):
            paid = day + timedelta(days=12)
            if day < at.date() - timedelta(days=customer.pays_after):
                books.pay_in_full(invoice.id, paid_on=paid, at=moment + timedelta(days=12), actor=MACHINE)
        day = _first_of_next_month(day)


def _first_of_next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
