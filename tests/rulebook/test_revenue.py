"""What recurs each month, how it moves, and what is contracted ahead."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from kontor.rulebook.contract_state import ContractState, Per, Position
from kontor.rulebook.revenue import (
    Movement,
    contracted_ahead,
    fees_between,
    month_ends,
    monthly,
    monthly_on,
    moved,
    together,
)

PLAN = Position("plan", 2, Decimal("300.00"), Per.QUARTER)
ONCE = Position("terminal", 1, Decimal("1490.00"), Per.ONCE)


def runs(ends: date | None = None, start: date = date(2026, 1, 1)):
    """A contract of 200.00 a month (two at 300.00 a quarter) from `start`."""
    return lambda day: ContractState((PLAN, ONCE), ends=ends) if day >= start else ContractState(ends=ends)


def test_a_month_costs_a_third_of_a_quarter_and_hardware_costs_none():
    assert monthly(ContractState((PLAN, ONCE))) == Fraction(200)


@pytest.mark.parametrize(
    ("day", "amount"),
    [(date(2025, 12, 31), 0), (date(2026, 1, 1), 200), (date(2026, 6, 30), 200), (date(2026, 7, 1), 0)],
)
def test_nothing_recurs_before_the_start_and_after_the_last_day(day, amount):
    assert monthly_on(runs(ends=date(2026, 6, 30)), day) == amount


@pytest.mark.parametrize(
    ("before", "after", "movement"),
    [
        (0, 0, Movement()),
        (0, 100, Movement(new=Fraction(100))),
        (100, 0, Movement(churn=Fraction(100))),
        (100, 130, Movement(expansion=Fraction(30))),
        (130, 100, Movement(contraction=Fraction(30))),
        (100, 100, Movement()),
    ],
)
def test_a_contract_is_new_grows_shrinks_or_is_gone(before, after, movement):
    assert moved(Fraction(before), Fraction(after)) == movement


AMOUNT = st.fractions(min_value=0, max_value=10_000, max_denominator=12)


@given(st.lists(st.tuples(AMOUNT, AMOUNT)))
def test_the_movements_of_all_contracts_are_the_difference_of_the_two_months(pairs):
    moves = together(moved(before, after) for before, after in pairs)
    assert moves.net == sum(after for _, after in pairs) - sum(before for before, _ in pairs)
    assert min(moves.new, moves.expansion, moves.contraction, moves.churn) >= 0


def test_months_end_on_their_last_day_across_a_year():
    assert month_ends(date(2027, 1, 31), 3) == (date(2026, 11, 30), date(2026, 12, 31), date(2027, 1, 31))


def ahead(state, bound: date | None, months: int = 4) -> list[tuple[str, Fraction, Fraction]]:
    found = contracted_ahead(state, bound_until=bound, first=date(2026, 11, 1), months=months)
    return [(str(each.month.first), each.contracted, each.if_renewed) for each in found]


def test_what_is_bound_is_contracted_and_the_rest_comes_if_it_renews():
    """Bound until 15 December: 15 of 31 days of 200.00 are contracted, 16 of 31 come with the renewal."""
    assert ahead(runs(), date(2026, 12, 15)) == [
        ("2026-11-01", 200, 0),
        ("2026-12-01", Fraction(200 * 15, 31), Fraction(200 * 16, 31)),
        ("2027-01-01", 0, 200),
        ("2027-02-01", 0, 200),
    ]


def test_a_known_end_brings_nothing_after_it():
    """Ends on 14 February 2027: 14 of 28 days."""
    end = date(2027, 2, 14)
    assert ahead(runs(ends=end), end)[-2:] == [("2027-01-01", 200, 0), ("2027-02-01", 100, 0)]


def test_an_open_ended_contract_is_contracted_in_the_running_month_alone():
    assert ahead(runs(), None, months=2) == [("2026-11-01", 200, 0), ("2026-12-01", 0, 200)]


def test_a_contract_that_begins_next_month_brings_nothing_in_this():
    assert ahead(runs(start=date(2026, 12, 1)), date(2027, 11, 30), months=2) == [
        ("2026-11-01", 0, 0),
        ("2026-12-01", 200, 0),
    ]


def test_the_fees_of_a_period_are_its_months_and_the_days_of_part_months():
    """200.00 a month from 15 January to 9 March, ended on 5 March: 17/31, all of February, 5/31."""
    found = fees_between(runs(ends=date(2026, 3, 5)), date(2026, 1, 15), date(2026, 3, 10))
    assert found == Fraction(200 * 17, 31) + 200 + Fraction(200 * 5, 31)


def test_a_contract_that_ended_before_a_period_brings_no_fees_in_it():
    assert fees_between(runs(ends=date(2026, 3, 5)), date(2026, 4, 1), date(2026, 5, 1)) == 0


def test_movements_come_together_and_their_net_is_what_lies_between():
    """100 new and 20 more, 30 less and 50 gone: 40 more than before."""
    one = Movement(new=Fraction(100), contraction=Fraction(30))
    other = Movement(expansion=Fraction(20), churn=Fraction(50))
    whole = together([one, other])
    assert whole == Movement(Fraction(100), Fraction(20), Fraction(30), Fraction(50))
    assert (whole.net, together([]).net) == (Fraction(40), Fraction(0))
