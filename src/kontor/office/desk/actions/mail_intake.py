"""
Taking a mail in: each once, a machine's never; what is held back waits for a person and is lost to nobody.

To which request a mail belongs is `mail_filing`; taking in what was held back is `mail_held`.
"""

import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.db import connection, transaction

from kontor.kernel.actions.blobs import QuotaExceededError, keep
from kontor.kernel.actions.quotas import QuotaRefusedError
from kontor.kernel.actions.senders import prove_by_mail
from kontor.kernel.actor import MACHINE
from kontor.kernel.tenancy import current_tenant
from kontor.office.desk.actions.mail_filing import Come, file_mail, language_of, our_id
from kontor.office.desk.actions.opening import NoContactError
from kontor.office.desk.models import DeskHabits, IncomingMail, Mailbox, Ticket
from kontor.office.messages import public as messages
from kontor.office.messages.public import Inbound
from kontor.office.privacy import public as privacy
from kontor.rulebook.ruling import Text

AN_HOUR: Final = timedelta(hours=1)
AT_MOST: Final = 20  # from one sender within an hour: more is a loop or a flood, and waits for a person to look


class Outcome(StrEnum):
    """
    What became of a mail.

    OPENED     a request of its own; ANSWERED  it belongs to one
    DUPLICATE  the same mail came before
    REPORT     a mail server's word on a mail of ours; MACHINE  nobody wrote it
    OWN        we wrote it; CAPPED  too many of this sender's within an hour
    PRIVACY    somebody asked about the data on themselves: a case of the privacy centre
    CONTACT    its contract asks for a contact of the customer, and nobody is one
    LIMIT      the contract lets no more mails be handled this month
    UNREADABLE it names no sender
    """

    OPENED = "opened"
    ANSWERED = "answered"
    DUPLICATE = "duplicate"
    REPORT = "report"
    MACHINE = "machine"
    OWN = "own"
    CAPPED = "capped"
    PRIVACY = "privacy"
    CONTACT = "contact"
    LIMIT = "limit"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """
    Where a mail was fetched.

    arrived  when the mailbox had it (IMAP's INTERNALDATE)
    lacks    said in the request where only the mail's beginning was taken in; None for a whole mail
    """

    mailbox: uuid.UUID | None = None
    uid: int | None = None
    arrived: datetime | None = None
    lacks: Text | None = None


@transaction.atomic
def take_mail(raw: bytes, *, at: datetime, fetched: Fetched | None = None) -> Outcome:
    """
    Take a mail in, as it came to the current tenant; the same mail again does nothing.

    It counts from our own server's Received line, else from when the mailbox had it, else from now. What becomes part
    of a request counts as handled (crm, 11.3); where the contract allows no more, it waits.
    """
    habits = DeskHabits.objects.first() or DeskHabits()
    came = fetched or Fetched()
    mail = messages.read_mail(raw, mx_host=habits.mx_host)
    if came.lacks is not None:
        mail = replace(mail, files=())
    one_at_a_time(mail.key)
    if IncomingMail.objects.filter(key=mail.key).exists():
        return Outcome.DUPLICATE
    line = mail.received if habits.mx_host or came.arrived is None else None
    received = next((each for each in (line, came.arrived) if each is not None and each <= at), at)
    outcome = held_back(mail, raw, habits, at=at)
    if outcome is None and privacy.take_subject_mail(_written(mail, came, received), received_at=received, at=at):
        outcome = Outcome.PRIVACY
    if outcome is None:
        try:
            with transaction.atomic():
                return _filed(mail, raw, came, habits, received=received, at=at)
        except QuotaRefusedError:
            outcome = Outcome.LIMIT
        except NoContactError:
            outcome = Outcome.CONTACT
    _noted(mail, raw, came, outcome, None, received=received, at=at)
    return outcome


