"""The index register: series, what was published of them, when one was lost, and what was agreed in its place."""

from django.db import models

from kontor.kernel.rows import FinalRow, OtherTenantReference, RowRules, TenantForeignKey, TenantOwned
from kontor.office.contracts.models.contracts import Contract


class IndexSeries(TenantOwned):
    """An index whose values prices follow; `name` is how contracts call it, `publisher` who publishes it."""

    name = models.CharField(max_length=100)
    publisher = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="index_series_once")]

    def __str__(self) -> str:
        return self.name


class IndexValue(FinalRow):
    """
    One value as it was published; a correction is a further row of the same month.

    month  its first day; base  what the series is counted on, such as "2020=100"
    """

    series = TenantForeignKey(IndexSeries, models.PROTECT, related_name="values")
    month = models.DateField()
    base = models.CharField(max_length=30)
    value = models.DecimalField(max_digits=12, decimal_places=4)
    published_on = models.DateField()
    source = models.CharField(max_length=300)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "series", "month", "base", "published_on", "value"], name="index_value_once"
            ),
            models.CheckConstraint(name="index_value_above_zero", condition=models.Q(value__gt=0)),
        ]


class IndexLoss(FinalRow):
    """That a series is no longer published; from then on its contracts need an agreement on another."""

    series = TenantForeignKey(IndexSeries, models.PROTECT, related_name="losses")
    lost_on = models.DateField()
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "series"], name="index_lost_once")]


class IndexAgreement(FinalRow):
    """
    What both sides agreed in place of a lost index.

    month, base, value  the new index's value that belongs to the price now in force: So
    source              where the agreement stands
    """

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    contract = TenantForeignKey(Contract, models.PROTECT, related_name="index_agreements")
    customer_tenant = OtherTenantReference()
    lost = TenantForeignKey(IndexSeries, models.PROTECT, related_name="+")
    series = TenantForeignKey(IndexSeries, models.PROTECT, related_name="+")
    month = models.DateField()
    base = models.CharField(max_length=30)
    value = models.DecimalField(max_digits=12, decimal_places=4)
    agreed_on = models.DateField()
    source = models.CharField(max_length=300)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "contract", "lost"], name="index_agreement_once"),
            models.CheckConstraint(name="index_agreement_above_zero", condition=models.Q(value__gt=0)),
        ]
