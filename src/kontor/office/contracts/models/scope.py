"""What lies outside a contract: work that only an additional offer leads to, and people of other companies."""

from django.db import models

from kontor.kernel.rows import OtherTenantReference, RowRules, TenantForeignKey, TenantOwned
from kontor.office.contracts.models.contracts import Contract


class ScopeRequest(TenantOwned):
    """
    A wish that the terms count as out of scope; nothing is done or billed before its offer is accepted.

    kind  a key of the terms' list; offered_in  number of the offer that answers it; note  what was done, or why not
    """

    row_rules = RowRules(shared_with="customer_tenant")

    contract = TenantForeignKey(Contract, models.PROTECT, related_name="scope_requests")
    customer_tenant = OtherTenantReference()
    number = models.IntegerField()
    kind = models.CharField(max_length=50)
    told = models.TextField()
    told_by = models.CharField(max_length=200)
    offered_in = models.CharField(max_length=50, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    clause = models.CharField(max_length=200)
    ruling = models.UUIDField()
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "contract", "number"], name="scope_request_number")]


class ForeignUser(TenantOwned):
    """
    A user of one customer whose address belongs to another customer's company, for a person to look at (crm §3).

    contract  the one that the user works under; other  the company whose domain it is
    """

    contract = TenantForeignKey(Contract, models.PROTECT, related_name="foreign_users")
    user = models.UUIDField()
    name = models.CharField(max_length=200)
    email = models.EmailField(max_length=320)
    other = models.CharField(max_length=200)
    clause = models.CharField(max_length=200, blank=True)
    ruling = models.UUIDField()
    at = models.DateTimeField()
    outcome = models.CharField(max_length=20, blank=True)
    note = models.CharField(max_length=300, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "contract", "user", "email"], name="foreign_user_once")
        ]
