"""Which index values move a price, and how they are told."""

from datetime import date
from decimal import Decimal

import pytest

from kontor.rulebook.index_adjustment import Published, adjusted, published_by
from kontor.rulebook.indexation import Rounds
from kontor.rulebook.refusal import RefusalError

OLD, NEW = "2015=100", "2020=100"


def of(month: date, value: str, published: date, base: str = OLD) -> Published:
    return Published(month, base, Decimal(value), published)


JANUARY = of(date(2026, 1, 1), "288.8", date(2026, 2, 20))
OCTOBER = of(date(2026, 10, 1), "305.4", date(2026, 11, 20))
LATER = date(2026, 12, 1)


def step(price: str, s0: Published, values: list[Published], on: date = LATER, rounds: Rounds = Rounds.UNIT):
    return adjusted(Decimal(price), s0, values, on, currency="EUR", rounds=rounds)


def test_what_is_published_by_a_day():
    corrected = of(date(2026, 10, 1), "305.6", date(2026, 11, 25))
    assert published_by([JANUARY, OCTOBER], date(2026, 2, 19)) is None
    assert published_by([JANUARY, OCTOBER], date(2026, 11, 19)) == JANUARY
    assert published_by([JANUARY, corrected, OCTOBER], date(2026, 11, 24)) == OCTOBER
    assert published_by([JANUARY, corrected, OCTOBER], date(2026, 11, 25)) == corrected
    same_day = of(date(2026, 10, 1), "305.5", date(2026, 11, 20))
    assert published_by([OCTOBER, same_day], LATER) == same_day


@pytest.mark.requirement("AP-033")
def test_the_next_adjustment_starts_from_the_price_and_the_value_of_this_one():
    """1,000.00 × 305.4 / 288.8 = 1,057.479…; then 1,057.48 × 310.0 / 305.4 = 1,073.408…"""
    first = step("1000.00", JANUARY, [JANUARY, OCTOBER]).value
    assert (first.price, first.s) == (Decimal("1057.48"), OCTOBER)
    following = of(date(2027, 9, 1), "310.0", date(2027, 10, 20))
    values = [JANUARY, OCTOBER, following]
    assert step("1057.48", first.s, values, date(2027, 12, 1)).value.price == Decimal("1073.41")


@pytest.mark.requirement("AP-033")
def test_without_a_newer_value_the_price_stays():
    ruling = step("1000.00", JANUARY, [JANUARY])
    assert (ruling.value.price, ruling.value.s) == (Decimal("1000.00"), JANUARY)
    assert ruling.working[0].en == "No value newer than that of 01/2026 is published; the price stays."
    assert step("1000.00", JANUARY, []).value.price == Decimal("1000.00")


@pytest.mark.trap(43)
def test_from_points_and_not_from_a_rounded_percentage():
    """49.90 × 121.2 / 117.6 = 51.4275…: 51.43, times 37 users 1,902.91; kept exact, times 37 it is 1,902.82."""
    s0, s = of(date(2026, 1, 1), "117.6", date(2026, 2, 1)), of(date(2026, 6, 1), "121.2", date(2026, 7, 1))
    unit = step("49.90", s0, [s0, s]).value.price
    exact = step("49.90", s0, [s0, s], rounds=Rounds.TOTAL).value.price
    assert (unit, unit * 37) == (Decimal("51.43"), Decimal("1902.91"))
    assert (exact, round(exact * 37, 2)) == (Decimal("51.427551"), Decimal("1902.82"))


@pytest.mark.trap(44)
def test_a_new_base_is_linked_by_the_latest_month_on_both():
    """So 117.6 is 117.6 × 104.0 / 125.0 on the new base; 49.90 × 108.0 / 97.8432 = 55.0799…"""
    s0 = of(date(2026, 1, 1), "117.6", date(2026, 2, 1))
    values = [
        s0,
        of(date(2026, 6, 1), "125.0", date(2026, 7, 1)),
        of(date(2026, 5, 1), "103.0", date(2026, 7, 15), NEW),
        of(date(2026, 6, 1), "104.0", date(2026, 7, 15), NEW),
        of(date(2026, 10, 1), "108.0", date(2026, 11, 15), NEW),
    ]
    ruling = step("49.90", s0, values)
    assert ruling.value.price == Decimal("55.08")
    assert "The index moves from 2015=100 to 2020=100; they are linked by 06/2026." in [it.en for it in ruling.working]
    with pytest.raises(RefusalError, match="no month is published on both bases"):
        step("49.90", s0, [s0, values[-1]])


@pytest.mark.trap(44)
def test_the_index_falls_and_the_price_with_it():
    """1,000.00 × 280.0 / 288.8 = 969.529…"""
    fallen = of(date(2026, 10, 1), "280.0", date(2026, 11, 20))
    assert step("1000.00", JANUARY, [JANUARY, fallen]).value.price == Decimal("969.53")
