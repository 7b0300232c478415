"""What both sides say about a request, and what that does to its clocks."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.mail import NewMail, send_mails
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.office.desk.actions.letters import mail_answer
from kontor.office.desk.actions.logbook import locked, log
from kontor.office.desk.actions.opening import Asked, add_message, open_ticket
from kontor.office.desk.actions.watching import add_copies
from kontor.office.desk.models import DeskHabits, Ticket, TicketMessage, TicketNote, TicketReader
from kontor.office.desk.queries.numbering import subject_of
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from kontor.rulebook.ticket_log import Logged, What

_EMPTY = Text("Eine Antwort braucht Worte.", "An answer needs words.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """
    What the house answers.

    asks     what the customer is asked, by which the clocks that pause stand still; "" for nothing
    begins   work on the remedy has begun
    """

    text: str
    asks: str = ""
    begins: bool = False
    files: Sequence[tuple[str, str, bytes]] = ()


@transaction.atomic
def answer_customer(ticket_id: uuid.UUID, answer: Answer, *, name: str, at: datetime, actor: Actor) -> TicketMessage:
    """
    Answer whoever asked, by mail and on their page; the answer is what keeps a promise to answer.

    RefusalError for an empty answer or a closed request.
    """
    ticket = locked(ticket_id)
    refuse_closed(ticket)
    if not answer.text.strip():
        raise RefusalError(_EMPTY)
    said = Asked(
        subject=ticket.subject, text=answer.text, name=name, email="", channel=Ticket.Channel.PAGE, reported=at,
        files=answer.files,
    )  # fmt: skip
    entries = [Logged(at, What.WORK_STARTED)] if answer.begins else []
    entries.append(Logged(at, What.ANSWERED))
    if answer.asks:
        entries.append(Logged(at, What.PAUSED, answer.asks[:1000]))
    message = add_message(ticket, said, ours=True, at=at)
    log(ticket, *entries, by=name, at=at)
    if ticket.assignee is None and actor.id is not None:
        _take(ticket, actor.id, name)
    mail_answer(ticket, answer.text, answer.files, at=at)
    record("desk.answered", ticket, at=at, actor=actor, after={"asks": answer.asks, "begins": answer.begins})
    publish("desk.moved", {"ticket": str(ticket.pk)}, at=at)
    return message


@transaction.atomic
def hear_customer(ticket: Ticket, asked: Asked, *, at: datetime, actor: Actor) -> Ticket:
    """
    Add what the customer says: what waited for it runs on, what was closed lately is taken up again.

    Past the days that the house settled a closed request stays closed and this is a new one, which is returned.
    """
    row = locked(ticket.pk)
    if not asked.text.strip() and not asked.files:
        raise RefusalError(_EMPTY)
    if row.closed_at is not None and (row.joined_to_id or asked.reported - row.closed_at > _reopen_within()):
        followed = row.joined_to if row.joined_to_id else None
        if followed is not None and followed.closed_at is None:
            return hear_customer(followed, asked, at=at, actor=actor)
        return open_ticket(asked, at=at, actor=actor)
    add_message(row, asked, ours=False, at=asked.reported)
    speaks = [asked.email] if asked.channel == Ticket.Channel.EMAIL else []  # who writes by mail is answered by mail
    if add_copies(row, [*speaks, *asked.copies], at=at):
        row.save(update_fields=["cc", "copied"])
    entries = []
    if row.closed_at is not None:
        entries.append(Logged(at, What.REOPENED))
    if row.still_since is not None:
        entries.append(Logged(max(asked.reported, row.still_since), What.RESUMED))
    if entries:
        log(row, *entries, by=asked.name, at=at)
    record("desk.heard", row, at=at, actor=actor, after={"channel": asked.channel})
    publish("desk.moved", {"ticket": str(row.pk)}, at=at)
    return row


@transaction.atomic
def write_note(
    ticket_id: uuid.UUID, text: str, *, mentions: Sequence[tuple[uuid.UUID, str]], name: str, at: datetime, actor: Actor
) -> TicketNote:
    """Write something down that the customer never sees; whoever is mentioned gets a mail. RefusalError for nothing."""
    ticket = Ticket.objects.get(pk=ticket_id)
    if not text.strip():
        raise RefusalError(Text("Eine Notiz braucht Worte.", "A note needs words."))
    note = TicketNote.objects.create(
        ticket=ticket, author=name, text=text, mentions=[str(person) for person, _ in mentions], at=at
    )
    send_mails(
        [
            NewMail(
                to=email, subject=subject_of(ticket.number, ticket.subject), text=f"{name}:\n\n{text}", about=ticket
            )
            for _, email in mentions
        ],
        at=at,
    )
    record("desk.noted", ticket, at=at, actor=actor, after={"mentions": len(mentions)})
    publish("desk.moved", {"ticket": str(ticket.pk)}, at=at)
    return note


@transaction.atomic
def look_in(ticket_id: uuid.UUID, user: uuid.UUID, name: str, *, writing: bool, at: datetime) -> None:
    """Note that somebody has a request open, so that nobody else answers it unknowingly."""
    ticket = Ticket.objects.get(pk=ticket_id)
    TicketReader.objects.update_or_create(
        ticket=ticket, user=user, defaults={"name": name, "writing": writing, "seen_at": at}
    )


def refuse_closed(ticket: Ticket) -> None:
    """Refuse to work on what is closed."""
    if ticket.closed_at is not None:
        raise RefusalError(
            Text(
                "Die Anfrage ist geschlossen; öffnen Sie sie zuerst wieder.", "The request is closed; reopen it first."
            )
        )


def _reopen_within() -> timedelta:
    habits = DeskHabits.objects.only("reopen_days").first() or DeskHabits()
    return timedelta(days=habits.reopen_days)


def _take(ticket: Ticket, person: uuid.UUID, name: str) -> None:
    ticket.assignee, ticket.assignee_name = person, name
    ticket.save(update_fields=["assignee", "assignee_name"])
