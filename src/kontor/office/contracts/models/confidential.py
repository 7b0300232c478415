"""Papers marked confidential: who may open them, who did, and with whom they may be shared."""

from django.db import models

from kontor.kernel.rows import FinalRow, OtherTenantReference, RowRules, TenantForeignKey, TenantOwned
from kontor.office.contracts.models.contracts import Contract


class ConfidentialPaper(FinalRow):
    """A paper under a contract that is secret; only the people on its list open it (crm §10, leisure Art. 16)."""

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    contract = TenantForeignKey(Contract, models.PROTECT, related_name="confidential_papers")
    customer_tenant = OtherTenantReference()
    title = models.CharField(max_length=200)
    file = TenantForeignKey("kernel.Blob", models.PROTECT, related_name="+")
    clause = models.CharField(max_length=200)
    by = models.CharField(max_length=320)
    at = models.DateTimeField()


class ConfidentialReader(TenantOwned):
    """A person who may open a confidential paper, of the house or of its customer, until taken off the list."""

    row_rules = RowRules(shared_with="customer_tenant")

    paper = TenantForeignKey(ConfidentialPaper, models.PROTECT, related_name="readers")
    customer_tenant = OtherTenantReference()
    email = models.EmailField(max_length=320)
    reason = models.CharField(max_length=300)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "paper", "email"], condition=models.Q(until=None), name="confidential_reader_once"
            )
        ]


class ConfidentialOpening(FinalRow):
    """That somebody opened a confidential paper, or tried to: `given` tells whether they were on its list."""

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    paper = TenantForeignKey(ConfidentialPaper, models.PROTECT, related_name="openings")
    customer_tenant = OtherTenantReference()
    email = models.CharField(max_length=320)
    given = models.BooleanField()
    at = models.DateTimeField()


class ConfidentialSharing(TenantOwned):
    """
    That a confidential paper is to go to somebody outside; it leaves once the customer has approved.

    approved  None while the customer has not answered; sent_at  when the paper was mailed
    """

    row_rules = RowRules(shared_with="customer_tenant")

    paper = TenantForeignKey(ConfidentialPaper, models.PROTECT, related_name="sharings")
    customer_tenant = OtherTenantReference()
    to = models.EmailField(max_length=320)
    purpose = models.CharField(max_length=300)
    asked_by = models.CharField(max_length=320)
    asked_at = models.DateTimeField()
    approved = models.BooleanField(null=True, blank=True)
    answered_by = models.CharField(max_length=320, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
