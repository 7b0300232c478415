"""
Who else gets the answers to a request: people of the same customer who stood in copy, until somebody takes them out.

Whoever belongs to another customer, or to none, is shown to the house and never written to; an internal note goes to
none of them.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.office.desk.actions.logbook import locked
from kontor.office.desk.models import Ticket
from kontor.office.desk.queries.belonging import customer_of, of_customer
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text


def add_copies(ticket: Ticket, copies: Sequence[str], *, at: datetime) -> bool:
    """Put who stood in copy of a mail where they belong, without saving; tell whether somebody is new."""
    known = {ticket.requester_email.casefold(), *ticket.cc, *ticket.copied}
    fresh = [each for each in dict.fromkeys(map(str.casefold, copies)) if each and each not in known]
    joining = of_customer(fresh, ticket.party_id, at=at)
    ticket.cc = sorted({*ticket.cc, *joining})
    ticket.copied = sorted({*ticket.copied, *(each for each in fresh if each not in joining)})
    return bool(fresh)


def chosen_watchers(ticket: Ticket, addresses: Sequence[str], *, at: datetime) -> list[str]:
    """Return whom somebody chose to get the answers; RefusalError for an address of another customer."""
    chosen = sorted({each.strip().casefold() for each in addresses if each.strip()})
    for each in chosen:
        whose = None if each in ticket.cc else customer_of(each, at=at)
        if whose is not None and whose != ticket.party_id:
            raise RefusalError(Text(f"{each} gehört zu einem anderen Kunden.", f"{each} belongs to another customer."))
    return chosen


@transaction.atomic
def stop_watching(ticket_id: uuid.UUID, address: str, *, at: datetime, actor: Actor) -> Ticket:
    """Send somebody no more answers to a request; that they stand in copy again does not bring them back."""
    ticket = locked(ticket_id)
    if address not in ticket.cc:
        return ticket
    before = {"cc": ticket.cc, "copied": ticket.copied}
    ticket.cc = [each for each in ticket.cc if each != address]
    ticket.copied = sorted({*ticket.copied, address})
    ticket.save(update_fields=["cc", "copied"])
    record(
        "desk.watcher_taken_out", ticket, at=at, actor=actor, before=before,
        after={"cc": ticket.cc, "copied": ticket.copied},
    )  # fmt: skip
    publish("desk.moved", {"ticket": str(ticket.pk)}, at=at)
    return ticket
