"""Dates and months by BGB 187, 188 and the notes' traps; every expected date is counted by hand beside it."""

from datetime import date, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import given, strategies as st

from kontor.rulebook.duration import Duration, DurationError
from kontor.rulebook.period import (
    Interval,
    Months,
    Period,
    PeriodError,
    add,
    add_months,
    interval,
    intervals,
    last_day_after,
    latest_before,
    minus,
    next_month,
)

DAYS = st.dates(date(1990, 1, 1), date(2150, 12, 31))
MONTH_COUNTS = st.integers(-240, 240)


def days(text: str) -> list[date]:
    return [date.fromisoformat(part) for part in text.split()]


@pytest.mark.trap(1)
def test_clamped_months_never_drift_from_their_anchor():
    found = [add_months(date(2026, 1, 31), n, rule=Months.CLAMPING) for n in range(5)]
    assert found == days("2026-01-31 2026-02-28 2026-03-31 2026-04-30 2026-05-31")


@pytest.mark.trap(2)
def test_a_month_from_the_31st_ends_with_february_and_the_next_starts_on_1_march():
    months = list(islice(intervals(date(2026, 1, 31), Interval.MONTH), 5))
    assert [month.first for month in months] == days("2026-01-31 2026-03-01 2026-03-31 2026-05-01 2026-05-31")
    assert months[0].last == date(2026, 2, 28)


@pytest.mark.trap(3)
def test_a_year_from_29_february_rolls_to_1_march_and_returns_by_its_anchor():
    leap = date(2028, 2, 29)
    assert add(leap, Duration.parse("1 year")) == date(2029, 3, 1)
    assert add(leap, Duration.parse("1 year"), rule=Months.CLAMPING) == date(2029, 2, 28)
    assert add(leap, Duration.parse("1 year"), times=4) == date(2032, 2, 29)


@pytest.mark.trap(4)
@pytest.mark.parametrize(
    ("term_ends", "notice", "by"),
    [
        ("2026-12-31", "3 months", "2026-09-30"),  # 1 Jan 2027 - 3 months = 1 Oct, the day before
        ("2026-06-30", "3 months", "2026-03-31"),  # 1 Jul - 3 months = 1 Apr; naive: 30 Mar
        ("2027-02-28", "3 months", "2026-11-30"),  # 1 Mar - 3 months = 1 Dec; naive: 28 Nov
        ("2026-03-30", "1 month", "2026-02-27"),  # 31 Mar - 1 month = 28 Feb, clamped
    ],
)
def test_notice_in_months_leaves_whole_months_before_the_effect(term_ends: str, notice: str, by: str):
    effect = date.fromisoformat(term_ends) + timedelta(days=1)
    assert latest_before(effect, Duration.parse(notice)) == date.fromisoformat(by)


@pytest.mark.trap(5)
@pytest.mark.parametrize(
    ("period_ends", "notice", "by"),
    [
        ("2026-03-31", 30, "2026-03-01"),  # 2 to 31 March are 30 days
        ("2026-12-31", 60, "2026-11-01"),  # 29 days of November + 31 of December
        ("2026-12-31", 30, "2026-12-01"),  # SO-059: received 1 Dec works on 1 Jan
    ],
)
def test_notice_in_days_leaves_whole_days_before_the_effect(period_ends: str, notice: int, by: str):
    effect = date.fromisoformat(period_ends) + timedelta(days=1)
    assert latest_before(effect, Duration.parse(f"{notice} days")) == date.fromisoformat(by)


@pytest.mark.parametrize(
    ("event", "length", "last"),
    [
        ("2026-01-31", "1 month", "2026-02-28"),  # BGB 188 (3): no 31 February
        ("2026-03-03", "14 days", "2026-03-17"),  # FW-048: 4 to 17 March are 14 days
        ("2026-06-01", "1 week", "2026-06-08"),  # AP-064: the same weekday, BGB 188 (2)
        ("2028-02-29", "1 year", "2029-02-28"),
        ("2026-02-28", "1 month", "2026-03-28"),  # the event's number, not the month's end
    ],
)
def test_a_period_after_an_event_ends_with_its_last_day(event: str, length: str, last: str):
    assert last_day_after(date.fromisoformat(event), Duration.parse(length)) == date.fromisoformat(last)


def test_plain_subtraction_gives_the_renewal_invoice_of_leisure():
    # AP-032: 1 Feb 2026 - 60 days: 31 of January, 29 of December -> 3 December
    assert minus(date(2026, 2, 1), Duration.parse("60 days")) == date(2025, 12, 3)
    assert minus(date(2026, 3, 31), Duration.parse("1 month")) == date(2026, 2, 28)


@pytest.mark.parametrize("length", ["24 clock hours", "9 office hours", "5 working days"])
def test_hours_and_working_days_need_a_clock(length: str):
    for count in (add, last_day_after, latest_before, minus):
        with pytest.raises(DurationError):
            count(date(2026, 1, 1), Duration.parse(length))


