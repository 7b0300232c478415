"""Term and notice by the rules of the five packs; the notes' traps by number."""

from datetime import date, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import given, strategies as st

from kontor.rulebook.duration import Duration
from kontor.rulebook.period import Interval, Period, latest_before, next_month
from kontor.rulebook.ruling import Clause, Text
from kontor.rulebook.term import TermAnswer, TermError, TermRule, term_on

YEAR, MONTHS_12 = Duration.parse("1 year"), Duration.parse("12 months")
NOTICE = Duration.parse("3 months")
CLAUSE = Clause("visitor", "4.6.1")


def visitor(start: str) -> TermRule:
    return TermRule(date.fromisoformat(start), MONTHS_12, MONTHS_12, NOTICE)


def crm(start: str, every: Interval) -> TermRule:
    first = date.fromisoformat(start)
    return TermRule(first, MONTHS_12, every, Duration.parse("30 days"), counted_from=next_month(first))


def asked(rule: TermRule, on: str) -> TermAnswer:
    return term_on(rule, date.fromisoformat(on), clauses=(CLAUSE,)).value


@pytest.mark.trap(4)
@pytest.mark.requirement("FW-026")
@pytest.mark.parametrize(
    ("start", "on", "last_day", "notice_by"),
    [
        ("2026-01-01", "2026-05-01", "2026-12-31", "2026-09-30"),
        ("2025-07-01", "2026-02-01", "2026-06-30", "2026-03-31"),
        ("2026-03-01", "2026-08-01", "2027-02-28", "2026-11-30"),
        ("2026-01-31", "2026-05-01", "2027-01-30", "2026-10-30"),  # 31 Jan - 3 months = 31 Oct, the day before
    ],
)
def test_three_months_notice_leaves_three_whole_months(start: str, on: str, last_day: str, notice_by: str) -> None:
    found = asked(visitor(start), on)
    assert (found.term.last.isoformat(), found.notice_by.isoformat()) == (last_day, notice_by)


@pytest.mark.trap(5)
@pytest.mark.parametrize(
    ("start", "on", "last_day", "notice_by"),
    [
        ("2025-03-15", "2025-06-01", "2026-03-31", "2026-03-01"),  # 2 to 31 March are 30 days
        ("2025-12-05", "2026-02-01", "2026-12-31", "2026-12-01"),
    ],
)
def test_thirty_days_notice_leaves_thirty_whole_days(start: str, on: str, last_day: str, notice_by: str) -> None:
    found = asked(crm(start, Interval.MONTH), on)
    assert (found.term.last.isoformat(), found.notice_by.isoformat()) == (last_day, notice_by)


@pytest.mark.trap(6)
def test_a_sunday_does_not_move_a_notice_deadline() -> None:
    # The term ends on 31 August 2026; 1 September - 3 months = 1 June; Sunday 31 May stays.
    found = asked(visitor("2025-09-01"), "2026-05-31")
    assert (found.notice_by, found.notice_by.weekday()) == (date(2026, 5, 31), 6)
    assert found.in_time
    assert not asked(visitor("2025-09-01"), "2026-06-01").in_time


@pytest.mark.trap(8)
def test_one_day_late_costs_another_twelve_months() -> None:
    late = asked(visitor("2026-01-01"), "2026-10-01")
    assert late == TermAnswer(Period(date(2026, 1, 1), date(2027, 1, 1)), date(2026, 9, 30), False, date(2027, 12, 31))
    assert asked(visitor("2026-01-01"), "2026-09-30").ends == date(2026, 12, 31)


@pytest.mark.requirement("AP-005")
@pytest.mark.parametrize(
    ("on", "in_time", "ends"), [("2025-10-31", True, "2026-01-31"), ("2025-11-01", False, "2027-01-31")]
)
def test_leisure_s_tacit_renewal_by_a_year(on: str, in_time: bool, ends: str) -> None:
    found = asked(TermRule(date(2023, 2, 1), Duration.parse("3 years"), YEAR, NOTICE), on)
    assert (found.term.last, found.in_time, found.ends) == (date(2026, 1, 31), in_time, date.fromisoformat(ends))


@pytest.mark.parametrize(
    ("every", "on", "last_day", "ends"),
    [
        (Interval.MONTH, "2026-06-20", "2027-06-30", "2027-06-30"),  # the days before 1 July belong to the first term
        (Interval.MONTH, "2027-05-31", "2027-06-30", "2027-06-30"),  # 1 to 30 June are 30 days
        (Interval.MONTH, "2027-06-01", "2027-06-30", "2027-07-31"),
        (Interval.QUARTER, "2027-06-01", "2027-06-30", "2027-09-30"),
        (Interval.YEAR, "2027-06-01", "2027-06-30", "2028-06-30"),
        (Interval.MONTH, "2027-08-05", "2027-08-31", "2027-09-30"),
        # 30 days never fit into February: a notice of 30 January is too late for the 28th, 31 March is the next end
        (Interval.MONTH, "2028-01-31", "2028-01-31", "2028-03-31"),
    ],
)
def test_crm_runs_a_year_from_its_first_interval_and_then_by_intervals(
    every: Interval, on: str, last_day: str, ends: str
) -> None:
    found = asked(crm("2026-06-18", every), on)
    assert (found.term.last.isoformat(), found.ends.isoformat()) == (last_day, ends)


