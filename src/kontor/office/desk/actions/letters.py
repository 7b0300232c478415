"""What the desk mails about a request: answers and receipts, each placed in its conversation, none of them a loop."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext

from kontor.kernel.actions.mail import Attachment, MailAddressError, NewMail, check_address, send_mails
from kontor.kernel.models import OutgoingMail
from kontor.kernel.transport import Conversation, whole_id
from kontor.office.desk.actions.centre_door import request_link
from kontor.office.desk.models import DeskHabits, IncomingMail, Ticket
from kontor.office.desk.queries.numbering import subject_of

A_DAY: Final = timedelta(days=1)
_TICKET: Final = Ticket._meta.label
_SHOWN: Final = 20  # Message-IDs in a mail's head; RFC 5322, 3.6.4 lets the middle of a long row go


def mail_answer(ticket: Ticket, text: str, files: Sequence[Attachment], *, at: datetime) -> None:
    """Send what was answered to whoever asked and each who gets copies; all of them see who else got it."""
    receivers = [each for each in dict.fromkeys((ticket.requester_email, *ticket.cc)) if _is_address(each)]
    answers = answered_ids(ticket)
    with translation.override(ticket.language):
        url = request_link(ticket, at=at) if receivers else ""
        where = "\n\n" + gettext("See how it stands: %(url)s") % {"url": url} if url else ""
    for receiver in receivers:
        said = Conversation(
            answers=answers, to=receivers[0], cc=tuple(each for each in receivers if each != receivers[0])
        )
        send_mails(
            [_letter(ticket, receiver, text + (where if receiver == ticket.requester_email else ""), said, files)],
            at=at,
        )


def mail_receipt(ticket: Ticket, *, answers: str, at: datetime) -> bool:
    """
    Tell whoever asked that it arrived, under which number; False where nothing was sent.

    An address that is none gets nothing, nor one that had as many receipts of late as the house settled: what is sent
    by itself must never answer itself without end (RFC 3834, 2).
    """
    habits = DeskHabits.objects.first() or DeskHabits()
    if not _is_address(ticket.requester_email):
        return False
    latest = OutgoingMail.objects.filter(
        at__gt=at - A_DAY,
        to__iexact=ticket.requester_email,
        about_kind=_TICKET,
        conversation__automatic=True,
    )
    if latest.count() >= habits.receipts_a_day:
        return False
    with translation.override(ticket.language):
        lines = [gettext("Your request has arrived. Its number is %(name)s.") % {"name": ticket.name}]
        if ticket.held:
            lines.append(gettext("It begins once your contact confirms it."))
        if habits.address:
            lines.append(gettext("Answer this mail to add something."))
        if url := request_link(ticket, at=at):
            lines.append(gettext("See how it stands: %(url)s") % {"url": url})
    said = Conversation(answers=(answers,) if answers else (), automatic=True)
    send_mails([_letter(ticket, ticket.requester_email, "\n\n".join(lines), said)], at=at)
    return True


def answered_ids(ticket: Ticket) -> tuple[str, ...]:
    """Return the Message-IDs of what was mailed about a request, the latest mail that came last: it is answered."""
    about_it = Q(ticket=ticket) | Q(taken__ticket=ticket)
    came = IncomingMail.objects.filter(about_it).exclude(message_id="").order_by("received_at")
    theirs = [(at, told) for at, told in came.values_list("received_at", "message_id")]
    if not theirs:
        return ()
    about = OutgoingMail.objects.filter(about_kind=_TICKET, about_id=ticket.pk)
    ours = [(at, whole_id(str(pk))) for at, pk in about.values_list("at", "pk")]
    before = [told for _at, told in sorted([*theirs[:-1], *ours])]
    return (*before[-_SHOWN:], theirs[-1][1])


def _letter(ticket: Ticket, to: str, text: str, said: Conversation, files: Sequence[Attachment] = ()) -> NewMail:
    address = DeskHabits.objects.values_list("address", flat=True).first() or ""
    return NewMail(
        to=to, to_name=ticket.requester_name if to == ticket.requester_email else "", text=text, about=ticket,
        subject=subject_of(ticket.number, ticket.subject), reply_to=address, attachments=files, conversation=said,
        sender=address,
    )  # fmt: skip


def _is_address(text: str) -> bool:
    try:
        check_address(text)
    except MailAddressError:
        return False
    return True
