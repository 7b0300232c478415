from django.db import models

from kontor.kernel.rows import TenantForeignKey, TenantOwned
from kontor.office.service_levels.models.components import Component


class Maintenance(TenantOwned):
    """
    Work on the service.

    stops         whether the service cannot be used meanwhile
    reasons       key of the reason under each pack: {"crm": "fix_error"}
    announced_at  when the customers were told; lead_minutes  how long before it began that was
    done_from, done_until  when it really was done
    """

    title_de = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    stops = models.BooleanField()
    urgent = models.BooleanField(default=False)
    reasons = models.JSONField(default=dict)
    announced_at = models.DateTimeField(null=True, blank=True)
    lead_minutes = models.PositiveIntegerField(null=True, blank=True)
    done_from = models.DateTimeField(null=True, blank=True)
    done_until = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    rulings = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.CheckConstraint(name="maintenance_forward", condition=models.Q(ends_at__gt=models.F("starts_at")))
        ]

    def __str__(self) -> str:
        return self.title_en


class MaintenanceComponent(TenantOwned):
    """A component that is worked on."""

    maintenance = TenantForeignKey(Maintenance, models.PROTECT, related_name="components")
    component = TenantForeignKey(Component, models.PROTECT, related_name="+")

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "maintenance", "component"], name="maintenance_component_once")
        ]
