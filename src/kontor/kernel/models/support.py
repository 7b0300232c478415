from django.contrib.postgres.fields import ArrayField
from django.db import models

from kontor.kernel.rows import OtherTenantReference, RowRules, TenantOwned


class SupportGrant(TenantOwned):
    """
    Leave for the house's staff to look at a tenant's pages, given by the tenant; in an emergency by two of the house.

    house        who may look, and sees this row
    permissions  whose pages are open; nothing is written through them
    reference    the case or ticket that it is for; without one nobody looks, unless it is an emergency
    hours        how long it holds from the moment at which it is given
    asked_by     the house's person who asked for it; none where the tenant gives it unasked
    backup_on    the day of the backup that the tenant confirmed, where its contract asks for one first
    granted_by   who gave it: one of the tenant, in an emergency a second person of the house
    until        when it ends by itself
    ended_at     when it was taken back, or where it was never given, refused
    """

    row_rules = RowRules(shared_with="house")

    house = OtherTenantReference()
    permissions = ArrayField(models.CharField(max_length=80))
    purpose = models.CharField(max_length=300)
    reference = models.CharField(max_length=60, blank=True)
    hours = models.PositiveSmallIntegerField()
    emergency = models.BooleanField(default=False)
    asked_at = models.DateTimeField()
    asked_by = models.UUIDField(null=True, blank=True)
    asked_by_name = models.CharField(max_length=200, blank=True)
    backup_on = models.DateField(null=True, blank=True)
    granted_at = models.DateTimeField(null=True, blank=True)
    granted_by = models.UUIDField(null=True, blank=True)
    granted_by_name = models.CharField(max_length=200, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by_name = models.CharField(max_length=200, blank=True)

    class Meta(TenantOwned.Meta):
        indexes = [
            models.Index(fields=["tenant", "until"], condition=models.Q(ended_at=None), name="support_grant_standing"),
        ]
