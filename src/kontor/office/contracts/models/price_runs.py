"""Price changes: a run released by staff, each contract's adjustment as it was announced, and what became of it."""

from django.db import models

from kontor.kernel.rows import FinalRow, OtherTenantReference, RowRules, TenantForeignKey, TenantOwned
from kontor.office.contracts.models.contracts import Amendment, Contract


class PriceRun(TenantOwned):
    """
    One release of price changes, and how far it is.

    until      changes that take effect up to this day
    contracts  how many were released; done how many were looked at; adjusted how many were announced
    """

    class Kind(models.TextChoices):
        INDEX = "INDEX"
        LIST = "LIST"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    until = models.DateField()
    contracts = models.IntegerField(default=0)
    done = models.IntegerField(default=0)
    adjusted = models.IntegerField(default=0)
    released_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)


class PriceProblem(TenantOwned):
    """A contract whose prices a run could not change, and why."""

    run = TenantForeignKey(PriceRun, models.CASCADE, related_name="problems")
    contract = TenantForeignKey(Contract, models.PROTECT, related_name="+")
    sentence_de = models.TextField()
    sentence_en = models.TextField()
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "run", "contract"], name="price_problem_once")]


class PriceAdjustment(FinalRow):
    """
    New prices of a contract as its customer was told, one announcement for each day on which they begin.

    lines  key, name, quantity, before, after (exact, as text), s0 and s with month and base where an index moves it
    file   the letter with the arithmetic
    """

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    contract = TenantForeignKey(Contract, models.PROTECT, related_name="price_adjustments")
    customer_tenant = OtherTenantReference()
    run = TenantForeignKey(PriceRun, models.PROTECT, related_name="adjustments")
    kind = models.CharField(max_length=10, choices=PriceRun.Kind.choices)
    announced_on = models.DateField()
    effective_on = models.DateField()
    lines = models.JSONField()
    currency = models.CharField(max_length=3)
    file = TenantForeignKey("kernel.Blob", models.PROTECT, related_name="+")
    clause = models.CharField(max_length=200)
    ruling = models.UUIDField()
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "contract", "effective_on"], name="price_adjustment_once")
        ]


class PriceAdjustmentState(TenantOwned):
    """Where an adjustment stands; `received_on` the day the customer had it, in the contract's zone."""

    class State(models.TextChoices):
        ANNOUNCED = "ANNOUNCED"
        APPLIED = "APPLIED"
        DROPPED = "DROPPED"

    row_rules = RowRules(shared_with="customer_tenant")

    adjustment = TenantForeignKey(PriceAdjustment, models.PROTECT, related_name="states")
    customer_tenant = OtherTenantReference()
    state = models.CharField(max_length=10, choices=State.choices, default=State.ANNOUNCED)
    received_on = models.DateField(null=True, blank=True)
    proof = models.CharField(max_length=300, blank=True)
    amendment = TenantForeignKey(Amendment, models.PROTECT, null=True, blank=True, related_name="+")
    reason_de = models.CharField(max_length=300, blank=True)
    reason_en = models.CharField(max_length=300, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "adjustment"], name="price_adjustment_state_once")]
        indexes = [models.Index(fields=["tenant", "state"], name="price_adjustment_waiting")]
