"""What falls due later: one table that the minute tick reads, instead of a timer for each thing."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from kontor.kernel.actions.queue import UnknownJobError, queue, refuse_unknown
from kontor.kernel.models import Due
from kontor.kernel.tenancy import current_tenant

AT_ONCE: Final = 500

logger = logging.getLogger(__name__)


def put_due(
    job: str, *, at: datetime, arguments: Mapping[str, Any] | None = None, repeat_minutes: int | None = None
) -> Due:
    """
    Have `job` queued for the current tenant at a moment, and again every so many minutes.

    The same job with the same arguments is due once: a second call moves it. UnknownJobError for a name that no jobs.py
    declares; ValueError for a repetition that would never end within its minute.
    """
    refuse_unknown(job)
    if repeat_minutes is not None and repeat_minutes < 1:
        raise ValueError(f"{job} cannot repeat every {repeat_minutes} minutes.")
    due, _ = Due.objects.update_or_create(
        tenant_id=current_tenant(),
        job=job,
        arguments=dict(arguments or {}),
        defaults={"at": at, "repeat_minutes": repeat_minutes},
    )
    return due


def take_off(job: str, *, arguments: Mapping[str, Any] | None = None) -> bool:
    """Let `job` fall due no more for the current tenant; False where it was not going to."""
    due = Due.objects.filter(tenant_id=current_tenant(), job=job, arguments=dict(arguments or {}))
    return bool(due.delete()[0])


def queue_due(*, at: datetime) -> int:
    """Queue everything that is due, of all tenants, and return how much it was; two calls at once share the work."""
    queued = 0
    while some := _queue_some(at):
        queued += some
    return queued


@transaction.atomic
def _queue_some(at: datetime) -> int:
    """Queue a batch: the jobs and what is due next are committed together."""
    rows = list(Due.objects.select_for_update(skip_locked=True).filter(at__lte=at).order_by("at", "pk")[:AT_ONCE])
    for due in rows:
        try:
            queue(due.job, due.tenant_id, **due.arguments)
        except UnknownJobError:
            logger.exception("%s was due and is dropped.", due.job)
    Due.objects.filter(pk__in=[due.pk for due in rows if due.repeat_minutes is None]).delete()
    for due in rows:
        if due.repeat_minutes is not None:
            due.at = _next_after(at, first=due.at, step=timedelta(minutes=due.repeat_minutes))
    Due.objects.bulk_update([due for due in rows if due.repeat_minutes is not None], ["at"])
    return len(rows)


def _next_after(at: datetime, *, first: datetime, step: timedelta) -> datetime:
    """Return the first moment after `at` in the series, so that what was missed during a stop is made up for once."""
    return first + ((at - first) // step + 1) * step
