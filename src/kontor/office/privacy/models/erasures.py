"""What is to be erased of whom, what keeps it from going, and what is gone: rows of the house, which survive it."""

from django.db import models

from kontor.kernel.rows import FinalRow, TenantForeignKey, TenantOwned


class Erasure(TenantOwned):
    """
    The erasure of a company's data: planned for a day, carried out step by step, certified.

    of_tenant  whose; no reference, since the row outlives what it speaks of. name  as the house knew it
    reason     "trial_ended", "clean_start", "contract_ended", "request", "replayed"
    due_on     the day in whose first hour it begins
    told       sender and recipient of the certificate, language, zone, law, the customer's choice, and the job to queue
               when it is done
    step       where it stands, place and people what that step goes on from; counts  rows by table, before
    remains    what stays with the house: table, rows, key of the duty, the last day, the clause
    rewritten  whether the tables' files were written anew: "yes", "owner" (only the database's owner may), "busy",
               "large" (it would keep others waiting), "disk" (no room); rewritten_at  when, or when it will be
    """

    class State(models.TextChoices):
        PLANNED = "PLANNED"
        RUNNING = "RUNNING"
        DONE = "DONE"
        DROPPED = "DROPPED"

    of_tenant = models.UUIDField(db_index=True)
    name = models.CharField(max_length=200)
    reason = models.CharField(max_length=20)
    clause = models.CharField(max_length=200, blank=True)
    ruling = models.UUIDField(null=True, blank=True)
    due_on = models.DateField()
    told = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    step = models.CharField(max_length=10, blank=True)
    place = models.UUIDField(null=True, blank=True)
    people = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    remains = models.JSONField(default=list)
    rewritten = models.CharField(max_length=10, blank=True)
    rewritten_at = models.DateTimeField(null=True, blank=True)
    planned_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    dropped_because = models.CharField(max_length=300, blank=True)
    certificate = TenantForeignKey("kernel.Blob", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "of_tenant"],
                condition=models.Q(state__in=["PLANNED", "RUNNING"]),
                name="erasure_one_open",
            )
        ]
        indexes = [models.Index(fields=["tenant", "state", "due_on"], name="erasure_by_day")]


class Hold(TenantOwned):
    """
    What keeps a company's data, or one kind of data, from going: a dispute, a claim, a withholding; looked at again.

    of_tenant  whose; none for a kind of data wherever it lies. kind  a kind that retention knows, "" for everything
    """

    of_tenant = models.UUIDField(null=True, blank=True)
    kind = models.CharField(max_length=40, blank=True)
    ground = models.CharField(max_length=20)
    reason = models.CharField(max_length=500)
    clause = models.CharField(max_length=200, blank=True)
    review_on = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.CharField(max_length=200, blank=True)
    lifted_because = models.CharField(max_length=500, blank=True)

    class Meta(TenantOwned.Meta):
        indexes = [
            models.Index(fields=["tenant", "of_tenant"], condition=models.Q(lifted_at=None), name="hold_standing")
        ]


class Deletion(FinalRow):
    """
    That something was erased, so that a restored backup is emptied of it again before anybody works in it.

    of_tenant  the company; person  one person of it, none where the whole company went
    marks      of somebody whom a company erased by their addresses: keyed hashes of those, since nothing else is left
    """

    of_tenant = models.UUIDField()
    person = models.UUIDField(null=True, blank=True)
    marks = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        indexes = [models.Index(fields=["tenant", "of_tenant"], name="deletion_of")]
