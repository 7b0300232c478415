from django.db import models

from kontor.kernel.rows import FinalRow, TenantForeignKey


class Proof(FinalRow):
    """
    A picture of somebody's identity card or licence, taken here with the camera; kept under a rule of its own.

    holder   who is pictured, as whoever took it wrote it
    process  what it was taken for: "Test drive 2026-114"
    by       user who took it
    """

    class Kind(models.TextChoices):
        IDENTITY = "IDENTITY"
        LICENCE = "LICENCE"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    holder = models.CharField(max_length=120)
    process = models.CharField(max_length=120)
    picture = TenantForeignKey("kernel.Blob", models.PROTECT, related_name="+")
    by = models.UUIDField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        indexes = [models.Index(fields=["tenant", "-at"], name="documents_proofs_latest")]
