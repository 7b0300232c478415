"""How much was used, in days as the clocks of one zone count them; a night of 25 hours is counted once."""

import uuid
import zoneinfo
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import connection

from kontor.kernel.models import MeterReading, Tenant
from kontor.kernel.tenancy import current_tenant
from kontor.kernel.walking import Asked, answers_of
from kontor.rulebook.period import Period
from kontor.rulebook.usage import Figure

_TABLE: Final = MeterReading._meta.db_table
_IN_PERIOD: Final = "tenant_id = %(tenant)s AND meter = %(meter)s AND at >= %(first)s AND at < %(end)s"


_LEVEL_BEFORE: Final = (
    f"(SELECT quantity FROM {_TABLE} WHERE tenant_id = %(tenant)s AND meter = %(meter)s AND at < %(first)s"  # noqa: S608  ours
    " ORDER BY at DESC, id DESC LIMIT 1)"
)
_LEVELS: Final = (
    f"SELECT quantity, at, id FROM {_TABLE} WHERE {_IN_PERIOD} UNION ALL"  # noqa: S608  our own names
    f" SELECT coalesce({_LEVEL_BEFORE}, 0), %(first)s, '00000000-0000-0000-0000-000000000000'"
)
_SQL: Final = {
    Figure.SUM: f"SELECT coalesce(sum(quantity), 0) FROM {_TABLE} WHERE {_IN_PERIOD}",  # noqa: S608  our own names
    Figure.UNIQUE: (
        f"SELECT count(*) FROM (SELECT DISTINCT subject FROM {_TABLE} WHERE {_IN_PERIOD}) AS each"  # noqa: S608  ours
    ),
    Figure.PEAK: f"SELECT max(quantity) FROM ({_LEVELS}) AS levels",  # noqa: S608  our own names
    Figure.AVERAGE: (
        "SELECT sum(quantity * extract(epoch FROM until - at)) / extract(epoch FROM %(end)s - %(first)s::timestamptz)"  # noqa: S608
        " FROM (SELECT quantity, at, lead(at, 1, %(end)s) OVER (ORDER BY at, id) AS until"
        f" FROM ({_LEVELS}) AS levels) AS spans"
    ),
    Figure.MONTH_END: f"SELECT quantity FROM ({_LEVELS}) AS levels ORDER BY at DESC, id DESC LIMIT 1",  # noqa: S608  ours
}
_GAPS: Final = "unnest(%(gaps_from)s::timestamptz[], %(gaps_until)s::timestamptz[]) AS gap (since, until)"
_IN_GAP: Final = "at >= gap.since AND (gap.until IS NULL OR at < gap.until)"
_COUNTS: Final = f"{_IN_PERIOD} AND NOT EXISTS (SELECT 1 FROM {_GAPS} WHERE {_IN_GAP})"  # noqa: S608  our own names
_LEVEL_AFTER: Final = _LEVEL_BEFORE.replace("at < %(first)s", "at < gap.until")
_GAPPED_LEVELS: Final = (
    f"SELECT quantity, at, id FROM {_TABLE} WHERE {_COUNTS} UNION ALL"  # noqa: S608  our own names
    f" SELECT CASE WHEN EXISTS (SELECT 1 FROM {_GAPS} WHERE gap.since <= %(first)s"
    f" AND (gap.until IS NULL OR gap.until > %(first)s)) THEN 0 ELSE coalesce({_LEVEL_BEFORE}, 0) END,"
    " %(first)s, '00000000-0000-0000-0000-000000000000' UNION ALL"
    f" SELECT 0, gap.since, 'ffffffff-ffff-ffff-ffff-ffffffffffff' FROM {_GAPS}"
    " WHERE gap.since > %(first)s AND gap.since < %(end)s UNION ALL"
    f" SELECT coalesce({_LEVEL_AFTER}, 0), gap.until, '00000000-0000-0000-0000-000000000000' FROM {_GAPS}"
    " WHERE gap.until > %(first)s AND gap.until < %(end)s"
)
_GAPPED: Final = {
    figure: sql.replace(_LEVELS, _GAPPED_LEVELS) if _LEVELS in sql else sql.replace(_IN_PERIOD, _COUNTS)
    for figure, sql in _SQL.items()
}
_BY_DAY: Final = {
    Figure.SUM: (
        f"SELECT (at AT TIME ZONE %(zone)s)::date AS day, sum(quantity) FROM {_TABLE}"  # noqa: S608  our own names
        f" WHERE {_IN_PERIOD} GROUP BY day"
    ),
    Figure.UNIQUE: (
        f"SELECT day, count(*) FROM (SELECT min((at AT TIME ZONE %(zone)s)::date) AS day FROM {_TABLE}"  # noqa: S608  ours
        f" WHERE {_IN_PERIOD} GROUP BY subject) AS first_days GROUP BY day"
    ),
    Figure.MONTH_END: (
        "SELECT DISTINCT ON (day) (at AT TIME ZONE %(zone)s)::date AS day, quantity"  # noqa: S608  our own names
        f" FROM ({_LEVELS}) AS levels ORDER BY day, at DESC, id DESC"
    ),
}


