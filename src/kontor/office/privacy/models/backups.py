from django.db import models

from kontor.kernel.rows import TenantOwned


class BackupRun(TenantOwned):
    """A backup that was made: what it holds and until when it is kept. The house's rows."""

    made_at = models.DateTimeField()
    expires_on = models.DateField()
    seconds = models.FloatField()
    rows = models.BigIntegerField()
    files = models.IntegerField()
    size = models.BigIntegerField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "made_at"], name="privacy_backup_once")]


class ResourceReading(TenantOwned):
    """
    How loaded the machine was in a minute; kept for an hour. The house's rows.

    cpu, storage  percent
    busy, total   the processors' counters, from which the next reading's share is told
    alarmed       what was alarming then: "cpu", "storage"
    """

    at = models.DateTimeField()
    cpu = models.PositiveSmallIntegerField()
    storage = models.PositiveSmallIntegerField()
    busy = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    alarmed = models.JSONField(default=list)

    class Meta(TenantOwned.Meta):
        indexes = [models.Index(fields=["tenant", "at"], name="resource_reading_at")]


class Rehearsal(TenantOwned):
    """
    A restore that was tried out: of which backup, how long it took, and what was wrong.

    problem  "" where every table came back with the rows it had
    """

    at = models.DateTimeField()
    backup_made_at = models.DateTimeField()
    seconds = models.FloatField()
    rows = models.BigIntegerField()
    files = models.IntegerField()
    problem = models.CharField(max_length=500, blank=True)
