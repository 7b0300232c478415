"""Who speaks for a customer: through whom what others there ask goes, and whether somebody must be named."""

import uuid
from datetime import datetime

from kontor.office.contracts import public as contracts
from kontor.office.contracts.public import Served
from kontor.office.desk.models import SupportContact
from kontor.office.desk.queries.staff import colleagues
from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.support_contact import contact_needed, speaks_for_support

EVERYTHING = "everything"


def speakers(under: Served) -> frozenset[str] | None:
    """Return the folded addresses of those whose requests begin at once, None where everybody's do; as the provider."""
    contact = under.pack.cooperation.contact if under.pack.cooperation else None
    if contact is not None and contact.value == EVERYTHING:
        return under.contacts
    if speaks_for_support(under.pack):
        named = contact_of(under.id)
        return frozenset({named.email.casefold()}) if named else None
    return None


def contact_of(contract: uuid.UUID) -> SupportContact | None:
    """Return whom a customer named for support under a contract, as its provider."""
    return SupportContact.objects.filter(contract_id=contract).order_by("-number").first()


def contact_here(contract: uuid.UUID) -> SupportContact | None:
    """Return whom the current tenant named under a contract that it received."""
    return SupportContact.received.filter(contract_id=contract).order_by("-number").first()


def asks_for_contact(*, at: datetime) -> list[Served]:
    """Return the running contracts that the current tenant received and under which it can name a contact."""
    return [each for each in contracts.served_here(at=at) if each.running and speaks_for_support(each.pack)]


def needed_here(under: Served, users: int) -> Ruling[bool] | None:
    """Return why a customer with so many users must have named somebody; None where it need not."""
    ruling = contact_needed(under.pack, users)
    return ruling if ruling.value else None


def too_many_without(people: int, *, at: datetime) -> Text | None:
    """Say that a contact for support is to be named before so many people work here; None where nothing is."""
    for under in asks_for_contact(at=at):
        ruling = needed_here(under, people)
        if ruling is not None and not _is_here(contact_here(under.id), at=at):
            step = ruling.working[0]
            return Text(
                f"Benennen Sie zuerst unter „Hilfe und Anfragen“ eine Ansprechperson für den Support. {step.de}",
                f"First name a contact for support under “Help and requests”. {step.en}",
            )
    return None


def _is_here(named: SupportContact | None, *, at: datetime) -> bool:
    """Tell whether whoever was named works in the current tenant still."""
    return named is not None and named.email.casefold() in {each.email.casefold() for each in colleagues(at=at)}
