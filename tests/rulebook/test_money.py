"""Amounts: read exactly, rounded once, divided without losing a cent, written for two languages."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from kontor.rulebook.currency import minor_digits, written
from kontor.rulebook.money import CurrencyMismatchError, Money, exact_decimal, rounded_decimal, rounded_half_away
from kontor.rulebook.refusal import RefusalError

amounts = st.integers(min_value=-(10**12), max_value=10**12)
factors = st.fractions(min_value=-1000, max_value=1000, max_denominator=1000)
weights = st.lists(st.fractions(min_value=0, max_value=50, max_denominator=366), min_size=1, max_size=20).filter(any)


def euro(amount: str) -> Money:
    return Money.parse(amount, "EUR")


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [("123.9", "EUR", 12390), ("-0.01", "EUR", -1), ("500", "JPY", 500), ("1.234", "BHD", 1234), ("1E+3", "EUR", None)],
)
def test_an_amount_is_read_exactly_in_its_currencys_minor_units(amount: str, currency: str, minor: int | None):
    if minor is None:
        assert Money.parse(Decimal(amount), currency) == Money("EUR", 100000)
    else:
        assert Money.parse(amount, currency) == Money(currency, minor)
        assert Money.parse(Decimal(amount), currency) == Money(currency, minor)


@pytest.mark.parametrize("text", ["", "1,50", "1e3", "NaN", "Infinity", " 1", "١", "1.", ".5", "+1", "0x1"])
def test_what_is_no_plain_number_is_refused_by_a_sentence(text: str):
    with pytest.raises(RefusalError) as refused:
        Money.parse(text, "EUR")
    assert refused.value.text.en == f"“{text}” is not a number; a number such as 1234.56 is expected."
    assert refused.value.text.de == f"„{text}“ ist keine Zahl; erwartet wird eine Zahl wie 1234.56."


def test_a_decimal_that_is_no_number_is_refused():
    with pytest.raises(RefusalError, match="“NaN” is not a number"):
        exact_decimal(Decimal("NaN"))


@pytest.mark.parametrize(("amount", "currency", "digits"), [("1.234", "EUR", 2), ("0.5", "JPY", 0)])
def test_more_decimals_than_the_currency_has_are_refused(amount: str, currency: str, digits: int):
    with pytest.raises(RefusalError) as refused:
        Money.parse(amount, currency)
    assert str(refused.value) == f"{amount} has more decimals than {currency} knows ({digits})."


def test_an_unknown_currency_is_refused_and_half_cents_cannot_be_built():
    with pytest.raises(RefusalError, match="“EURO” is no ISO 4217 currency; a code such as EUR is expected"):
        Money("EURO", 1)
    with pytest.raises(TypeError):
        Money("EUR", 1.5)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Money("EUR", True)


@pytest.mark.parametrize("absurd", ["10000000000000000.00", "-12345678901234567890123456789012345.67"])
def test_absurd_amounts_are_refused_rather_than_rounded(absurd: str):
    with pytest.raises(RefusalError, match="The amount is too large"):
        euro(absurd)
    assert euro("9999999999999999.99").bare() == "9999999999999999.99"


@pytest.mark.trap(21)
def test_a_half_goes_away_from_zero():
    assert rounded_decimal(Fraction("2.675"), 2) == Decimal("2.68")
    assert rounded_decimal(Fraction("0.125"), 2) == Decimal("0.13")
    assert Money.rounded(Decimal("2.675"), "EUR").bare() == "2.68"
    assert Money.rounded(Fraction("-2.675"), "EUR").bare() == "-2.68"
    assert [rounded_half_away(Fraction(n, 2)) for n in (5, -5, 0)] == [3, -3, 0]


def test_amounts_of_one_currency_are_ordered_added_and_negated():
    assert sorted([euro("2"), euro("-1"), euro("1.50")]) == [euro("-1"), euro("1.50"), euro("2")]
    assert euro("1") + euro("2.50") - euro("0.01") == euro("3.49")
    assert (-euro("1"), abs(euro("-1")), bool(euro("0")), bool(euro("0.01"))) == (euro("-1"), euro("1"), False, True)
    assert euro("1") <= euro("1") <= euro("2")
    assert euro("2") >= euro("2") > euro("1")
    assert Money.total([euro("0.10")] * 3, "EUR") == euro("0.30")
    assert Money.total([], "EUR") == Money.zero("EUR")


@pytest.mark.parametrize("mix", ["__add__", "__sub__", "__lt__", "__le__", "__gt__", "__ge__"])
def test_two_currencies_are_never_reckoned_together(mix: str):
    with pytest.raises(CurrencyMismatchError) as refused:
        getattr(euro("1"), mix)(Money.parse("1", "NOK"))
    assert refused.value.text == (
        "EUR und NOK lassen sich nicht verrechnen.",
        "EUR and NOK cannot be reckoned together.",
    )
    assert euro("1") != Money.parse("1", "NOK")


@pytest.mark.trap(15)
def test_three_equal_parts_of_a_hundred():
    assert [part.bare() for part in euro("100.00").allocate((1, 1, 1))] == ["33.33", "33.33", "33.34"]


def test_small_amounts_never_make_a_negative_rest():
    assert [part.minor for part in euro("0.05").allocate([1] * 10)] == [1, 1, 1, 1, 1, 0, 0, 0, 0, 0]
    assert [part.minor for part in euro("-0.05").allocate([1] * 10)] == [-1, -1, -1, -1, -1, 0, 0, 0, 0, 0]


def test_a_part_without_weight_gets_nothing_even_when_it_is_the_last():
    assert [part.minor for part in euro("100").allocate((0, 1, 1, 1, 0))] == [0, 3333, 3333, 3334, 0]


@pytest.mark.parametrize("wrong", [(), (0, 0), (1, -1, 1)])
def test_weights_that_divide_nothing_are_refused(wrong: tuple[int, ...]):
    with pytest.raises(RefusalError, match="weights that are not negative and not all zero"):
        euro("1").allocate(wrong)


@given(minor=amounts, parts=weights)
def test_the_parts_are_the_whole_and_none_turns_its_sign(minor: int, parts: list[Fraction]):
    whole = Money("EUR", minor)
    shares = whole.allocate(parts)
    assert Money.total(shares, "EUR") == whole
    assert all(share.minor * minor >= 0 for share in shares)
    assert [share for share, weight in zip(shares, parts, strict=True) if not weight and share] == []


@given(minor=amounts, factor=factors)
def test_one_rounding_stays_within_half_a_cent_and_is_symmetric(minor: int, factor: Fraction):
    product = Money("EUR", minor).times(factor)
    assert abs(product.minor - minor * factor) <= Fraction(1, 2)
    assert Money("EUR", -minor).times(factor) == -product


@given(minor=amounts)
def test_the_bare_number_reads_back(minor: int):
    for currency in ("EUR", "JPY", "BHD"):
        money = Money(currency, minor)
        assert Money.parse(money.bare(), currency) == money


@pytest.mark.parametrize(
    ("money", "german", "english"),
    [
        (Money("EUR", 123456), "1.234,56 €", "€1,234.56"),
        (Money("EUR", -5), "-0,05 €", "-€0.05"),
        (Money("USD", 100000000), "1.000.000,00 $", "$1,000,000.00"),
        (Money("NOK", 123450), "1.234,50 NOK", "NOK 1,234.50"),
        (Money("JPY", -1500), "-1.500 JPY", "-JPY 1,500"),
        (Money("BHD", 1), "0,001 BHD", "BHD 0.001"),
    ],
)
def test_german_writes_the_currency_after_and_english_before(money: Money, german: str, english: str):
    assert (money.spoken("de"), money.spoken("en")) == (german, english)
    assert money.text == (german, english)


@pytest.mark.trap(31)
def test_a_unit_price_keeps_its_decimals():
    assert written(Decimal("0.0035"), "EUR", language="de") == "0,0035 €"
    assert [minor_digits(code) for code in ("CHF", "KRW", "TND")] == [2, 0, 3]
