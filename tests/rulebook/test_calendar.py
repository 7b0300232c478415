"""Working days by country, by a contract's own list, and the banks' calendar."""

from datetime import date, timedelta

import holidays
import pytest
from dateutil.easter import easter as known_easter
from hypothesis import given, strategies as st

from kontor.rulebook.calendar import (
    BANK_DAYS,
    MONDAY_TO_SATURDAY,
    CalendarError,
    HolidayList,
    WorkingDays,
    easter,
)

DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))
LEISURE = HolidayList(
    days=("01-01", "easter+1", "05-01", "05-08", "easter+39", "07-14", "08-15", "11-01", "11-11", "12-25")
)
VISITOR = HolidayList("DE", "BY", ("12-24", "12-31"))


def test_easter_agrees_with_another_computation_for_four_centuries() -> None:
    assert [easter(year) for year in range(1900, 2300)] == [known_easter(year) for year in range(1900, 2300)]


@pytest.mark.requirement("AP-055")
def test_the_leisure_list_of_ten_days_has_no_whit_monday() -> None:
    assert sorted(day.isoformat()[5:] for day in LEISURE.of(2026)) == [
        "01-01",
        "04-06",  # Easter is 5 April 2026
        "05-01",
        "05-08",
        "05-14",  # 5 April + 39 days
        "07-14",
        "08-15",
        "11-01",
        "11-11",
        "12-25",
    ]
    assert date(2026, 5, 25) in WorkingDays(LEISURE)
    assert date(2026, 5, 25) not in WorkingDays(HolidayList("FR"))


@pytest.mark.requirement("FW-098")
@pytest.mark.parametrize("closed", ["2026-01-06", "2026-06-04", "2025-12-24", "2025-12-31"])
def test_bavarian_holidays_and_both_eves_are_no_working_days(closed: str) -> None:
    assert date.fromisoformat(closed) in VISITOR
    assert date.fromisoformat(closed) not in WorkingDays(VISITOR)


def test_epiphany_is_a_holiday_in_bavaria_and_not_in_berlin() -> None:
    assert date(2027, 1, 6) in HolidayList("DE", "BY")
    assert date(2027, 1, 6) not in HolidayList("DE", "BE")


def test_a_leap_day_rule_means_no_day_in_a_common_year() -> None:
    rule = HolidayList(days=("02-29",))
    assert rule.of(2028) == {date(2028, 2, 29)}
    assert rule.of(2027) == frozenset()


@pytest.mark.parametrize("rule", ["24.12.", "easter", "easter+1 ", "13-01", "04-31", "١٢-٢٤", ""])
def test_a_rule_no_calendar_can_follow_is_refused_by_name(rule: str) -> None:
    with pytest.raises(CalendarError) as refused:
        HolidayList(days=("12-24", rule))
    assert refused.value.text == (
        f"„{rule}“: erwartet wird ein Tag wie 12-24 oder easter+1.",
        f"“{rule}”: expected a day such as 12-24 or easter+1.",
    )


@pytest.mark.parametrize(("country", "subdivision", "named"), [("XX", None, "XX"), ("DE", "ZZ", "DE-ZZ")])
def test_an_unknown_place_is_refused_by_name(country: str, subdivision: str | None, named: str) -> None:
    with pytest.raises(CalendarError) as refused:
        HolidayList(country, subdivision)
    assert str(refused.value) == f"No holiday calendar is known for {named}."


@pytest.mark.parametrize("weekdays", [frozenset(), frozenset({7}), frozenset({-1, 0})])
def test_a_week_that_cannot_be_counted_is_refused(weekdays: frozenset[int]) -> None:
    with pytest.raises(CalendarError, match=r"Expected at least one weekday from 0 to 6\."):
        WorkingDays(weekdays=weekdays)


