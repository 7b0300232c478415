from django.db import models

from kontor.kernel.rows import FinalRow, OtherTenantReference, RowRules, TenantForeignKey
from kontor.office.contracts.models.contracts import Contract


class RegisterEntry(FinalRow):
    """
    Something that a contract keeps a register of: an acceptance, a certificate, a claim of others.

    register  which one, a key of rulebook.registers
    """

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    contract = TenantForeignKey(Contract, models.PROTECT, related_name="register_entries")
    customer_tenant = OtherTenantReference()
    register = models.CharField(max_length=30)
    key = models.UUIDField()
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "contract", "key"], name="register_entry_once")]


class RegisterFacts(FinalRow):
    """
    What is known of an entry from a moment on; the latest counts, the earlier ones stay.

    number    1, 2, ... in the entry
    content   field -> value in JSON's terms
    closed    nothing more is expected
    ruling    how it stood then, with its clauses
    file      a proof that came with it
    """

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    entry = TenantForeignKey(RegisterEntry, models.PROTECT, related_name="facts")
    customer_tenant = OtherTenantReference()
    number = models.PositiveIntegerField()
    content = models.JSONField()
    closed = models.BooleanField(default=False)
    ruling = models.UUIDField()
    file = TenantForeignKey("kernel.Blob", models.PROTECT, null=True, blank=True, related_name="+")
    by = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "entry", "number"], name="register_facts_once")]
