"""Doing queued jobs in a test, in the test's own transaction."""

import json
import time

from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.job_context import JobContext
from procrastinate.jobs import Job

FETCH = (
    "SELECT id, status, task_name, priority, lock, queueing_lock, args, scheduled_at, queue_name, attempts, worker_id"
)


def run_jobs() -> list[str]:
    """
    Do every queued job that is due, those they queue in turn as well, and return their names in order.

    Call it outside `as_tenant`, as a worker does. A job that fails is queued again as its patience says, or failed, and
    its error is raised.
    """
    done = []
    while job := _next():
        _do(job)
        done.append(job.task_name)
    return done


def _next() -> Job | None:
    # transaction_timestamp() stands still in a test's transaction; what was queued "now" is due
    rows = DjangoConnector().execute_query_all(
        f"{FETCH} FROM procrastinate_jobs WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())"
        " ORDER BY priority DESC, id LIMIT 1"
    )
    if not rows:
        return None
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [rows[0]["id"]])
    return Job.from_row(rows[0] | {"args": json.loads(rows[0]["args"])})


def _do(job: Job) -> None:
    task = app.tasks[job.task_name]
    context = JobContext(app=app, job=job, start_timestamp=time.time(), abort_reason=lambda: None)
    try:
        task(*([context] if task.pass_context else []), **job.task_kwargs)
    except Exception as error:
        retry = task.get_retry_exception(exception=error, job=job)
        status, at = ("todo", retry.retry_decision.retry_at) if retry else ("failed", None)
        _end(job, status, at)
        raise
    _end(job, "succeeded", None)


def _end(job: Job, status: str, at: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = %s, attempts = attempts + 1, scheduled_at = %s WHERE id = %s",
            [status, at, job.id],
        )