@given(DAYS, MONTH_COUNTS)
def test_rolling_and_clamping_differ_by_one_day_and_only_past_the_month_s_end(anchor: date, months: int):
    rolled = add_months(anchor, months)
    clamped = add_months(anchor, months, rule=Months.CLAMPING)
    if anchor.day <= 28:
        assert rolled == clamped
    assert rolled - clamped in (timedelta(0), timedelta(days=1))
    assert (rolled == clamped) == (clamped.day == anchor.day)


@given(DAYS, st.sampled_from(Interval), st.sampled_from(Months))
def test_intervals_touch_and_lose_no_day(anchor: date, every: Interval, rule: Months):
    found = list(islice(intervals(anchor, every, rule=rule), 30))
    assert found[0].first == anchor
    assert all(one.end == two.first for one, two in pairwise(found))
    whole = Period(found[0].first, found[-1].end)
    assert sum(part.days for part in found) == whole.days
    assert interval(anchor, every, 7, rule=rule) == found[7]


@given(DAYS, st.integers(1, 36))
def test_counting_back_gives_the_latest_day_after_which_the_whole_period_fits(effect: date, months: int):
    notice = Duration.parse(f"{months} months")
    event = latest_before(effect, notice)
    first = event + timedelta(days=1)
    assert add(first, notice) <= effect
    assert add(first + timedelta(days=1), notice) > effect


@given(DAYS, st.integers(1, 400))
def test_days_before_an_effect_are_whole_days_between(effect: date, count: int):
    event = latest_before(effect, Duration.parse(f"{count} days"))
    assert Period(event + timedelta(days=1), effect).days == count


@given(DAYS, st.integers(1, 60))
def test_a_month_after_an_event_keeps_its_number_or_ends_the_month(event: date, months: int):
    last = last_day_after(event, Duration.parse(f"{months} months"))
    assert last.day == event.day or (last + timedelta(days=1)).day == 1
    assert (last.year - event.year) * 12 + last.month - event.month == months


def test_a_period_knows_its_days():
    term = Period(date(2028, 2, 1), date(2028, 3, 1))
    assert (term.days, term.last) == (29, date(2028, 2, 29))
    assert date(2028, 2, 1) in term
    assert date(2028, 2, 29) in term
    assert date(2028, 3, 1) not in term
    assert date(2028, 1, 31) not in term
    assert term.spoken == ("01.02.2028 bis 29.02.2028", "1 February 2028 to 29 February 2028")


def test_a_period_backwards_is_refused():
    with pytest.raises(PeriodError) as refused:
        Period(date(2026, 2, 1), date(2026, 1, 31))
    assert refused.value.text == (
        "Ein Zeitraum kann nicht am 01.02.2026 beginnen und vor dem 31.01.2026 enden.",
        "A period cannot begin on 1 February 2026 and end before 31 January 2026.",
    )


@given(st.lists(DAYS, min_size=2, max_size=2).map(sorted), DAYS)
def test_the_parts_of_a_split_are_the_whole(edges: list[date], when: date):
    whole = Period(*edges)
    before, after = whole.split(when)
    assert before.days + after.days == whole.days
    assert (before.first, after.end) == (whole.first, whole.end)
    assert when not in before


def test_periods_share_days_or_none():
    winter = Period(date(2026, 1, 1), date(2026, 4, 1))
    assert winter.common(Period(date(2026, 2, 1), date(2026, 5, 1))) == Period(date(2026, 2, 1), date(2026, 4, 1))
    assert winter.common(Period(date(2026, 4, 1), date(2026, 5, 1))) is None  # the end is no day of it


@given(st.lists(DAYS, min_size=4, max_size=4))
def test_common_days_belong_to_both(edges: list[date]):
    one, other = Period(*sorted(edges[:2])), Period(*sorted(edges[2:]))
    found = one.common(other)
    assert found == other.common(one)
    if found is None:
        assert one.end <= other.first or other.end <= one.first or 0 in (one.days, other.days)
    else:
        assert found.first in one
        assert found.first in other
        assert found.last in one
        assert found.last in other


def test_an_interval_is_spoken():
    assert Interval.QUARTER.spoken == ("Quartal", "quarter")
    assert [each.months for each in Interval] == [1, 3, 12]


@pytest.mark.requirement("SO-050")
@pytest.mark.parametrize(("start", "first"), [("2026-06-18", "2026-07-01"), ("2026-12-31", "2027-01-01")])
def test_the_change_of_month_follows_the_date(start: str, first: str):
    assert next_month(date.fromisoformat(start)) == date.fromisoformat(first)


def test_the_day_of_change_belongs_to_the_second_part_and_one_outside_leaves_the_whole() -> None:
    march = Period(date(2026, 3, 1), date(2026, 4, 1))
    nothing = Period(date(2026, 3, 1), date(2026, 3, 1))
    assert march.split(date(2026, 3, 11)) == (
        Period(date(2026, 3, 1), date(2026, 3, 11)), Period(date(2026, 3, 11), date(2026, 4, 1)),
    )  # fmt: skip
    assert march.split(date(2026, 2, 1)) == (nothing, march)
    assert march.split(date(2026, 5, 1)) == (march, Period(date(2026, 4, 1), date(2026, 4, 1)))
