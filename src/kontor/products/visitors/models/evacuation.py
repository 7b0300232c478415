"""An alarm: who was inside when it began, and who was seen at the assembly point."""

from django.db import models

from kontor.kernel.rows import FinalRow, SiteReference, TenantForeignKey, TenantOwned


class Evacuation(TenantOwned):
    """
    A roll call at a site.

    inside  who was there as it began, under `signature`: [{"visit", "name", "company", "host", "since", "assumed",
            "language"}]
    drill   an exercise
    over_on, gone_after  as a visit's: lists stay as long as visits do at their site
    """

    site = SiteReference()
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    drill = models.BooleanField(default=False)
    inside = models.JSONField()
    signature = models.CharField(max_length=200)
    by_name = models.CharField(max_length=200, blank=True)
    over_on = models.DateField(null=True, blank=True)
    gone_after = models.DateField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "site"], condition=models.Q(ended_at=None), name="one_evacuation_at_a_time"
            )
        ]


class Seen(FinalRow):
    """
    That somebody was seen, or said to be missing, in an alarm; the latest of a visit counts.

    seen_at  as the phone that took it knew the time, which may have been without a server
    key      of the tap on that phone: sent twice, it is there once
    """

    evacuation = TenantForeignKey(Evacuation, models.CASCADE, related_name="seen")
    visit = models.UUIDField()
    safe = models.BooleanField()
    seen_at = models.DateTimeField()
    key = models.CharField(max_length=80)
    by_name = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "key"], name="seen_once")]
