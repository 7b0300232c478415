from django.db import models

from kontor.kernel.rows import uuid7


class Due(models.Model):
    """What falls due when: the minute tick queues the named job for its tenant. Global, as the tick has no tenant."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey("kernel.Tenant", models.CASCADE, related_name="+", db_constraint=False)
    job = models.CharField(max_length=100)
    arguments = models.JSONField(default=dict)
    at = models.DateTimeField(db_index=True)
    repeat_minutes = models.IntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "job", "arguments"], name="due_once"),
        ]


class JobDone(models.Model):
    """That a job's transaction was committed, written in that transaction. Global, as are the jobs."""

    job = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