def test_the_first_crm_term_begins_with_the_contract() -> None:
    assert asked(crm("2026-06-18", Interval.MONTH), "2026-06-18").term.first == date(2026, 6, 18)


def test_a_term_of_weeks_renewed_by_months_or_days() -> None:
    weeks = TermRule(date(2026, 1, 1), Duration.parse("4 weeks"), Duration.parse("1 month"), Duration.parse("1 week"))
    # 28 days from 1 January end with the 28th; then months from 29 January, rolling over February
    assert [term.first.isoformat() for term in islice(weeks.terms(), 4)] == [
        "2026-01-01",
        "2026-01-29",
        "2026-03-01",
        "2026-03-29",
    ]
    days = TermRule(date(2026, 1, 31), Duration.parse("1 month"), Duration.parse("10 days"), Duration.parse("1 day"))
    assert [term.first.isoformat() for term in islice(days.terms(), 3)] == ["2026-01-31", "2026-03-01", "2026-03-11"]
    mixed = TermRule(date(2026, 1, 1), Duration.parse("2 weeks"), Interval.QUARTER, Duration.parse("1 day"))
    assert [term.first.isoformat() for term in islice(mixed.terms(), 3)] == ["2026-01-01", "2026-01-15", "2026-04-15"]


def test_a_day_before_the_contract_has_no_term() -> None:
    with pytest.raises(TermError) as refused:
        asked(visitor("2026-01-01"), "2025-12-31")
    assert refused.value.text == (
        "Am 31.12.2025 läuft der Vertrag noch nicht; er beginnt am 01.01.2026.",
        "The contract does not run yet on 31 December 2025; it begins on 1 January 2026.",
    )


def test_a_first_term_cannot_count_from_before_the_contract() -> None:
    with pytest.raises(TermError) as refused:
        TermRule(date(2026, 6, 18), YEAR, YEAR, NOTICE, counted_from=date(2026, 6, 1))
    assert str(refused.value) == (
        "The first term cannot begin on 1 June 2026, before the contract's first day 18 June 2026."
    )


def test_the_ruling_says_why() -> None:
    ruling = term_on(crm("2026-06-18", Interval.QUARTER), date(2027, 6, 1), clauses=(CLAUSE,))
    assert ruling.clauses == (CLAUSE,)
    assert dict(ruling.inputs) == {
        "first_day": "2026-06-18",
        "on": "2027-06-01",
        "initial": "12 months",
        "renewal": "quarter",
        "notice": "30 days",
    }
    assert [step.en for step in ruling.working] == [
        "The first term counts from 1 July 2026; the days from 18 June 2026 on belong to it.",
        "On 1 June 2027 the term 18 June 2026 to 30 June 2027 runs.",
        "30 days before the end on 30 June 2027: notice counts on Mon 31 May 2027 at the latest.",
        "On 1 June 2027 it is too late for that; the contract is renewed and ends on 30 September 2027.",
    ]
    in_time = term_on(visitor("2026-01-01"), date(2026, 9, 30))
    assert in_time.working[-1] == Text(
        "Am 30.09.2026 ist sie rechtzeitig; der Vertrag endet am 31.12.2026.",
        "On 30 September 2026 it is in time; the contract ends on 31 December 2026.",
    )
    assert len(in_time.working) == 3


RULES = st.builds(
    TermRule,
    st.dates(date(2020, 1, 1), date(2030, 12, 31)),
    st.builds(Duration.parse, st.sampled_from(["12 months", "1 year", "3 years", "4 weeks", "1 month"])),
    st.one_of(
        st.sampled_from(Interval),
        st.builds(Duration.parse, st.sampled_from(["12 months", "1 year", "1 month", "30 days"])),
    ),
    st.builds(Duration.parse, st.sampled_from(["3 months", "30 days", "1 month", "6 weeks"])),
)


@given(RULES, st.integers(0, 2500))
def test_a_notice_ends_the_contract_at_the_first_end_it_is_in_time_for(rule: TermRule, later: int) -> None:
    on = rule.first_day + timedelta(days=later)
    found = term_on(rule, on).value
    assert on in found.term
    assert found.in_time == (on <= found.notice_by) == (found.ends == found.term.last)
    terms = list(islice(rule.terms(), 200))
    assert all(one.end == two.first for one, two in pairwise(terms))
    fitting = [term.last for term in terms if on <= latest_before(term.end, rule.notice)]
    assert found.ends == fitting[0]


@given(RULES, st.integers(0, 2500))
def test_waiting_a_day_never_ends_the_contract_earlier(rule: TermRule, later: int) -> None:
    on = rule.first_day + timedelta(days=later)
    assert term_on(rule, on).value.ends <= term_on(rule, on + timedelta(days=1)).value.ends
