from django.db import models

from kontor.kernel.rows import FinalRow, TenantForeignKey, TenantOwned
from kontor.office.contracts.models.billing import BillingRun
from kontor.office.contracts.models.claims import ReminderRun
from kontor.office.contracts.models.contracts import Contract


class MonthClose(TenantOwned):
    """
    The close of one month, once for each; it can be left, killed and come back to.

    month    its first day; until  its last
    suspend  whether it also suspends services where the contract allows it today: a person says so at the start
    moved_at the latest moment any of it was done at: no batch is dated before it, even if a clock jumps back
    """

    month = models.DateField()
    until = models.DateField()
    suspend = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    run = TenantForeignKey(BillingRun, models.PROTECT, related_name="+", null=True, blank=True)
    reminders = TenantForeignKey(ReminderRun, models.PROTECT, related_name="+", null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "month"], name="month_close_once")]


class CloseStep(TenantOwned):
    """One step of a close: how far it is; `cursor` is the last thing that was looked at, in the order of ids."""

    close = TenantForeignKey(MonthClose, models.PROTECT, related_name="steps")
    key = models.CharField(max_length=50)
    place = models.PositiveSmallIntegerField()
    total = models.IntegerField(default=0)
    done = models.IntegerField(default=0)
    cursor = models.UUIDField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "close", "key"], name="close_step_once")]


class CloseResult(FinalRow):
    """
    One thing that a close did: an invoice issued, a debit collected, a reminder sent.

    kind, about  what it is and the id of the thing; the database refuses the second time
    """

    close = TenantForeignKey(MonthClose, models.PROTECT, related_name="results")
    kind = models.CharField(max_length=30)
    about = models.UUIDField()
    contract = TenantForeignKey(Contract, models.PROTECT, related_name="+", null=True, blank=True)
    label = models.CharField(max_length=200)
    customer = models.CharField(max_length=200, blank=True)
    on = models.DateField(null=True, blank=True)
    amount_minor = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "close", "kind", "about"], name="close_result_once")]


class CloseProblem(FinalRow):
    """What a step of a close could not do, and why; it holds up nothing else."""

    close = TenantForeignKey(MonthClose, models.PROTECT, related_name="problems")
    step = models.CharField(max_length=50)
    about = models.UUIDField()
    contract = TenantForeignKey(Contract, models.PROTECT, related_name="+", null=True, blank=True)
    label = models.CharField(max_length=200)
    sentence_de = models.TextField()
    sentence_en = models.TextField()
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "close", "step", "about"], name="close_problem_once")]
