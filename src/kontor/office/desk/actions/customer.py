"""What customers do on their own pages; each is answered on the supplier's row, under the supplier's tenant."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from kontor.kernel.actor import Actor
from kontor.kernel.rows import TenantOwned
from kontor.office.contracts import public as contracts
from kontor.office.desk.actions.answering import hear_customer
from kontor.office.desk.actions.logbook import locked, log
from kontor.office.desk.actions.opening import Asked, open_ticket
from kontor.office.desk.actions.proposing import answer_proposal
from kontor.office.desk.actions.working import contest_class
from kontor.office.desk.models import Proposal, ProposalAnswer, Ticket
from kontor.office.desk.queries.speakers import speakers
from kontor.rulebook.fault_class import FaultAnswers
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from kontor.rulebook.ticket_log import Logged, What

Files = Sequence[tuple[str, str, bytes]]


def ask(
    contract: TenantOwned,
    *,
    subject: str,
    text: str,
    answers: FaultAnswers,
    name: str,
    email: str,
    language: str,
    help_consulted: bool,
    files: Files,
    at: datetime,
    actor: Actor,
) -> Ticket:
    """Make a request under a contract that the customer received; see opening.open_ticket."""
    asked = Asked(
        subject=subject, text=text, name=name, email=email, channel=Ticket.Channel.PAGE, reported=at,
        contract=contract.pk, answers=answers, language=language, help_consulted=help_consulted, files=files,
    )  # fmt: skip
    return open_ticket(asked, at=at, actor=actor)


def reply(ticket: Ticket, *, text: str, name: str, email: str, files: Files, at: datetime, actor: Actor) -> Ticket:
    """Add to a request, or take a closed one up again; past the house's days it becomes a new one."""
    asked = Asked(
        subject=ticket.subject, text=text, name=name, email=email, channel=Ticket.Channel.PAGE, reported=at,
        contract=ticket.contract_id, language=ticket.language, files=files,
    )  # fmt: skip
    return hear_customer(ticket, asked, at=at, actor=actor)


def contest(ticket: Ticket, *, words: str, name: str, at: datetime, actor: Actor) -> Ticket:
    """Say that the class is wrong."""
    return contest_class(ticket, words=words, name=name, at=at, actor=actor)


@transaction.atomic
def confirm_request(ticket: Ticket, *, name: str, email: str, at: datetime, actor: Actor) -> Ticket:  # noqa: ARG001  one shape for all
    """Confirm, as the customer's contact, what a colleague asked for: its clocks begin. RefusalError for others."""
    row = locked(ticket.pk)
    assert row.contract_id is not None, "only a contract has a contact that others wait for"
    if email.casefold() not in (speakers(contracts.served(row.contract_id, at=at)) or ()):
        raise RefusalError(Text("Bestätigen kann nur die Ansprechperson.", "Only the contact can confirm it."))
    log(row, Logged(at, What.STARTED), by=name, at=at)
    return row


def take_proposal(proposal: Proposal, *, accept: bool, name: str, at: datetime, actor: Actor) -> ProposalAnswer:
    """Accept or decline an offer that was made for a request."""
    return answer_proposal(proposal, accept=accept, name=name, at=at, actor=actor)
