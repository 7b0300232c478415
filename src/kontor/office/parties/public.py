"""What other apps may know of parties: frozen facts and the few things they may do."""

import uuid
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from kontor.kernel.actor import Actor
from kontor.kernel.models import Tenant
from kontor.office.parties.actions import parties as actions, people
from kontor.office.parties.models import Contact, Party
from kontor.office.parties.queries import parties as queries, people as people_queries
from kontor.office.parties.queries.people import LikelySame, PersonCard, shown
from kontor.office.parties.queries.restricted import usable, usable_contacts

__all__ = [
    "Card",
    "LikelySame",
    "Person",
    "PersonCard",
    "add",
    "add_person",
    "card",
    "cards",
    "fingerprint",
    "give_role",
    "invoice_addresses",
    "learn_account",
    "likely_same",
    "listed",
    "masked",
    "parties_by_account",
    "parties_by_email",
    "party_of",
    "people_found",
    "people_of",
    "person",
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

    @property
    def has_address(self) -> bool:
        """Whether an invoice can name where the party is (UStG § 14 (4) 1): a visitor's card often has a name alone."""
        return bool(self.street and self.city)

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
    """
    Return the cards of these parties in one query; strangers' ids are missing from the answer.

    Whoever was merged into another is answered under the id asked for with what the other is called and where it is.
    """
    rows = Party.objects.filter(pk__in=ids).select_related("merged_into")
    return {row.pk: replace(_card(row.merged_into or row), id=row.pk) for row in rows}


def card(party_id: uuid.UUID) -> Card:
    """Return one party's card; Party.DoesNotExist (an ObjectDoesNotExist) for a stranger's id."""
    row = Party.objects.select_related("merged_into").get(pk=party_id)
    return replace(_card(row.merged_into or row), id=row.pk)


def listed() -> list[tuple[uuid.UUID, str]]:
    """
    Return every party that one may choose, by name: (id, "Alder & Söhne GmbH, Hamburg").

    Neither another one's double nor anybody whose data is only stored.
    """
    rows = usable(shown()).order_by("name", "pk").values_list("pk", "name", "city")
    return [(pk, f"{name}, {city}" if city else name) for pk, name, city in rows]


def people_of(party_id: uuid.UUID) -> list[Person]:
    """Return the people at a party, by name; not those whose data is only stored."""
    rows = usable_contacts(Contact.objects.filter(party_id=party_id)).order_by("name")
    return [
        Person(row.pk, row.name, row.function, row.email, row.signs, row.receives_notices, row.receives_invoices)
        for row in rows
    ]


def add(*, at: datetime, actor: Actor, **given: Any) -> Card:
    """Add a party; see actions.add_party."""
    return _card(actions.add_party(at=at, actor=actor, **given))


def add_person(
    *, name: str, company: str = "", email: str = "", phone: str = "", language: str = "de",
    roles: Collection[str] = (), at: datetime, actor: Actor,
) -> PersonCard:  # fmt: skip
    """Write a person down, of whom only the name must be known; roles such as "VISITOR", "HOST"."""
    made = people.add_person(
        name=name, company=company, email=email, phone=phone, language=language, roles=roles, at=at, actor=actor
    )
    return person(made.pk)


def give_role(party_id: uuid.UUID, role: str, *, since: date, at: datetime, actor: Actor) -> None:
    """Note that a party is from a day on a CUSTOMER, SUPPLIER, PARTNER, HOST, VISITOR, CONTRACTOR, EMPLOYEE ..."""
    people.give_role(party_id, role, since=since, at=at, actor=actor)


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
person = people_queries.person
people_found = people_queries.people_found
likely_same = people_queries.likely_same
parties_by_email = people_queries.parties_by_email


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
