from django.db import models

from kontor.kernel.rows import FinalRow, OtherTenantReference, RowRules, TenantForeignKey
from kontor.office.contracts.models.contracts import Contract


class UsageStatement(FinalRow):
    """
    What a customer used in a month, as the supplier states it and both sides see it; what came late is another one.

    meter    the name in terms and price lists; unit as they count it
    month    its first day; number 1 is the month's close, the following correct it
    figure   what of a level counts: peak, average, month's end
    blocks   started blocks beyond what is included, as now known; block, price what one holds and costs, null for none
    """

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    contract = TenantForeignKey(Contract, models.PROTECT, related_name="usage")
    customer_tenant = OtherTenantReference()
    meter = models.CharField(max_length=50)
    month = models.DateField()
    number = models.PositiveSmallIntegerField()
    figure = models.CharField(max_length=20)
    unit = models.CharField(max_length=20)
    used = models.DecimalField(max_digits=26, decimal_places=6)
    included = models.DecimalField(max_digits=26, decimal_places=6)
    blocks = models.IntegerField()
    block = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    price = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    currency = models.CharField(max_length=3)
    clause = models.CharField(max_length=200)
    ruling = models.UUIDField()
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "contract", "meter", "month", "number"], name="usage_statement_once"
            )
        ]
        indexes = [models.Index(fields=["customer_tenant", "month"], name="usage_statement_received")]

    def __str__(self) -> str:
        return f"{self.meter} {self.month:%Y-%m}"
