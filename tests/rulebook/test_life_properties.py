"""What holds of every contract's life, whatever is changed and in whatever order."""

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings, strategies as st

from kontor.rulebook.amendments import Amendment, History
from kontor.rulebook.billing import due_on
from kontor.rulebook.billing_rule import BillingRule, Due, Issued
from kontor.rulebook.changing import billing_intervals, running_interval
from kontor.rulebook.contract_state import AddItem, ChangeQuantity, Per, SetInterval
from kontor.rulebook.duration import Duration
from kontor.rulebook.period import ONE_DAY, Interval, Period
from kontor.rulebook.renewal import fitted, renewed
from kontor.rulebook.term import TermRule, term_on

BEGINS = date(2026, 1, 1)
LAST = date(2027, 12, 31)
ZONES = [ZoneInfo(name) for name in ("Europe/Berlin", "Europe/Oslo", "Europe/Paris")]
CLOCKS_CHANGE = [date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28), date(2027, 10, 31)]


def rule(issued: Issued) -> BillingRule:
    lead = Duration.parse("14 days") if issued is Issued.BEFORE_PERIOD else None
    return BillingRule(issued=issued, anchor=BEGINS, first_day=BEGINS, concluded=BEGINS, zone=UTC, lead=lead)


def agreed(interval: Interval) -> list[Amendment]:
    signed = datetime.combine(BEGINS, time(9), UTC)
    return [
        Amendment("000001.000", BEGINS, signed, AddItem("seats", 20, Decimal("12.50"), Per.MONTH)),
        Amendment("000001.001", BEGINS, signed, SetInterval(interval)),
    ]


changes = st.lists(
    st.tuples(st.integers(1, 600), st.integers(0, 60), st.sampled_from([-2, -1, 1, 2, 3])), max_size=8
)  # the day of telling, how many days later it holds, how many more or fewer


def told(wanted: list[tuple[int, int, int]]) -> list[Amendment]:
    return [
        Amendment(
            f"{number:06}.000",
            BEGINS + timedelta(days=on + later),
            datetime.combine(BEGINS + timedelta(days=on), time(10), UTC),
            ChangeQuantity("seats", by),
        )
        for number, (on, later, by) in enumerate(sorted(wanted, key=lambda each: each[0]), start=2)
    ]


def billed_by(amendments: list[Amendment], by: BillingRule, runs: list[date]) -> list[Due]:
    """Bill on these days, each run knowing what the ones before it billed."""
    found: list[Due] = []
    for day in runs:
        known = [each for each in amendments if each.recorded.date() <= day]
        found += due_on(known, by, day, billed=[due.key for due in found]).value
    return found


@settings(max_examples=40)
@given(
    wanted=changes,
    interval=st.sampled_from(list(Interval)),
    issued=st.sampled_from([Issued.PERIOD_START, Issued.PERIOD_END, Issued.BEFORE_PERIOD]),
    skipped=st.sets(st.integers(0, 25), max_size=20),
)
def test_every_day_is_billed_once_for_what_there_was_on_it(
    wanted: list[tuple[int, int, int]], interval: Interval, issued: Issued, skipped: set[int]
) -> None:
    """Whatever is ordered, returned and run late: what is billed for a day is what the contract had that day."""
    amendments = agreed(interval) + told(wanted)
    runs = [BEGINS + timedelta(days=30 * each) for each in range(26) if each not in skipped]
    dues = billed_by(amendments, rule(issued), [*runs, LAST + timedelta(days=400)])
    assert len({due.key for due in dues}) == len(dues)
    history, by_day = History(amendments), defaultdict(int)
    for due in dues:
        for number in range(due.period.days):
            by_day[due.period.first + timedelta(days=number)] += int(due.quantity)
    day = BEGINS
    while day <= LAST:
        assert by_day[day] == history.state(day).quantity("seats"), day
        day += ONE_DAY


intervals = st.lists(st.tuples(st.integers(1, 500), st.sampled_from(list(Interval))), max_size=4)


def turned(turns: list[tuple[int, Interval]]) -> list[Amendment]:
    """By the month at first; from each of these days on by another interval."""
    return agreed(Interval.MONTH) + [
        Amendment(
            f"{number:06}.000",
            BEGINS + timedelta(days=on),
            datetime.combine(BEGINS + timedelta(days=on), time(10), UTC),
            SetInterval(every),
        )
        for number, (on, every) in enumerate(sorted(turns, key=lambda each: each[0]), start=2)
    ]


@given(turns=intervals)
def test_other_intervals_leave_no_day_unbilled_and_none_billed_twice(turns: list[tuple[int, Interval]]) -> None:
    dues = billed_by(turned(turns), rule(Issued.PERIOD_START), [LAST])
    periods = sorted(due.period for due in dues)
    assert periods[0].first == BEGINS
    assert [one.end for one in periods[:-1]] == [later.first for later in periods[1:]]
    assert periods[-1].end > LAST


@given(turns=intervals)
def test_terms_renewed_by_interval_have_no_gap_and_end_with_what_is_billed(turns: list[tuple[int, Interval]]) -> None:
    amendments, by = turned(turns), rule(Issued.PERIOD_START)
    plain = TermRule(BEGINS, Duration.parse("12 months"), Interval.MONTH, Duration.parse("30 days"))
    first, *further = islice(fitted(plain, billing_intervals(amendments, by)).terms(), 9)
    assert first == Period(BEGINS, date(2027, 1, 1))
    for before, term in pairwise([first, *further]):
        assert term.first == before.end
        assert term.end == running_interval(amendments, by, term.first).end


@pytest.mark.parametrize("zone", ZONES, ids=str)
@given(change=st.sampled_from(CLOCKS_CHANGE), off=st.integers(-1, 1), days=st.integers(1, 90))
def test_renewing_and_ending_do_not_feel_the_clocks_change(zone: ZoneInfo, change: date, off: int, days: int) -> None:
    """The last day for notice has 23, 24 or 25 hours: in all of them notice is in time, and then it is renewed."""
    last = change + timedelta(days=off)
    term = Duration.parse("12 months")
    notice = Duration.parse(f"{days} days")
    first = next(
        day
        for day in (last - timedelta(days=each) for each in range(800))
        if term_on(TermRule(day, term, term, notice), day).value.notice_by == last
    )
    terms = TermRule(first, term, term, notice)
    running = Period(first, next(terms.terms()).end)
    midnight = datetime.combine(last, time(), zone).astimezone(UTC)
    over = datetime.combine(last + ONE_DAY, time(), zone).astimezone(UTC)
    for moment in (midnight, over - timedelta(seconds=1)):
        on = moment.astimezone(zone).date()
        assert renewed(terms, running, on).value == ()
        assert term_on(terms, on).value.ends == running.last
    later = over.astimezone(zone).date()
    (following,) = renewed(terms, running, later).value
    assert following.first == running.end
    assert term_on(terms, later).value.ends == following.last
    assert renewed(terms, running, later, ends=running.last).value == ()
