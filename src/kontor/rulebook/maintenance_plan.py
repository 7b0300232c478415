"""
When a provider may work on the service: inside its window, with a reason, with the customers told.

`kontor.rulebook.calc.promises` reads the terms from a pack.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Final

from kontor.rulebook.clock import BusinessClock
from kontor.rulebook.moment import Span, utc, zone_named
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.terms.units import Item
from kontor.rulebook.wording import moment, said

WARNED_AFTER: Final = Fraction(3, 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpkeepTerms:
    """
    What a contract says about maintenance.

    windows          the regular window; None where there is none
    only_in_window   whether work that stops the service wholly belongs into it, unless urgent
    told_in_parallel whether urgent work may begin once the customers were told
    office           hours in which work needs one of `daytime_reasons`; None where it never does
    reasons          reasons for an interruption, one of which is to be named; () where none is wanted
    """

    zone: str
    windows: BusinessClock | None = None
    only_in_window: bool = False
    told_in_parallel: bool = False
    office: BusinessClock | None = None
    daytime_reasons: tuple[Item, ...] = ()
    reasons: tuple[Item, ...] = ()
    clauses: tuple[Clause, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """
    Work that is planned.

    stops     whether the service cannot be used meanwhile
    reason    key of one of the contract's reasons, "" for none
    announced when the customers were told; None while they were not
    """

    span: Span
    stops: bool
    urgent: bool = False
    reason: str = ""
    announced: datetime | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """Whether the work lies in the regular window, and how long before it the customers were told."""

    in_window: bool
    lead: timedelta | None


def planned(work: Work, terms: UpkeepTerms) -> Ruling[Planned]:
    """Decide whether work may be done as planned; RefusalError says what is missing."""
    zone = zone_named(terms.zone)
    start, end = work.span.start.astimezone(zone), work.span.end.astimezone(zone)
    in_window = _inside(work.span, terms.windows)
    steps = [said("Geplant: {start} bis {end}.", "Planned: {start} to {end}.", start=moment(start), end=moment(end))]
    if not work.stops:
        steps.append(Text("Der Dienst bleibt nutzbar.", "The service stays usable."))
    else:
        _check_window(work, terms, in_window=in_window)
        _check_reason(work, terms)
        steps += _window_steps(work, terms, in_window=in_window)
    lead = None if work.announced is None else utc(work.span.start) - utc(work.announced)
    inputs = (("work", f"{start.isoformat()}/{end.isoformat()}"), ("reason", work.reason))
    return Ruling(Planned(in_window, lead), terms.clauses, inputs, tuple(steps))


def excusable(agreed: Span, actual: Span, *, announced: datetime | None = None, lead: timedelta | None = None) -> Span:
    """
    Return the part of work as it was done that its announcement covers; empty where nothing is.

    agreed  as announced or agreed; what was done before and after it is not covered
    lead    how long before the customers had to be told; what began earlier after that is not covered
    """
    start = max(utc(agreed.start), utc(actual.start))
    if lead is not None:
        start = max(start, utc(agreed.end) if announced is None else utc(announced) + lead)
    return Span(start, max(start, min(utc(agreed.end), utc(actual.end))))


def warned_at(known: datetime, due: datetime) -> datetime:
    """
    Return when people are warned that a promise is about to break: after three quarters of the time.

    >>> from datetime import UTC
    >>> warned_at(datetime(2026, 6, 1, 10, tzinfo=UTC), datetime(2026, 6, 4, 10, tzinfo=UTC)).isoformat()
    '2026-06-03T16:00:00+00:00'
    """
    whole = utc(due) - utc(known)
    return (utc(known) + whole * WARNED_AFTER.numerator / WARNED_AFTER.denominator).astimezone(due.tzinfo)


def _inside(span: Span, windows: BusinessClock | None) -> bool:
    if windows is None:
        return False
    window = windows.window(span.start)
    return window is not None and utc(span.end) <= utc(window.end)


def _check_window(work: Work, terms: UpkeepTerms, *, in_window: bool) -> None:
    if not terms.only_in_window or in_window or terms.windows is None:
        return
    if not work.urgent:
        window = terms.windows.window_from(work.span.start)
        raise RefusalError(
            said(
                "Arbeiten, die den Dienst ganz anhalten, gehören ins Wartungsfenster, etwa {start} bis {end}.",
                "Work that stops the service wholly belongs into the maintenance window, such as {start} to {end}.",
                start=moment(window.start),
                end=moment(window.end),
            )
        )
    if terms.told_in_parallel and (work.announced is None or utc(work.announced) > utc(work.span.start)):
        raise RefusalError(
            Text(
                "Dringende Arbeiten beginnen erst, wenn die Kunden unterrichtet sind.",
                "Urgent work begins only once the customers have been told.",
            )
        )


def _check_reason(work: Work, terms: UpkeepTerms) -> None:
    daytime = terms.office is not None and terms.office.elapsed(work.span.start, work.span.end) > timedelta(0)
    if daytime:
        _demand(work.reason, terms.daytime_reasons)
    elif terms.reasons:
        _demand(work.reason, terms.reasons)


def _demand(reason: str, known: Sequence[Item]) -> None:
    if reason not in {item.key for item in known}:
        raise RefusalError(
            said(
                "Für diese Zeit ist ein Grund zu nennen: {reasons}.",
                "A reason has to be given for this time: {reasons}.",
                reasons=Text(", ".join(item.de for item in known), ", ".join(item.en for item in known)),
            )
        )


def _window_steps(work: Work, terms: UpkeepTerms, *, in_window: bool) -> list[Text]:
    if in_window:
        return [Text("Liegt im regelmäßigen Wartungsfenster.", "Lies in the regular maintenance window.")]
    if work.urgent and terms.only_in_window:
        return [Text("Dringend: auch außerhalb des Fensters.", "Urgent: outside the window as well.")]
    named = [item.label for item in (*terms.daytime_reasons, *terms.reasons) if item.key == work.reason]
    return [said("Grund: {reason}.", "Reason: {reason}.", reason=label) for label in named]
