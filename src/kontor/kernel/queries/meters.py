"""How much was used."""

import zoneinfo
from datetime import date, datetime, time
from decimal import Decimal

from django.db.models import Sum

from kontor.kernel.models import MeterReading, Tenant
from kontor.kernel.tenancy import current_tenant
from kontor.rulebook.period import Period


def total(meter: str, period: Period) -> Decimal:
    """Return the current tenant's use in a period, its days as the clocks of the tenant's zone count them."""
    zone = zoneinfo.ZoneInfo(Tenant.objects.get(pk=current_tenant()).zone)
    readings = MeterReading.objects.filter(
        meter=meter, at__gte=_midnight(period.first, zone), at__lt=_midnight(period.end, zone)
    )
    return readings.aggregate(total=Sum("quantity"))["total"] or Decimal(0)


def _midnight(day: date, zone: zoneinfo.ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone)
