"""Hardware that was ordered with a contract: its deliveries, its serial numbers, the cases about it."""

from django.db import models

from kontor.kernel.rows import FinalRow, OtherTenantReference, RowRules, TenantForeignKey, TenantOwned
from kontor.office.contracts.models.contracts import Contract


class HardwareDelivery(TenantOwned):
    """
    One delivery of ordered hardware, from its announced day to what the customer found.

    planned_on    the delivery date; told_at  when the customer was told
    manual        the manual in the language that the terms ask for, without which nothing leaves
    carrier_on    the day of the hand-over to the carrier: the warranty counts from it
    customer_on   the day of the hand-over to the customer, with its proof
    inspected_on  the day the customer had inspected it, and what was found
    """

    row_rules = RowRules(shared_with="customer_tenant")

    contract = TenantForeignKey(Contract, models.PROTECT, related_name="hardware_deliveries")
    customer_tenant = OtherTenantReference()
    number = models.IntegerField()
    planned_on = models.DateField()
    told_at = models.DateTimeField()
    freight_minor = models.BigIntegerField(default=0)
    manual = TenantForeignKey("kernel.Blob", models.PROTECT, null=True, blank=True, related_name="+")
    manual_language = models.CharField(max_length=2, blank=True)
    carrier = models.CharField(max_length=100, blank=True)
    tracking = models.CharField(max_length=100, blank=True)
    carrier_on = models.DateField(null=True, blank=True)
    carrier_proof = TenantForeignKey("kernel.Blob", models.PROTECT, null=True, blank=True, related_name="+")
    customer_on = models.DateField(null=True, blank=True)
    customer_proof = TenantForeignKey("kernel.Blob", models.PROTECT, null=True, blank=True, related_name="+")
    warranty_until = models.DateField(null=True, blank=True)
    warranty_ruling = models.UUIDField(null=True, blank=True)
    inspected_on = models.DateField(null=True, blank=True)
    inspection = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "contract", "number"], name="hardware_delivery_number")
        ]


class HardwareItem(TenantOwned):
    """One device: which ordered position it is, its serial number, and the software it was delivered with."""

    row_rules = RowRules(shared_with="customer_tenant")

    delivery = TenantForeignKey(HardwareDelivery, models.PROTECT, related_name="items")
    customer_tenant = OtherTenantReference()
    position = models.CharField(max_length=50)
    name = models.CharField(max_length=200)
    serial = models.CharField(max_length=100)
    software = models.CharField(max_length=100)
    replaced_by = TenantForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "position", "serial"], name="hardware_serial_once"),
        ]


class HardwareCase(TenantOwned):
    """
    Something about a device: a defect to be mended, or one of the events reported while it is not paid.

    kind       "defect", or an event's key as the terms list them: "seizure", "loss", …
    claimed_on the day the claim or report came in; handed_over_on, days_since  as they stood then
    period_until, second_until  last days of the first period and of the one the customer set in writing after it
    fault      whether the provider answers for what failed
    outcome    "" while open; a remedy's key, "out_of_time", "no_defect", "noted"
    """

    row_rules = RowRules(shared_with="customer_tenant")

    item = TenantForeignKey(HardwareItem, models.PROTECT, related_name="cases")
    customer_tenant = OtherTenantReference()
    kind = models.CharField(max_length=30)
    told = models.TextField()
    told_by = models.CharField(max_length=200)
    claimed_on = models.DateField()
    days_since = models.IntegerField(null=True, blank=True)
    in_time = models.BooleanField(null=True)
    period_until = models.DateField(null=True, blank=True)
    second_until = models.DateField(null=True, blank=True)
    fault = models.BooleanField(null=True)
    outcome = models.CharField(max_length=30, blank=True)
    settled_on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    credit_note = TenantForeignKey("books.Invoice", models.PROTECT, null=True, blank=True, related_name="+")
    clause = models.CharField(max_length=200)
    ruling = models.UUIDField()
    at = models.DateTimeField()


class HardwareStep(FinalRow):
    """What was done in a case, one row for each try: repaired, replaced, instructed, and on which day."""

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    case = TenantForeignKey(HardwareCase, models.PROTECT, related_name="tries")
    customer_tenant = OtherTenantReference()
    remedy = models.CharField(max_length=30)
    on = models.DateField()
    mended = models.BooleanField()
    note = models.CharField(max_length=300)
    at = models.DateTimeField()
