"""
How long a contract runs, by when notice must be given, and where a notice of a given day ends it.

>>> from kontor.rulebook.duration import Duration
>>> year, notice = Duration.parse("12 months"), Duration.parse("3 months")
>>> rule = TermRule(date(2026, 1, 1), initial=year, renewal=year, notice=notice)
>>> in_time = term_on(rule, date(2026, 9, 30)).value
>>> in_time.notice_by, in_time.in_time, in_time.ends
(datetime.date(2026, 9, 30), True, datetime.date(2026, 12, 31))
>>> term_on(rule, date(2026, 10, 1)).value.ends
datetime.date(2027, 12, 31)
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import count

from kontor.rulebook.duration import Duration
from kontor.rulebook.period import Interval, Months, Period, add, add_months, interval, latest_before
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.wording import day, said, weekday


class TermError(RefusalError):
    """A day before the contract's first day, or a first term that begins before the contract does."""


@dataclass(frozen=True, slots=True)
class TermRule:
    """
    What a contract says about its term.

    first_day     the contract's first day
    initial       length of the first term
    renewal       length of each further term: a duration, or one billing interval
    notice        how long before the end notice must be given
    counted_from  the day the first term counts from where that is not the first day (the first billing interval); the
                  days before it belong to the first term
    months        where a month begins that lacks the day's number
    settled       the terms that stand fast, from the first on; the others follow the last of them
    intervals     where renewals are as long as a billing interval: each that was agreed, with the day its periods count
                  from; a further term ends with the interval in which it begins

    A first day after `counted_from` raises TermError.
    """

    first_day: date
    initial: Duration
    renewal: Duration | Interval
    notice: Duration
    counted_from: date | None = None
    months: Months = Months.ROLLING
    settled: tuple[Period, ...] = ()
    intervals: tuple[tuple[date, Interval], ...] = ()

    def __post_init__(self) -> None:
        """Refuse a first term that begins before the contract."""
        if self.counted_from is not None and self.counted_from < self.first_day:
            german = "Die erste Laufzeit kann nicht am {counted} beginnen, vor dem ersten Vertragstag {first}."
            english = "The first term cannot begin on {counted}, before the contract's first day {first}."
            raise TermError(said(german, english, counted=day(self.counted_from), first=day(self.first_day)))

    def terms(self) -> Iterator[Period]:
        """Return the terms without end: those that stand fast, and those that would follow them."""
        if not self.settled and not self.intervals:
            yield from self.counted()
        settled = self.settled or (next(self.counted()),)
        yield from settled
        last = settled[-1]
        while True:
            last = following(self, last)
            yield last

    def counted(self) -> Iterator[Period]:
        """Return the terms as if nothing had moved them, each counted from the same day, so that none drifts."""
        start = self.first_day if self.counted_from is None else self.counted_from
        return (Period(self.first_day if not n else self._end(start, n - 1), self._end(start, n)) for n in count())

    def _end(self, start: date, renewals: int) -> date:
        """Return the first day after the first term and that many renewals."""
        if self.initial.counts_months and self._renewal_months is not None:
            return add_months(start, self.initial.months + self._renewal_months * renewals, rule=self.months)
        anchor = add(start, self.initial, rule=self.months)
        if isinstance(self.renewal, Interval):
            return add_months(anchor, self.renewal.months * renewals, rule=self.months)
        return add(anchor, self.renewal, times=renewals, rule=self.months)

    @property
    def _renewal_months(self) -> int | None:
        if isinstance(self.renewal, Interval):
            return self.renewal.months
        return self.renewal.months if self.renewal.counts_months else None