Gaps = Sequence[tuple[datetime, datetime | None]]


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading as it is given out; `source` names what was used."""

    id: uuid.UUID
    meter: str
    source: str
    quantity: Decimal
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """
    A tenant's reading of a meter that is asked for: of a period, whose days begin and end in a zone.

    without  what does not count, see `used`
    """

    tenant: uuid.UUID
    meter: str
    period: Period
    zone: zoneinfo.ZoneInfo
    figure: Figure
    without: Gaps = ()

    @property
    def told(self) -> dict[str, Any]:
        """What the statement is given."""
        first, end = midnight(self.period.first, self.zone), midnight(self.period.end, self.zone)
        return {"tenant": self.tenant, "meter": self.meter, "first": first, "end": end, **_told(self.without)}


def used(
    meter: str, period: Period, *, zone: zoneinfo.ZoneInfo, figure: Figure, until: datetime | None = None,
    without: Gaps = (),
) -> Decimal:  # fmt: skip
    """
    Return what the current tenant's readings of a period come to.

    zone     whose midnights begin and end the period's days
    until    where only what lies before a moment counts, such as in a month that still runs
    without  from when until when nothing counts, the end exclusive and None for no end; a level is nought meanwhile
    """
    first, end = midnight(period.first, zone), midnight(period.end, zone)
    end = end if until is None else max(first + timedelta(microseconds=1), min(end, until))
    return Decimal(_rows(_sql(figure, without), meter, first=first, end=end, **_told(without))[0][0])


def used_of_each(asked: Iterable[Wanted]) -> list[Decimal]:
    """Return what each of these readings comes to, each as its own tenant, in one round trip."""
    found = answers_of(Asked(each.tenant, _sql(each.figure, each.without), each.told) for each in asked)
    return [Decimal(rows[0][0]) for rows in found]


def used_by_day(meter: str, period: Period, *, zone: zoneinfo.ZoneInfo, figure: Figure) -> dict[date, Decimal]:
    """Return what was used on each day that has any: the sum, subjects seen the first time, or the last level."""
    shape = Figure.MONTH_END if figure in (Figure.PEAK, Figure.AVERAGE) else figure
    first, end = midnight(period.first, zone), midnight(period.end, zone)
    return {day: Decimal(value) for day, value in _rows(_BY_DAY[shape], meter, first=first, end=end, zone=zone.key)}


def total(meter: str, period: Period) -> Decimal:
    """Return the sum of the current tenant's use in a period of its own zone."""
    zone = zoneinfo.ZoneInfo(Tenant.objects.get(pk=current_tenant()).zone)
    return used(meter, period, zone=zone, figure=Figure.SUM)


def months_reported_since(
    asked: Sequence[tuple[uuid.UUID, datetime, zoneinfo.ZoneInfo]],
) -> list[set[tuple[str, date]]]:
    """
    Return, for each (tenant, moment, zone), (meter, first day of the month) of what was written down since the moment.

    It tells of every reading, whenever what it counts happened; in one round trip.
    """
    sql = (
        "SELECT DISTINCT meter, date_trunc('month', at AT TIME ZONE %s)::date"  # noqa: S608  our own name
        f" FROM {_TABLE} WHERE tenant_id = %s AND id >= %s"
    )
    found = answers_of(Asked(tenant, sql, [zone.key, tenant, earliest_id(since)]) for tenant, since, zone in asked)
    return [{(meter, day) for meter, day in rows} for rows in found]


def readings(
    meter: str, period: Period, *, zone: zoneinfo.ZoneInfo, after: uuid.UUID | None, limit: int
) -> list[Reading]:
    """Return readings of a period in the order in which they were written down, those behind `after`."""
    rows = MeterReading.objects.filter(
        meter=meter, at__gte=midnight(period.first, zone), at__lt=midnight(period.end, zone)
    )
    if after is not None:
        rows = rows.filter(pk__gt=after)
    return [Reading(row.pk, row.meter, row.source, row.quantity, row.at) for row in rows.order_by("pk")[:limit]]


def earliest_id(at: datetime) -> uuid.UUID:
    """Return the least UUIDv7 that a row written down at a moment can have: its first 48 bits are milliseconds."""
    return uuid.UUID(int=int(at.timestamp() * 1000) << 80)


def written_at(row: uuid.UUID) -> datetime:
    """Return the millisecond in which a row of this UUIDv7 was made, by the clock of the machine."""
    return datetime.fromtimestamp((row.int >> 80) / 1000, UTC)


def midnight(day: date, zone: zoneinfo.ZoneInfo) -> datetime:
    """Return the moment a day begins in a zone."""
    return datetime.combine(day, time.min, tzinfo=zone)


def _sql(figure: Figure, without: Gaps) -> str:
    return _GAPPED[figure] if without else _SQL[figure]


def _told(without: Gaps) -> dict[str, Any]:
    if not without:
        return {}
    return {"gaps_from": [since for since, _ in without], "gaps_until": [until for _, until in without]}


def _rows(sql: str, meter: str, **told: Any) -> Sequence[Sequence[Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"tenant": current_tenant(), "meter": meter, **told})
        return list(cursor.fetchall())