@transaction.atomic
def keep_unreadable(raw: bytes, *, why: str, at: datetime, fetched: Fetched) -> None:
    """Keep a mail that could not be taken in, so that a person looks at it; the same mail again does nothing."""
    key = hashlib.sha256(raw).hexdigest()
    one_at_a_time(key)
    if IncomingMail.objects.filter(key=key).exists():
        return
    try:
        kept = keep(raw, name=f"{key[:12]}.eml", media_type="message/rfc822", at=at)
    except QuotaExceededError:
        kept = None  # it lies in the mailbox, where it was set aside
    IncomingMail.objects.create(
        key=key, outcome=Outcome.UNREADABLE.value, why=why[:500], raw=kept, mailbox_id=fetched.mailbox, uid=fetched.uid,
        received_at=fetched.arrived or at, at=at,
    )  # fmt: skip


def one_at_a_time(key: str) -> None:
    """Let two workers that were given the same mail at the same moment take it one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"mail {current_tenant()} {key}"])


def own_addresses(habits: DeskHabits) -> frozenset[str]:
    """Return the addresses under which we write: what comes from them, nobody else wrote."""
    return frozenset({habits.address.casefold(), *_read_addresses()})


def _read_addresses() -> Iterator[str]:
    rows = Mailbox.objects.filter(ended_at=None).values_list("address", flat=True)
    yield from (each.casefold() for each in rows)


def held_back(mail: Inbound, raw: bytes, habits: DeskHabits, *, at: datetime) -> Outcome | None:
    """Return why a mail becomes no request by itself; None where it does."""
    if not mail.sender or "@" not in mail.sender:
        return Outcome.UNREADABLE
    if mail.machine:
        if prove_by_mail(mail.text, at=at):
            return Outcome.OWN
        return Outcome.REPORT if messages.take_report(raw, at=at) else Outcome.MACHINE
    if mail.sender in own_addresses(habits):
        return Outcome.OWN
    lately = IncomingMail.objects.filter(sender=mail.sender, at__gt=at - AN_HOUR)
    return Outcome.CAPPED if lately.count() >= AT_MOST else None


def _written(mail: Inbound, came: Fetched, received: datetime) -> privacy.Written:
    fetched_from = Mailbox.objects.filter(pk=came.mailbox).values_list("address", flat=True)  # type: ignore[misc]  # or none
    return privacy.Written(
        sender=mail.sender, name=mail.name, subject=mail.subject, text=mail.text,
        language=language_of(mail.sender, received), to=[*mail.others, *fetched_from],
        answers=[ours for each in mail.answers if (ours := our_id(each))],
    )  # fmt: skip


def _filed(
    mail: Inbound, raw: bytes, came: Fetched, habits: DeskHabits, *, received: datetime, at: datetime
) -> Outcome:
    told = Come(mail, own_addresses(habits), received, lacks=came.lacks)
    is_new, ticket = file_mail(told, at=at, actor=MACHINE)
    outcome = Outcome.OPENED if is_new else Outcome.ANSWERED
    row = _noted(mail, raw, came, outcome, ticket, received=received, at=at)
    messages.handle_service_mail(row, at=at)
    return outcome


def _noted(
    mail: Inbound, raw: bytes, came: Fetched, outcome: Outcome, ticket: Ticket | None, *, received: datetime,
    at: datetime,
) -> IncomingMail:  # fmt: skip
    customer = ticket.customer_tenant_id if ticket else None
    name = f"{mail.key[:12]}.eml"
    kept = (
        keep(raw, name=name, media_type="message/rfc822", customer_tenant=customer, at=at)
        if came.lacks is None
        else None
    )
    return IncomingMail.objects.create(
        key=mail.key, message_id=mail.message_id, sender=mail.sender[:320], subject=mail.subject, outcome=outcome.value,
        ticket=ticket, raw=kept, mailbox_id=came.mailbox, uid=came.uid, received_at=received, at=at,
    )  # fmt: skip
