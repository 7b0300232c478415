from django.db import models

from kontor.kernel.rows import FinalRow, TenantForeignKey


class Disclosure(FinalRow):
    """
    That a customer's data was passed on to a third party: to whom, for what, on which basis.

    of_tenant   whose data; no reference, since the row outlives what it speaks of. company  as it was called
    data        what was passed on, in words; file  the file itself, where it went with the mail
    basis       of `rulebook.disclosure.BASES`; reference the clause or section, permission the customer's paper
    """

    of_tenant = models.UUIDField(db_index=True)
    company = models.CharField(max_length=200)
    recipient = models.CharField(max_length=200)
    email = models.EmailField(max_length=320)
    purpose = models.CharField(max_length=12)
    data = models.TextField()
    basis = models.CharField(max_length=12)
    reference = models.CharField(max_length=200, blank=True)
    permission = TenantForeignKey("kernel.Blob", models.PROTECT, null=True, blank=True, related_name="+")
    file = TenantForeignKey("kernel.Blob", models.PROTECT, null=True, blank=True, related_name="+")
    ruling = models.UUIDField()
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        indexes = [models.Index(fields=["tenant", "-at"], name="disclosure_latest")]
