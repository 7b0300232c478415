"""Background work of the desk: telling of promises that break, and reading the mailboxes."""

import logging
import threading
import uuid
from datetime import datetime, timedelta
from typing import Final

from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.utils import timezone

from kontor.kernel.actions.queue import queue
from kontor.kernel.background import Patience, outside_job, tenant_job
from kontor.kernel.models import Due
from kontor.kernel.queries.blobs import read
from kontor.kernel.scanning import scan
from kontor.kernel.tenancy import as_tenant
from kontor.office.desk.actions import escalating, fetching
from kontor.office.desk.actions.centre import FORGET, forget_unconfirmed
from kontor.office.desk.actions.fetching import Reading
from kontor.office.desk.actions.mail_intake import Fetched, Outcome
from kontor.office.desk.actions.mailboxes import FETCH
from kontor.office.desk.actions.satisfaction import ASK, ask_satisfaction
from kontor.office.desk.actions.scanning import LOOK, keep_finding
from kontor.office.desk.models import Mailbox, TicketFile
from kontor.office.desk.queries.letterbox import Letterbox, LetterboxError, Waiting, opened
from kontor.rulebook.ruling import Text

AT_ONCE: Final = 200
AT_MOST: Final = 200  # mailboxes that are watched; others are read each minute
LOOK_AGAIN: Final = 20.0  # seconds after which a new mailbox is watched, and one that cannot be reached is tried again
IDLE_SECONDS: Final = 30.0  # seconds after which the server is told anew that we listen; it must be under 29 minutes
ROUNDS: Final = 20
# A scanner that is away comes back within the day; until then the file stays shut.
_WAITS: Final = [timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), *[timedelta(hours=2)] * 12]
Mailed = tuple[uuid.UUID, str]  # tenant and mailbox

logger = logging.getLogger(__name__)


@tenant_job("desk.escalate")
def escalate(*, at: datetime, ticket: str) -> None:
    """Tell somebody that a promise is about to break, or broke."""
    escalating.escalate(uuid.UUID(ticket), at=at)


@tenant_job(ASK)
def ask(*, at: datetime, ticket: str) -> None:
    """Ask whoever asked how they were helped, once the request was closed for a while."""
    ask_satisfaction(uuid.UUID(ticket), at=at)


@tenant_job(FORGET)
def forget(*, at: datetime) -> None:
    """Forget who was invited into the customer centre and never came."""
    forget_unconfirmed(at=at)


@outside_job(FETCH, patience=Patience([]))
def fetch(*, tenant_id: uuid.UUID, at: datetime, mailbox: str) -> None:
    """
    Read a mailbox: each mail by itself, none held up by another; killed anywhere, the next minute goes on there.

    Whoever is told of a mail while somebody reads goes away again. So we look once more when we have let go.
    """
    with as_tenant(tenant_id):
        reading = fetching.begin(uuid.UUID(mailbox), at=at)
    if reading is None:
        return
    try:
        with opened(reading.access) as letterbox:
            for _ in range(ROUNDS):
                if not _read_some(letterbox, reading, tenant_id):
                    break
            _let_go(reading, tenant_id, None)
            if _waiting(letterbox, reading, tenant_id, 1):
                queue(FETCH, tenant_id, mailbox=mailbox)
    except LetterboxError as error:
        _let_go(reading, tenant_id, error.text)
    except BaseException:
        _let_go(reading, tenant_id, None)  # the next minute goes on at once
        raise


def _let_go(reading: Reading, tenant_id: uuid.UUID, problem: Text | None) -> None:
    with as_tenant(tenant_id):
        fetching.end(reading, problem=problem, at=timezone.now())


def _waiting(letterbox: Letterbox, reading: Reading, tenant_id: uuid.UUID, at_most: int) -> list[Waiting]:
    with as_tenant(tenant_id):
        first = fetching.first_wanted(reading, letterbox.validity)
    return letterbox.waiting(first, reading.since, at_most)


def _read_some(letterbox: Letterbox, reading: Reading, tenant_id: uuid.UUID) -> bool:
    """Take in what waits and tell whether anything did."""
    mails = _waiting(letterbox, reading, tenant_id, AT_ONCE)
    if mails:
        letterbox.make_folders()
    for mail in mails:
        readable = _take_in(letterbox, reading, tenant_id, mail)
        letterbox.put_away(mail.uid, readable=readable)
    return bool(mails)


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


@outside_job(LOOK, patience=Patience(_WAITS))
def look_into_file(*, tenant_id: uuid.UUID, at: datetime, file: str) -> None:
    """Have a file of a request scanned; done twice it finds the same."""
    with as_tenant(tenant_id):
        data = read(TicketFile.objects.select_related("blob").get(pk=file).blob)
    verdict = scan(data)
    with as_tenant(tenant_id):
        keep_finding(uuid.UUID(file), verdict, at=at)


def watch_mailboxes(stop: threading.Event) -> None:
    """
    Hold a connection to every mailbox whose server tells of new mail (RFC 2177), and have it read at once.

    What is missed here the minute's tick finds, so that nothing hangs on it: a thread that ends is begun anew.
    """
    watched: dict[Mailed, threading.Thread] = {}
    while not stop.wait(LOOK_AGAIN if watched else 1.0):
        try:
            wanted = _watched()
        except DatabaseError:
            logger.warning("The mailboxes to be watched could not be looked up; it is tried again.")
            continue
        finally:
            connection.close()
        watched = {each: thread for each, thread in watched.items() if thread.is_alive()}
        for each in wanted[:AT_MOST]:
            if each not in watched:
                watched[each] = threading.Thread(target=_watch, args=(each, stop), daemon=True)
                watched[each].start()


def _watched() -> list[Mailed]:
    """Return which mailboxes are read, of all tenants: those that the tick reads."""
    rows = Due.objects.filter(job=FETCH).order_by("pk").values_list("tenant_id", "arguments")
    return [(tenant, arguments["mailbox"]) for tenant, arguments in rows]


def _watch(mailed: Mailed, stop: threading.Event) -> None:
    tenant_id, mailbox = mailed
    try:
        with as_tenant(tenant_id):
            row = Mailbox.objects.filter(pk=mailbox, ended_at=None).first()
            access = fetching.access_of(row) if row else None
        connection.close()
        if access is None:
            return
        with opened(access) as letterbox:
            rounds = ROUNDS if letterbox.tells else 0  # settings may have changed meanwhile
            for _ in range(rounds):
                if stop.is_set():
                    return
                if letterbox.wait(IDLE_SECONDS):
                    queue(FETCH, tenant_id, mailbox=mailbox)
                    connection.close()
    except (LetterboxError, DatabaseError):
        logger.info("Mailbox %s cannot be watched now.", mailbox)  # why it cannot be read stands on its page
    finally:
        connection.close()
    stop.wait(LOOK_AGAIN)