def following(rule: TermRule, term: Period) -> Period:
    """
    Return the term after a term.

    Counted from the contract's own anchor, so that none drifts; where billing intervals are told, it ends with the one
    in which it begins, and where another length has moved the ends, it counts from the end of the last.

    >>> from kontor.rulebook.duration import Duration
    >>> month = Duration.parse("1 month")
    >>> rule = TermRule(date(2026, 1, 31), initial=month, renewal=month, notice=month)
    >>> [following(rule, term).first.isoformat() for term, _ in zip(rule.terms(), range(4))]
    ['2026-03-01', '2026-03-31', '2026-05-01', '2026-05-31']
    """
    if rule.intervals:
        return Period(term.end, _interval_around(rule, term.end).end)
    counted = next(each for each in rule.counted() if each.first >= term.end)
    if counted.first == term.end:
        return counted
    if isinstance(rule.renewal, Interval):
        return Period(term.end, add_months(term.end, rule.renewal.months, rule=rule.months))
    return Period(term.end, add(term.end, rule.renewal, rule=rule.months))


def _interval_around(rule: TermRule, on: date) -> Period:
    anchor, every = next((each for each in reversed(rule.intervals) if each[0] <= on), rule.intervals[0])
    periods = (interval(anchor, every, number, rule=rule.months) for number in count())
    return next(period for period in periods if on < period.end)


@dataclass(frozen=True, slots=True)
class TermAnswer:
    """
    The term running on a day, and what a notice of that day does.

    term       the running term
    notice_by  the last day whose notice ends the contract with this term
    in_time    whether the day asked about is not later than that
    ends       the last day of the earliest term for whose end that notice is in time
    """

    term: Period
    notice_by: date
    in_time: bool
    ends: date


def term_on(rule: TermRule, on: date, *, clauses: Iterable[Clause] = ()) -> Ruling[TermAnswer]:
    """
    Decide which term runs on a day and where a notice that counts on that day ends the contract.

    on  the day that counts for a notice under the contract: sending or receipt

    The whole notice period lies between that day and the day after the term's end. No weekend and no holiday moves it
    (BGB 193 does not apply). A day before the contract's first day raises TermError.
    """
    if on < rule.first_day:
        german = "Am {on} läuft der Vertrag noch nicht; er beginnt am {first}."
        english = "The contract does not run yet on {on}; it begins on {first}."
        raise TermError(said(german, english, on=day(on), first=day(rule.first_day)))
    running = next(term for term in rule.terms() if on in term)
    notice_by = latest_before(running.end, rule.notice)
    ends = next(term for term in rule.terms() if on <= latest_before(term.end, rule.notice))
    answer = TermAnswer(running, notice_by, on <= notice_by, ends.last)
    inputs = (
        ("first_day", rule.first_day.isoformat()),
        ("on", on.isoformat()),
        ("initial", str(rule.initial)),
        ("renewal", str(rule.renewal)),
        ("notice", str(rule.notice)),
    )
    return Ruling(answer, tuple(clauses), inputs, tuple(_working(rule, answer, on=on)))


def _working(rule: TermRule, answer: TermAnswer, *, on: date) -> Iterator[Text]:
    if rule.counted_from is not None and rule.counted_from != rule.first_day:
        german = "Die erste Laufzeit zählt ab dem {counted}; die Tage ab dem {first} gehören dazu."
        english = "The first term counts from {counted}; the days from {first} on belong to it."
        yield said(german, english, counted=day(rule.counted_from), first=day(rule.first_day))
    yield said(
        "Am {on} läuft die Laufzeit {term}.", "On {on} the term {term} runs.", on=day(on), term=answer.term.spoken
    )
    yield said(
        "{notice} vor dem Ende am {last}: Eine Kündigung zählt spätestens am {by}.",
        "{notice} before the end on {last}: notice counts on {by} at the latest.",
        notice=rule.notice.spoken,
        last=day(answer.term.last),
        by=weekday(answer.notice_by),
    )
    if answer.in_time:
        german = "Am {on} ist sie rechtzeitig; der Vertrag endet am {ends}."
        english = "On {on} it is in time; the contract ends on {ends}."
    else:
        german = "Am {on} ist sie dafür zu spät; der Vertrag verlängert sich und endet am {ends}."
        english = "On {on} it is too late for that; the contract is renewed and ends on {ends}."
    yield said(german, english, on=day(on), ends=day(answer.ends))
