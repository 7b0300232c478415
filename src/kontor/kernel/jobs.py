"""The kernel's background work: sending mail, and the minute tick that everything timed hangs on."""

import logging
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any, Final

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone
from procrastinate.contrib.django import app

from kontor.kernel.actions import (
    bounces,
    data_places,
    mail as mails,
    quota_warnings,
    rights,
    sandboxes,
    schedule,
    sealing,
    sessions,
    sweeping,
    webhooks,
)
from kontor.kernel.actions.queue import queue, queue_many
from kontor.kernel.background import WRITING, GiveUpError, Patience, outside_job, tenant_job
from kontor.kernel.cipher import CannotOpenError
from kontor.kernel.models import Tenant
from kontor.kernel.queries.mail import Letter, contents_of, letter
from kontor.kernel.queries.senders import Way, way_of
from kontor.kernel.scanning import ScannerError, has_scanner, scan
from kontor.kernel.tenancy import as_tenant
from kontor.kernel.transport import AddressRefusedError, MailProblemError, MailRefusedError, composed, hand_over
from kontor.kernel.webhook_transport import DeliveryFailedError, post

__all__ = ["GiveUpError", "Patience", "on_app_ready", "outside_job", "queue", "queue_many", "tenant_job"]

MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)
# RFC 5321, 4.5.4.1: the first retries soon, then at least half an hour apart, given up after four to five days.
MAIL_WAITS: Final = (MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, *[8 * HOUR] * 12)
# The schedule that the Standard Webhooks specification proposes: a little over three days.
WEBHOOK_WAITS: Final = (
    timedelta(seconds=5), 5 * MINUTE, 30 * MINUTE, *(hours * HOUR for hours in (2, 5, 10, 14, 20, 24)),
)  # fmt: skip

logger = logging.getLogger(__name__)


class MailWaitsError(Exception):
    """A mail was not taken over and waits for its next attempt; why stands with the mail, not in the log."""


class WebhookWaitsError(Exception):
    """A message did not arrive and waits for its next attempt; why stands with the message, not in the log."""


def on_app_ready(ready: Any) -> None:
    """Give procrastinate its one periodic entry; it calls this when every jobs.py has been read."""
    ready.periodic(cron="* * * * *", periodic_id="tick")(ready.tasks["kernel.tick"])


@app.task(name="kernel.tick")
def tick(timestamp: int) -> None:
    """
    Do each minute what must not wait: jobs of dead workers again, what is due into the queue, the record sealed.

    timestamp  the minute it was meant for, in seconds since 1970

    Two ticks may run at once, so that one whose worker died keeps no other from finding it: each step allows for that.
    """
    at = timezone.now()
    sweeping.retry_stalled(at=at)
    sessions.forget_expired(at)  # and with each its address, which is kept no longer than the session
    schedule.queue_due(at=at)
    for tenant_id in Tenant.objects.order_by("pk").values_list("pk", flat=True):
        try:
            with as_tenant(tenant_id):
                sealing.seal(at=at)
        except (DatabaseError, CannotOpenError):  # it must hold up no other
            logger.exception("The record of tenant %s was not sealed this minute.", tenant_id)
    minute = datetime.fromtimestamp(timestamp, UTC)
    if minute.minute == 0:
        sweeping.forget_finished()


@tenant_job("kernel.watch_quota")
def watch_quota(*, at: datetime, meter: str) -> None:
    """Warn of a limit that is almost reached, once for each share of it."""
    quota_warnings.watch_quota(meter, at=at)


