"""Writing mail: kept and queued in the transaction that needs it, so that what is rolled back is never sent."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from email.headerregistry import Address
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models, transaction
from django.utils.translation import gettext

from kontor.kernel import registry
from kontor.kernel.actions.blobs import NewFile, keep_many
from kontor.kernel.actions.queue import queue, queue_many, refuse_unknown
from kontor.kernel.actions.record import OtherTenantsThingError, record
from kontor.kernel.actions.suppressing import is_suppressed
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Blob, Membership, OutgoingMail, SentMail, Tenant
from kontor.kernel.rows import exactly_one, uuid7
from kontor.kernel.tenancy import current_tenant
from kontor.kernel.transport import Conversation

Attachment = tuple[str, str, bytes | Blob]
SUBJECT_LENGTH = 300
ERASED = "The person at this address was erased: nothing is written to it any more."


class MailAddressError(ValueError):
    """An address to which no mail can be sent; its text is the sentence for the page."""

    def __init__(self, address: str) -> None:
        super().__init__(gettext("%(address)s is not an e-mail address.") % {"address": address})


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMail:
    """
    A mail to be written, as `send_mail` takes it.

    attachments  (file name, media type, content), the content as bytes or as a file already kept
    about        the row it speaks of, on whose page it is listed
    then         (job, arguments) queued for this tenant once the mail server has taken the mail over
    unsubscribe  address that ends such mail by one POST, where somebody subscribed to it
    conversation how it stands among others, None for a mail that stands alone
    sender       address of the tenant's own to write under, once it is proved; "" for the platform's
    purpose      of the tenant's consent texts, for a mailing: it leaves only to whoever agreed; "" for what belongs to
                 a matter, which needs no consent
    key          the mail's own id where whoever writes it has one, so that it is written once; None for a new one
    """

    to: str
    to_name: str = ""
    subject: str
    text: str
    html: str = ""
    attachments: Sequence[Attachment] = ()
    about: models.Model | None = None
    reply_to: str = ""
    then: tuple[str, dict[str, str]] | None = None
    unsubscribe: str = ""
    conversation: Conversation | None = None
    sender: str = ""
    purpose: str = ""
    key: uuid.UUID | None = None


def send_mail(
    *,
    to: str,
    to_name: str = "",
    subject: str,
    text: str,
    html: str = "",
    attachments: Sequence[Attachment] = (),
    about: models.Model | None = None,
    at: datetime,
    reply_to: str = "",
    then: tuple[str, dict[str, str]] | None = None,
) -> OutgoingMail:
    """
    Write a mail from the current tenant and queue it; its parts are those of NewMail.

    MailAddressError for what is no address, OtherTenantsThingError for another tenant's file.
    """
    mail = NewMail(
        to=to,
        to_name=to_name,
        subject=subject,
        text=text,
        html=html,
        attachments=attachments,
        about=about,
        reply_to=reply_to,
        then=then,
    )
    (written,) = send_mails([mail], at=at)
    return written


@transaction.atomic
def send_mails(mails: Sequence[NewMail], *, at: datetime) -> list[OutgoingMail]:
    """
    Write these mails and queue them, in a fixed number of queries.

    MailAddressError and OtherTenantsThingError as for one; then none is written.
    """
    for mail in mails:
        _refuse_unsendable(mail)
    files = iter(_kept([attachment for mail in mails for attachment in mail.attachments], at))
    rows = OutgoingMail.objects.bulk_create([_row(mail, files, at) for mail in mails])
    SentMail.objects.bulk_create(SentMail(mail=row) for row in rows)
    tenant = current_tenant()
    queue_many("kernel.send_mail", [(tenant, {"mail": row.pk}) for row in rows])
    return rows


def _refuse_unsendable(mail: NewMail) -> None:
    check_address(mail.to)
    if mail.reply_to:
        check_address(mail.reply_to)
    if mail.then:
        refuse_unknown(mail.then[0])


def _row(mail: NewMail, files: Iterator[Blob], at: datetime) -> OutgoingMail:
    return OutgoingMail(
        id=mail.key or uuid7(),
        to=mail.to,
        to_name=_one_line(mail.to_name),
        reply_to=mail.reply_to,
        subject=_one_line(mail.subject)[:SUBJECT_LENGTH],
        text=mail.text,
        html=mail.html,
        attachments=[
            {"name": _one_line(name), "media_type": media_type, "blob": str(next(files).pk)}
            for name, media_type, _ in mail.attachments
        ],
        then=list(mail.then) if mail.then else None,
        conversation=asdict(mail.conversation) if mail.conversation else None,
        about_kind=mail.about._meta.label if mail.about is not None else "",
        about_id=mail.about.pk if mail.about is not None else None,
        unsubscribe=mail.unsubscribe,
        sender=mail.sender,
        purpose=mail.purpose,
        at=at,
    )


def check_address(address: str) -> None:
    """Raise MailAddressError unless mail can be sent to `address`; letters beyond ASCII are fine in the domain only."""
    try:
        validate_email(address)
        Address(addr_spec=address).username.encode("ascii")
    except (ValidationError, ValueError) as error:
        raise MailAddressError(address) from error


@transaction.atomic
def note_attempt(mail_id: uuid.UUID) -> int:
    """Count an attempt before it is made and return its number; 0 where it has left, was given up or held back."""
    sent = SentMail.objects.select_for_update().get(mail=mail_id)
    if sent.sent_at or sent.given_up_at or sent.held_at:
        return 0
    exactly_one(SentMail.objects.filter(pk=sent.pk).update(attempts=sent.attempts + 1))
    return sent.attempts + 1


def held_back(mail_id: uuid.UUID, *, to: str, at: datetime) -> bool:
    """
    Keep back a test tenant's mail that is to nobody of its own people, and tell whether that was done.

    Nothing in a test tenant is real, so nobody outside is to hear of it; on its page "Outbox" it can be read that the
    mail was written. What should follow a mail's arrival follows nothing.
    """
    if not Tenant.objects.filter(pk=current_tenant(), stage=Tenant.Stage.TEST).exists():
        return False
    own = Membership.objects.filter(user__email__iexact=to).filter(models.Q(until=None) | models.Q(until__gt=at))
    if own.exists():
        return False
    _note(mail_id, held_at=at)
    return True


def unwanted(mail_id: uuid.UUID, *, to: str, purpose: str, at: datetime) -> bool:
    """
    Give a mail up that its receiver is not to get, and tell whether that was done; asked whenever a mail was written.

    Nobody who was erased gets any mail, and a mailing for a purpose goes to nobody whom a module forbids to write to.
    """
    problem = ERASED if is_suppressed(to) else ""
    if purpose and not problem:
        said = [one.may_write(to, purpose, at=at) for one in registry.modules() if one.may_write is not None]
        problem = next((ruling.working[-1].en for ruling in said if not ruling.value), "")
    if problem:
        note_given_up(mail_id, problem=problem, at=at)
    return bool(problem)


def note_sent(mail_id: uuid.UUID, *, at: datetime) -> None:
    """Note that the mail server has taken the mail over."""
    _note(mail_id, sent_at=at, problem="")
    if then := OutgoingMail.objects.values_list("then", flat=True).get(pk=mail_id):
        job, arguments = then
        queue(job, current_tenant(), **arguments)


def note_problem(mail_id: uuid.UUID, *, problem: str) -> None:
    """Note why an attempt failed; another will follow."""
    _note(mail_id, problem=problem)


def note_given_up(mail_id: uuid.UUID, *, problem: str, at: datetime) -> None:
    """Note why the mail will not arrive: the server refuses it for good, or has not answered for days."""
    _note(mail_id, problem=problem, given_up_at=at)


@transaction.atomic
def note_quarantined(mail_id: uuid.UUID, *, name: str, signature: str, at: datetime) -> None:
    """Give a mail up whose file the scanner calls harmful: nobody gets it, and it is recorded (SO-014)."""
    _note(mail_id, problem=f"{name}: {signature}"[:300], given_up_at=at)
    mail = OutgoingMail.objects.get(pk=mail_id)
    record("kernel.mail_quarantined", mail, at=at, actor=MACHINE, after={"name": name, "signature": signature})


def _note(mail_id: uuid.UUID, **noted: Any) -> None:
    exactly_one(SentMail.objects.filter(mail=mail_id).update(**noted))


def _kept(attachments: Sequence[Attachment], at: datetime) -> list[Blob]:
    """Return each attachment's file, those given as bytes kept now."""
    for _, _, content in attachments:
        if isinstance(content, Blob) and content.tenant_id != current_tenant():
            raise OtherTenantsThingError(f"The file {content.pk} belongs to another tenant.")
    fresh = [
        NewFile(data=content, name=name, media_type=media_type)
        for name, media_type, content in attachments
        if not isinstance(content, Blob)
    ]
    kept = iter(keep_many(fresh, at=at) if fresh else [])
    return [content if isinstance(content, Blob) else next(kept) for _, _, content in attachments]


def _one_line(text: str) -> str:
    """Return text that fits into a mail's head: a line break there would begin another header."""
    return " ".join(text.split())
