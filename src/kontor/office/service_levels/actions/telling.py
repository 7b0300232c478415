"""News of the status page: written once, sent to each subscription once, and the page's copy renewed."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction

from kontor.kernel.actions.mail import NewMail, send_mails
from kontor.kernel.actions.queue import queue
from kontor.kernel.rows import exactly_one
from kontor.kernel.tenancy import before_commit, current_tenant
from kontor.kernel.webhook_signing import headers
from kontor.kernel.webhook_transport import GONE
from kontor.office.service_levels.models import StatusDelivery, StatusNews, StatusSubscription
from kontor.office.service_levels.queries.news import body_of
from kontor.office.service_levels.queries.subscriptions import end_link, news_mail
from kontor.rulebook.ruling import Text

SEND: Final = "service_levels.send_news"
POST: Final = "service_levels.post_news"
COPY: Final = "service_levels.copy_status"
BATCH: Final = 500
ATTEMPTS: Final = 6


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message to a subscriber's webhook, ready to be sent."""

    delivery: uuid.UUID
    address: str
    body: bytes
    headers: dict[str, str]


def follow_change() -> None:
    """Have the status page's copy renewed once the current transaction is through, where there is one."""
    if settings.KONTOR_STATUS_COPY:
        before_commit(COPY, _queued_copy)


def _queued_copy() -> None:
    queue(COPY, current_tenant())


@transaction.atomic
def publish_news(kind: str, about: uuid.UUID, *, subject: Text, text: Text, at: datetime) -> StatusNews | None:
    """Write news and queue its first batch; None where it was written before."""
    made, new = StatusNews.objects.get_or_create(
        kind=StatusNews.Kind(kind), about=about,
        defaults={
            "subject_de": subject.de[:300], "subject_en": subject.en[:300],
            "text_de": text.de, "text_en": text.en, "at": at,
        },
    )  # fmt: skip
    if not new:
        return None
    queue(SEND, current_tenant(), news=str(made.pk))
    return made


@transaction.atomic
def send_batch(news_id: uuid.UUID, *, at: datetime) -> int:
    """
    Send news to subscriptions that have not got it, one batch; return how many. The next batch is queued by this one.

    The delivery is written with the mail in one transaction: what is done again finds it and sends nothing. Who
    subscribed after the news was written gets the next.
    """
    news = StatusNews.objects.get(pk=news_id)
    rows = StatusSubscription.objects.filter(confirmed_at__lte=news.at).exclude(deliveries__news=news)
    found = list(rows.select_for_update().order_by("pk")[:BATCH])
    if not found:
        return 0
    StatusDelivery.objects.bulk_create(
        StatusDelivery(news=news, subscription=each, delivered_at=None if each.webhook else at, at=at) for each in found
    )
    send_mails([_mail(each, news) for each in found if not each.webhook], at=at)
    if any(each.webhook for each in found):
        queue(POST, current_tenant(), news=str(news.pk))
    if len(found) == BATCH:
        queue(SEND, current_tenant(), news=str(news.pk))
    return len(found)


def _mail(row: StatusSubscription, news: StatusNews) -> NewMail:
    letter = news_mail(row, news)
    return NewMail(to=row.email, subject=letter.subject, text=letter.text, about=news, unsubscribe=end_link(row))


@transaction.atomic
def parcels(news_id: uuid.UUID, *, at: datetime) -> list[Parcel]:
    """Count an attempt for each webhook that has not taken news yet, and return what to send."""
    rows = StatusDelivery.objects.select_for_update(of=("self",)).select_related("news", "subscription")
    found = []
    for row in rows.filter(news=news_id, delivered_at=None, given_up_at=None).order_by("pk"):
        exactly_one(StatusDelivery.objects.filter(pk=row.pk).update(attempts=row.attempts + 1))
        body, secret = body_of(row.news), row.subscription.secret
        assert secret is not None  # a webhook has one since it was confirmed
        signed = headers([secret], str(row.news_id), int(at.timestamp()), body)
        found.append(Parcel(row.pk, row.subscription.webhook, body, signed))
    return found


@transaction.atomic
def note_taken(delivery_id: uuid.UUID, *, at: datetime) -> None:
    """Note that a webhook took its message."""
    StatusDelivery.objects.filter(pk=delivery_id).update(delivered_at=at, problem="")


@transaction.atomic
def note_refused(delivery_id: uuid.UUID, *, problem: str, status: int | None, at: datetime) -> bool:
    """
    Note why a webhook did not take a message; True where it is tried again.

    A receiver that says it is gone (410) ends its subscription.
    """
    row = StatusDelivery.objects.select_related("subscription").filter(pk=delivery_id).first()
    if row is None:  # the subscription was ended meanwhile
        return False
    if status == GONE:
        row.subscription.delete()
        return False
    over = row.attempts >= ATTEMPTS
    StatusDelivery.objects.filter(pk=row.pk).update(problem=problem[:20], given_up_at=at if over else None)
    return not over
