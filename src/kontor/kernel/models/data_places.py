from django.db import models

from kontor.kernel.rows import OtherTenantReference, RowRules, TenantOwned


class FileMove(TenantOwned):
    """
    A customer's files on their way from one declared place to another; the house's row, which the customer sees.

    source, target  keys of the places, "" for KONTOR_BLOBS
    phase           COPY while files are brought there, REMOVE while the old ones are taken away, then DONE
    after           the last content that this phase has passed; the next batch begins behind it
    files, size     how many contents there were at the beginning, and their bytes
    copied          how many have been brought so far
    """

    class Phase(models.TextChoices):
        COPY = "COPY"
        REMOVE = "REMOVE"
        DONE = "DONE"

    row_rules = RowRules(shared_with="customer_tenant")

    customer_tenant = OtherTenantReference()
    source = models.CharField(max_length=40, blank=True)
    target = models.CharField(max_length=40, blank=True)
    phase = models.CharField(max_length=10, choices=Phase.choices, default=Phase.COPY)
    after = models.UUIDField(null=True, blank=True)
    files = models.PositiveIntegerField()
    size = models.PositiveBigIntegerField()
    copied = models.PositiveIntegerField(default=0)
    begun_at = models.DateTimeField()
    begun_by = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "customer_tenant"], condition=models.Q(ended_at=None), name="file_move_one"
            )
        ]
