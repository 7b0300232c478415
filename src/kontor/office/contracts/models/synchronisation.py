"""What local installations exchange with the house's servers: the customer's own rows, record by record."""

from django.db import models

from kontor.kernel.rows import FinalRow, TenantForeignKey, TenantOwned


class SyncInstallation(TenantOwned):
    """A local installation of the tenant, and the number of the last batch that was taken from it."""

    name = models.CharField(max_length=100)
    last_sequence = models.IntegerField(default=0)
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="sync_installation_name")]


class SyncBatch(FinalRow):
    """A batch as it was taken, by its digest, with its answer: sent again, it is answered the same."""

    installation = TenantForeignKey(SyncInstallation, models.PROTECT, related_name="batches")
    sequence = models.IntegerField()
    digest = models.BinaryField(max_length=32)
    answer = models.JSONField()
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "installation", "sequence"], name="sync_batch_sequence")
        ]


class SyncRecord(TenantOwned):
    """
    A record as it stands; what it holds means something to the product alone.

    version   1 for a new one, one more with every change; a change names the version it was made from
    position  where the tenant's latest change of it stands in the order of all changes; a pull goes on from there
    origin    the installation that made the latest change; null for the house's servers
    """

    kind = models.CharField(max_length=100)
    key = models.CharField(max_length=150)
    version = models.IntegerField()
    position = models.BigIntegerField()
    origin = TenantForeignKey(SyncInstallation, models.PROTECT, null=True, blank=True, related_name="+")
    deleted = models.BooleanField()
    data = models.JSONField()
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "kind", "key"], name="sync_record_key"),
            models.UniqueConstraint(fields=["tenant", "position"], name="sync_record_position"),
        ]
