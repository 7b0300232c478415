"""Background work of service levels: probing each minute, settling the month that is over."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Final

from django.utils import timezone

from kontor.kernel.background import Patience, outside_job, tenant_job
from kontor.kernel.tenancy import as_tenant
from kontor.kernel.webhook_transport import DeliveryFailedError, post
from kontor.office.service_levels.actions import telling
from kontor.office.service_levels.actions.components import DAILY, HERE, PROBING, WARNING
from kontor.office.service_levels.actions.controlling import control
from kontor.office.service_levels.actions.copying import write_copy
from kontor.office.service_levels.actions.probing import Seen, note_results, note_silence
from kontor.office.service_levels.actions.reminding import remind_of_claims, warn_of_recoveries
from kontor.office.service_levels.actions.statements import month_frame, open_months, settle_month
from kontor.office.service_levels.actions.subscribing import forget_unconfirmed
from kontor.office.service_levels.actions.telling import follow_change
from kontor.office.service_levels.queries.probes import Trial, due_trials, missed_heartbeats
from kontor.office.service_levels.queries.trying import try_once

SIDE_BY_SIDE: Final = 32
WAITS: Final = Patience(
    [timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6), timedelta(hours=12)]
)


class NotAllTookItError(Exception):
    """Some webhooks have not taken the news yet; they are tried again."""


@outside_job(PROBING, patience=Patience([]))
def probe(*, tenant_id: uuid.UUID, at: datetime) -> None:
    """Try what is due, side by side with no transaction open, and keep what was seen in one batch."""
    with as_tenant(tenant_id):
        trials, late = due_trials(HERE, at=at), missed_heartbeats(at=at)
    with ThreadPoolExecutor(SIDE_BY_SIDE) as threads:
        seen = list(threads.map(_try, trials))
    silent = [Seen(each, at, good=False, said="no sign of life") for each in late]
    with as_tenant(tenant_id):
        note_results([*seen, *silent], at=timezone.now())
        note_silence(at=timezone.now())


@tenant_job(WARNING)
def warn(*, at: datetime) -> None:
    """Warn of outages that have to be mended soon."""
    warn_of_recoveries(at=at)


@tenant_job(DAILY)
def daily(*, at: datetime) -> None:
    """
    Look at yesterday's results once more, settle the month before, remind of claims, forget whom nobody confirmed.

    A month is settled for whatever contract it is not settled yet, once its results and its intervals agree.
    """
    forget_unconfirmed(at=at)
    remind_of_claims(at=at)
    follow_change()
    today = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    control(today - timedelta(days=1), today, at=at)
    first = (timezone.localdate(at).replace(day=1) - timedelta(days=1)).replace(day=1)
    if open_months(first) and not control(*month_frame(first), at=at).differences:
        settle_month(first, at=at)


@tenant_job(telling.SEND)
def send_news(*, at: datetime, news: str) -> None:
    """Send news of the status page to one batch of subscriptions."""
    telling.send_batch(uuid.UUID(news), at=at)


@outside_job(telling.POST, patience=WAITS)
def post_news(*, tenant_id: uuid.UUID, at: datetime, news: str) -> None:
    """Post news to the webhooks of a batch, side by side; who does not take it is tried again within a day."""
    with as_tenant(tenant_id):
        found = telling.parcels(uuid.UUID(news), at=at)
    with ThreadPoolExecutor(SIDE_BY_SIDE) as threads:
        answers = list(threads.map(_post, found))
    left = False
    with as_tenant(tenant_id):
        for parcel, failed in zip(found, answers, strict=True):
            if failed is None:
                telling.note_taken(parcel.delivery, at=at)
            else:
                left |= telling.note_refused(parcel.delivery, problem=failed.problem, status=failed.status, at=at)
    if left:
        raise NotAllTookItError(news)


@tenant_job(telling.COPY)
def copy_status(*, at: datetime) -> None:
    """Renew the status page's copy."""
    write_copy(at=at)


def _post(parcel: telling.Parcel) -> DeliveryFailedError | None:
    try:
        post(parcel.address, parcel.body, parcel.headers)
    except DeliveryFailedError as failed:
        return failed
    return None


def _try(trial: Trial) -> Seen:
    at = timezone.now()
    found = try_once(trial.kind, trial.target, trial.expects, now=at)
    return Seen(trial.watched, at, good=found.good, millis=found.millis, said=found.said)
