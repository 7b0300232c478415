"""Visits of a period counted by day, hour, site, kind and host, and the working time that service companies prove."""

import uuid
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import or_
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from kontor.kernel.models import Site
from kontor.products.visitors.models import Visit
from kontor.rulebook.ruling import Text
from kontor.rulebook.visiting import proved_seconds

_OFF: Final = frozenset({Visit.State.CANCELLED, Visit.State.REFUSED})
_READ: Final = (
    "site__name", "site__zone", "type", "type__title_de", "type__title_en", "type__place", "host_name", "state",
    "assumed", "begins_at", "in_at", "out_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sum:
    """How many visits fall to something, how many of them came, and their `share` of the most from 0 to 1000."""

    title: Text
    visits: int
    came: int
    share: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """
    Visits counted; each stands in exactly one line of `days`, `sites`, `kinds` and `hosts`, so that these add up.

    off      called off or refused
    assumed  came, and nobody saw them leave
    mean     seconds stayed by those who were seen to leave; None where there is none
    days     (day at the visit's site, visits, came), each day from the first to the last
    hours    (hour of the site's clock, people who came in it), 7 to 17 at least
    """

    visits: int
    came: int
    missed: int
    off: int
    assumed: int
    mean: int | None
    days: tuple[tuple[date, int, int], ...]
    hours: tuple[tuple[int, int], ...]
    sites: tuple[Sum, ...]
    kinds: tuple[Sum, ...]
    hosts: tuple[Sum, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """The working time that a company, or somebody it sends, proves: whole seconds; `open` stays prove none."""

    company: uuid.UUID
    grade: str
    name: str
    sent_by: str
    stays: int
    seconds: int
    open: int


def in_period(rows: QuerySet[Visit], first: date, end: date, *, moment: str = "begins_at") -> QuerySet[Visit]:
    """Return the visits of which a moment lies in a half-open period, by the clocks of the site where each one is."""
    zones = Site.objects.order_by("zone").values_list("zone", flat=True).distinct()
    return rows.filter(reduce(or_, (_between(zone, first, end, moment) for zone in zones), Q(pk__in=())))


def figures_of(rows: QuerySet[Visit]) -> Figures:
    """Count these visits; one query, however they were narrowed before."""
    found: list[dict[str, Any]] = list(rows.order_by().values(*_READ))
    came = [row for row in found if row["in_at"] is not None]
    states = Counter(row["state"] for row in found)
    lengths = [proved_seconds(row["in_at"], row["out_at"], assumed=row["assumed"]) for row in came]
    stayed = [each for each in lengths if each is not None]
    clocks = Counter(_local(row["in_at"], row).hour for row in came)
    shown = range(min(7, *clocks), max(17, *clocks) + 1) if clocks else range(7, 18)
    kinds = {row["type"]: row for row in found}
    return Figures(
        visits=len(found), came=len(came), missed=states[Visit.State.MISSED],
        off=sum(count for state, count in states.items() if state in _OFF),
        assumed=sum(row["assumed"] for row in found), mean=sum(stayed) // len(stayed) if stayed else None,
        days=_days(found), hours=tuple((hour, clocks[hour]) for hour in shown),
        sites=_sums((row["site__name"], row) for row in found), hosts=_sums((row["host_name"], row) for row in found),
        kinds=tuple(
            Sum(Text(kinds[key]["type__title_de"], kinds[key]["type__title_en"]), *rest)
            for key, rest in _counted((row["type"], row) for row in found)
        ),
    )  # fmt: skip


def stays() -> QuerySet[Visit]:
    """Return the stays of people whom service companies sent; a stay belongs to the day on which it began."""
    rows = Visit.objects.exclude(contractor_person=None).exclude(in_at=None)
    return rows.select_related("site", "type", "contractor_person__contractor")


def proved(visit: Visit) -> int | None:
    """Return the working time of a stay in whole seconds; None while nobody saw them leave."""
    return None if visit.in_at is None else proved_seconds(visit.in_at, visit.out_at, assumed=visit.assumed)


def worked(rows: Iterable[Visit]) -> tuple[list[Worked], list[Worked]]:
    """Return what stays add up to: by company, and by person; both in the order of their names."""
    by_company: dict[uuid.UUID, list[Visit]] = {}
    by_person: dict[uuid.UUID, list[Visit]] = {}
    for visit in rows:
        person = visit.contractor_person
        assert person is not None, "`stays` leaves all others out"
        by_company.setdefault(person.contractor_id, []).append(visit)
        by_person.setdefault(person.pk, []).append(visit)
    companies = [_worked(rows, of_person=False) for rows in by_company.values()]
    people = [_worked(rows, of_person=True) for rows in by_person.values()]
    return (
        sorted(companies, key=lambda each: each.name.casefold()),
        sorted(people, key=lambda each: (each.sent_by.casefold(), each.name.casefold())),
    )


def _worked(rows: Sequence[Visit], *, of_person: bool) -> Worked:
    person: Any = rows[0].contractor_person
    firm = person.contractor
    lengths = [proved(row) for row in rows]
    return Worked(
        company=firm.pk, grade=firm.grade, name=person.name if of_person else firm.name,
        sent_by=firm.name if of_person else "", stays=len(rows), seconds=sum(each for each in lengths if each),
        open=sum(each is None for each in lengths),
    )  # fmt: skip


def _between(zone: str, first: date, end: date, moment: str) -> Q:
    start, over = (datetime.combine(day, time(), tzinfo=ZoneInfo(zone)) for day in (first, end))
    return Q(site__zone=zone, **{f"{moment}__gte": start, f"{moment}__lt": over})


def _local(at: datetime, row: dict[str, Any]) -> datetime:
    return at.astimezone(ZoneInfo(row["site__zone"]))


def _days(found: Sequence[dict[str, Any]]) -> tuple[tuple[date, int, int], ...]:
    days = [(_local(row["begins_at"], row).date(), row["in_at"] is not None) for row in found]
    if not days:
        return ()
    visits, came = Counter(day for day, _ in days), Counter(day for day, is_here in days if is_here)
    first, last = min(visits), max(visits)
    every = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return tuple((day, visits[day], came[day]) for day in every)


def _sums(rows: Iterable[tuple[str, dict[str, Any]]]) -> tuple[Sum, ...]:
    return tuple(Sum(Text(name, name), *rest) for name, rest in _counted(rows))


def _counted(rows: Iterable[tuple[Hashable, dict[str, Any]]]) -> list[tuple[Any, tuple[int, int, int]]]:
    """Return (key, (visits, came, share of the most)), the most first and equals by their keys."""
    visits: Counter[Any] = Counter()
    came: Counter[Any] = Counter()
    for key, row in rows:
        visits[key] += 1
        came[key] += row["in_at"] is not None
    most = max(visits.values(), default=1)
    ordered = sorted(visits.items(), key=lambda each: (-each[1], str(each[0])))
    return [(key, (count, came[key], round(200 * count / most) * 5)) for key, count in ordered]
