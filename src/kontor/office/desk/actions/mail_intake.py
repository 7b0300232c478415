"""
From a mail to the request it belongs to: each mail once, a machine's never, and another customer's number never joins.

A mail is an answer to a request when it answers a mail of ours about it, or carries its number in the subject, and only
where its sender belongs to that request. Anything else is a request of its own.
"""

import hashlib
import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.db import connection, transaction

from kontor.kernel.actions.blobs import QuotaExceededError, keep
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import OutgoingMail
from kontor.kernel.tenancy import current_tenant
from kontor.office.contracts import public as contracts
from kontor.office.desk.actions.answering import hear_customer
from kontor.office.desk.actions.opening import Asked, open_ticket
from kontor.office.desk.models import DeskHabits, IncomingMail, Mailbox, Ticket
from kontor.office.desk.queries.centre import party_in_centre
from kontor.office.desk.queries.numbering import number_in
from kontor.office.messages import public as messages
from kontor.office.messages.public import Inbound
from kontor.office.parties import public as parties
from kontor.office.privacy import public as privacy
from kontor.rulebook.ruling import Text

AN_HOUR: Final = timedelta(hours=1)
AT_MOST: Final = 20  # from one sender within an hour: more is a loop or a flood, and waits for a person to look
_COPIES: Final = 20  # who else gets the answers; a mail to hundreds makes us write to no hundreds
_NO_SUBJECT: Final = {"de": "Ohne Betreff", "en": "Without subject"}


class Outcome(StrEnum):
    """
    What became of a mail.

    OPENED     a request of its own; ANSWERED  it belongs to one
    DUPLICATE  the same mail came before
    REPORT     a mail server's word on a mail of ours; MACHINE  nobody wrote it
    OWN        we wrote it; CAPPED  too many of this sender's within an hour
    UNREADABLE it names no sender
    PRIVACY    somebody asked about the data on themselves: a case of the privacy centre
    """

    OPENED = "opened"
    ANSWERED = "answered"
    DUPLICATE = "duplicate"
    REPORT = "report"
    MACHINE = "machine"
    OWN = "own"
    CAPPED = "capped"
    UNREADABLE = "unreadable"
    PRIVACY = "privacy"


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

    It counts from our own server's Received line, else from when the mailbox had it, else from now.
    """
    habits = DeskHabits.objects.first() or DeskHabits()
    came = fetched or Fetched()
    mail = messages.read_mail(raw, mx_host=habits.mx_host)
    if came.lacks is not None:
        mail = replace(mail, files=())
    _one_at_a_time(mail.key)
    if IncomingMail.objects.filter(key=mail.key).exists():
        return Outcome.DUPLICATE
    line = mail.received if habits.mx_host or came.arrived is None else None
    received = next((each for each in (line, came.arrived) if each is not None and each <= at), at)
    outcome, ticket = _told(mail, raw, habits, came=came, received=received, at=at)
    customer = ticket.customer_tenant_id if ticket else None
    name = f"{mail.key[:12]}.eml"
    kept = (
        keep(raw, name=name, media_type="message/rfc822", customer_tenant=customer, at=at)
        if came.lacks is None
        else None
    )
    IncomingMail.objects.create(
        key=mail.key, message_id=mail.message_id, sender=mail.sender[:320], subject=mail.subject, outcome=outcome.value,
        ticket=ticket, raw=kept, mailbox_id=came.mailbox, uid=came.uid, received_at=received, at=at,
    )  # fmt: skip
    return outcome


@transaction.atomic
def keep_unreadable(raw: bytes, *, why: str, at: datetime, fetched: Fetched) -> None:
    """Keep a mail that could not be taken in, so that a person looks at it; the same mail again does nothing."""
    key = hashlib.sha256(raw).hexdigest()
    _one_at_a_time(key)
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


def _one_at_a_time(key: str) -> None:
    """Let two workers that were given the same mail at the same moment take it one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"mail {current_tenant()} {key}"])


def _told(
    mail: Inbound, raw: bytes, habits: DeskHabits, *, came: Fetched, received: datetime, at: datetime
) -> tuple[Outcome, Ticket | None]:
    if not mail.sender or "@" not in mail.sender:
        return Outcome.UNREADABLE, None
    if mail.machine:
        return (Outcome.REPORT, None) if messages.take_report(raw, at=at) else (Outcome.MACHINE, None)
    ours = {habits.address.casefold(), *_read_addresses()}
    if mail.sender in ours:
        return Outcome.OWN, None
    if IncomingMail.objects.filter(sender=mail.sender, at__gt=at - AN_HOUR).count() >= AT_MOST:
        return Outcome.CAPPED, None
    asked = _asked(mail, ours, came.lacks, received)
    if privacy.take_subject_mail(_written(mail, asked, came.mailbox), received_at=received, at=at):
        return Outcome.PRIVACY, None
    return _heard(mail, asked, at=at)


