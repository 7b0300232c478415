"""What is known of a contract's month, as the rulebook counts it."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from django.db.models import Q

from kontor.office.contracts.public import Supplied, unlocks
from kontor.office.service_levels.models import Maintenance, Outage, OutageExcuse
from kontor.office.service_levels.queries.gaps import unmeasured
from kontor.rulebook import stretches
from kontor.rulebook.availability import availability_of, month_of
from kontor.rulebook.availability_month import Aside, Excuse, Month, Outage as Counted
from kontor.rulebook.availability_promise import Promise
from kontor.rulebook.calc.promises import promise_of
from kontor.rulebook.maintenance_plan import excusable
from kontor.rulebook.moment import EPOCH, Span, zone_named
from kontor.rulebook.ruling import Ruling
from kontor.rulebook.stretches import Stretch
from kontor.rulebook.unlocking import Unlocked


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthOfContract:
    """A contract's month as it stands: the ruling, and the outages that it rests on."""

    served: Supplied
    promise: Promise
    ruling: Ruling[Month]
    outages: tuple[Outage, ...]


def month_of_contract(served: Supplied, first: date, *, at: datetime) -> MonthOfContract | None:
    """Count a contract's month up to a moment; None where its terms promise no availability."""
    promise = promise_of(served.pack)
    if promise is None:
        return None
    frame = month_of(first, promise.zone)
    rows = outages_of(served.id, frame, promise.zone)
    counted = _counted(rows, promise, served.pack.key, until=at)
    aside = Aside(
        excuses=_works(served.pack.key, promise, frame),
        unknown=[
            Span(_moment(start), _moment(end))
            for start, end in unmeasured(frame, _moment(frame[0]), _moment(frame[1]), at=at)
        ],
        not_ordered=_not_ordered(served, frame, promise.zone),
    )
    ruling = availability_of(first, promise, counted, aside)
    return MonthOfContract(served=served, promise=promise, ruling=ruling, outages=tuple(rows))


def outages_of(contract: uuid.UUID, frame: Stretch, zone: str) -> list[Outage]:
    """
    Return the outages that hit a contract in some time, by their start; three queries, two more where parts differ.

    One that hits everybody hits those who had ordered one of its parts on a day of it; one that names contracts, those.
    """
    start, end = (_moment(edge) for edge in frame)
    rows = Outage.objects.filter(started_at__lt=end).filter(Q(ended_at__isnull=True) | Q(ended_at__gt=start))
    hit = rows.filter(Q(everybody=True) | Q(contracts__contract_id=contract)).distinct()
    found = list(hit.prefetch_related("excuses", "components__component").order_by("started_at", "pk"))
    if not any(each.everybody and _parts(each) for each in found):
        return found
    opened, named = unlocks(contract), zone_named(zone)
    return [each for each in found if not each.everybody or _ordered(each, opened, named, until=end)]


def _parts(outage: Outage) -> set[str]:
    """Return the modules that an outage hits, where all its parts have to be ordered; else nothing."""
    modules = {each.component.module for each in outage.components.all()}
    return set() if "" in modules else modules


def _ordered(outage: Outage, opened: Iterable[Unlocked], zone: tzinfo, *, until: datetime) -> bool:
    parts = _parts(outage)
    first = outage.started_at.astimezone(zone).date()
    last = min(outage.ended_at or until, until).astimezone(zone).date()
    return not parts or any(
        each.module in parts and each.first <= last and (each.end is None or first < each.end) for each in opened
    )


def excuses_of(outage: Outage, pack: str) -> list[OutageExcuse]:
    """Return what excuses an outage under a pack's terms, without what was taken back."""
    held: dict[tuple[str, datetime, datetime], OutageExcuse] = {}
    for row in sorted(outage.excuses.all(), key=lambda each: (each.at, each.pk)):
        key = (row.cause, row.start, row.end)
        if row.pack == pack and row.accepted:
            held[key] = row
        elif row.pack == pack:
            held.pop(key, None)
    return list(held.values())


def _counted(rows: Iterable[Outage], promise: Promise, pack: str, *, until: datetime) -> list[Counted]:
    """Return outages for the rulebook; where a contract counts only what hits reading and writing, what hits both."""
    found = [_one(row, pack, until=until) for row in rows]
    if not promise.both:
        return found
    by_hit = {hits: [each for row, each in zip(rows, found, strict=True) if row.hits == hits] for hits in Outage.Hits}
    reading = stretches.of_spans(each.span for each in by_hit[Outage.Hits.READ])
    both = []
    for each in by_hit[Outage.Hits.WRITE]:
        for start, end in stretches.shared(stretches.of_spans([each.span]), reading):
            both.append(Counted(Span(_moment(start), _moment(end)), each.noticed, each.excuses))
    return [*by_hit[Outage.Hits.ALL], *both]


def _one(row: Outage, pack: str, *, until: datetime) -> Counted:
    end = max(row.started_at, until) if row.ended_at is None else row.ended_at
    excuses = tuple(Excuse(each.cause, Span(each.start, each.end)) for each in excuses_of(row, pack))
    return Counted(Span(row.started_at, end), row.noticed_at, excuses)


def _works(pack: str, promise: Promise, frame: Stretch) -> list[Excuse]:
    """Return announced work as excuses, where the terms excuse maintenance; what went beyond it stays uncovered."""
    cause = next((each for each in ("maintenance", "agreed_work") if each in promise.causes), "")
    if not cause:
        return []
    start, end = (_moment(edge) for edge in frame)
    rows = Maintenance.objects.filter(
        stops=True, cancelled_at__isnull=True, starts_at__lt=end, ends_at__gt=start, announced_at__isnull=False
    )
    return [
        Excuse(cause, excusable(Span(row.starts_at, row.ends_at), _done(row), announced=row.announced_at))
        for row in rows.order_by("starts_at")
        if cause == "maintenance" or row.reasons.get(pack) == cause
    ]


def _done(row: Maintenance) -> Span:
    start = row.done_from or row.starts_at
    return Span(start, max(start, row.done_until or row.ends_at))


def _not_ordered(served: Supplied, frame: Stretch, zone: str) -> Sequence[Span]:
    """Return the parts of the month before the contract's first day and behind its last."""
    named = zone_named(zone)
    start, end = (_moment(edge) for edge in frame)
    first = datetime(served.first.year, served.first.month, served.first.day, tzinfo=named)
    found = [Span(start, min(first, end))] if start < first else []
    if served.last is not None:
        over = datetime(served.last.year, served.last.month, served.last.day, tzinfo=named) + timedelta(days=1)
        if over < end:
            found.append(Span(max(over, start), end))
    return found


def _moment(micros: int) -> datetime:
    return (EPOCH + timedelta(microseconds=micros)).astimezone(UTC)
