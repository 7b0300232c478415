"""Taking a request in, by whichever way it came: page, telephone or mail."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from kontor.kernel.actions.blobs import NewFile, keep_many
from kontor.kernel.actions.events import publish
from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actor import Actor
from kontor.kernel.tenancy import current_tenant
from kontor.office.contracts import public as contracts
from kontor.office.contracts.public import Served
from kontor.office.desk.actions.letters import mail_receipt
from kontor.office.desk.actions.logbook import settle, write
from kontor.office.desk.actions.scanning import have_looked_into
from kontor.office.desk.actions.speakers import ask_speakers
from kontor.office.desk.actions.watching import add_copies
from kontor.office.desk.models import Ticket, TicketFile, TicketMessage
from kontor.office.desk.queries.own_promises import OWN_CLASS, present_promise
from kontor.office.desk.queries.speakers import speakers
from kontor.office.messages.public import danger_of
from kontor.office.parties import public as parties
from kontor.rulebook.authority import no_contact
from kontor.rulebook.fault_class import Effect, FaultAnswers, classify
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.ticket_log import HELD, Logged, What

Channel = Ticket.Channel
UNCLASSIFIABLE = "question"  # the contract has no class for it, and no time
_NO_WORDS = Text("Worum geht es, und unter welchen Umständen?", "What is it about, and how did it occur?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """
    What somebody asks for.

    contract    under which; None for a stranger's
    party       whose, where no contract says so
    answers     to the contract's questions, None where nobody answered them yet
    files       name, media type, content
    reported    when it reached us; for a mail, when our server took it
    message_id  of the mail it came by, "" for anything else
    copies      who else the mail was written to, whoever they are
    """

    subject: str
    text: str
    name: str
    email: str
    channel: Channel
    reported: datetime
    contract: uuid.UUID | None = None
    party: uuid.UUID | None = None
    answers: FaultAnswers | None = None
    html: str = ""
    language: str = "de"
    help_consulted: bool = False
    files: Sequence[tuple[str, str, bytes]] = ()
    copies: Sequence[str] = ()
    mail: uuid.UUID | None = None
    message_id: str = ""
    greeted: bool = field(default=True)


class NoContactError(RefusalError):
    """No request begins: its contract asks for a contact of the customer, and nobody is one."""


@transaction.atomic
def open_ticket(asked: Asked, *, at: datetime, actor: Actor) -> Ticket:
    """
    Take a request in: number, log, class as far as it is known, and a receipt by mail.

    Where one contact speaks for the customer, anybody else's request waits for them, who are told, and no clock runs
    (leisure, annex 1, 1.1; crm, section 6, once somebody is named).
    RefusalError without words, or under a contract that has ended; NoContactError where the terms ask for a contact and
    nobody is one (leisure, Art. 7); DoesNotExist for a stranger's.
    """
    if not asked.subject.strip() or not asked.text.strip():
        raise RefusalError(_NO_WORDS)
    under = contracts.served(asked.contract, at=at) if asked.contract else None
    through = speakers(under) if under is not None else None
    if under is not None and through == frozenset() and asked.greeted:  # what is split off is no request of its own
        raise NoContactError(no_contact(under.pack))
    ticket = Ticket(
        number=_next_number(), reported_at=asked.reported, at=at, subject=asked.subject.strip()[:300],
        requester_name=asked.name or asked.email, requester_email=asked.email, channel=asked.channel,
        language=asked.language, help_consulted=asked.help_consulted,
        **(_of(under) if under else _without_contract(asked)),
    )  # fmt: skip
    add_copies(ticket, asked.copies, at=at)
    ticket.save()
    add_message(ticket, asked, ours=False, at=asked.reported)
    held = through is not None and asked.email.casefold() not in through
    write(ticket, Logged(asked.reported, What.REPORTED, HELD if held else ""), by=asked.name, at=at)
    if under is not None:
        _classify_first(ticket, under, asked, at=at)
    elif ticket.version:
        write(ticket, Logged(asked.reported, What.CLASSIFIED, OWN_CLASS), by="", at=at)
    settle(ticket, at=at)
    record("desk.opened", ticket, at=at, actor=actor, after={"number": ticket.number, "channel": asked.channel})
    publish("desk.moved", {"ticket": str(ticket.pk)}, at=at)
    if asked.greeted and mail_receipt(ticket, answers=asked.message_id, at=at):
        write(ticket, Logged(at, What.AUTOREPLIED), by="", at=at)  # a machine's word moves no clock
    if held and through:
        ask_speakers(ticket, through, at=at)
    return ticket


def add_message(ticket: Ticket, asked: Asked, *, ours: bool, at: datetime) -> TicketMessage:
    """Keep a message with its files."""
    message = TicketMessage.objects.create(
        ticket=ticket, customer_tenant_id=ticket.customer_tenant_id, ours=ours, author=asked.name or asked.email,
        author_email=asked.email, text=asked.text, html=asked.html, mail=asked.mail, at=at,
    )  # fmt: skip
    blobs = keep_many(
        [
            NewFile(data=data, name=name, media_type=media_type, customer_tenant=ticket.customer_tenant_id)
            for name, media_type, data in asked.files
        ],
        at=at,
    ) if asked.files else []  # fmt: skip
    files = TicketFile.objects.bulk_create(
        TicketFile(
            message=message, customer_tenant_id=ticket.customer_tenant_id, blob=blob, name=blob.name,
            danger="" if ours else danger_of(name, data),
        )
        for blob, (name, _type, data) in zip(blobs, asked.files if blobs else (), strict=True)
    )  # fmt: skip
    have_looked_into(files)
    return message


def keep_class(ticket: Ticket, under: Served, answers: FaultAnswers, *, at: datetime) -> Ruling[str]:
    """Decide the class by the contract's questions and keep why; the log is not touched."""
    ruling = classify(under.pack, answers)
    ticket.class_ruling = store_ruling(
        ruling, question="desk.class", pack=under.pack.key, version=under.pack.version,
        customer_tenant=ticket.customer_tenant_id, at=at,
    )  # fmt: skip
    return ruling


def _classify_first(ticket: Ticket, under: Served, asked: Asked, *, at: datetime) -> None:
    """Put it where its answers put it; a mail without answers is a request, where the contract knows such a class."""
    ruling = keep_class(ticket, under, asked.answers or FaultAnswers(Effect.QUESTION), at=at)
    if ruling.value or asked.answers is not None:
        write(ticket, Logged(asked.reported, What.CLASSIFIED, ruling.value or UNCLASSIFIABLE), by="", at=at)
    else:
        ticket.class_ruling = None


def _next_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"desk {current_tenant()}"])
    return (Ticket.objects.aggregate(last=Max("number"))["last"] or 0) + 1


def _without_contract(asked: Asked) -> dict[str, Any]:
    """Return whose a request is that no contract covers, and the tenant's own promise that holds for it, if any."""
    promise = present_promise()
    return {
        "party_id": asked.party, "customer_name": parties.card(asked.party).name if asked.party else "",
        "version": str(promise.number) if promise else "",
    }  # fmt: skip


def _of(under: Served) -> dict[str, Any]:
    if not under.running:
        raise RefusalError(
            Text(
                f"Der Vertrag {under.number} ist beendet.",
                f"The contract {under.number} has ended.",
            )
        )
    return {
        "contract_id": under.id, "party_id": under.party, "customer_tenant_id": under.customer_tenant,
        "customer_name": under.customer_name, "pack": under.pack.key, "version": under.pack.version,
    }  # fmt: skip
