"""How long a tenant keeps what, what a night took away, and what is locked away instead."""

from django.db import models

from kontor.kernel.rows import TenantOwned


class KeepingRule(TenantOwned):
    """
    How long a tenant keeps a kind of data where its terms leave that to it; ended by the next one, never changed.

    kind        of a `kernel.keeping.Keeping`
    of_tenant   the company for which something else was agreed in writing; none for everybody
    keep        as the rulebook reads a duration: "24 months"
    agreed      why, or the paper in which an exception was agreed
    """

    kind = models.CharField(max_length=40)
    of_tenant = models.UUIDField(null=True, blank=True)
    keep = models.CharField(max_length=30)
    agreed = models.CharField(max_length=300)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "kind", "of_tenant"], condition=models.Q(ended_at=None), nulls_distinct=False,
                name="keeping_rule_once",
            )
        ]  # fmt: skip


class RetentionNight(TenantOwned):
    """
    What a night took away, one row a night; what it counted before anything went.

    parts   by keeping: what goes, what is locked away, what is held, what else needs it, and the decisions
    step    the number of parts that are done: whatever stops a night, it goes on there
    """

    night = models.DateField()
    begun_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    step = models.PositiveSmallIntegerField(default=0)
    parts = models.JSONField(default=list)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "night"], name="retention_night_once")]


class Restriction(TenantOwned):
    """
    A row whose time is over and that a duty still keeps: locked away, used for that duty alone (GDPR Art. 18).

    label, row  the table and the row; no reference, since any table may hold it
    kind        of the law's retention that keeps it; until  its last day
    person      set where somebody's erasure locked it, and not a night
    """

    label = models.CharField(max_length=60)
    row = models.UUIDField()
    kind = models.CharField(max_length=40)
    clause = models.CharField(max_length=200)
    until = models.DateField()
    person = models.UUIDField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "label", "row"], name="restriction_once")]


class PersonErasure(TenantOwned):
    """
    That a person's data went, as the house keeps it: a number and counts, no name and no address.

    person   key of the account; a random one where there was none
    asked    "person", "administrator" or "house"
    counts   rows by what happened to them and by table
    remains  table, rows, kind, last day and clause of what is locked away
    law      whose law keeps it
    """

    person = models.UUIDField()
    asked = models.CharField(max_length=20)
    language = models.CharField(max_length=2)
    law = models.CharField(max_length=2, blank=True)
    counts = models.JSONField(default=dict)
    remains = models.JSONField(default=list)
    begun_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        indexes = [models.Index(fields=["tenant", "-begun_at"], name="person_erasure_latest")]
