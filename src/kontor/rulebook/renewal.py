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

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from kontor.rulebook.period import Interval, Period, add, add_months, latest_before
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.term import TermRule
from kontor.rulebook.wording import day, said, weekday


def renewed(
    rule: TermRule, term: Period, on: date, *, ends: date | None = None, clauses: Iterable[Clause] = ()
) -> Ruling[tuple[Period, ...]]:
    """
    Return the terms that follow `term` and stand fast on a day, none where the contract's end is known.

    term  the last term so far
    on    a term is renewed once its last day for notice lies before this day

    Terms are counted from the contract's own anchor, so that none drifts; only where another billing interval has moved
    their ends does the next one count from the end of the last. Asked on every day or on the last one, it is the same.
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


def following(rule: TermRule, term: Period) -> Period:
    """
    Return the term after a term.

    >>> from kontor.rulebook.duration import Duration
    >>> month = Duration.parse("1 month")
    >>> rule = TermRule(date(2026, 1, 31), initial=month, renewal=month, notice=month)
    >>> [following(rule, term).first.isoformat() for term, _ in zip(rule.terms(), range(4))]
    ['2026-03-01', '2026-03-31', '2026-05-01', '2026-05-31']
    """
    counted = next(each for each in rule.terms() if each.first >= term.end)
    if counted.first == term.end:
        return counted
    if isinstance(rule.renewal, Interval):
        return Period(term.end, add_months(term.end, rule.renewal.months, rule=rule.months))
    return Period(term.end, add(term.end, rule.renewal, rule=rule.months))


def by_interval(rule: TermRule, every: Interval | None) -> TermRule:
    """Return the rule with the billing interval now in force, where renewals are as long as one."""
    return rule if every is None or not isinstance(rule.renewal, Interval) else replace(rule, renewal=every)
