from django.db import models

from kontor.kernel.rows import FinalRow, OtherTenantReference, RowRules, TenantForeignKey


class AvailabilityStatement(FinalRow):
    """
    How available the service was for one contract in a month, frozen; both sides see it, a correction is a new version.

    month      its first day; version 1 is the month's settlement, later ones correct it
    *_micros   exact microseconds: what counts, what of it gives credit, what is excused, what nobody measured
    percent    four decimals, cut off; promised in percent
    days       for each day [day, minutes, down, excused, unknown], the minutes with two decimals as text
    items      the outages: from, to, cause, minutes
    gaps       times in which nobody measured: [from, to, minutes]
    reason     why it was corrected, "" for the first; difference_micros  what counts more or less than before
    """

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    contract = TenantForeignKey("contracts.Contract", models.PROTECT, related_name="+")
    customer_tenant = OtherTenantReference()
    contract_number = models.CharField(max_length=50)
    customer_name = models.CharField(max_length=200)
    pack = models.CharField(max_length=50)
    pack_version = models.CharField(max_length=20)
    zone = models.CharField(max_length=64)
    month = models.DateField()
    version = models.PositiveSmallIntegerField()
    total_minutes = models.PositiveIntegerField()
    down_micros = models.BigIntegerField()
    own_micros = models.BigIntegerField()
    excused_micros = models.BigIntegerField()
    unknown_micros = models.BigIntegerField()
    not_ordered_micros = models.BigIntegerField()
    difference_micros = models.BigIntegerField(default=0)
    percent = models.DecimalField(max_digits=7, decimal_places=4)
    promised = models.DecimalField(max_digits=7, decimal_places=4)
    kept = models.BooleanField()
    days = models.JSONField()
    items = models.JSONField()
    excused = models.JSONField()
    gaps = models.JSONField(default=list)
    reason = models.CharField(max_length=300, blank=True)
    ruling = models.UUIDField()
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "contract", "month", "version"], name="availability_statement_once"
            )
        ]
        indexes = [models.Index(fields=["customer_tenant", "month"], name="availability_received")]

    def __str__(self) -> str:
        return f"{self.contract_number} {self.month:%Y-%m}"


class StatementHandOver(FinalRow):
    """
    That a statement was handed over as a document.

    way       taken on a page, mailed on request, mailed by itself
    given_to  who asked for it, or the address it went to
    """

    class Way(models.TextChoices):
        TAKEN = "TAKEN"
        REQUESTED = "REQUESTED"
        AUTOMATIC = "AUTOMATIC"

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    statement = TenantForeignKey(AvailabilityStatement, models.PROTECT, related_name="hand_overs")
    customer_tenant = OtherTenantReference()
    way = models.CharField(max_length=10, choices=Way.choices)
    language = models.CharField(max_length=2)
    file = TenantForeignKey("kernel.Blob", models.PROTECT, related_name="+")
    given_to = models.CharField(max_length=320)
    at = models.DateTimeField()
