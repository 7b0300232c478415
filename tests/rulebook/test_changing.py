"""What an order changes and costs: billed to the cent like the run that follows, no day twice, none for nothing."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from kontor.rulebook.amendments import Amendment, History
from kontor.rulebook.billing import due_on
from kontor.rulebook.billing_rule import BillingRule, Issued
from kontor.rulebook.changing import (
    Wanted,
    added,
    base_fee,
    billing_intervals,
    cost_of,
    ending_with,
    fewer,
    running_interval,
)
from kontor.rulebook.contract_state import AddItem, ChangeQuantity, ContractState, End, Per, SetInterval
from kontor.rulebook.invoice_lines import invoice_lines
from kontor.rulebook.money import Money
from kontor.rulebook.period import Interval, Period
from kontor.rulebook.refusal import RefusalError

TOLD = datetime(2026, 1, 1, 0, 30, tzinfo=UTC)
FIRST = date(2026, 1, 1)


def rule(anchor: date = FIRST) -> BillingRule:
    return BillingRule(issued=Issued.PERIOD_START, anchor=anchor, first_day=anchor, concluded=anchor, zone=UTC)


def contract(price: str, per: Per, every: Interval, *, quantity: int = 1, first: date = FIRST) -> list[Amendment]:
    return [
        Amendment("000001.000", first, TOLD, AddItem("basic", quantity, Decimal(price), per)),
        Amendment("000001.001", first, TOLD, SetInterval(every)),
    ]


def order(number: int, on: date, change: object) -> Amendment:
    recorded = datetime.combine(on, time(8, number), UTC)
    return Amendment(f"{number:06}.000", on, recorded, change)  # type: ignore[arg-type]


def now(history: list[Amendment], *orders: Amendment, anchor: date = FIRST) -> str:
    billed = [due.key for due in due_on(history, rule(anchor), orders[0].effective).value]
    return cost_of(history, list(orders), rule(anchor), currency="EUR", billed=billed).value.now.bare()


# ---- the traps


@pytest.mark.parametrize(
    ("trap", "price", "anchor", "on", "cost"),
    [
        (14, "100.00", date(2026, 1, 1), date(2026, 1, 11), "67.74"),  # 100.00 × 21/31
        (16, "49.90", date(2026, 1, 1), date(2026, 1, 12), "32.19"),  # 49.90 × 20/31, no rounded day price
        (18, "49.90", date(2026, 2, 1), date(2026, 2, 25), "7.13"),  # × 4/28
        (18, "49.90", date(2028, 2, 1), date(2028, 2, 25), "8.60"),  # × 5/29 in a leap year
        (17, "50.00", date(2026, 1, 20), date(2026, 2, 1), "30.65"),  # 20 January to 19 February: × 19/31
    ],
)
def test_what_joins_within_a_month_costs_its_days(trap, price, anchor, on, cost):
    history = contract(price, Per.MONTH, Interval.MONTH, first=anchor)
    assert now(history, order(2, on, ChangeQuantity("basic", 1)), anchor=anchor) == cost


def test_trap_14_the_day_of_a_change_belongs_to_what_follows():
    """One of 100.00 until the 10th, two from the 11th: 100.00 + 67.74, and a third from the 31st for one day."""
    history = contract("100.00", Per.MONTH, Interval.MONTH)
    assert now(history, order(2, date(2026, 1, 31), ChangeQuantity("basic", 1))) == "3.23"
    assert now(history, order(2, date(2026, 2, 1), ChangeQuantity("basic", 1))) == "100.00"


def test_trap_17_the_denominator_is_the_whole_interval():
    """A quarter from 15 April has 91 days; 20 May to 14 July is 56 of them: 91.00 × 56/91."""
    anchor = date(2026, 4, 15)
    history = contract("91.00", Per.QUARTER, Interval.QUARTER, first=anchor)
    assert now(history, order(2, date(2026, 5, 20), ChangeQuantity("basic", 1)), anchor=anchor) == "56.00"


def test_trap_19_up_and_down_on_one_day_cost_nothing():
    history = contract("100.00", Per.MONTH, Interval.MONTH, quantity=3)
    up = order(2, date(2026, 1, 11), ChangeQuantity("basic", 2))
    down = order(3, date(2026, 1, 11), ChangeQuantity("basic", -2))
    found = cost_of(history, [up, down], rule(), currency="EUR", billed=[]).value
    assert (found.now.bare(), found.lines, found.more_per_interval.bare()) == ("0.00", (), "0.00")


def test_trap_20_a_year_by_the_month_is_twelve_months():
    """3 August 2026 to 2 August 2027."""
    first = date(2026, 8, 3)
    history = [*contract("10.00", Per.MONTH, Interval.MONTH, first=first), order(2, first, End(date(2027, 8, 2)))]
    dues = due_on(history, rule(first), date(2030, 1, 1)).value
    assert (len(dues), sum(line.amount.minor for line in invoice_lines(dues, currency="EUR").value)) == (12, 12_000)


@given(st.lists(st.tuples(st.integers(1, 364), st.integers(1, 4)), min_size=1, max_size=5))
def test_orders_of_a_year_are_billed_by_the_day_and_no_day_twice(orders):
    """What all orders cost together is what the days of each cost, within half a cent an order."""
    history = contract("365.00", Per.YEAR, Interval.YEAR)
    billed = [due.key for due in due_on(history, rule(), FIRST).value]
    exact, total = Fraction(), Money.zero("EUR")
    for number, (days, by) in enumerate(sorted(orders), 2):
        on = FIRST + timedelta(days=days)
        new = order(number, on, ChangeQuantity("basic", by))
        total += cost_of(history, [new], rule(), currency="EUR", billed=billed).value.now
        exact += by * (365 - days)
        history.append(new)
        billed += [due.key for due in due_on(history, rule(), on, billed=billed).value]
    assert abs(Fraction(total.minor, 100) - exact) <= Fraction(len(orders), 200)
    assert due_on(history, rule(), date(2026, 12, 31), billed=billed).value == ()


# ---- what is changed


HAS = AddItem("basic", 10, Decimal("60.00"), Per.MONTH).applied(ContractState(), FIRST)


def test_another_price_is_another_position_and_the_same_item_joins_it():
    once = added(HAS, [Wanted("basic", 1, Decimal("65.00"), Per.MONTH)], {})
    two = once[0].applied(HAS, FIRST)
    assert [it.key for it in two.positions] == ["basic", "basic-2"]
    again = added(two, [Wanted("basic", 2, Decimal("65.00"), Per.MONTH)], {"basic-2": "basic"})
    assert again == (ChangeQuantity("basic-2", 2),)
    third = added(two, [Wanted("basic", 1, Decimal("70.00"), Per.MONTH)], {}, taken=["basic-3"])
    assert third == (AddItem("basic-4", 1, Decimal("70.00"), Per.MONTH),)


def test_something_new_keeps_its_own_key():
    assert added(HAS, [Wanted("plus", 1, Decimal("9.00"), Per.MONTH)], {})[0].key == "plus"


@pytest.mark.parametrize("quantity", [0, -1])
def test_whole_pieces_are_ordered(quantity):
    with pytest.raises(RefusalError, match="Whole pieces are ordered"):
        added(HAS, [Wanted("basic", quantity, Decimal("60.00"), Per.MONTH)], {})


def test_no_more_go_than_there_are():
    with pytest.raises(RefusalError, match="has the quantity 10"):
        fewer(HAS, {"basic": 11}, FIRST)


def test_an_addition_for_the_rest_of_a_term_takes_itself_away():
    assert ending_with([AddItem("plus", 3, Decimal("9.00"), Per.MONTH), ChangeQuantity("basic", 2)]) == (
        ChangeQuantity("plus", -3), ChangeQuantity("basic", -2),
    )  # fmt: skip


# ---- intervals and fees


def test_the_interval_of_a_day_follows_a_change_of_interval():
    history = [*contract("10.00", Per.MONTH, Interval.YEAR), order(2, date(2027, 1, 1), SetInterval(Interval.QUARTER))]
    assert running_interval(history, rule(), date(2025, 6, 1)) == Period(FIRST, date(2027, 1, 1))
    assert running_interval(history, rule(), date(2026, 12, 31)) == Period(FIRST, date(2027, 1, 1))
    assert running_interval(history, rule(), date(2027, 5, 5)) == Period(date(2027, 4, 1), date(2027, 7, 1))


def test_the_intervals_agreed_stand_with_the_day_from_which_each_counts():
    history = contract("600.00", Per.YEAR, Interval.YEAR)
    assert billing_intervals(history, rule()) == ((FIRST, Interval.YEAR),)
    changed = [*history, order(2, date(2026, 7, 1), SetInterval(Interval.QUARTER))]
    # the year that runs is not cut: quarters count from its end
    assert billing_intervals(changed, rule()) == ((FIRST, Interval.YEAR), (date(2027, 1, 1), Interval.QUARTER))
    twice = [*changed, order(3, date(2027, 2, 1), SetInterval(Interval.MONTH))]
    assert billing_intervals(twice, rule()) == (
        (FIRST, Interval.YEAR),
        (date(2027, 1, 1), Interval.QUARTER),
        (date(2027, 4, 1), Interval.MONTH),
    )
    with pytest.raises(RefusalError):
        billing_intervals(history[:1], rule())


def test_without_an_interval_there_is_none():
    history = contract("10.00", Per.MONTH, Interval.YEAR)[:1]
    with pytest.raises(RefusalError, match=r"No billing interval is agreed for 1 January 2026\."):
        running_interval(history, rule(), FIRST)
    assert base_fee(History(history).state(FIRST), currency="EUR") == Money.zero("EUR")


def test_the_base_fee_counts_what_recurs():
    history = [
        *contract("60.00", Per.MONTH, Interval.QUARTER, quantity=2),
        Amendment("000001.002", FIRST, TOLD, AddItem("terminal", 1, Decimal("900.00"), Per.ONCE)),
        Amendment("000001.003", FIRST, TOLD, AddItem("storage", 1, Decimal("100.00"), Per.YEAR)),
    ]
    # 2 × 60.00 × 3 + 100.00 × 3/12
    assert base_fee(History(history).state(FIRST), currency="EUR").bare() == "385.00"
