"""Prices by index."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from kontor.rulebook.duration import Duration
from kontor.rulebook.indexation import (
    Reading,
    Rounds,
    adjusted_from,
    indexed_amount,
    indexed_price,
    latest_reading,
    rebased,
)
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause

PRICE = Clause("leisure", "Art. 11")
values = st.decimals(min_value=Decimal("0.1"), max_value=Decimal(999), places=1)


@pytest.mark.requirement("AP-033")
def test_price_follows_the_index_and_the_next_step_starts_from_there():
    first = indexed_price(Decimal("1000.00"), Decimal("288.8"), Decimal("305.4"), currency="EUR", clauses=[PRICE])
    assert first.value == Decimal("1057.48")
    assert first.clauses == (PRICE,)
    assert first.inputs == (("price", "1000.00"), ("currency", "EUR"), ("s0", "288.8"), ("s", "305.4"))
    assert first.working == (
        (
            "1.000,00 € × 305,4 / 288,8 = 1.057,48 €, gerundet auf 2 Nachkommastellen",
            "€1,000.00 × 305.4 / 288.8 = €1,057.48, rounded to 2 decimals",
        ),
    )
    # 1057.48 × 310.2 / 305.4 = 1074.1005…
    assert indexed_price(first.value, Decimal("305.4"), Decimal("310.2"), currency="EUR").value == Decimal("1074.10")


@pytest.mark.requirement("AP-033")
def test_without_a_published_value_nothing_is_adjusted():
    ruling = indexed_price(Decimal("1000.00"), Decimal("288.8"), None, currency="EUR")
    assert ruling.value == Decimal("1000.00")
    assert ruling.working == (
        (
            "Kein Indexwert ist veröffentlicht; der Preis bleibt bei 1.000,00 €.",
            "No index value is published; the price stays at €1,000.00.",
        ),
    )


def test_a_unit_price_may_keep_more_decimals():
    # 0.0035 × 121.2 / 117.6 = 0.003607142…
    ruling = indexed_price(Decimal("0.0035"), Decimal("117.6"), Decimal("121.2"), currency="EUR", places=6)
    assert ruling.value == Decimal("0.003607")


@pytest.mark.trap(43)
def test_the_exact_ratio_counts_and_the_contract_names_what_is_rounded():
    s0, s = Decimal("117.6"), Decimal("121.2")
    assert indexed_price(Decimal("49.90"), s0, s, currency="EUR").value == Decimal("51.43")
    unit = indexed_amount(Decimal("49.90"), 37, s0=s0, s=s, currency="EUR", rounds=Rounds.UNIT, clauses=[PRICE])
    total = indexed_amount(Decimal("49.90"), 37, s0=s0, s=s, currency="EUR", rounds=Rounds.TOTAL, clauses=[PRICE])
    assert (unit.value.bare(), total.value.bare()) == ("1902.91", "1902.82")
    assert (unit.clauses, total.clauses) == ((PRICE,), (PRICE,))
    assert unit.working[-1].en == "37 × €51.43 = €1,902.91; the unit price was rounded"
    assert total.working[-1].en == "37 × €49.90 × 121.2 / 117.6 = €1,902.82; the total was rounded"


@pytest.mark.trap(44)
def test_a_new_base_is_reached_by_the_overlapping_month_and_nothing_is_rounded_on_the_way():
    # So 117.6 on 2020 = 100; the overlapping month is 122.4 there and 100.9 on 2025 = 100
    ruling = rebased(Decimal("117.6"), old=Decimal("122.4"), new=Decimal("100.9"), clauses=[PRICE])
    assert ruling.value == Fraction(1176, 10) * Fraction(1009, 1224)
    assert ruling.working[0].en == "117.6 on the old base is 117.6 × 100.9 / 122.4 ≈ 96.9431 on the new one"
    # the same movement on either base gives the same price
    old = indexed_price(Decimal("49.90"), Decimal("117.6"), Decimal("122.4"), currency="EUR")
    new = indexed_price(Decimal("49.90"), ruling.value, Decimal("100.9"), currency="EUR")
    assert new.value == old.value == Decimal("51.94")
    total = indexed_amount(
        Decimal("49.90"), 1, s0=ruling.value, s=Decimal("100.9"), currency="EUR", rounds=Rounds.TOTAL
    )
    assert total.value.bare() == "51.94"


@pytest.mark.trap(44)
def test_an_index_falls_too():
    assert indexed_price(Decimal("51.43"), Decimal("121.2"), Decimal("117.6"), currency="EUR").value == Decimal("49.90")


@pytest.mark.trap(44)
def test_from_the_base_is_not_the_same_as_chained_percentages():
    # 110.0 -> 113.3 -> 117.7: from the base +7.0 %; +3.0 % and +3.9 % (3.883 rounded) would give 107.02
    assert indexed_price(Decimal(100), Decimal("110.0"), Decimal("117.7"), currency="EUR").value == Decimal("107.00")


@pytest.mark.trap(44)
def test_never_before_the_announcement_and_its_notice_and_never_backwards():
    renewals = [date(2028, 2, 1), date(2027, 2, 1)]
    assert adjusted_from(renewals, date(2027, 1, 31), clauses=[PRICE]).value == date(2027, 2, 1)
    assert adjusted_from(renewals, date(2027, 2, 1)).value == date(2028, 2, 1)
    month = Duration.parse("1 month")
    assert adjusted_from(renewals, date(2026, 12, 31), notice=month).value == date(2027, 2, 1)
    late = adjusted_from(renewals, date(2027, 1, 1), notice=month)
    assert late.value == date(2028, 2, 1)
    assert late.working[0].en == "Announced on 1 January 2027, the new price holds from the renewal on 1 February 2028."
    never = adjusted_from(renewals, date(2028, 2, 1))
    assert never.value is None
    assert never.working[0].en == (
        "No renewal follows the announcement on 1 February 2028 at which the price could rise or fall."
    )


def test_the_youngest_published_value_counts():
    readings = [Reading(date(2026, 1, 20), Decimal("305.4")), Reading(date(2025, 12, 20), Decimal("304.9"))]
    assert latest_reading(readings, date(2026, 1, 19)) == readings[1]
    assert latest_reading(readings, date(2026, 1, 20)) == readings[0]
    assert latest_reading(readings, date(2025, 12, 19)) is None
    corrected = Reading(date(2026, 1, 20), Decimal("305.1"))
    assert latest_reading([*readings, corrected], date(2026, 2, 1)) == corrected


@pytest.mark.parametrize(("s0", "s"), [("0", "1"), ("1", "0"), ("-1", "1")])
def test_an_index_value_is_greater_than_zero(s0: str, s: str):
    with pytest.raises(RefusalError, match=r"An index value is greater than zero\."):
        indexed_price(Decimal(1), Decimal(s0), Decimal(s), currency="EUR")


@given(price=values, s0=values, lower=values, higher=values)
def test_a_higher_index_never_gives_a_lower_price(price: Decimal, s0: Decimal, lower: Decimal, higher: Decimal):
    low, high = sorted([lower, higher])
    assert indexed_price(price, s0, s0, currency="EUR").value == price
    cheap = indexed_price(price, s0, low, currency="EUR").value
    assert cheap <= indexed_price(price, s0, high, currency="EUR").value
