"""Telling somebody that a promise is about to break, or broke: at work or on call, and nobody outside those windows."""

import uuid
from datetime import datetime

from django.db import transaction

from kontor.kernel.actions.mail import NewMail, send_mails
from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actions.schedule import put_due
from kontor.kernel.actor import MACHINE
from kontor.kernel.wording import moment
from kontor.office.desk.actions.logbook import JOB, locked, settle, terms_of, untold
from kontor.office.desk.models import DeskHabits, Ticket, TicketAlert
from kontor.office.desk.queries.numbering import subject_of
from kontor.office.desk.queries.spoken import promise_words
from kontor.office.desk.queries.staff import colleagues
from kontor.rulebook.alerting import Escalation, Stage, alert, is_behind
from kontor.rulebook.kept import Kept
from kontor.rulebook.windows import Presence


@transaction.atomic
def escalate(ticket_id: uuid.UUID, *, at: datetime) -> list[TicketAlert]:
    """
    Tell whoever is there of the promises whose moment has come, once for each due moment.

    Where nobody is there and the contract wakes nobody, it waits for the next opening.
    """
    ticket = locked(ticket_id)
    found = settle(ticket, at=at)
    waiting = [(kept, each) for kept, each in untold(ticket, found) if is_behind(each, at)]
    pack = terms_of(ticket, at=at)
    if not waiting or pack is None:
        return []
    ruling = alert(pack, ticket.class_key, at=at, help_consulted=ticket.help_consulted)
    if ruling.value.whom is Presence.CLOSED:
        put_due(JOB, at=ruling.value.at, arguments={"ticket": str(ticket.pk)})
        return []
    stored = store_ruling(ruling, question="desk.alert", pack=pack.key, version=pack.version, at=at)
    made = [
        TicketAlert(
            ticket=ticket, promise=kept.name, stage=each.stage.value, due=kept.due, whom=ruling.value.whom.value,
            ruling=stored, at=at,
        )
        for kept, each in waiting
    ]  # fmt: skip
    TicketAlert.objects.bulk_create(made)
    _tell(ticket, waiting, at=at)
    settle(ticket, at=at)
    record("desk.escalated", ticket, at=at, actor=MACHINE, ruling=stored, after={"whom": ruling.value.whom.value})
    return made


def _tell(ticket: Ticket, waiting: list[tuple[Kept, Escalation]], *, at: datetime) -> None:
    """Mail whoever has it, else the desk's address, else everybody who works here; one line for each promise."""
    lines = {}
    for kept, each in waiting:  # a breach says more than that one was near
        said = promise_words(kept.name)
        if each.stage is Stage.BREACH:
            lines[kept.name] = f"{said.de} gerissen / {said.en} broken: {moment(kept.due)}"
        else:
            lines[kept.name] = f"{said.de} fällig / {said.en} due: {moment(kept.due)}"
    people = colleagues(at=at)
    address = DeskHabits.objects.values_list("address", flat=True).first()
    mine = [each.email for each in people if each.id == ticket.assignee]
    receivers = mine or ([address] if address else [each.email for each in people])
    text = "\n".join([ticket.customer_name or ticket.requester_name, *lines.values()])
    subject = subject_of(ticket.number, ticket.subject)
    send_mails([NewMail(to=each, subject=subject, text=text, about=ticket) for each in receivers], at=at)
