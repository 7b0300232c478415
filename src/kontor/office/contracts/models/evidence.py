from django.db import models

from kontor.kernel.rows import FinalRow, OtherTenantReference, RowRules, TenantForeignKey
from kontor.office.contracts.models.contracts import Contract


class FirstUse(FinalRow):
    """
    That the customer began to use what the contract gives: who, when, and the terms they agreed to before.

    version, sha256  of the terms as they were shown, as `documents` keeps the agreement
    """

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    contract = TenantForeignKey(Contract, models.PROTECT, related_name="+")
    customer_tenant = OtherTenantReference()
    used_at = models.DateTimeField()
    user = models.UUIDField()
    name = models.CharField(max_length=200)
    pack = models.CharField(max_length=50)
    version = models.CharField(max_length=20)
    sha256 = models.BinaryField(max_length=32)
    clause = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "contract"], name="first_use_once")]
