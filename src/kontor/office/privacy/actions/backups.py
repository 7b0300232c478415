"""What is remembered of backups, and of their rehearsals."""

from datetime import date, datetime

from django.db import transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actor import MACHINE
from kontor.office.privacy.actions.backup_alarms import keep_watch, tell_of_problem
from kontor.office.privacy.models import BackupRun, Rehearsal


@transaction.atomic
def note_backup(*, made_at: datetime, expires_on: date, seconds: float, rows: int, files: int, size: int) -> BackupRun:
    """Remember a backup that was made, as the house."""
    run = BackupRun.objects.create(
        made_at=made_at, expires_on=expires_on, seconds=seconds, rows=rows, files=files, size=size
    )
    record("privacy.backup_made", run, at=made_at, actor=MACHINE, after={"rows": rows, "files": files})
    keep_watch(at=made_at)
    return run


@transaction.atomic
def note_rehearsal(
    *, backup_made_at: datetime, seconds: float, rows: int, files: int, problem: str, at: datetime
) -> Rehearsal:
    """Remember that a restore was tried out, and how it went, as the house."""
    tried = Rehearsal.objects.create(
        at=at, backup_made_at=backup_made_at, seconds=seconds, rows=rows, files=files, problem=problem
    )
    after = {"seconds": f"{seconds:.1f}", "problem": problem}
    record("privacy.restore_rehearsed", tried, at=at, actor=MACHINE, after=after)
    keep_watch(at=at)
    if problem:
        tell_of_problem(tried, at=at)
    return tried
