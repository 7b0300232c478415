"""
Who is here, who is expected next, and who was only assumed to have left: by site and over all sites.

Whoever was assumed out counts neither as inside nor as out; they stand apart for a day, as nobody saw them leave.
"""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Count
from django.db.models.functions import ExtractHour

from kontor.kernel.models import Site
from kontor.products.visitors.models import Evacuation, Visit
from kontor.rulebook.ruling import Text

UNSURE_FOR: Final = timedelta(days=1)
SOON: Final = timedelta(minutes=30)
SHOWN: Final = 7
OPENS, CLOSES = 7, 17  # hours the chart always shows


@dataclass(frozen=True, slots=True)
class Counted:
    """How many people, of what or where, and their `share` of all from 0 to 1000 in steps of 5."""

    key: str
    title: Text
    count: int
    share: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """Somebody who is expected, or several of one appointment; late_minutes 0 while there is time."""

    visit: uuid.UUID
    group: uuid.UUID | None
    begins_at: datetime
    name: str
    company: str
    host: str
    site: str
    people: int
    late_minutes: int
    soon: bool

    @property
    def clock(self) -> str:
        """The time of day at the site, "14:05"."""
        return f"{self.begins_at:%H:%M}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passing:
    """Somebody who came or left, so many minutes ago; stayed: how many minutes, None for an arrival."""

    visit: uuid.UUID
    at: datetime
    name: str
    way: str
    host: str
    site: str
    ago: int
    stayed: int | None

    @property
    def clock(self) -> str:
        """The time of day at the site, "14:05"."""
        return f"{self.at:%H:%M}"

    @property
    def length(self) -> str:
        """How long they stayed, "2:41"; "" for an arrival."""
        return "" if self.stayed is None else f"{self.stayed // 60}:{self.stayed % 60:02d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Arrivals of a day by hour: who came and who is still expected; `now` is the place of the current hour."""

    labels: tuple[int, ...]
    came: tuple[int, ...]
    expected: tuple[int, ...]
    now: int | None


@dataclass(frozen=True, slots=True)
class Alarm:
    """A roll call that runs at a site."""

    id: uuid.UUID
    site: str
    drill: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """The board of one site, or of all that may be seen; times are in the zone of each row's site."""

    sites: tuple[Counted, ...]
    kinds: tuple[Counted, ...]
    inside: int
    unsure: int
    coming: tuple[Coming, ...]
    to_come: int
    came: int
    hours: Hours
    last: tuple[Passing, ...]
    alarms: tuple[Alarm, ...]


def presence(sites: Sequence[Site], *, zone: ZoneInfo, at: datetime, of: Sequence[Site] | None = None) -> Presence:
    """
    Return who is at these sites; seven queries.

    zone  whose day "today" is
    of    the sites whose counts stand beside, all that may be seen
    """
    today = at.astimezone(zone).date()
    first, end = _midnight(today, zone), _midnight(today + timedelta(days=1), zone)
    here = [site.pk for site in sites]
    rows = Visit.objects.filter(site__in=here)
    counted = _inside(of or sites)
    local = [row for row in counted if row["site"] in here]
    waiting: list[Any] = list(
        rows.filter(state=Visit.State.EXPECTED, begins_at__gte=first, begins_at__lt=end)
        .order_by("begins_at", "name", "pk")
        .values("pk", "group", "group__title", "begins_at", "name", "company", "host_name", "site__name", "site__zone")
    )
    came = rows.filter(in_at__gte=first, in_at__lt=end)
    arrivals = dict(
        came.annotate(hour=ExtractHour("in_at", tzinfo=zone)).values_list("hour").annotate(count=Count("pk"))
    )
    expected = Counter(row["begins_at"].astimezone(zone).hour for row in waiting)
    inside = sum(row["count"] for row in local)
    return Presence(
        sites=tuple(
            Counted(str(site.pk), Text(site.name, site.name), sum(r["count"] for r in counted if r["site"] == site.pk))
            for site in of or sites
        ),
        kinds=_kinds(local, inside),
        inside=inside,
        unsure=unsure(here, at=at).count(),
        coming=_coming(waiting, at)[:SHOWN],
        to_come=len(waiting),
        came=sum(arrivals.values()),
        hours=_hours(arrivals, expected, at.astimezone(zone).hour),
        last=_last(rows, first, end, at),
        alarms=tuple(
            Alarm(*row)
            for row in Evacuation.objects.filter(site__in=here, ended_at=None).values_list("pk", "site__name", "drill")
        ),
    )


