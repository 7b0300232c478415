"""
Mail that a contract counts, and who signs in where it counts visitors: sent and counted in one transaction, exactly.

    promise = promise_mailing(campaign, recipients=500, at=at, until=at + timedelta(days=2))
    for batch in batches:  # any number of times, by a job each
        send_mailing(promise, batch, at=now)
    end_mailing(promise, at=now)  # what was not sent is free again

A limit of the contract refuses the promise before the first mail leaves (QuotaRefusedError, which pages and the API
answer by themselves); where the contract charges what goes beyond, nothing is refused and the month's statement charges
it. What is counted here are recipients, not mails of the platform's own: an invoice or an invitation counts nothing.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db import models, transaction

from kontor.kernel.actions.mail import NewMail, send_mails
from kontor.kernel.actions.meters import Use, meter, name_of
from kontor.kernel.actions.quotas import give_back, hold, reserve, use_reserved
from kontor.kernel.models import MeterReading, OutgoingMail

MAILINGS: Final = "contracts.bulk_mailings"
SERVICE_MAILS: Final = "contracts.service_emails"
VISITORS: Final = "contracts.customer_centre_logins"
_AT_ONCE: Final = timedelta(minutes=1)


def promise_mailing(mailing: models.Model | str, *, recipients: int, at: datetime, until: datetime) -> uuid.UUID:
    """
    Promise a mailing of the current tenant its recipients in the month that runs, and return the promise.

    Asked again it is the same promise. QuotaRefusedError where fewer are left than recipients: "500 left this month".
    """
    return reserve(MAILINGS, recipients, source=mailing, at=at, until=until).pk


@transaction.atomic
def send_mailing(promise: uuid.UUID, mails: Sequence[NewMail], *, at: datetime) -> list[OutgoingMail]:
    """
    Write and queue these mails of a promised mailing and count each recipient, all of it or nothing.

    PromiseOverError where the promise has ended, holds fewer, or was made in the month before: promise anew.
    """
    written = send_mails(mails, at=at)
    use_reserved(promise, [Use(key=MAILINGS, source=mail, at=at) for mail in written], at=at)
    return written


def end_mailing(promise: uuid.UUID, *, at: datetime) -> int:
    """Free what a mailing did not use of its promise, and return how many recipients that is."""
    return int(give_back(promise, at=at))


@transaction.atomic
def handle_service_mail(received: models.Model | str, *, at: datetime) -> bool:
    """
    Count that a service e-mail was handled; False for one that was counted before, however often it is answered.

    received  the e-mail, as a row or a name that stays the same. QuotaRefusedError where the contract allows no more.
    """
    hold(SERVICE_MAILS)
    if MeterReading.objects.filter(meter=SERVICE_MAILS, source=name_of(received)).exists():
        return False
    promise = reserve(SERVICE_MAILS, Decimal(1), source=received, at=at, until=at + _AT_ONCE)
    return bool(use_reserved(promise.pk, [Use(key=SERVICE_MAILS, source=received, at=at)], at=at))


def note_visitor(person: models.Model | str, *, session: str, at: datetime) -> bool:
    """
    Count that somebody signed in to the customer centre; each person counts once in a month, whatever the sessions.

    person   kept as a digest; session  told again, it is the same sign-in. Nobody is refused the door for a number:
    what goes beyond is charged, or said to administrators.
    """
    return meter(VISITORS, source=f"sign-in:{session}", at=at, subject=name_of(person))
