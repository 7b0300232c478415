"""Who speaks for a customer towards support."""

from django.db import models

from kontor.kernel.rows import FinalRow, OtherTenantReference, RowRules, TenantForeignKey


class SupportContact(FinalRow):
    """
    Whom a customer named for support, the latest row of a contract counts.

    number  of this contract's contacts, from 1; by  who named them; ruling  why somebody was to be named
    """

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    contract = TenantForeignKey("contracts.Contract", models.PROTECT, related_name="+")
    customer_tenant = OtherTenantReference()
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    email = models.EmailField(max_length=320)
    by = models.CharField(max_length=200)
    ruling = models.UUIDField()
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "contract", "number"], name="support_contact_number")]
