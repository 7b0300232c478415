"""By how much a fee is reduced for a defect, and when it was reduced whole often enough."""

from datetime import date
from decimal import Decimal

import pytest

from kontor.rulebook.contract_state import Per, Position
from kontor.rulebook.fee_reduction import Asked, monthly_fee, months_in_a_row, reduced
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause

CLAUSES = (Clause("visitor", "4.5.3"),)
FEE = Money.parse("200.00", "EUR")
TODAY = date(2026, 3, 21)


def asked(amount: str, until: date | None = date(2026, 3, 20)) -> Asked:
    return Asked(date(2026, 3, 1), Money.parse(amount, "EUR"), until)


@pytest.mark.requirement("FW-023")
@pytest.mark.parametrize(("amount", "given"), [("260.00", "200.00"), ("200.00", "200.00"), ("50.00", "50.00")])
def test_a_reduction_ends_at_the_monthly_fee_of_the_part(amount, given):
    ruling = reduced(asked(amount), FEE, today=TODAY, clauses=CLAUSES)
    assert (ruling.value.bare(), ruling.clauses) == (given, CLAUSES)


@pytest.mark.requirement("FW-023")
@pytest.mark.parametrize("until", [None, date(2026, 3, 21), date(2026, 3, 22)])
def test_without_a_second_period_that_has_passed_nothing_is_reduced(until):
    with pytest.raises(RefusalError, match="only after a second period"):
        reduced(asked("50.00", until), FEE, today=TODAY, clauses=CLAUSES)


def test_two_reductions_of_a_month_share_its_fee():
    """200.00 − 150.00 = 50.00."""
    before = Money.parse("150.00", "EUR")
    assert reduced(asked("60.00"), FEE, today=TODAY, clauses=CLAUSES, before=before).value.bare() == "50.00"
    with pytest.raises(RefusalError, match=r"€0\.00 are left"):
        reduced(asked("0.01"), FEE, today=TODAY, clauses=CLAUSES, before=FEE)


def test_a_reduction_of_nothing_is_refused():
    with pytest.raises(RefusalError, match=r"€200\.00 are left"):
        reduced(asked("0.00"), FEE, today=TODAY, clauses=CLAUSES)


@pytest.mark.parametrize(("per", "fee"), [(Per.MONTH, "2000.00"), (Per.QUARTER, "666.67"), (Per.YEAR, "166.67")])
def test_the_monthly_fee_is_a_third_of_a_quarter_and_a_twelfth_of_a_year(per, fee):
    """2 × 1,000.00 = 2,000.00 a span; a third is 666.666…, a twelfth 166.666…."""
    assert monthly_fee(Position("kiosk", 2, Decimal("1000.00"), per), "EUR").bare() == fee


def test_what_is_paid_once_has_no_monthly_fee():
    with pytest.raises(RefusalError, match="paid once"):
        monthly_fee(Position("terminal", 1, Decimal("1490.00"), Per.ONCE), "EUR")


@pytest.mark.requirement("FW-024")
@pytest.mark.parametrize(
    ("months", "last"),
    [
        ([3, 4, 5], date(2026, 5, 1)),
        ([3, 4, 6], None),
        ([5, 3, 4, 4], date(2026, 5, 1)),
        ([1, 2, 4, 5, 6, 7], date(2026, 6, 1)),
        ([], None),
    ],
)
def test_three_months_in_a_row_are_three_months_without_a_gap(months, last):
    assert months_in_a_row([date(2026, month, 1) for month in months], wanted=3) == last


def test_december_and_january_are_in_a_row():
    months = [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)]
    assert months_in_a_row(months, wanted=3) == date(2027, 1, 1)
