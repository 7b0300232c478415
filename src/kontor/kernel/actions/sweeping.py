"""Jobs whose worker died, and what is left of jobs long done."""

import logging
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction
from procrastinate import sql
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.manager import JobManager

SILENT_FOR: Final = timedelta(seconds=30)  # a worker says every ten seconds that it lives
SUCCEEDED_FOR_HOURS: Final = 24
FAILED_FOR_HOURS: Final = 30 * 24

logger = logging.getLogger(__name__)


def retry_stalled(*, at: datetime, silent_for: timedelta = SILENT_FOR) -> int:
    """Queue again, as due `at`, every job whose worker has been silent for so long, and return how many."""
    connector = DjangoConnector()
    stalled = connector.execute_query_all(
        sql.queries["select_stalled_jobs_by_heartbeat"],
        queue=None,
        task_name=None,
        seconds_since_heartbeat=silent_for.total_seconds(),
    )
    manager, again = JobManager(connector), 0
    for job in stalled:
        try:
            with transaction.atomic():
                manager.retry_job_by_id(job["id"], retry_at=at)
        except ConnectorException:  # another sweeper had it, or it ended just now; the next sweep looks again
            logger.info("Job %s was stalled and is not any more.", job["id"])
        else:
            logger.warning("The worker of job %s died; the job is queued again.", job["id"])
            again += 1
    return again


def forget_finished() -> None:
    """Delete jobs that ended long ago, and the notes of jobs that can never run again."""
    connector = DjangoConnector()
    for hours, statuses in (
        (SUCCEEDED_FOR_HOURS, ["succeeded"]),
        (FAILED_FOR_HOURS, ["failed", "cancelled", "aborted"]),
    ):
        connector.execute_query(sql.queries["delete_old_jobs"], nb_hours=hours, queue=None, statuses=statuses)
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM kernel_jobdone done WHERE NOT EXISTS (SELECT FROM procrastinate_jobs job"
            " WHERE job.id = done.job AND job.status IN ('todo', 'doing', 'failed'))"
        )