def _heard(mail: Inbound, asked: Asked, *, at: datetime) -> tuple[Outcome, Ticket]:
    if ticket := _belongs_to(mail, asked.contract, at):
        told = replace(asked, contract=_running(ticket.contract_id, at), party=ticket.party_id)
        heard = hear_customer(ticket, told, at=at, actor=MACHINE)
        return (Outcome.ANSWERED if heard.pk == ticket.pk else Outcome.OPENED), heard
    return Outcome.OPENED, open_ticket(replace(asked, contract=_running(asked.contract, at)), at=at, actor=MACHINE)


def _written(mail: Inbound, asked: Asked, mailbox: uuid.UUID | None) -> privacy.Written:
    fetched_from = Mailbox.objects.filter(pk=mailbox).values_list("address", flat=True)
    return privacy.Written(
        sender=mail.sender, name=mail.name, subject=mail.subject, text=mail.text, language=asked.language,
        to=[*mail.others, *fetched_from], answers=[ours for each in mail.answers if (ours := _our_id(each))],
    )  # fmt: skip


def _read_addresses() -> Iterator[str]:
    """Yield the addresses of the mailboxes that are read: what comes from them, we wrote."""
    rows = Mailbox.objects.filter(ended_at=None).values_list("address", flat=True)
    yield from (each.casefold() for each in rows)


def _asked(mail: Inbound, ours: Collection[str], lacks: Text | None, received: datetime) -> Asked:
    party = parties.party_of(mail.sender) or party_in_centre(mail.sender, at=received)
    contract, language = contracts.contract_of_sender(mail.sender, party)
    text = mail.text or mail.subject or "…"
    return Asked(
        subject=mail.subject or _NO_SUBJECT[language], html=mail.html, name=mail.name, message_id=mail.message_id,
        text=f"{text}\n\n{lacks.spoken(language)}" if lacks else text,
        email=mail.sender, channel=Ticket.Channel.EMAIL, reported=received, contract=contract, language=language,
        party=None if contract else party,  # who had a contract that ended is a stranger
        files=[(file.name, file.media_type, file.data) for file in mail.files],
        cc=[each for each in mail.others if each not in ours][:_COPIES], mail=uuid.UUID(mail.key[:32]),
    )  # fmt: skip


def _running(contract: uuid.UUID | None, at: datetime) -> uuid.UUID | None:
    """Return the contract while it runs: a former customer's mail is a stranger's."""
    return contract if contract and contracts.served(contract, at=at).running else None


def _belongs_to(mail: Inbound, contract: uuid.UUID | None, at: datetime) -> Ticket | None:
    """Return the request a mail answers, where its sender belongs to it; None makes it a request of its own."""
    number = number_in(mail.subject)
    found = [*_by_our_mail(mail), *(Ticket.objects.filter(number=number) if number else ())]
    return next((ticket for ticket in found if _is_party_to(ticket, mail.sender, contract, at)), None)


def _by_our_mail(mail: Inbound) -> Iterator[Ticket]:
    """Yield the requests that our own mails, which this one answers, were about."""
    ids = [ours for each in mail.answers if (ours := _our_id(each))]
    mails = OutgoingMail.objects.filter(pk__in=ids, about_kind="desk.Ticket", about_id__isnull=False)
    about = dict(mails.values_list("pk", "about_id"))
    tickets = Ticket.objects.in_bulk([each for each in about.values() if each])
    yield from (tickets[about[each]] for each in ids if each in about)


def _our_id(message_id: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(message_id.partition("@")[0])
    except ValueError:
        return None


def _is_party_to(ticket: Ticket, sender: str, contract: uuid.UUID | None, at: datetime) -> bool:
    """Tell whether a sender belongs to a request: who asked, who gets its copies, or somebody of the same customer."""
    if sender == ticket.requester_email.casefold() or sender in ticket.cc:
        return True
    return (
        ticket.party_id is not None
        and contract is not None
        and contracts.served(contract, at=at).party == ticket.party_id
    )
