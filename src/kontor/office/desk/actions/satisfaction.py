"""Asking once, after closing, how somebody was helped; the answer needs the mail's link and nothing else."""

import uuid
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext

from kontor.kernel.actions.mail import MailAddressError, NewMail, check_address, send_mails
from kontor.kernel.actions.record import record
from kontor.kernel.actions.schedule import put_due
from kontor.kernel.actor import Actor
from kontor.kernel.links import absolute
from kontor.office.desk.actions.logbook import locked
from kontor.office.desk.models import DeskHabits, Satisfaction, SatisfactionQuestion, Ticket
from kontor.office.desk.queries.numbering import subject_of
from kontor.office.desk.queries.satisfaction import is_answered, token_of
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

BEST: Final = 5
ASK: Final = "desk.ask_satisfaction"
_LATER: Final = timedelta(hours=1)  # who is not content with the end says so at once, and is then not asked


def ask_later(ticket: Ticket, *, at: datetime) -> None:
    """Have whoever asked be asked in a while, where the house asks at all."""
    habits = DeskHabits.objects.first()
    if habits is not None and habits.asks_after and ticket.requester_email:
        put_due(ASK, at=at + _LATER, arguments={"ticket": str(ticket.pk)})


@transaction.atomic
def ask_satisfaction(ticket_id: uuid.UUID, *, at: datetime) -> SatisfactionQuestion | None:
    """
    Ask whoever asked, once for each closing; None where nobody is asked.

    Nobody is: about an open request, or one that went into another; who said it already; who was asked lately; at no
    address; where the house stopped asking.
    """
    ticket = locked(ticket_id)
    habits = DeskHabits.objects.first()
    if habits is None or not habits.asks_after or ticket.closed_at is None or ticket.joined_to_id is not None:
        return None
    question = SatisfactionQuestion(ticket=ticket, closed_at=ticket.closed_at, email=ticket.requester_email, at=at)
    lately = at - timedelta(days=habits.asks_again_days)
    if SatisfactionQuestion.objects.filter(email__iexact=question.email, at__gt=lately).exists():
        return None
    if is_answered(question) or not _reachable(question.email):
        return None
    question.save()
    with translation.override(ticket.language):
        subject = subject_of(ticket.number, gettext("How did we do?"))
        asks = NewMail(
            to=question.email, to_name=ticket.requester_name, subject=subject,
            text=gettext("Your request “%(subject)s” is closed. How were you helped? One press says it:\n\n%(link)s")
            % {"subject": ticket.subject, "link": absolute("desk:thanks", token_of(question))},
            about=ticket, reply_to=habits.address, sender=habits.address,
        )  # fmt: skip
    send_mails([asks], at=at)
    return question


@transaction.atomic
def answer_question(question_id: uuid.UUID, *, mark: int, words: str, at: datetime) -> Satisfaction:
    """
    Take the answer to a question, once. RefusalError where it was answered, or the request is open again.

    The bearer of the link is who was asked: nobody else has it.
    """
    question = SatisfactionQuestion.objects.select_related("ticket").get(pk=question_id)
    ticket = locked(question.ticket_id)
    if ticket.closed_at != question.closed_at:
        raise RefusalError(
            Text("Ihre Anfrage wurde seither wieder geöffnet.", "Your request was taken up again since then.")
        )
    actor = Actor.outside(question.pk, ticket.requester_name)
    told = rate(ticket, mark=mark, words=words[:1000], at=at, actor=actor)
    record("desk.rated", ticket, at=at, actor=actor, after={"mark": mark})
    return told


@transaction.atomic
def rate(ticket: Ticket, *, mark: int, words: str, at: datetime, actor: Actor) -> Satisfaction:  # noqa: ARG001  an answer's signature
    """Say once for each closing how one was helped, 1 to 5. RefusalError for an open request or a second answer."""
    row = locked(ticket.pk)
    if row.closed_at is None or not 1 <= mark <= BEST:
        raise RefusalError(Text("Von 1 bis 5, sobald sie geschlossen ist.", "From 1 to 5, once it is closed."))
    if Satisfaction.objects.filter(ticket=row, closed_at=row.closed_at).exists():
        raise RefusalError(Text("Das haben Sie schon beantwortet.", "You have answered that already."))
    return Satisfaction.objects.create(
        ticket=row, customer_tenant_id=row.customer_tenant_id, closed_at=row.closed_at, mark=mark, words=words, at=at
    )


def _reachable(address: str) -> bool:
    try:
        check_address(address)
    except MailAddressError:
        return False
    return True
