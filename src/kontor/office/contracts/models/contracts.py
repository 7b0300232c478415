from django.db import models

from kontor.kernel.rows import FinalRow, OtherTenantReference, RowRules, TenantForeignKey
from kontor.office.contracts.models.offers import Offer


class Contract(FinalRow):
    """
    A contract since it came into being. What it says on any day is a rulebook function of its amendments.

    terms      pack, version, settings and agreed values as they were copied at conclusion
    file       the signed offer, its bytes shown to both sides; signature  who signed it, when, and what was ticked
    """

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    number = models.CharField(max_length=50)
    offer = TenantForeignKey(Offer, models.PROTECT, related_name="contracts")
    party = TenantForeignKey("parties.Party", models.PROTECT, related_name="+")
    seller = TenantForeignKey("books.Seller", models.PROTECT, related_name="+")
    customer_tenant = OtherTenantReference()
    customer_name = models.CharField(max_length=200)
    seller_name = models.CharField(max_length=200)
    pack = models.CharField(max_length=50)
    version = models.CharField(max_length=20)
    terms = models.JSONField()
    file = TenantForeignKey("kernel.Blob", models.PROTECT, related_name="+")
    signature = models.JSONField()
    concluded_at = models.DateTimeField()
    conclusion_ruling = models.UUIDField()
    start_on = models.DateField()
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "seller", "number"], name="contract_number"),
            models.UniqueConstraint(fields=["tenant", "offer"], name="contract_offer"),
        ]
        indexes = [models.Index(fields=["customer_tenant", "start_on"], name="contract_received")]

    def __str__(self) -> str:
        return self.number


class Amendment(FinalRow):
    """
    One dated change of a contract, the conclusion itself being the first.

    effective_on  the day from which it holds; recorded_at  when it became known here
    content       as rulebook.amendments reads it
    """

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    contract = TenantForeignKey(Contract, models.PROTECT, related_name="amendments")
    customer_tenant = OtherTenantReference()
    number = models.IntegerField()
    kind = models.CharField(max_length=50)
    effective_on = models.DateField()
    recorded_at = models.DateTimeField()
    content = models.JSONField()
    clause = models.CharField(max_length=200)
    ruling = models.UUIDField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "contract", "number"], name="amendment_number")]
