from django.db import models

from kontor.kernel.rows import FinalRow, OtherTenantReference, RowRules, TenantForeignKey
from kontor.office.contracts.models.contracts import Contract


class Charge(FinalRow):
    """
    Something to be billed once beside what the contract bills by its positions: use over a limit, an hour of work.

    key               what it is for; once per contract and first day
    unit              UN/ECE Recommendation 20: HUR, C62, KMT
    price             net, for one unit, an exact decimal
    first, last       the days of the service, both included
    own_invoice_from  day from which it waits no longer for the contract's next invoice; null: it waits
    """

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")
    BILLED_AS = "charge"  # the kind of its BilledPeriod

    contract = TenantForeignKey(Contract, models.PROTECT, related_name="charges")
    customer_tenant = OtherTenantReference()
    key = models.CharField(max_length=50)
    text_de = models.CharField(max_length=300)
    text_en = models.CharField(max_length=300)
    quantity = models.DecimalField(max_digits=20, decimal_places=6)
    unit = models.CharField(max_length=3)
    price = models.DecimalField(max_digits=20, decimal_places=6)
    currency = models.CharField(max_length=3)
    first = models.DateField()
    last = models.DateField()
    clause = models.CharField(max_length=200)
    ruling = models.UUIDField()
    own_invoice_from = models.DateField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "contract", "key", "first"], name="charge_once"),
            models.CheckConstraint(name="charge_ends_after_it_begins", condition=models.Q(last__gte=models.F("first"))),
            models.CheckConstraint(name="charge_price_not_negative", condition=models.Q(price__gte=0)),
        ]

    def __str__(self) -> str:
        return self.key