@pytest.mark.trap(51)
@pytest.mark.parametrize(
    ("wished", "bank_day"),
    [
        ("2026-04-03", "2026-04-07"),  # Good Friday, then the weekend and Easter Monday
        ("2026-05-01", "2026-05-04"),  # Labour Day, a Friday
        ("2026-12-25", "2026-12-28"),  # both Christmas days, Friday and Saturday
        ("2026-10-03", "2026-10-05"),  # a Saturday; the German holiday would not count
        ("2026-06-04", "2026-06-04"),  # Corpus Christi is a TARGET day
    ],
)
def test_a_collection_waits_for_a_bank_day(wished: str, bank_day: str) -> None:
    assert BANK_DAYS.on_or_after(date.fromisoformat(wished)) == date.fromisoformat(bank_day)


@pytest.mark.trap(51)
@pytest.mark.parametrize(
    ("collected", "submitted"),
    [("2026-04-07", "2026-04-02"), ("2026-05-04", "2026-04-30"), ("2026-12-28", "2026-12-24")],
)
def test_a_collection_is_submitted_one_bank_day_before(collected: str, submitted: str) -> None:
    assert BANK_DAYS.add(date.fromisoformat(collected), -1) == date.fromisoformat(submitted)


def test_the_bank_days_agree_with_the_central_bank_s_list() -> None:
    for year in range(2002, 2060):
        known = holidays.financial_holidays("ECB", years=year, observed=False)
        assert BANK_DAYS.holidays.of(year) == frozenset(known)


@pytest.mark.requirement("AP-063")
def test_twenty_working_days_from_11_may_end_on_9_june() -> None:
    # 12, 13, 15 May: 3; 18 to 22: 8; 25 to 29 (Whit Monday counts): 13; 1 to 5 June: 18; 8 and 9 June: 20
    assert WorkingDays(LEISURE).add(date(2026, 5, 11), 20) == date(2026, 6, 9)
    # "Werktage" with Saturdays: 12, 13, 15, 16: 4; 18-23: 10; 25-30: 16; 1 to 4 June: 20
    assert WorkingDays(LEISURE, MONDAY_TO_SATURDAY).add(date(2026, 5, 11), 20) == date(2026, 6, 4)


def test_extra_days_join_a_country_s_holidays() -> None:
    bavaria = WorkingDays(HolidayList("DE", "BY")).without(HolidayList(days=("12-24", "12-31")))
    assert bavaria == WorkingDays(VISITOR)


def test_the_last_working_day_before_easter_monday_is_maundy_thursday() -> None:
    # 3 April 2026 is Good Friday, 6 April Easter Monday
    calendar, thursday, tuesday = WorkingDays(VISITOR), date(2026, 4, 2), date(2026, 4, 7)
    assert calendar.on_or_before(date(2026, 4, 6)) == calendar.on_or_before(thursday) == thursday
    assert (calendar.elapsed(thursday, tuesday), calendar.elapsed(tuesday, thursday)) == (1, -1)


@pytest.mark.parametrize("calendar", [WorkingDays(VISITOR), WorkingDays(LEISURE, MONDAY_TO_SATURDAY), BANK_DAYS])
@given(start=DAYS, count=st.integers(-300, 300))
def test_adding_and_counting_working_days_are_inverse(calendar: WorkingDays, start: date, count: int) -> None:
    end = calendar.add(start, count)
    assert end == start or end in calendar
    if count >= 0 or start in calendar:
        assert calendar.elapsed(start, end) == count
    assert calendar.elapsed(end, start) == -calendar.elapsed(start, end)


@given(DAYS, DAYS, DAYS)
def test_whole_spans_of_working_days_are_the_sum_of_their_parts(one: date, two: date, three: date) -> None:
    calendar = WorkingDays(VISITOR)
    assert calendar.elapsed(one, three) == calendar.elapsed(one, two) + calendar.elapsed(two, three)


@given(DAYS)
def test_the_nearest_working_days_skip_none(when: date) -> None:
    calendar = WorkingDays(VISITOR)
    after, before = calendar.on_or_after(when), calendar.on_or_before(when)
    assert before <= when <= after
    between = [before + timedelta(days=n) for n in range((after - before).days + 1)]
    assert [day for day in between if day in calendar] == sorted({before, after})
