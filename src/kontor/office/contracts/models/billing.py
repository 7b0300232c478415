from django.db import models

from kontor.kernel.rows import FinalRow, TenantForeignKey, TenantOwned
from kontor.office.contracts.models.contracts import Contract


class BillingRun(TenantOwned):
    """One run over everything that falls due until a day; it can be left and come back to."""

    until = models.DateField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    contracts = models.IntegerField(default=0)
    invoices = models.IntegerField(default=0)
    net_minor = models.BigIntegerField(default=0)
    done = models.IntegerField(default=0)


class BillingProblem(TenantOwned):
    """A contract that a run could not bill, and why; it holds up no other."""

    run = TenantForeignKey(BillingRun, models.CASCADE, related_name="problems")
    contract = TenantForeignKey(Contract, models.PROTECT, related_name="+")
    sentence_de = models.TextField()
    sentence_en = models.TextField()
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "run", "contract"], name="billing_problem_once")]


class BilledPeriod(FinalRow):
    """That an item of a contract was invoiced for a service period; the database refuses the second time."""

    contract = TenantForeignKey(Contract, models.PROTECT, related_name="billed")
    item = models.CharField(max_length=50)
    kind = models.CharField(max_length=20)
    first = models.DateField()
    end = models.DateField()
    invoice = TenantForeignKey("books.Invoice", models.PROTECT, related_name="+")

    class Meta(FinalRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "contract", "item", "first", "kind"], name="billed_period_once")
        ]
