from django.db import models

from kontor.kernel.rows import FinalRow, OtherTenantReference, RowRules, TenantForeignKey
from kontor.office.contracts.models.contracts import Amendment, Contract


class Addendum(FinalRow):
    """
    A paper that both signed after the conclusion: one of the contract's documents from its amendment's day on.

    amendment  the dated change it made, with the ruling; its number is the addendum's place in the history
    rank       its place in the pack's order of papers: "offer", "terms", "annexes"; "" where the pack has no order
    provision  the provision that it names expressly, "" for none; `says` what it says, in one sentence
    file       the signed paper
    """

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    contract = TenantForeignKey(Contract, models.PROTECT, related_name="addenda")
    amendment = TenantForeignKey(Amendment, models.PROTECT, related_name="addenda")
    customer_tenant = OtherTenantReference()
    title = models.CharField(max_length=200)
    says = models.TextField()
    rank = models.CharField(max_length=20, blank=True)
    provision = models.CharField(max_length=100, blank=True)
    effective_on = models.DateField()
    signed_by_us_on = models.DateField()
    signed_by_customer_on = models.DateField()
    file = TenantForeignKey("kernel.Blob", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "amendment"], name="addendum_of_amendment")]
        indexes = [models.Index(fields=["tenant", "contract"], name="addendum_by_contract")]
