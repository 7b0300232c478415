"""Shares of a period's fee, by days and by months."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from kontor.rulebook.money import Money
from kontor.rulebook.period import Months, Period
from kontor.rulebook.proration import added_seats, months_in, prorated, share, split_fee
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause

PRICES = Clause("crm", "§11.1")
days = st.dates(min_value=date(2020, 1, 1), max_value=date(2035, 12, 31))


def euro(amount: str) -> Money:
    return Money.parse(amount, "EUR")


def part_of(fee: str, whole: tuple[date, date], part: tuple[date, date]) -> str:
    return prorated(euro(fee), Period(*part), whole=Period(*whole)).value.bare()


@pytest.mark.trap(14)
def test_the_day_of_change_belongs_to_the_new_plan_only():
    month = Period(date(2026, 3, 1), date(2026, 4, 1))
    ruling = split_fee(euro("100.00"), [date(2026, 3, 11)], whole=month, clauses=[PRICES])
    assert [(part.first.day, part.last.day, fee.bare()) for part, fee in ruling.value] == [
        (1, 10, "32.26"),
        (11, 31, "67.74"),
    ]
    assert ruling.clauses == (PRICES,)
    assert ruling.working[0] == (
        "01.03.2026 bis 10.03.2026: 10/31 Tage = 32,26 €",
        "1 March 2026 to 10 March 2026: 10/31 days = €32.26",
    )


@pytest.mark.trap(15)
def test_three_equal_parts_lose_no_cent():
    thirty = Period(date(2026, 4, 1), date(2026, 5, 1))
    ruling = split_fee(euro("100.00"), [date(2026, 4, 21), date(2026, 4, 11)], whole=thirty)
    assert [fee.bare() for _, fee in ruling.value] == ["33.33", "33.33", "33.34"]


@pytest.mark.trap(16)
def test_no_rounded_day_price():
    # 49.90 x 20/31 = 32.1935…; the rounded day price 1.61 x 20 would be 32.20
    assert part_of("49.90", (date(2026, 3, 1), date(2026, 4, 1)), (date(2026, 3, 12), date(2026, 4, 1))) == "32.19"


@pytest.mark.trap(17)
def test_the_denominator_is_the_whole_period():
    # 20 May to 14 July are 56 of the 91 days of 15 April to 14 July
    quarter = Period(date(2026, 4, 15), date(2026, 7, 15))
    assert share(quarter, Period(date(2026, 5, 20), date(2026, 7, 15))) == Fraction(56, 91)
    # upgrade 99 -> 149 on 1 February within 20 January to 19 February: 50 x 19/31
    assert part_of("50.00", (date(2026, 1, 20), date(2026, 2, 20)), (date(2026, 2, 1), date(2026, 2, 20))) == "30.65"


@pytest.mark.trap(18)
def test_february_has_its_own_days():
    assert part_of("49.90", (date(2026, 2, 1), date(2026, 3, 1)), (date(2026, 2, 25), date(2026, 3, 1))) == "7.13"
    assert part_of("49.90", (date(2028, 2, 1), date(2028, 3, 1)), (date(2028, 2, 25), date(2028, 3, 1))) == "8.60"


@pytest.mark.trap(19)
def test_no_empty_part_and_no_negative_share():
    month = Period(date(2026, 3, 1), date(2026, 4, 1))
    same_day = [date(2026, 3, 11), date(2026, 3, 11), month.first, month.end, date(2026, 1, 1)]
    assert [part.days for part, _ in split_fee(euro("100"), same_day, whole=month).value] == [10, 21]
    assert share(month, Period(date(2026, 1, 1), date(2026, 2, 1))) == 0
    assert share(month, Period(date(2026, 2, 1), date(2027, 1, 1))) == 1
    assert prorated(euro("100"), Period(date(2025, 1, 1), date(2025, 2, 1)), whole=month).value == Money.zero("EUR")


@pytest.mark.trap(20)
def test_a_year_is_twelve_months_from_any_day():
    assert months_in(Period(date(2026, 8, 3), date(2027, 8, 3)), date(2026, 8, 3)) == 12
    assert months_in(Period(date(2026, 1, 31), date(2027, 1, 31)), date(2026, 1, 31)) == 12
    clamped = months_in(Period(date(2026, 1, 31), date(2027, 1, 31)), date(2026, 1, 31), rule=Months.CLAMPING)
    assert clamped == 12


@pytest.mark.parametrize(
    ("first", "end", "anchor", "months"),
    [
        (date(2026, 9, 1), date(2027, 1, 1), date(2026, 1, 1), Fraction(4)),
        (date(2026, 6, 18), date(2026, 7, 1), date(2026, 7, 1), Fraction(13, 30)),
        (date(2026, 6, 18), date(2026, 8, 11), date(2026, 7, 1), Fraction(13, 30) + 1 + Fraction(10, 31)),
        (date(2026, 6, 18), date(2026, 6, 18), date(2026, 7, 1), Fraction(0)),
        (date(2026, 3, 1), date(2026, 3, 31), date(2026, 1, 31), Fraction(1)),
    ],
)
def test_whole_months_count_as_one_whatever_their_days(first: date, end: date, anchor: date, months: Fraction):
    assert months_in(Period(first, end), anchor) == months


@pytest.mark.requirement("SO-049")
def test_added_seats_are_charged_from_the_day_of_confirmation_to_the_end_of_the_period():
    year = Period(date(2026, 1, 1), date(2027, 1, 1))
    ruling = added_seats(Decimal(600), 2, currency="EUR", confirmed=date(2026, 7, 1), period=year, clauses=[PRICES])
    assert (ruling.value.amount, ruling.value.days, ruling.value.of_days) == (euro("604.93"), 184, 365)
    assert ruling.clauses == (PRICES,)
    assert ruling.inputs == (
        ("price", "600"),
        ("currency", "EUR"),
        ("quantity", "2"),
        ("confirmed", "2026-07-01"),
        ("period_start", "2026-01-01"),
        ("period_end", "2027-01-01"),
    )
    assert ruling.working == (
        (
            "Vom 01.07.2026 bis zum 31.12.2026 sind es 184 von 365 Tagen; der Tag der Bestätigung zählt mit.",
            "1 July 2026 to 31 December 2026 is 184 of 365 days; the day of confirmation counts.",
        ),
        ("2 × 600,00 € × 184/365 = 604,93 €", "2 × €600.00 × 184/365 = €604.93"),
    )


def test_seats_confirmed_on_the_first_day_cost_the_whole_period_and_on_the_last_one_day():
    month = Period(date(2026, 3, 1), date(2026, 4, 1))
    first = added_seats(Decimal("31.00"), 1, currency="EUR", confirmed=date(2026, 3, 1), period=month)
    last = added_seats(Decimal("31.00"), 1, currency="EUR", confirmed=date(2026, 3, 31), period=month)
    assert (first.value.amount, last.value.amount, last.value.days) == (euro("31.00"), euro("1.00"), 1)


@pytest.mark.parametrize("outside", [date(2026, 2, 28), date(2026, 4, 1)])
def test_a_confirmation_outside_the_period_is_refused(outside: date):
    with pytest.raises(RefusalError, match="is not in the running period 1 March 2026 to 31 March 2026"):
        added_seats(Decimal(1), 1, currency="EUR", confirmed=outside, period=Period(date(2026, 3, 1), date(2026, 4, 1)))


def test_no_seats_and_empty_periods_are_refused():
    month = Period(date(2026, 3, 1), date(2026, 4, 1))
    with pytest.raises(RefusalError, match="One seat or more can be added, not 0"):
        added_seats(Decimal(1), 0, currency="EUR", confirmed=month.first, period=month)
    with pytest.raises(RefusalError, match="The period from 1 March 2026 is empty"):
        share(Period(month.first, month.first), month)


@pytest.mark.requirement("AP-022")
def test_use_without_maintenance_is_made_up_for():
    # in use since 1 January 2025, maintenance of 1,200 a year ordered on 1 July 2025: 1,200.00 + 181/365
    year = (date(2025, 1, 1), date(2026, 1, 1))
    assert part_of("1200.00", year, (date(2025, 1, 1), date(2025, 7, 1))) == "595.07"


@given(
    minor=st.integers(min_value=-(10**9), max_value=10**9),
    first=days,
    length=st.integers(min_value=1, max_value=800),
    cuts=st.lists(st.integers(min_value=-5, max_value=805), max_size=12),
)
def test_the_parts_of_a_fee_are_the_fee(minor: int, first: date, length: int, cuts: list[int]):
    whole = Period(first, first + timedelta(days=length))
    parts = split_fee(Money("EUR", minor), [first + timedelta(days=cut) for cut in cuts], whole=whole).value
    assert Money.total([fee for _, fee in parts], "EUR") == Money("EUR", minor)
    assert [part.first for part, _ in parts][1:] == [part.end for part, _ in parts][:-1]
    assert (parts[0][0].first, parts[-1][0].end) == (whole.first, whole.end)
    assert min(part.days for part, _ in parts) >= 1


@given(anchor=days, offset=st.integers(min_value=-1000, max_value=1000), length=st.integers(min_value=0, max_value=999))
def test_months_of_two_neighbours_sum_to_the_months_of_both(anchor: date, offset: int, length: int):
    first = anchor + timedelta(days=offset)
    cut, end = first + timedelta(days=length // 2), first + timedelta(days=length)
    both = months_in(Period(first, end), anchor)
    assert months_in(Period(first, cut), anchor) + months_in(Period(cut, end), anchor) == both
