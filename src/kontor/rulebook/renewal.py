"""
Which further terms of a contract stand fast on a day because no notice for an earlier end can be in time any more.

>>> from kontor.rulebook.duration import Duration
>>> year, notice = Duration.parse("12 months"), Duration.parse("3 months")
>>> rule = TermRule(date(2026, 1, 1), initial=year, renewal=year, notice=notice)
>>> first = Period(date(2026, 1, 1), date(2027, 1, 1))
>>> renewed(rule, first, date(2026, 9, 30)).value
()
>>> [term.spoken.en for term in renewed(rule, first, date(2026, 10, 1)).value]
['1 January 2027 to 31 December 2027']
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from kontor.rulebook.period import Interval, Period, latest_before
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.term import TermRule, following
from kontor.rulebook.wording import day, said, weekday


def renewed(
    rule: TermRule, term: Period, on: date, *, ends: date | None = None, clauses: Iterable[Clause] = ()
) -> Ruling[tuple[Period, ...]]:
    """
    Return the terms that follow `term` and stand fast on a day, none where the contract's end is known.

    term  the last term so far
    on    a term is renewed once its last day for notice lies before this day

    Asked on every day or on the last one, it is the same.
    """
    inputs = (("term_start", term.first.isoformat()), ("term_end", term.end.isoformat()), ("on", on.isoformat()))
    cited = tuple(clauses)
    if ends is not None:
        ended = said("Der Vertrag endet am {last}.", "The contract ends on {last}.", last=day(ends))
        return Ruling((), cited, inputs, (ended,))
    found: list[Period] = []
    steps: list[Text] = []
    while on > (by := latest_before((found[-1] if found else term).end, rule.notice)):
        last = found[-1] if found else term
        found.append(following(rule, last))
        steps.append(
            said(
                "Für das Ende am {last} zählte eine Kündigung bis {by}; keine liegt vor. Neue Laufzeit: {term}.",
                "Notice for the end on {last} counted until {by}; there is none. New term: {term}.",
                last=day(last.last),
                by=weekday(by),
                term=found[-1].spoken,
            )
        )
    return Ruling(tuple(found), cited, inputs, tuple(steps))


def fitted(rule: TermRule, intervals: Sequence[tuple[date, Interval]]) -> TermRule:
    """
    Return the rule with the billing intervals that were agreed, where renewals are as long as one.

    intervals  each with the day from which its periods count, see `changing.billing_intervals`
    """
    return replace(rule, intervals=tuple(intervals)) if isinstance(rule.renewal, Interval) else rule
