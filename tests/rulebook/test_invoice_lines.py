"""Lines that are exact and readable."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from kontor.rulebook.billing_rule import Due, Kind
from kontor.rulebook.contract_state import Per, Quantity
from kontor.rulebook.invoice_lines import Unit, invoice_lines
from kontor.rulebook.money import Money
from kontor.rulebook.period import Period
from kontor.rulebook.ruling import Clause
from kontor.rulebook.totals import Line, line_net
from kontor.rulebook.vat_rates import VatCategory

FEES = Clause("visitor", "7.4")
YEAR = Period(date(2026, 1, 1), date(2027, 1, 1))


def due(
    quantity: Quantity, price: str, times: Fraction, *, per: Per = Per.MONTH, share: tuple[int, int] | None = None
) -> Due:
    return Due(
        position="platform",
        kind=Kind.ADVANCE,
        period=YEAR,
        issued_on=YEAR.first,
        quantity=quantity,
        price=Decimal(price),
        per=per,
        times=times,
        days=share[0] if share else None,
        of_days=share[1] if share else None,
        clauses=(FEES,),
    )


@pytest.mark.parametrize(
    ("given_due", "quantity", "price", "base", "unit", "amount"),
    [
        (due(10, "60.00", Fraction(3)), "30", "60.00", "1", Unit.MONTH, "1800.00"),
        (due(3, "1200.00", Fraction(1, 4), per=Per.YEAR), "3", "1200.00", "4", Unit.YEAR, "900.00"),
        (due(2, "90.00", Fraction(4), per=Per.QUARTER), "8", "90.00", "1", Unit.QUARTER, "720.00"),
        (due(2, "1000.00", Fraction(1), per=Per.ONCE), "2", "1000.00", "1", Unit.PIECE, "2000.00"),
        (due(2, "50.00", Fraction(12), share=(184, 365)), "368", "600.00", "365", Unit.DAY, "604.93"),
        (due(1, "49.90", Fraction(7, 2)), "7", "49.90", "2", Unit.MONTH, "174.65"),
        (due(-2, "50.00", Fraction(12), share=(184, 365)), "-368", "600.00", "365", Unit.DAY, "-604.93"),
        (due(5000, "0.0035", Fraction(1)), "5000", "0.0035", "1", Unit.MONTH, "17.50"),
    ],
)
def test_a_line_shows_quantity_price_and_what_it_is_for(
    given_due: Due, quantity: str, price: str, base: str, unit: Unit, amount: str
):
    (line,) = invoice_lines([given_due], currency="EUR").value
    assert (line.quantity, line.unit_price, line.base_quantity, line.unit) == (
        Decimal(quantity),
        Decimal(price),
        Decimal(base),
        unit,
    )
    assert line.amount == Money.parse(amount, "EUR")
    assert (line.key, line.kind, line.period, line.clauses) == (given_due.key, Kind.ADVANCE, YEAR, (FEES,))


def test_one_of_a_unit_is_said_as_one():
    ruling = invoice_lines([due(1, "34.90", Fraction(1))], currency="EUR")
    assert ruling.working == (
        (
            "01.01.2026 bis 31.12.2026: 1 Monat × 34,90 € = 34,90 €",
            "1 January 2026 to 31 December 2026: 1 month × €34.90 = €34.90",
        ),
    )


def test_the_working_states_each_line_in_both_languages():
    ruling = invoice_lines(
        [due(10, "60.00", Fraction(3)), due(2, "50.00", Fraction(12), share=(184, 365))], currency="EUR"
    )
    assert ruling.working == (
        (
            "01.01.2026 bis 31.12.2026: 30 Monate × 60,00 € = 1.800,00 €",
            "1 January 2026 to 31 December 2026: 30 months × €60.00 = €1,800.00",
        ),
        (
            "01.01.2026 bis 31.12.2026: 368 Tage × 600,00 € / 365 = 604,93 €",
            "1 January 2026 to 31 December 2026: 368 days × €600.00 / 365 = €604.93",
        ),
    )
    assert ruling.clauses == (FEES,)
    assert ruling.value[1].why.inputs == (
        ("position", "platform"),
        ("quantity", "2"),
        ("price", "50.00"),
        ("factor", "2208/365"),
    )


@given(
    quantity=st.integers(min_value=-500, max_value=500),
    price=st.decimals(min_value=0, max_value=5000, places=4),
    times=st.fractions(min_value=0, max_value=12, max_denominator=372),
    share=st.one_of(st.none(), st.tuples(st.integers(1, 365), st.just(366))),
)
def test_a_line_is_exactly_quantity_times_price_times_factor_and_what_the_standard_computes(
    quantity: int, price: Decimal, times: Fraction, share: tuple[int, int] | None
):
    one = due(quantity, str(price), times, share=share)
    (line,) = invoice_lines([one], currency="EUR").value
    assert line.amount == Money.rounded(Fraction(price) * quantity * one.factor, "EUR")
    as_invoiced = Line(
        quantity=line.quantity,
        unit_price=line.unit_price,
        base_quantity=line.base_quantity,
        category=VatCategory.STANDARD,
        percent=Decimal(19),
    )
    assert line_net(as_invoiced, "EUR") == line.amount


def test_hours_are_counted_as_hours_and_split_exactly():
    """1.5 h × 129.90 = 194.85."""
    one = due(Decimal("1.5"), "129.90", Fraction(1), per=Per.ONCE)
    (line,) = invoice_lines([one], currency="EUR", units={"platform": Unit.HOUR}).value
    assert (line.quantity, line.unit, line.amount.bare()) == (Decimal("1.5"), Unit.HOUR, "194.85")
    assert line.why.working[0].en == "1 January 2026 to 31 December 2026: 1.5 hours × €129.90 = €194.85"
