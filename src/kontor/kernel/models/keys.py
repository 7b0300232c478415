from django.db import models

from kontor.kernel.encryption import EncryptedTextField
from kontor.kernel.rows import TenantOwned


class TenantKey(TenantOwned):
    """A tenant's own key (AES-256), wrapped by the installation's master key; the newest encrypts, all decrypt."""

    number = models.IntegerField()
    wrapped = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "number"], name="tenant_key_number")]


class MatchingKey(TenantOwned):
    """
    By what the tenant knows addresses again that it no longer has: 32 bytes in hexadecimal, drawn once.

    It leaves with the tenant, so that whoever was erased stays erased in another installation too, and goes with it, so
    that no digest is an address any more.
    """

    key = EncryptedTextField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant"], name="matching_key_once")]
