"""What became of a month's promises to a customer: each with its decision, and all of them added up."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from django.db.models import QuerySet

from kontor.kernel.components import Badge, Chart, Series
from kontor.kernel.queries.rulings import Reasons, reasons_by_id
from kontor.kernel.wording import spoken
from kontor.office.desk.models import TicketPromise
from kontor.office.desk.queries.own_promises import own_zones, zone_of
from kontor.office.desk.queries.spoken import class_words, promise_words, standing_of
from kontor.rulebook.kept import standing
from kontor.rulebook.promise_report import Tally, belongs, summed, tallied
from kontor.rulebook.ruling import Text

_A_DAY: Final = timedelta(days=1)
_YEARS: Final = range(2000, 3000)


@dataclass(frozen=True, slots=True)
class Line:
    """One promise of the month. why: its stored decision, once `explained`."""

    it: TicketPromise
    class_words: Text
    words: Text
    badge: Badge
    why: Reasons | None = None


@dataclass(frozen=True, slots=True)
class Sum:
    """What the promises of one name in one class came to."""

    it: Tally
    class_words: Text
    words: Text


@dataclass(frozen=True, slots=True)
class Report:
    """A month of a customer, or of all of them."""

    month: date
    lines: list[Line]
    sums: list[Sum]
    total: Tally


def month_of(word: str, *, today: date) -> date:
    """Return the first day of the month that is written "2026-11"; the month before today's for anything else."""
    try:
        month = datetime.strptime(word, "%Y-%m").replace(tzinfo=UTC).date()
    except ValueError:
        month = date.min
    return month if month.year in _YEARS else (today.replace(day=1) - _A_DAY).replace(day=1)


def following(month: date) -> date:
    """Return the first day of the month after."""
    return (month + timedelta(days=31)).replace(day=1)


def promises_in(rows: QuerySet[TicketPromise], month: date) -> list[TicketPromise]:
    """Return those promises of the rows that fell due in a month, by the clocks of its contract or own promise."""
    start, end = (datetime.combine(each, datetime.min.time(), UTC) for each in (month, following(month)))
    near = rows.filter(due__gte=start - _A_DAY, due__lt=end + _A_DAY, ticket__version__gt="")
    found = list(near.select_related("ticket").order_by("due", "pk"))
    own = {} if all(each.ticket.pack for each in found) else own_zones()
    return [each for each in found if belongs(each.due, month, zone=_zone(each, own))]


def report_of(promises: Iterable[TicketPromise], month: date, *, at: datetime) -> Report:
    """Return the month that these promises make; nothing is asked of the database."""
    lines = [
        Line(each, _class(each, each.class_key), promise_words(each.name), standing_of(each, at)) for each in promises
    ]
    known = {each.it.class_key: each.class_words for each in lines}
    tallies = tallied((each.it.class_key, each.it.name, standing(each.it, at)) for each in lines)
    sums = [Sum(each, known[each.class_key], promise_words(each.promise)) for each in tallies]
    return Report(month, lines, sums, summed(tallies))


def explained(lines: Sequence[Line]) -> list[Line]:
    """Return lines with the decisions behind them; at most two queries."""
    why = reasons_by_id({each.it.ruling for each in lines})
    return [Line(each.it, each.class_words, each.words, each.badge, why.get(each.it.ruling)) for each in lines]


def chart_of(report: Report) -> Chart:
    """Return what was met and missed, one bar for each promise of each class."""
    return Chart(
        name="promises",
        label=Text("Gehaltene und gerissene Fristen", "Promises kept and missed"),
        kind="bars",
        labels=[f"{spoken(each.class_words)}, {spoken(each.words)}" for each in report.sums],
        series=[
            Series(Text("gehalten", "kept"), [each.it.met for each in report.sums], stack="all"),
            Series(Text("gerissen", "missed"), [each.it.missed for each in report.sums], stack="all"),
            Series(Text("entfallen", "no longer owed"), [each.it.dropped for each in report.sums], stack="all"),
        ],
    )


def told(lines: Sequence[Line]) -> Iterable[Sequence[Any]]:
    """Yield the lines of a file: what was promised, what came of it, and the clause, inputs and working behind it."""
    for each in lines:
        why = each.why
        yield (
            each.it.ticket.name,
            each.it.ticket.subject,
            spoken(each.class_words),
            spoken(each.words),
            each.it.since,
            each.it.due,
            each.it.ended or "",
            spoken(each.badge.label),
            ", ".join(str(clause) for clause in why.clauses) if why else "",
            "; ".join(f"{name} {value}" for name, value in why.inputs) if why else "",
            " ".join(spoken(step) for step in why.working) if why else "",
        )


def customers_of(promises: Iterable[TicketPromise], *, at: datetime) -> list[tuple[uuid.UUID, str, Tally]]:
    """Return each customer with what the month came to for it, by name."""
    grouped: dict[tuple[str, uuid.UUID], list[TicketPromise]] = {}
    for each in promises:
        if each.ticket.party_id is not None:
            grouped.setdefault((each.ticket.customer_name, each.ticket.party_id), []).append(each)
    return [(party, name, report_of(rows, date.min, at=at).total) for (name, party), rows in sorted(grouped.items())]


def _class(promise: TicketPromise, key: str) -> Text:
    return class_words(promise.ticket.pack, promise.ticket.version, key)


def _zone(promise: TicketPromise, own: Mapping[str, str]) -> str:
    return zone_of(promise.ticket) if promise.ticket.pack else own[promise.ticket.version]
