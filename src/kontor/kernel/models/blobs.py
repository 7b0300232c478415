from django.db import models

from kontor.kernel.rows import FinalRow, OtherTenantReference, RowRules, TenantForeignKey


class BlobContent(FinalRow):
    """Bytes kept once per tenant, encrypted at rest under their digest and counted against the quota once."""

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    sha256 = models.BinaryField(max_length=32)
    size = models.BigIntegerField()
    customer_tenant = OtherTenantReference()

    class Meta(FinalRow.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "sha256", "customer_tenant"], name="blob_content_once", nulls_distinct=False
            )
        ]


class Blob(FinalRow):
    """A file: a name and a media type for some bytes; a second tenant may be shown it from the start."""

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    content = TenantForeignKey(BlobContent, models.PROTECT, related_name="blobs")
    sha256 = models.BinaryField(max_length=32)
    size = models.BigIntegerField()
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    customer_tenant = OtherTenantReference()
    at = models.DateTimeField()
