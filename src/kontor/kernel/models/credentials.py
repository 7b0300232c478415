from django.db import models

from kontor.kernel.rows import uuid7


class Credential(models.Model):
    """
    An opaque secret handed out, kept as its hash: who bears it may do one thing, for a while, so many times.

    The table is global, since the bearer says only the secret: it names the tenant, not the other way round.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    digest = models.BinaryField(max_length=32, unique=True)
    tenant = models.ForeignKey("kernel.Tenant", models.PROTECT, related_name="+", db_constraint=False)
    scope = models.CharField(max_length=100)
    object_id = models.UUIDField()
    expires_at = models.DateTimeField()
    uses_left = models.IntegerField(null=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
