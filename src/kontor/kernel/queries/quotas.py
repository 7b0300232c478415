"""
What the tenant may still use of a limited meter: what its contracts give, what was used, what is promised.

A limit is an entitlement under the meter's name, counted by the month or as a level. Several contracts give their sum;
where one of them sets no number, it charges what the others would refuse, and nothing is refused.
"""

import zoneinfo
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db.models import Sum

from kontor.kernel import registry
from kontor.kernel.models import Entitlement, QuotaWarning, Reservation, Tenant
from kontor.kernel.queries.blobs import storage_used
from kontor.kernel.queries.meters import used
from kontor.kernel.tenancy import current_tenant
from kontor.rulebook.currency import number
from kontor.rulebook.period import Period
from kontor.rulebook.ruling import Text
from kontor.rulebook.usage import Figure, Size, gigabytes, month_at

STORAGE: Final = "kernel.storage"
MONTH: Final = "MONTH"  # the unit of an entitlement that begins anew with each month
SIZES: Final[Mapping[str, Size]] = {"GB": Size.DECIMAL, "GiB": Size.BINARY}
_GB: Final = Text("GB", "GB")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """
    How much of a meter may be used now.

    quantity  in the meter's own unit, bytes where it counts bytes
    month     the month in which it is counted, by the clocks of `zone`; None for a level
    size      what a GB is; None where the meter counts no bytes
    warn_at   the percents at which people are warned
    """

    meter: registry.Meter
    quantity: Decimal
    month: Period | None
    zone: zoneinfo.ZoneInfo
    size: Size | None
    warn_at: tuple[int, ...]

    @property
    def unit(self) -> Text:
        """What is counted, as contracts speak of it."""
        return _GB if self.size else self.meter.unit

    @property
    def title(self) -> Text:
        """What the meter is called."""
        return self.meter.title or self.meter.unit

    def spoken(self, reading: Decimal) -> Decimal:
        """Return a reading in the unit that contracts speak of."""
        return gigabytes(reading, self.size) if self.size else Decimal(f"{reading.normalize():f}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """
    A limited meter as people follow it: used and promised, in the unit that contracts speak of.

    left  what may still be promised
    """

    quota: Quota
    used: Decimal
    promised: Decimal

    @property
    def limit(self) -> Decimal:
        """What may be used at all."""
        return self.quota.spoken(self.quota.quantity)

    @property
    def left(self) -> Decimal:
        """What may still be promised; nothing where more is used than is allowed."""
        return max(Decimal(0), self.limit - self.used - self.promised)

    @property
    def shown(self) -> Text:
        """Used of allowed: "24,500/25,000"."""
        used, limit = number(self.used), number(self.limit)
        return Text(f"{used.de}/{limit.de}", f"{used.en}/{limit.en}")


def quota_of(key: str, *, at: datetime) -> Quota | None:
    """Return how much of a meter the current tenant may use at a moment, None where nothing limits it; one query."""
    meter = _meter(key)
    counted_by = tuple(SIZES) if meter.in_bytes else (MONTH,)
    rows = list(Entitlement.objects.filter(module=meter.name, unit__in=counted_by).order_by("from_on", "pk"))
    known = _zone() if any(not row.zone for row in rows) else None
    standing = [(row, zone) for row in rows if _stands(row, zone := _zone_of(row, known), at)]
    numbers = [row.quantity * _size(row) for row, _ in standing if row.quantity is not None]
    if not standing or len(numbers) < len(standing):
        return None
    zone = standing[0][1]
    return Quota(
        meter=meter,
        quantity=Decimal(sum(numbers)),
        month=None if meter.measure is registry.Measure.LEVEL else month_at(at, zone),
        zone=zone,
        size=SIZES.get(standing[0][0].unit),
        warn_at=tuple(sorted({percent for row, _ in standing for percent in row.warn_at})),
    )


def counted(quota: Quota, *, at: datetime) -> Decimal:
    """Return what was used of a limited meter by now, in the meter's own unit: this month, or as a level."""
    if quota.meter.key == STORAGE:
        return Decimal(storage_used())
    period = quota.month or month_at(at, quota.zone)
    figure = {registry.Measure.SUM: Figure.SUM, registry.Measure.UNIQUE: Figure.UNIQUE}.get(
        quota.meter.measure, Figure.MONTH_END
    )
    return used(quota.meter.key, period, zone=quota.zone, figure=figure)


def promised(quota: Quota, *, at: datetime) -> Decimal:
    """Return what is promised and neither used nor given back, in the meter's own unit."""
    open_rows = Reservation.objects.filter(
        meter=quota.meter.key, month=quota.month.first if quota.month else None, given_back_at=None, until__gt=at
    )
    return open_rows.aggregate(total=Sum("left"))["total"] or Decimal(0)


def counter(key: str, *, at: datetime) -> Counter | None:
    """Return a limited meter as people follow it, None where nothing limits it."""
    quota = quota_of(key, at=at)
    if quota is None:
        return None
    return Counter(quota=quota, used=quota.spoken(counted(quota, at=at)), promised=quota.spoken(promised(quota, at=at)))


def standing_warnings(*, at: datetime) -> Sequence[tuple[QuotaWarning, registry.Meter, Text]]:
    """Return the highest warning of each meter that holds now, with its meter and the unit it speaks of."""
    found: dict[str, tuple[QuotaWarning, registry.Meter, Text]] = {}
    for row in QuotaWarning.objects.filter(cleared_at=None).order_by("meter", "percent"):
        quota = quota_of(row.meter, at=at)
        if quota is not None and row.month == (quota.month.first if quota.month else None):
            found[row.meter] = (row, quota.meter, quota.unit)
    return list(found.values())


def storage_quota(at: datetime) -> int | None:
    """Return how many bytes the tenant may keep at this moment; None where its contract sets no number."""
    quota = quota_of(STORAGE, at=at)
    return None if quota is None else int(quota.quantity)


def warned_meters(keys: set[str]) -> list[str]:
    """Return those of these meters whose limits somebody is warned of, in one query."""
    named = {_meter(key).name: key for key in keys}
    rows = Entitlement.objects.filter(module__in=named, quantity__isnull=False).exclude(warn_at=[])
    return sorted({named[module] for module in rows.values_list("module", flat=True)})


def _meter(key: str) -> registry.Meter:
    return {one.key: one for module in registry.modules() for one in module.meters}[key]


def _zone() -> zoneinfo.ZoneInfo:
    return zoneinfo.ZoneInfo(Tenant.objects.get(pk=current_tenant()).zone)


def _zone_of(row: Entitlement, tenants: zoneinfo.ZoneInfo | None) -> zoneinfo.ZoneInfo:
    if row.zone:
        return zoneinfo.ZoneInfo(row.zone)
    assert tenants is not None, "read where a row names no zone"
    return tenants


def _stands(row: Entitlement, zone: zoneinfo.ZoneInfo, at: datetime) -> bool:
    today = at.astimezone(zone).date()
    return row.from_on <= today and (row.until_on is None or today < row.until_on)


def _size(row: Entitlement) -> int:
    size = SIZES.get(row.unit)
    return size.bytes if size else 1
