"""Background work that was given up, for a person to look at."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from procrastinate.contrib.django.models import ProcrastinateJob

from kontor.kernel.tenancy import current_tenant


@dataclass(frozen=True, slots=True)
class FailedJob:
    """A job of the current tenant that was tried as often as was reasonable, and when it was tried last."""

    number: int
    name: str
    arguments: dict[str, Any]
    attempts: int
    at: datetime | None


def failed_jobs(*, limit: int = 20) -> list[FailedJob]:
    """Return the current tenant's failed jobs, latest first; they are forgotten after thirty days."""
    failed = ProcrastinateJob.objects.filter(status="failed", args__tenant_id=str(current_tenant()))
    rows = failed.prefetch_related("procrastinateevent_set").order_by("-id")[:limit]
    return [_failed(row) for row in rows]


def _failed(row: ProcrastinateJob) -> FailedJob:
    arguments = {name: value for name, value in row.args.items() if name != "tenant_id"}
    moments = [event.at for event in row.procrastinateevent_set.all() if event.at]
    return FailedJob(row.id, row.task_name, arguments, row.attempts, max(moments, default=None))