def unsure(sites: Sequence[uuid.UUID], *, at: datetime) -> Any:
    """Return the visits of people who were assumed to have left within a day, and may still be inside."""
    return Visit.objects.filter(site__in=sites, assumed=True, out_at__gt=at - UNSURE_FOR, out_at__lte=at)


def present(site: Site, *, at: datetime) -> list[dict[str, Any]]:
    """
    Return who is to be looked for at a site, by name: those inside, and those who were only assumed to have left.

    Plain values, as a list is signed, stored and kept by terminals: since in ISO 8601, `assumed` yes or no.
    """
    inside = Visit.objects.filter(site=site, state=Visit.State.IN)
    rows = [*inside.order_by("name", "pk"), *unsure([site.pk], at=at).order_by("name", "pk")]
    return [
        {
            "visit": str(row.pk), "name": row.name, "company": row.company, "host": row.host_name,
            "since": row.in_at.isoformat() if row.in_at else "", "assumed": row.assumed, "language": row.language,
        }
        for row in rows
    ]  # fmt: skip


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone)


def _inside(sites: Sequence[Site]) -> list[dict[str, Any]]:
    rows = Visit.objects.filter(site__in=[site.pk for site in sites], state=Visit.State.IN)
    by = rows.values("site", "type", "type__title_de", "type__title_en", "type__place")
    found: Any = by.annotate(count=Count("pk")).order_by("type__place", "type__title_de")
    return list(found)


def _kinds(rows: Sequence[dict[str, Any]], inside: int) -> tuple[Counted, ...]:
    found: dict[str, Counted] = {}
    for row in rows:
        key = str(row["type"])
        count = row["count"] + (found[key].count if key in found else 0)
        share = round(200 * count / inside) * 5
        found[key] = Counted(key, Text(row["type__title_de"], row["type__title_en"]), count, share)
    return tuple(found.values())


def _coming(rows: Sequence[dict[str, Any]], at: datetime) -> tuple[Coming, ...]:
    """Return who is expected, the first first; people of one appointment stand together."""
    together = Counter((row["group"], row["begins_at"]) for row in rows if row["group"])
    found, told = [], set()
    for row in rows:
        key = (row["group"], row["begins_at"])
        people = together.get(key, 1)
        if people > 1 and key in told:
            continue
        told.add(key)
        late = int((at - row["begins_at"]).total_seconds() // 60)
        found.append(
            Coming(
                visit=row["pk"], group=row["group"] if people > 1 else None,
                begins_at=row["begins_at"].astimezone(ZoneInfo(row["site__zone"])), people=people,
                name=row["name"], company=(row["group__title"] or "") if people > 1 else row["company"],
                host=row["host_name"], site=row["site__name"], late_minutes=max(late, 0),
                soon=timedelta() <= row["begins_at"] - at <= SOON,
            )
        )  # fmt: skip
    return tuple(found)


def _hours(arrivals: dict[int, int], expected: Counter[int], hour: int) -> Hours:
    known = [*arrivals, *expected]
    first, last = min([OPENS, *known]), max([CLOSES, *known])
    labels = tuple(range(first, last + 1))
    return Hours(
        labels=labels,
        came=tuple(arrivals.get(each, 0) for each in labels),
        expected=tuple(expected[each] for each in labels),
        now=hour - first if first <= hour <= last else None,
    )


def _last(rows: Any, first: datetime, end: datetime, at: datetime) -> tuple[Passing, ...]:
    """Return who came or left last today; whoever was assumed out did not leave."""
    fields = ("pk", "name", "host_name", "site__name", "site__zone", "in_at", "in_way", "out_at", "out_way")
    came = rows.filter(in_at__gte=first, in_at__lt=end).order_by("-in_at").values(*fields)[:SHOWN]
    left = rows.filter(out_at__gte=first, out_at__lt=end, assumed=False).order_by("-out_at").values(*fields)[:SHOWN]
    found = [_passing(row, "in", at) for row in came] + [_passing(row, "out", at) for row in left]
    return tuple(sorted(found, key=lambda each: each.at, reverse=True)[:SHOWN])


def _passing(row: dict[str, Any], side: str, now: datetime) -> Passing:
    at = row[f"{side}_at"]
    stayed = int((at - row["in_at"]).total_seconds() // 60) if side == "out" and row["in_at"] else None
    return Passing(
        visit=row["pk"], at=at.astimezone(ZoneInfo(row["site__zone"])), name=row["name"], way=row[f"{side}_way"],
        host=row["host_name"], site=row["site__name"], ago=max(int((now - at).total_seconds() // 60), 0),
        stayed=stayed,
    )  # fmt: skip
