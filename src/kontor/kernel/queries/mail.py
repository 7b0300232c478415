"""What was written, to whom, and whether it left; for the mailbox page, an object's page and the job that sends."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from kontor.kernel.models import Blob, OutgoingMail, SentMail
from kontor.kernel.queries.blobs import read
from kontor.kernel.transport import Conversation


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """
    A mail and what became of it.

    state  WAITING, SENT, RETRYING, GIVEN_UP or HELD
    files  (name, media type, id of the blob)
    """

    id: uuid.UUID
    at: datetime
    to: str
    to_name: str
    reply_to: str
    subject: str
    text: str
    html: str
    files: tuple[tuple[str, str, uuid.UUID], ...]
    about_kind: str
    about_id: uuid.UUID | None
    sent_at: datetime | None
    attempts: int
    problem: str
    state: str
    unsubscribe: str = ""
    conversation: Conversation | None = None
    sender: str = ""
    purpose: str = ""


def letters(*, limit: int = 50, offset: int = 0) -> list[Letter]:
    """Return the current tenant's mail, newest first; two queries."""
    return _letters(OutgoingMail.objects.order_by("-at", "-id")[offset : offset + limit])


def letters_about(object_id: uuid.UUID) -> list[Letter]:
    """Return the mail that speaks of an object, newest first; two queries."""
    return _letters(OutgoingMail.objects.filter(about_id=object_id).order_by("-at", "-id"))


def letter(mail_id: uuid.UUID) -> Letter:
    """Return one mail; OutgoingMail.DoesNotExist for another tenant's id."""
    found = _letters(OutgoingMail.objects.filter(pk=mail_id))
    if not found:
        raise OutgoingMail.DoesNotExist(f"No mail {mail_id} is visible here.")
    return found[0]


def contents_of(one: Letter) -> list[tuple[str, str, bytes]]:
    """Return a mail's files: (name, media type, content)."""
    blobs = Blob.objects.in_bulk([blob for _, _, blob in one.files])
    return [(name, media_type, read(blobs[blob])) for name, media_type, blob in one.files]


def _letters(mails: QuerySet[OutgoingMail]) -> list[Letter]:
    rows = list(mails)
    sent = {row.mail_id: row for row in SentMail.objects.filter(mail__in=rows)}
    return [_letter(mail, sent[mail.pk]) for mail in rows]


def _letter(mail: OutgoingMail, sent: SentMail) -> Letter:
    return Letter(
        id=mail.pk,
        at=mail.at,
        to=mail.to,
        to_name=mail.to_name,
        reply_to=mail.reply_to,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        files=tuple(_files(mail.attachments)),
        about_kind=mail.about_kind,
        about_id=mail.about_id,
        unsubscribe=mail.unsubscribe,
        sender=mail.sender,
        purpose=mail.purpose,
        sent_at=sent.sent_at,
        attempts=sent.attempts,
        problem=sent.problem,
        state=_state(sent),
        conversation=_conversation(mail.conversation),
    )


def _files(attachments: Iterable[dict[str, str]]) -> Iterable[tuple[str, str, uuid.UUID]]:
    return ((one["name"], one["media_type"], uuid.UUID(one["blob"])) for one in attachments)


def _conversation(kept: dict[str, Any] | None) -> Conversation | None:
    return Conversation(**kept | {"answers": tuple(kept["answers"]), "cc": tuple(kept["cc"])}) if kept else None


def _state(sent: SentMail) -> str:
    if sent.sent_at:
        return "SENT"
    if sent.held_at:
        return "HELD"
    if sent.given_up_at:
        return "GIVEN_UP"
    return "RETRYING" if sent.problem else "WAITING"
