"""Reads about parties."""

import uuid
from collections.abc import Collection, Sequence
from typing import Any

from django.urls import reverse

from kontor.kernel.finding import Found, begins
from kontor.kernel.keyed_hash import hashed_iban, keyed_hash
from kontor.kernel.records import NamedRecord
from kontor.kernel.restricting import RESTRICTED
from kontor.kernel.tenancy import current_tenant
from kontor.office.parties.models import BankAccount, Contact, Party
from kontor.office.parties.queries.people import parties_by_email, shown
from kontor.office.parties.queries.restricted import at_rest


def fingerprint(iban: str) -> bytes:
    """Return the keyed hash by which an IBAN is found in this tenant without opening a single one."""
    return keyed_hash(hashed_iban({"iban": iban}))


def parties_by_account(fingerprints: Collection[bytes]) -> dict[bytes, list[uuid.UUID]]:
    """Return for each known account the parties that pay from it."""
    found: dict[bytes, list[uuid.UUID]] = {}
    rows = BankAccount.objects.filter(fingerprint__in=list(fingerprints)).values_list("fingerprint", "party_id")
    for digest, party in rows:
        found.setdefault(bytes(digest), []).append(party)
    return found


def invoice_addresses(parties: Collection[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    """Return where each of these parties wants its invoices, in one query: its contacts who receive them."""
    found: dict[uuid.UUID, list[str]] = {party: [] for party in parties}
    rows = Contact.objects.filter(party_id__in=parties, receives_invoices=True).exclude(email="").order_by("email")
    for party, email in rows.values_list("party_id", "email"):
        found[party].append(email)
    return found


def party_of(email: str) -> uuid.UUID | None:
    """Return whose address this is, as one of its people or its own; None for nobody's, or more than one's."""
    people = Contact.objects.filter(email__iexact=email).values_list("party_id", flat=True)
    found = {*people, *parties_by_email(email)}
    return found.pop() if len(found) == 1 else None


def masked(iban: str) -> str:
    """
    Return an IBAN of which the country and the last four digits can be read.

    >>> masked("DE02120300000000202051")
    'DE•• •••• 2051'
    """
    return f"{iban[:2]}•• •••• {iban[-4:]}"


def find_parties(words: Sequence[str], *, limit: int) -> list[Found]:
    """Return the parties whose name, town, e-mail or VAT number begins so."""
    rows = shown().filter(begins(words, "name", "city", "email", "vat_id")).order_by("name", "id")[:limit]
    columns = ("pk", "name", "postcode", "city", "employer_name")
    left_out = at_rest()
    return [
        Found(
            name,
            str(RESTRICTED) if pk in left_out else f"{postcode} {city}".strip() or company,
            reverse("parties:party", args=(pk,)),
        )
        for pk, name, postcode, city, company in rows.values_list(*columns)
    ]


def named_parties(parties: Collection[uuid.UUID]) -> dict[uuid.UUID, NamedRecord]:
    """Return name and page of those of these parties that the current tenant has; one query."""
    rows = Party.objects.filter(tenant_id=current_tenant(), pk__in=parties).values_list("pk", "name")
    return {pk: NamedRecord(name, reverse("parties:party", args=(pk,))) for pk, name in rows}


def letter_values(party_id: uuid.UUID) -> dict[str, Any]:
    """Return what a letter to a party may say; Party.DoesNotExist for a stranger's id."""
    party = Party.objects.get(pk=party_id)
    lines = (party.name, party.addition, party.street, f"{party.postcode} {party.city}".strip())
    people = Contact.objects.filter(party=party).order_by("name")
    return {
        "contact.name": party.name,
        "contact.address": "\n".join(line for line in lines if line),
        "contact.street": party.street,
        "contact.addition": party.addition,
        "contact.postcode": party.postcode,
        "contact.city": party.city,
        "contact.country": party.country,
        "contact.email": party.email,
        "contact.vat_id": party.vat_id,
        "contact.people": list(people.values("name", "function", "email", "phone")),
    }
