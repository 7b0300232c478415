"""A month's use: blocks, parts of what is included, what a gigabyte is, and in which month a moment lies."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from kontor.rulebook.money import Money
from kontor.rulebook.period import Period
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.usage import (
    Rounding,
    Share,
    Size,
    Tariff,
    blocks_of,
    forecast,
    gigabytes,
    included_in,
    month_at,
    month_of,
    month_statement,
)

BERLIN = ZoneInfo("Europe/Berlin")
JANUARY = Period(date(2026, 1, 1), date(2026, 2, 1))
EURO_BLOCK = Tariff(Decimal(1_000), Decimal("1.00"), "EUR")
MAILS = Text("Mailings", "mailings")
CLAUSE = Clause("crm", "§11.3")


@pytest.mark.requirement("SO-054")
def test_started_blocks_are_charged_above_what_is_included():
    """10,000 included, 12,500 used: 2,500 are 3 started thousands, 3 × 1.00 = 3.00."""
    ruling = month_statement(
        JANUARY, Decimal(12_500), included=included_in(JANUARY, [Share(JANUARY, Decimal(10_000))]), tariff=EURO_BLOCK,
        unit=MAILS, clauses=(CLAUSE,),
    )  # fmt: skip
    assert (ruling.value.over, ruling.value.blocks, ruling.value.amount) == (2_500, 3, Money("EUR", 300))
    assert ruling.clauses == (CLAUSE,)
    assert [step.de for step in ruling.working] == [
        "Im Zeitraum 01.01.2026 bis 31.01.2026 wurden 12.500 Mailings gezählt; 10.000 sind enthalten.",
        "2.500 Mailings sind 3 angefangene Blöcke zu 1.000; 3 × 1,00 € = 3,00 €.",
    ]


@pytest.mark.parametrize(
    ("used", "blocks"), [("9999", 0), ("10000", 0), ("10000.000001", 1), ("11000", 1), ("11001", 2)]
)
def test_the_edges_of_a_block(used, blocks):
    included = included_in(JANUARY, [Share(JANUARY, Decimal(10_000))])
    found = month_statement(JANUARY, Decimal(used), included=included, tariff=EURO_BLOCK, unit=MAILS).value
    assert (found.blocks, found.amount) == (blocks, Money("EUR", 100 * blocks))


def test_without_a_tariff_nothing_is_charged():
    found = month_statement(
        JANUARY, Decimal(16), included=Ruling(Decimal(15)), tariff=None, unit=Text("GB", "GB")
    ).value
    assert (found.over, found.blocks, found.amount) == (1, 0, None)


@pytest.mark.trap(40)
def test_trap_40_a_gigabyte_is_what_the_terms_say():
    """10.01 GB of 10 are one block of 1 GB; 10 GiB = 10 × 2^30 bytes = 10.737418240 GB."""
    assert blocks_of(Decimal("10.01") - 10, Decimal(1)) == 1
    assert gigabytes(Decimal(10 * 2**30), Size.DECIMAL) == Decimal("10.737418")
    assert gigabytes(Decimal(10 * 2**30), Size.BINARY) == 10


@pytest.mark.trap(41)
def test_trap_41_what_is_included_follows_the_days_of_a_plan():
    """10,000 × 19/31 = 6,129.03: 6,129, or 6,130 where the terms round up."""
    share = [Share(Period(date(2026, 1, 13), date(2026, 2, 1)), Decimal(10_000))]
    assert included_in(JANUARY, share).value == 6_129
    assert included_in(JANUARY, share, rounding=Rounding.UP).value == 6_130
    assert included_in(JANUARY, share, rounding=Rounding.DOWN).value == 6_129
    assert [step.en for step in included_in(JANUARY, share).working] == [
        "10,000 × 19/31 days",
        "Rounded once to whole units, a half up: 6,129.",
    ]


@pytest.mark.trap(41)
def test_trap_41_a_change_of_plan_is_rounded_once():
    """5,000 × 12/31 + 10,000 × 19/31 = 1,935.48 + 6,129.03 = 8,064.52: 8,065, not 1,935 + 6,129 = 8,064."""
    shares = [
        Share(Period(date(2026, 1, 1), date(2026, 1, 13)), Decimal(5_000)),
        Share(Period(date(2026, 1, 13), date(2026, 6, 1)), Decimal(10_000)),
        Share(Period(date(2027, 1, 1), date(2027, 2, 1)), Decimal(7)),
    ]
    assert included_in(JANUARY, shares).value == 8_065


def test_a_whole_month_keeps_its_decimals():
    shares = [Share(JANUARY, Decimal("0.5")), Share(JANUARY, Decimal(15))]
    assert included_in(JANUARY, shares).value == Decimal("15.5")
    assert included_in(JANUARY, []).value == 0


@pytest.mark.trap(12)
def test_trap_12_a_moment_belongs_to_the_month_of_the_zone():
    """23:30 UTC on 31 January is 00:30 on 1 February in Berlin; both 02:30 of 25 October 2026 are October's."""
    assert month_at(datetime(2026, 1, 31, 23, 30, tzinfo=UTC), BERLIN).first == date(2026, 2, 1)
    for hour in (0, 1):
        assert month_at(datetime(2026, 10, 25, hour, 30, tzinfo=UTC), BERLIN) == month_of(date(2026, 10, 25))


def test_a_forecast_states_its_arithmetic():
    """900 in 20 of 30 days: 900 × 30 / 20 = 1,350; on the last day and later the month is what it was."""
    november = month_of(date(2026, 11, 1))
    ruling = forecast(Decimal(900), november, date(2026, 11, 20))
    assert ruling.value == 1_350
    assert ruling.working[0].en == "900 in 20 days; 900 × 30 / 20 = 1,350."
    assert {forecast(Decimal(900), november, day).value for day in (date(2026, 11, 30), date(2027, 1, 5))} == {900}


def test_what_cannot_be_is_refused():
    with pytest.raises(RefusalError):
        blocks_of(Decimal(1), Decimal(0))
    with pytest.raises(RefusalError):
        forecast(Decimal(1), JANUARY, date(2025, 12, 31))


QUANTITIES = st.decimals(min_value=0, max_value=10**9, places=6)
SIZES = st.decimals(min_value=Decimal("0.000001"), max_value=10**6, places=6)


@given(over=QUANTITIES, size=SIZES)
def test_blocks_hold_what_goes_beyond_and_none_is_empty(over, size):
    blocks = blocks_of(over, size)
    assert (blocks - 1) * size < over <= blocks * size or (over, blocks) == (0, 0)


@given(day=st.integers(0, 31), included=st.integers(0, 10**7))
def test_one_plan_cut_in_two_includes_what_it_includes_whole(day, included):
    cut = date.fromordinal(JANUARY.first.toordinal() + day)
    parts = [Share(part, Decimal(included)) for part in JANUARY.split(cut)]
    assert included_in(JANUARY, parts).value == included
