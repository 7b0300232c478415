"""Functions offered beyond what was ordered: for a fee, or voluntarily and without being owed."""

from django.db import models

from kontor.kernel.rows import FinalRow, OtherTenantReference, RowRules, TenantForeignKey, TenantOwned
from kontor.office.contracts.models.contracts import Contract


class ExtraFunction(TenantOwned):
    """
    A function beyond the order.

    kind   PAID is off until its item is ordered, VOLUNTARY is on and not owed (visitor 4.3.1)
    item   of a paid one: the key of the price list's item that opens it
    ends_on  of a withdrawn one: the first day without it
    """

    class Kind(models.TextChoices):
        PAID = "PAID"
        VOLUNTARY = "VOLUNTARY"

    product = models.CharField(max_length=50)
    key = models.CharField(max_length=50)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    item = models.CharField(max_length=50, blank=True)
    name_de = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    about_de = models.TextField()
    about_en = models.TextField()
    offered_from = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "product", "key"], name="extra_function_key"),
            models.CheckConstraint(
                name="extra_function_item", condition=models.Q(kind="VOLUNTARY", item="") | models.Q(kind="PAID")
            ),
        ]


class FunctionNotice(FinalRow):
    """What a customer was told of a function: that it is there, or that a voluntary one ends on a day."""

    class Says(models.TextChoices):
        OFFERED = "OFFERED"
        WITHDRAWN = "WITHDRAWN"

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    function = TenantForeignKey(ExtraFunction, models.PROTECT, related_name="notices")
    contract = TenantForeignKey(Contract, models.PROTECT, related_name="function_notices")
    customer_tenant = OtherTenantReference()
    says = models.CharField(max_length=10, choices=Says.choices)
    key = models.CharField(max_length=50)
    kind = models.CharField(max_length=10)
    item = models.CharField(max_length=50, blank=True)
    name_de = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    about_de = models.TextField()
    about_en = models.TextField()
    effective_on = models.DateField()
    clause = models.CharField(max_length=200, blank=True)
    ruling = models.UUIDField()
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "function", "contract", "says"], name="function_notice_once")
        ]
