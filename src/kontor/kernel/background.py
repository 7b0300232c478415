"""
How background work is declared: a name, a function, and whether it writes here or talks to something outside.

A job that writes runs as its tenant in one transaction, in which it also notes that it was done. If its worker is
killed at any moment it runs again, and what it did is there once: either the transaction was lost as a whole, or the
note says that nothing is left to do.
"""

import functools
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.job_context import JobContext
from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy, RetryDecision

from kontor.kernel.purposes import OPERATION, is_judged, may_be_done
from kontor.kernel.tenancy import as_tenant

Work = Callable[..., Any]


class GiveUpError(Exception):
    """Raised by a job that knows that trying again will not help."""


class Patience(BaseRetryStrategy):
    """Try again after each of these waits, then leave the job as failed for a person to look at."""

    def __init__(self, waits: Sequence[timedelta]) -> None:
        self.waits = tuple(waits)

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if isinstance(exception, GiveUpError) or job.attempts >= len(self.waits):
            return None
        return RetryDecision(retry_at=timezone.now() + self.waits[job.attempts])


# A lock or a deadlock is over in seconds, a restart in minutes, a full disk within the hour; then a person must look.
WRITING: Final = Patience([timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=3), timedelta(hours=1)])


def tenant_job(name: str, *, patience: BaseRetryStrategy = WRITING, purpose: str = OPERATION) -> Callable[[Work], Work]:
    """
    Register `name` as a job that writes: the function runs as the job's tenant, in one transaction, once.

    It is given `at`, the moment it runs, and the arguments it was queued with, where a UUID arrives as text. It stays
    callable as the plain function.

    purpose  what it does that with people's data for: a key of annex II, or `RETURN`; it is refused for another than
             what was agreed, after the term, and waits while the controller has suspended the processing
    """

    def decorate(work: Work) -> Work:
        def run(context: JobContext, *, tenant_id: str, **arguments: Any) -> None:
            with as_tenant(uuid.UUID(tenant_id)):
                now = timezone.now()
                if may_be_done(name, purpose, arguments, at=now) and _first_time(context, at=now):
                    work(at=now, **arguments)

        return _registered(name, run, work, patience)

    return decorate


def outside_job(name: str, *, patience: BaseRetryStrategy, purpose: str = OPERATION) -> Callable[[Work], Work]:
    """
    Register `name` as a job that waits for something outside, such as a mail server, with no transaction open.

    The function is given `tenant_id`, `at` and its arguments; it opens `as_tenant` for each step, and being killed
    between two steps it must be able to begin again. `purpose` as of a `tenant_job`.
    """

    def decorate(work: Work) -> Work:
        def run(context: JobContext, *, tenant_id: str, **arguments: Any) -> None:  # noqa: ARG001  one shape for all
            tenant, now = uuid.UUID(tenant_id), timezone.now()
            if is_judged(name):
                with as_tenant(tenant):
                    if not may_be_done(name, purpose, arguments, at=now):
                        return
            work(tenant_id=tenant, at=now, **arguments)

        return _registered(name, run, work, patience)

    return decorate


def _registered(name: str, run: Work, work: Work, patience: BaseRetryStrategy) -> Work:
    app.task(name=name, retry=patience, pass_context=True)(functools.update_wrapper(run, work, assigned=("__doc__",)))
    return work


def _first_time(context: JobContext, *, at: datetime) -> bool:
    """
    Note in the job's own transaction that it is done; False where an earlier run has committed.

    Two runs of one job, such as after a worker that was only asleep, wait here for each other.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kernel_jobdone (job, at) VALUES (%s, %s) ON CONFLICT DO NOTHING", [context.job.id, at]
        )
        return bool(cursor.rowcount)
