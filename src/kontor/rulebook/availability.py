"""
How available a service was in a calendar month: exact minutes of the contract's zone, never rounded up.

Counted is the union of the outages without the union of what excuses them; the whole month is always the denominator.
What nobody measured and what was not ordered yet is neither up nor down, and is told.

>>> from decimal import Decimal
>>> from datetime import datetime
>>> from kontor.rulebook.moment import Span
>>> promise = Promise(percent=Decimal("99.5"), zone="Europe/Berlin", from_notice=False, both=False, on_request=False)
>>> berlin = zone_named(promise.zone)
>>> outage = Outage(Span(datetime(2026, 10, 5, 8, tzinfo=berlin), datetime(2026, 10, 5, 11, 43, tzinfo=berlin)))
>>> ruling = availability_of(date(2026, 10, 1), promise, [outage])
>>> ruling.value.total_minutes, ruling.value.down_minutes, str(ruling.value.percent), ruling.value.kept
(44700, Fraction(223, 1), '99.5011', True)
>>> ruling.working[-1].en
'(44,700 − 223) / 44,700 = 99.5011 %, cut off; promised are 99.5 %: kept.'
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import TypeAlias

from kontor.rulebook import stretches
from kontor.rulebook.availability_month import NOTHING_ELSE, Aside, Counted, Excuse, Month, Outage
from kontor.rulebook.availability_promise import Promise
from kontor.rulebook.currency import number
from kontor.rulebook.moment import Span, at, instant, zone_named
from kontor.rulebook.money import rounded_decimal
from kontor.rulebook.period import ONE_DAY, add_months
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.stretches import Stretch
from kontor.rulebook.timetable import wall
from kontor.rulebook.wording import moment, said

_Down: TypeAlias = Sequence[tuple[Outage, list[Stretch]]]


def month_of(first: date, zone: str) -> Stretch:
    """Return a calendar month as the clocks of a zone show it; `first` is its first day."""
    named = zone_named(zone)
    return wall(first, 0, named), wall(add_months(first, 1), 0, named)


def availability_of(
    first: date, promise: Promise, outages: Iterable[Outage], aside: Aside = NOTHING_ELSE
) -> Ruling[Month]:
    """
    Decide how available the service was in a calendar month, and whether the promise was kept.

    first    the month's first day
    outages  may overlap, reach beyond the month and come in any order
    """
    frame = month_of(first, promise.zone)
    not_ordered = stretches.within(stretches.of_spans(aside.not_ordered), frame)
    down = list(_started(outages, promise, frame, not_ordered))
    general = [*(each for each in aside.excuses if _excuses(each, promise)), *_windows(promise, frame)]
    counts = _left(down, general, without=_barring(promise))
    freely = _left(down, general, without=frozenset())
    gross = _gross(down)
    month = Month(
        frame=frame,
        down=tuple(counts),
        barred=tuple(stretches.without(counts, freely)),
        excused=_by_cause(down, general, stretches.without(gross, counts)),
        unknown=tuple(
            stretches.without(stretches.within(stretches.of_spans(aside.unknown), frame), [*gross, *not_ordered])
        ),
        not_ordered=tuple(not_ordered),
        first=first,
        promised=Fraction(promise.percent) / 100,
    )
    month = replace(month, days=tuple(_days(month, promise)))
    inputs = (
        ("month", f"{first:%Y-%m}"),
        *(("outage", _written(outage.span, promise.zone)) for outage, _parts in down),
    )
    steps = (*promise.readings, *_steps(month, promise, down))
    return Ruling(month, _clauses(month, promise), inputs, steps)


def _started(
    outages: Iterable[Outage], promise: Promise, frame: Stretch, not_ordered: Sequence[Stretch]
) -> Iterator[tuple[Outage, list[Stretch]]]:
    """Yield each outage with what of it lies in the month, from the moment on from which the contract counts."""
    for outage in outages:
        start = instant(outage.span.start)
        if promise.from_notice and outage.noticed is not None:
            start = max(start, instant(outage.noticed))
        parts = stretches.within([(start, instant(outage.span.end))], frame)
        if left := stretches.without(parts, not_ordered):
            yield outage, left


def _excuses(excuse: Excuse, promise: Promise) -> bool:
    """The regular window excuses by its own hours, whatever somebody wrote down."""
    return excuse.cause != promise.window_key


def _windows(promise: Promise, frame: Stretch) -> Iterator[Excuse]:
    """Yield the regular maintenance windows that touch the month."""
    when = frame[0]
    while promise.windows is not None:
        span = promise.windows.window_from(at(when, promise.windows.zone))
        if instant(span.start) >= frame[1]:
            return
        yield Excuse(promise.window_key, span)
        when = instant(span.end)


def _barring(promise: Promise) -> frozenset[str]:
    return frozenset(cause.key for cause in promise.causes.values() if cause.bars_credit_only)


def _gross(down: _Down) -> list[Stretch]:
    return stretches.joined(part for _outage, parts in down for part in parts)


def _left(down: _Down, general: Sequence[Excuse], *, without: frozenset[str]) -> list[Stretch]:
    """Return the union of what each outage leaves once its own and the general excuses are gone, but for some."""
    all_of = [excuse.span for excuse in general if excuse.cause not in without]
    found: list[Stretch] = []
    for outage, parts in down:
        own = [excuse.span for excuse in outage.excuses if excuse.cause not in without]
        found += stretches.without(parts, stretches.of_spans([*all_of, *own]))
    return stretches.joined(found)


def _by_cause(down: _Down, general: Sequence[Excuse], excused: list[Stretch]) -> dict[str, tuple[Stretch, ...]]:
    """Divide what is excused among its causes, each minute to the first that names it."""
    found: dict[str, list[Stretch]] = {}
    for excuse in (*(each for outage, _parts in down for each in outage.excuses), *general):
        part = stretches.shared(excused, stretches.of_spans([excuse.span]))
        excused = stretches.without(excused, part)
        found.setdefault(excuse.cause, []).extend(part)
    return {cause: tuple(stretches.joined(parts)) for cause, parts in found.items() if parts}


def _days(month: Month, promise: Promise) -> Iterator[tuple[date, Counted]]:
    zone = zone_named(promise.zone)
    day, end = month.first, add_months(month.first, 1)
    while day < end:
        yield day, month.within((wall(day, 0, zone), wall(day + ONE_DAY, 0, zone)))
        day += ONE_DAY


def _clauses(month: Month, promise: Promise) -> tuple[Clause, ...]:
    causes = (promise.causes[cause].clause for cause in month.excused if cause in promise.causes)
    return tuple(dict.fromkeys((*promise.clauses, *causes)))


def _steps(month: Month, promise: Promise, down: _Down) -> Iterator[Text]:
    total = number_of(Fraction(month.total_minutes))
    named = f"{month.first:%m}/{month.first.year}"
    yield said(
        "{month} hat {total} Minuten ({zone}).",
        "{month} has {total} minutes ({zone}).",
        month=named,
        total=total,
        zone=promise.zone,
    )
    yield from _starts(down, promise)
    gross = number_of(stretches.minutes(stretches.length(_gross(down))))
    yield said(
        "Ausfälle: {gross} Minuten, jede einmal gezählt.", "Outages: {gross} minutes, each counted once.", gross=gross
    )
    for cause, found in month.excused.items():
        label = promise.causes[cause].label if cause in promise.causes else Text(cause, cause)
        excused = number_of(stretches.minutes(stretches.length(found)))
        words = "Entschuldigt, {cause}: {minutes} Minuten.", "Excused, {cause}: {minutes} minutes."
        yield said(*words, cause=label, minutes=excused)
    yield from _beside(month)
    yield said(
        "({total} − {down}) / {total} = {percent} %, abgeschnitten; zugesagt sind {promised} %: {found}.",
        "({total} − {down}) / {total} = {percent} %, cut off; promised are {promised} %: {found}.",
        total=total,
        down=number_of(month.down_minutes),
        percent=number(month.percent),
        promised=number(promise.percent),
        found=Text("eingehalten", "kept") if month.kept else Text("verfehlt", "missed"),
    )


def _starts(down: _Down, promise: Promise) -> Iterator[Text]:
    """Say of each outage that counts later than it began from when it counts."""
    zone = zone_named(promise.zone)
    for outage, _parts in down:
        if promise.from_notice and outage.noticed is not None and instant(outage.noticed) > instant(outage.span.start):
            yield said(
                "Der Ausfall ab {start} zählt ab Meldung oder Kenntnis: {noticed}.",
                "The outage from {start} counts from report or notice: {noticed}.",
                start=moment(outage.span.start.astimezone(zone)),
                noticed=moment(outage.noticed.astimezone(zone)),
            )


def _beside(month: Month) -> Iterator[Text]:
    """Say what counts without credit, what nobody measured and what was not ordered."""
    told = (
        (month.down_minutes - month.own_minutes, "Zählt, ohne dass es das Entgelt kürzt", "Counts without a cut"),
        (month.unknown_minutes, "Nicht gemessen, weder an noch aus", "Not measured, neither up nor down"),
        (month.not_ordered_minutes, "Nicht bestellt, weder an noch aus", "Not ordered, neither up nor down"),
    )
    for minutes, german, english in told:
        if minutes:
            lines = german + ": {minutes} Minuten.", english + ": {minutes} minutes."
            yield said(*lines, minutes=number_of(minutes))


def number_of(minutes: Fraction) -> Text:
    """
    Return minutes as a reader of each language writes them, with two decimals at most.

    >>> number_of(Fraction(44700)).de, number_of(Fraction(3, 2)).en
    ('44.700', '1.5')
    """
    return number(rounded_decimal(minutes, 2))


def _written(span: Span, zone: str) -> str:
    start, end = (each.astimezone(zone_named(zone)).isoformat() for each in (span.start, span.end))
    return f"{start}/{end}"
