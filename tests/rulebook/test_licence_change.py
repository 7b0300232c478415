"""A licence that becomes perpetual, and maintenance subscribed later."""

from datetime import date
from decimal import Decimal

import pytest

from kontor.rulebook.licence_change import converted, late_maintenance
from kontor.rulebook.money import Money
from kontor.rulebook.period import Period
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause

CLAUSE = (Clause("leisure", "Art. 6"),)


def eur(amount: str) -> Money:
    return Money.parse(amount, "EUR")


@pytest.mark.requirement("AP-008")
def test_fees_paid_are_not_credited_to_a_perpetual_licence():
    ruling = converted(eur("4000.00"), paid=eur("1200.00"), credited=False, clauses=CLAUSE)
    assert (ruling.value, ruling.clauses) == (eur("4000.00"), CLAUSE)
    assert ruling.working[0].en == "€1,200.00 paid is not credited: €4,000.00."


@pytest.mark.parametrize(("paid", "left"), [("1200.00", "2800.00"), ("5000.00", "0.00")])
def test_where_they_are_credited_nothing_is_paid_back(paid, left):
    assert converted(eur("4000.00"), paid=eur(paid), credited=True).value == eur(left)


@pytest.mark.requirement("AP-022")
def test_late_maintenance_costs_its_term_and_the_time_without():
    """1,200.00 for twelve months and 1,200.00 × 181/365 = 595.07 from 1 January to 30 June 2025."""
    year = Period(date(2025, 7, 1), date(2026, 7, 1))
    found = late_maintenance(Decimal("1200.00"), date(2025, 1, 1), year, currency="EUR").value
    assert (found.term, found.unmaintained, found.total) == (eur("1200.00"), eur("595.07"), eur("1795.07"))


def test_maintenance_from_the_first_day_costs_its_term_alone():
    half = Period(date(2025, 1, 1), date(2025, 7, 1))
    found = late_maintenance(Decimal("1200.00"), date(2025, 1, 1), half, currency="EUR").value
    assert (found.total, found.days) == (eur("600.00"), 0)


def test_a_term_of_odd_days_counts_by_days():
    odd = Period(date(2025, 1, 1), date(2025, 3, 15))  # 73 days are a fifth of 365
    assert late_maintenance(Decimal("1200.00"), date(2025, 1, 1), odd, currency="EUR").value.term == eur("240.00")


def test_maintenance_before_the_first_use_is_refused():
    with pytest.raises(RefusalError, match="before the first use on 2 January 2025"):
        late_maintenance(
            Decimal("1200.00"), date(2025, 1, 2), Period(date(2025, 1, 1), date(2026, 1, 1)), currency="EUR"
        )
