"""The access-control systems that are told who may pass where, and what each knows of a visit."""

from django.db import models

from kontor.kernel.encryption import EncryptedTextField
from kontor.kernel.rows import SiteReference, TenantForeignKey, TenantOwned
from kontor.products.visitors.models.visits import Visit


class AccessSystem(TenantOwned):
    """
    A site's access-control system, or what speaks for it.

    address   where it is told, over TLS
    secret    signs each call (Standard Webhooks)
    problem   why the last call did not arrive; "" where it did
    """

    site = SiteReference()
    address = EncryptedTextField()
    secret = EncryptedTextField()
    problem = models.CharField(max_length=20, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "site"], condition=models.Q(removed_at=None), name="access_system_once"
            )
        ]


class AccessGrant(TenantOwned):
    """
    What a system was told of a visit: each call says the whole state and has a higher revision than the one before.

    granted   what the newest call said; told_at when it was answered, None until then
    said      SHA-256 of what it said besides its revision: the same is not said twice
    problem   why it was not, by the last attempt; given_up_at once nobody tries any more
    """

    visit = TenantForeignKey(Visit, models.CASCADE, related_name="grants")
    system = TenantForeignKey(AccessSystem, models.PROTECT, related_name="grants")
    revision = models.PositiveIntegerField(default=0)
    granted = models.BooleanField(default=False)
    said = models.CharField(max_length=64, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=20, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "visit", "system"], name="access_grant_once")]
