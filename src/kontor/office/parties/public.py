"""What other apps may know of parties: frozen facts and the few things they may do."""

import uuid
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from kontor.kernel.actor import Actor
from kontor.kernel.models import Tenant
from kontor.office.parties import actions, queries
from kontor.office.parties.models import Contact, Party

__all__ = [
    "Card",
    "Person",
    "add",
    "card",
    "cards",
    "fingerprint",
    "invoice_addresses",
    "learn_account",
    "listed",
    "masked",
    "parties_by_account",
    "party_of",
    "people_of",
    "settle_in",
]


@dataclass(frozen=True, slots=True)
class Card:
    """A party as it stands today, to be copied into a document."""

    id: uuid.UUID
    name: str
    street: str
    addition: str
    postcode: str
    city: str
    country: str
    vat_id: str
    buyer_reference: str
    email: str
    language: str
    own_tenant: uuid.UUID | None
    consumer: bool = False
    region: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the card as a document keeps it."""
        return {key: str(value) if isinstance(value, uuid.UUID) else value for key, value in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at a party."""

    id: uuid.UUID
    name: str
    function: str
    email: str
    signs: bool
    receives_notices: bool
    receives_invoices: bool


def cards(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Card]:
    """Return the cards of these parties in one query; strangers' ids are missing from the answer."""
    return {party.pk: _card(party) for party in Party.objects.filter(pk__in=ids)}


def card(party_id: uuid.UUID) -> Card:
    """Return one party's card; Party.DoesNotExist (an ObjectDoesNotExist) for a stranger's id."""
    return _card(Party.objects.get(pk=party_id))


def listed() -> list[tuple[uuid.UUID, str]]:
    """Return every party as a choice names it, by name: (id, "Alder & Söhne GmbH, Hamburg")."""
    rows = Party.objects.order_by("name", "pk").values_list("pk", "name", "city")
    return [(pk, f"{name}, {city}") for pk, name, city in rows]


def people_of(party_id: uuid.UUID) -> list[Person]:
    """Return the people at a party, by name."""
    rows = Contact.objects.filter(party_id=party_id).order_by("name")
    return [
        Person(row.pk, row.name, row.function, row.email, row.signs, row.receives_notices, row.receives_invoices)
        for row in rows
    ]


def add(*, at: datetime, actor: Actor, **given: Any) -> Card:
    """Add a party; see actions.add_party."""
    return _card(actions.add_party(at=at, actor=actor, **given))


def settle_in(party_id: uuid.UUID, tenant: Tenant, *, at: datetime, actor: Actor) -> None:
    """Note in which tenant the party itself works."""
    actions.settle_in(party_id, tenant, at=at, actor=actor)


def learn_account(party_id: uuid.UUID, iban: str, *, holder: str, at: datetime, actor: Actor) -> None:
    """Remember from which account a party pays."""
    actions.learn_account(party_id, iban, holder=holder, at=at, actor=actor)


fingerprint = queries.fingerprint
masked = queries.masked
parties_by_account = queries.parties_by_account
party_of = queries.party_of
invoice_addresses = queries.invoice_addresses


def _card(party: Party) -> Card:
    return Card(
        party.pk,
        party.name,
        party.street,
        party.addition,
        party.postcode,
        party.city,
        party.country,
        party.vat_id,
        party.buyer_reference,
        party.email,
        party.language,
        party.own_tenant_id,
        party.consumer,
        party.region,
    )
