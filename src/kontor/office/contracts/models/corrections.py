from django.db import models

from kontor.kernel.rows import FinalRow, OtherTenantReference, RowRules, TenantForeignKey
from kontor.office.contracts.models.charges import Charge
from kontor.office.contracts.models.contracts import Contract


class ExtraWork(FinalRow):
    """
    Work that was done beside what the contract includes; both sides see it, what costs something is a charge.

    kind         a key of the pack's extra services, or of the two that other clauses name
    rate_source  where the hourly rate comes from: a price list and its day, or what was agreed
    request      the number of the request it belongs to; finding  what was found
    offered_in   number of the signed offer it follows
    free         the contract includes it
    """

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    contract = TenantForeignKey(Contract, models.PROTECT, related_name="extra_work")
    customer_tenant = OtherTenantReference()
    key = models.CharField(max_length=50)
    kind = models.CharField(max_length=50)
    done_on = models.DateField()
    minutes = models.PositiveIntegerField()
    rate = models.DecimalField(max_digits=20, decimal_places=6)
    rate_source = models.CharField(max_length=200)
    request = models.CharField(max_length=50, blank=True)
    finding = models.TextField(blank=True)
    recognisable = models.BooleanField(default=False)
    approved_by = models.CharField(max_length=200, blank=True)
    approved_on = models.DateField(null=True, blank=True)
    offered_in = models.CharField(max_length=50, blank=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    free = models.BooleanField(default=False)
    ruling = models.UUIDField()
    charge = TenantForeignKey(Charge, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "contract", "key"], name="extra_work_once")]


class FeeReduction(FinalRow):
    """
    By how much the fee of a part was reduced for a month, because a defect was not mended.

    position     the defective part, a position of the contract; month  its first day
    fee_minor    the part's monthly fee; asked_minor  what the customer asked for
    whole        with this one the month's fee is reduced to nothing
    credit_note  the document that gave it back; null where the month is billed later, and is charged less then
    """

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    contract = TenantForeignKey(Contract, models.PROTECT, related_name="fee_reductions")
    customer_tenant = OtherTenantReference()
    key = models.CharField(max_length=50)
    position = models.CharField(max_length=50)
    month = models.DateField()
    reason = models.CharField(max_length=300)
    second_period_until = models.DateField()
    asked_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    whole = models.BooleanField()
    ruling = models.UUIDField()
    credit_note = TenantForeignKey("books.Invoice", models.PROTECT, null=True, blank=True, related_name="+")
    charge = TenantForeignKey(Charge, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "contract", "key"], name="fee_reduction_once"),
            models.CheckConstraint(
                name="fee_reduction_at_most_the_fee", condition=models.Q(amount_minor__lte=models.F("fee_minor"))
            ),
        ]
