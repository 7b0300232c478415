from django.db import models

from kontor.kernel.rows import TenantOwned


class TenantKey(TenantOwned):
    """A tenant's own key (AES-256), wrapped by the installation's master key; the newest encrypts, all decrypt."""

    number = models.IntegerField()
    wrapped = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "number"], name="tenant_key_number")]
