from django.db import models

from kontor.kernel.rows import TenantForeignKey, TenantOwned
from kontor.office.documents.models.store import Version


class Exchange(TenantOwned):
    """
    A folder shared for some days with one person outside, who has the link and, by another way, the password.

    lock       hash of the password
    failures   wrong passwords since it was made; too many lock it
    may_add    whether the person outside puts files in too
    by         whose folder it is: what comes in is theirs
    """

    title = models.CharField(max_length=200)
    note = models.CharField(max_length=500, blank=True)
    name = models.CharField(max_length=200)
    email = models.EmailField(max_length=320)
    may_add = models.BooleanField(default=True)
    lock = models.CharField(max_length=200)
    failures = models.PositiveSmallIntegerField(default=0)
    by = models.UUIDField(null=True, blank=True)
    at = models.DateTimeField()
    expires_at = models.DateTimeField()
    locked_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        indexes = [models.Index(fields=["tenant", "-at"], name="documents_exchanges")]


class ExchangeItem(TenantOwned):
    """A version of a document that lies in a shared folder; `from_outside` where the person outside put it there."""

    exchange = TenantForeignKey(Exchange, models.CASCADE, related_name="items")
    version = TenantForeignKey(Version, models.PROTECT, related_name="+")
    from_outside = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "exchange", "version"], name="documents_exchanged_once")
        ]