@outside_job("kernel.send_mail", patience=Patience(MAIL_WAITS))
def send_mail(*, tenant_id: uuid.UUID, at: datetime, mail: str) -> None:
    """
    Hand one mail to the mail server.

    Killed between the server's yes and our note of it, the job sends it again under the same Message-ID, by which
    mailboxes know a repetition.
    """
    mail_id = uuid.UUID(mail)
    with as_tenant(tenant_id):
        if not (attempt := mails.note_attempt(mail_id)):
            return
        written = letter(mail_id)
        if mails.held_back(mail_id, to=written.to, at=at):
            return
        if mails.unwanted(mail_id, to=written.to, purpose=written.purpose, at=at):
            return
        tenant = Tenant.objects.get(pk=tenant_id)
        way, files = way_of(written, inner=tenant.is_house), contents_of(written)
        message = _message(written, way, tenant.name, files)
    try:
        if harmful := _harmful(files):
            with as_tenant(tenant_id):
                mails.note_quarantined(mail_id, name=harmful[0], signature=harmful[1], at=at)
            return
        if settings.EMAIL_HOST or not settings.KONTOR_DEMO:  # the demo's mail is read on its mailbox page
            hand_over(message, written.to, server=way.server)
    except MailProblemError as error:
        _note_failure(tenant_id, mail_id, error, attempt=attempt, at=at)
        return
    with as_tenant(tenant_id):
        mails.note_sent(mail_id, at=at)
        bounces.note_taken(mail_id, at=at)


def _harmful(files: Sequence[tuple[str, str, bytes]]) -> tuple[str, str] | None:
    """
    Return name and finding of a file that the scanner calls harmful; None where all are clean, or none is set up.

    While the scanner gives no answer the mail waits like one that no server takes.
    """
    try:
        for name, _media_type, data in files if has_scanner() else ():
            if signature := scan(data).signature:
                return name, signature
    except ScannerError as away:
        raise MailProblemError(str(away)) from away
    return None


def _message(written: Letter, way: Way, name: str, files: list[tuple[str, str, bytes]]) -> EmailMessage:
    return composed(
        message_id=str(written.id),
        sender=way.sender,
        sender_name=name,
        to=written.to,
        to_name=written.to_name,
        reply_to=way.reply_to,
        subject=written.subject,
        text=written.text,
        html=written.html,
        files=files,
        at=written.at,
        unsubscribe=written.unsubscribe,
        conversation=written.conversation,
    )


def _note_failure(
    tenant_id: uuid.UUID, mail_id: uuid.UUID, error: MailProblemError, *, attempt: int, at: datetime
) -> None:
    with as_tenant(tenant_id):
        if isinstance(error, MailRefusedError) or attempt > len(MAIL_WAITS):
            mails.note_given_up(mail_id, problem=str(error), at=at)
            if isinstance(error, AddressRefusedError):
                bounces.note_refused(mail_id, problem=str(error), at=at)
            return
        mails.note_problem(mail_id, problem=str(error))
    raise MailWaitsError(f"Mail {mail_id} was not taken over, attempt {attempt}.")


@tenant_job(rights.IN_SANDBOX)
def entitle_sandbox(*, at: datetime) -> None:
    """Give a company's test tenant what the company was given."""
    sandboxes.entitle_sandbox(at=at)


@outside_job(data_places.JOB, patience=WRITING)
def move_files(*, tenant_id: uuid.UUID, at: datetime, move: str) -> None:
    """Bring a customer's files to another place, batch by batch, each committed; killed anywhere it goes on there."""
    more = True
    while more:
        with as_tenant(tenant_id):
            more = data_places.move_some(uuid.UUID(move), at=at)


@outside_job(webhooks.JOB, patience=Patience(WEBHOOK_WAITS))
def deliver_webhook(*, tenant_id: uuid.UUID, at: datetime, delivery: str) -> None:
    """Send one message to one address; a receiver may be told twice, under the same id, and never not at all."""
    delivery_id = uuid.UUID(delivery)
    with as_tenant(tenant_id):
        parcel = webhooks.note_attempt(delivery_id, at=at)
    if parcel is None:
        return
    try:
        status = post(parcel.address, parcel.body, parcel.headers)
    except DeliveryFailedError as error:
        last = parcel.attempt > len(WEBHOOK_WAITS)
        with as_tenant(tenant_id):
            again = webhooks.note_failed(delivery_id, problem=error.problem, status=error.status, last=last, at=at)
        if again:
            raise WebhookWaitsError(f"Message {delivery_id} did not arrive, attempt {parcel.attempt}.") from None
        return
    with as_tenant(tenant_id):
        webhooks.note_delivered(delivery_id, status=status, at=at)
