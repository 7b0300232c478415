"""Naming who makes and receives declarations for a customer: without them a contract is not activated (visitor 6.1)."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from kontor.kernel.actions.queue import queue
from kontor.kernel.actions.record import record
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.rows import exactly_one
from kontor.kernel.tenancy import current_tenant
from kontor.office.contracts.actions.registers import open_entry
from kontor.office.contracts.models import Contract, OfferState
from kontor.office.contracts.queries.contacts import CONTACTS, contract_day
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text


@dataclass(frozen=True, slots=True)
class Contact:
    """A person whom the customer authorises to make and receive declarations."""

    name: str
    function: str
    email: str

    def as_json(self) -> Mapping[str, str]:
        """Return the person as an offer's state keeps them."""
        return asdict(self)


@transaction.atomic
def name_contact(offer_id: uuid.UUID, contact: Contact, *, at: datetime, actor: Actor) -> OfferState:
    """
    Name, for an accepted offer, whom the customer authorised; the contract is concluded if nothing else lacks.

    RefusalError before the acceptance, or where somebody is named: a change is an entry in the contract's register.
    OfferState.DoesNotExist for a stranger's offer.
    """
    state = OfferState.objects.select_for_update(of=("self",)).select_related("offer").get(offer_id=offer_id)
    if state.contact or state.accepted_at is None:
        raise RefusalError(
            Text(
                "Benannt wird einmal, nach der Annahme; danach führt das Verzeichnis der Ansprechpersonen.",
                "Somebody is named once, after the acceptance; after that the register of contacts counts.",
            )
        )
    exactly_one(OfferState.objects.filter(pk=state.pk).update(contact=contact.as_json()))
    record("contracts.contact_named", state.offer, at=at, actor=actor, after=dict(contact.as_json()))
    queue("contracts.conclude", current_tenant(), offer=str(offer_id))
    return state


def register_contact(contract: Contract, named: Mapping[str, str], *, at: datetime) -> None:
    """Open the contract's register of contacts with the person named; the signed offer is the written evidence."""
    facts = dict(named) | {
        "declares": True,
        "orders": True,
        "notified_on": contract_day(contract, contract.concluded_at),
    }
    open_entry(
        contract.pk, CONTACTS, facts, key=contract.pk, proof=contract.file, by=contract.signature["name"], at=at,
        actor=MACHINE,
    )  # fmt: skip
