"""Work that the contract does not cover: offered for a price, accepted first, then done and charged."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.office.contracts import public as contracts
from kontor.office.desk.actions.logbook import locked
from kontor.office.desk.models import Proposal, ProposalAnswer, TicketMessage
from kontor.office.desk.queries.coverage import EXCLUDED, exclusions_of
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text


@dataclass(frozen=True, slots=True)
class Work:
    """What is offered: in words, how long it is expected to take, and the net price of an hour."""

    told: str
    minutes: int
    rate: Decimal


@transaction.atomic
def propose(ticket_id: uuid.UUID, work: Work, *, name: str, at: datetime, actor: Actor) -> Proposal:
    """
    Offer work outside the contract for a price; nothing is done before the customer accepts.

    RefusalError where the request is not marked as excluded, or nothing is offered.
    """
    ticket = locked(ticket_id)
    if ticket.coverage != EXCLUDED or ticket.contract_id is None:
        raise RefusalError(
            Text("Bieten Sie an, was der Vertrag ausschließt.", "Offer what the contract excludes: say so first.")
        )
    if not work.told.strip() or work.minutes <= 0 or work.rate <= 0:
        raise RefusalError(Text("Was, wie lange, zu welchem Satz?", "What, how long, at what rate?"))
    under = contracts.served(ticket.contract_id, at=at)
    exclusion = exclusions_of(under.pack)[ticket.exclusion]
    made = Proposal.objects.create(
        ticket=ticket, customer_tenant_id=ticket.customer_tenant_id, reason=exclusion.text.spoken(ticket.language),
        told=work.told, minutes=work.minutes, rate=work.rate, currency=under.currency, clause=str(exclusion.clause),
        at=at,
    )  # fmt: skip
    TicketMessage.objects.create(
        ticket=ticket, customer_tenant_id=ticket.customer_tenant_id, ours=True, author=name, text=work.told, at=at
    )
    after = {"minutes": work.minutes, "rate": work.rate}
    record("desk.proposed", ticket, at=at, actor=actor, clause=made.clause, after=after)
    publish("desk.moved", {"ticket": str(ticket.pk)}, at=at)
    return made


@transaction.atomic
def answer_proposal(proposal: Proposal, *, accept: bool, name: str, at: datetime, actor: Actor) -> ProposalAnswer:
    """Accept or decline, as the customer; RefusalError where it is answered already."""
    locked(proposal.ticket_id)
    if ProposalAnswer.objects.filter(proposal=proposal).exists():
        raise RefusalError(Text("Das ist schon beantwortet.", "That has been answered already."))
    made = ProposalAnswer.objects.create(
        proposal=proposal, customer_tenant_id=proposal.customer_tenant_id, accepted=accept, by=name, at=at
    )
    record("desk.proposal_answered", proposal.ticket, at=at, actor=actor, after={"accepted": accept, "by": name})
    publish("desk.moved", {"ticket": str(proposal.ticket_id)}, at=at)
    return made


@transaction.atomic
def charge(proposal_id: uuid.UUID, *, kind: str, minutes: int, at: datetime, actor: Actor) -> Money:
    """
    Note that the work was done and charge the time it took with the contract's next invoice, once.

    kind  a key of the kinds of work that the terms charge. RefusalError before the customer accepted it.
    """
    proposal = Proposal.objects.select_related("ticket").get(pk=proposal_id)
    answer = ProposalAnswer.objects.filter(proposal=proposal, accepted=True).first()
    if answer is None:
        raise RefusalError(Text("Der Kunde hat nicht zugestimmt.", "The customer has not accepted."))
    assert proposal.ticket.contract_id is not None, "only what a contract excludes is offered"
    done = contracts.charge_work(
        proposal.ticket.contract_id, f"desk-{proposal.pk}", kind=kind, on=at.date(), minutes=minutes,
        rate=proposal.rate, rate_source=proposal.ticket.name, request=proposal.ticket.name, approved_by=answer.by,
        approved_on=answer.at.date(), at=at, actor=actor,
    )  # fmt: skip
    record("desk.charged", proposal.ticket, at=at, actor=actor, after={"minutes": minutes, "amount": done.text.en})
    return done
