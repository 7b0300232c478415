"""Background work of the desk: telling of promises that break, and reading the mailboxes."""

import logging
import uuid
from datetime import datetime
from typing import Final

from django.db import InterfaceError, OperationalError
from django.utils import timezone

from kontor.kernel.actions.queue import queue
from kontor.kernel.background import Patience, outside_job, tenant_job
from kontor.kernel.tenancy import as_tenant
from kontor.office.desk.actions import escalating, fetching
from kontor.office.desk.actions.fetching import Reading
from kontor.office.desk.actions.mail_intake import Fetched, Outcome
from kontor.office.desk.actions.mailboxes import FETCH
from kontor.office.desk.actions.satisfaction import ASK, ask_satisfaction
from kontor.office.desk.queries.letterbox import Letterbox, LetterboxError, Waiting, opened

AT_ONCE: Final = 200

logger = logging.getLogger(__name__)


@tenant_job("desk.escalate")
def escalate(*, at: datetime, ticket: str) -> None:
    """Tell somebody that a promise is about to break, or broke."""
    escalating.escalate(uuid.UUID(ticket), at=at)


@tenant_job(ASK)
def ask(*, at: datetime, ticket: str) -> None:
    """Ask whoever asked how they were helped, once the request was closed for a while."""
    ask_satisfaction(uuid.UUID(ticket), at=at)


@outside_job(FETCH, patience=Patience([]))
def fetch(*, tenant_id: uuid.UUID, at: datetime, mailbox: str) -> None:
    """Read a mailbox: each mail by itself, none held up by another; killed anywhere, the next minute goes on there."""
    with as_tenant(tenant_id):
        reading = fetching.begin(uuid.UUID(mailbox), at=at)
    if reading is None:
        return
    problem, more = None, False
    try:
        with opened(reading.access) as letterbox:
            more = _read_all(letterbox, reading, tenant_id)
    except LetterboxError as error:
        problem = error.text
    finally:
        with as_tenant(tenant_id):
            fetching.end(reading, problem=problem, at=timezone.now())
            if more:
                queue(FETCH, tenant_id, mailbox=mailbox)


def _read_all(letterbox: Letterbox, reading: Reading, tenant_id: uuid.UUID) -> bool:
    """Take in what waits and tell whether more does."""
    with as_tenant(tenant_id):
        first = fetching.first_wanted(reading, letterbox.validity)
    mails = letterbox.waiting(first, reading.since, AT_ONCE)
    if mails:
        letterbox.make_folders()
    for mail in mails:
        readable = _take_in(letterbox, reading, tenant_id, mail)
        letterbox.put_away(mail.uid, readable=readable)
    return len(mails) == AT_ONCE


def _take_in(letterbox: Letterbox, reading: Reading, tenant_id: uuid.UUID, mail: Waiting) -> bool:
    """Take in one mail and tell whether it could be read; what came before is known and only put away."""
    large = mail.size > fetching.LARGEST
    raw = letterbox.content(mail.uid, fetching.BEGINNING if large else None)
    lacks = fetching.too_large(mail.size) if large else None
    fetched = Fetched(mailbox=reading.mailbox, uid=mail.uid, arrived=mail.arrived, lacks=lacks)
    try:
        with as_tenant(tenant_id):
            outcome = fetching.take_fetched(reading, raw, fetched, at=timezone.now())
            return outcome != Outcome.UNREADABLE and not fetching.was_unreadable(reading, mail.uid)
    except (OperationalError, InterfaceError):
        raise  # the database is at fault, not the mail: it waits where it is
    except Exception as error:
        logger.exception("A mail of mailbox %s could not be taken in and is set aside.", reading.mailbox)
        with as_tenant(tenant_id):
            fetching.set_aside(reading, raw, fetched, why=f"{type(error).__name__}: {error}", at=timezone.now())
        return False
