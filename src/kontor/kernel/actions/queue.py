"""
Handing work to the background, by name, in the transaction that needs it: rolled back, it never runs.

Actions queue by name, so that none imports the jobs that call it.
"""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.jobs import JobDeferrer
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task


class UnknownJobError(LookupError):
    """No jobs.py declares a job of this name."""


def queue(name: str, tenant_id: uuid.UUID, /, **arguments: Any) -> int:
    """
    Queue a job for a tenant and return its number; UnknownJobError for a name that no jobs.py declares.

    arguments  what JSON can hold, and UUIDs, which arrive as text
    """
    (number,) = queue_many(name, [(tenant_id, arguments)])
    return number


def queue_many(name: str, jobs: Iterable[tuple[uuid.UUID, Mapping[str, Any]]], /) -> list[int]:
    """Queue one job for each (tenant id, arguments), in one query."""
    arguments = [_told(tenant_id, given) for tenant_id, given in jobs]
    return _deferrer(name).batch_defer(*arguments) if arguments else []


def refuse_unknown(name: str) -> None:
    """Raise UnknownJobError unless some jobs.py declares a job of this name."""
    if name not in app.tasks:
        raise UnknownJobError(f"No jobs.py declares a job {name!r}.")


def _deferrer(name: str) -> JobDeferrer:
    """Return what queues through Django's own connection; within a worker, procrastinate would use another one."""
    refuse_unknown(name)
    task = app.tasks[name]
    manager = JobManager(DjangoConnector())
    return configure_task(name=name, job_manager=manager, queue=task.queue, lock=task.lock, priority=task.priority)


def _told(tenant_id: uuid.UUID, arguments: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: str(value) if isinstance(value, uuid.UUID) else value for name, value in arguments.items()}
    return {"tenant_id": str(tenant_id), **told}
