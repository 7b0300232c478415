"""Which countries are one for VAT, and how their numbers begin."""

from datetime import date

import pytest

from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.union import in_union, vat_country, vat_number


@pytest.mark.parametrize(
    ("country", "on", "member"),
    [
        ("FR", date(2026, 1, 1), True),
        ("MC", date(2026, 1, 1), True),
        ("GB", date(2020, 12, 31), True),
        ("GB", date(2021, 1, 1), False),
        ("HR", date(2013, 6, 30), False),
        ("HR", date(2013, 7, 1), True),
        ("CH", date(2026, 1, 1), False),
        ("NO", date(2026, 1, 1), False),
    ],
)
def test_membership_by_day(country: str, on: date, member: bool):
    assert in_union(country, on) is member


@pytest.mark.parametrize("wrong", ["", "de", "DEU", "D1"])
def test_what_is_no_country_code_is_refused(wrong: str):
    with pytest.raises(RefusalError, match="two capital letters such as DE are expected"):
        in_union(wrong, date(2026, 1, 1))


def test_tax_territories_of_their_own_are_left_to_people():
    with pytest.raises(RefusalError, match="RE is a tax territory of its own; its VAT has to be decided by hand"):
        vat_country("RE")


@pytest.mark.parametrize(
    ("given", "country", "number"),
    [
        ("DE 123 456 789", "DE", "DE123456789"),
        ("fr.40.303265045", "FR", "FR40303265045"),
        ("EL123456783", "GR", "EL123456783"),
        ("FR40303265045", "MC", "FR40303265045"),
    ],
)
def test_a_number_is_written_compactly_with_its_countrys_prefix(given: str, country: str, number: str):
    assert vat_number(given, country=country) == number


@pytest.mark.parametrize(
    ("given", "country"), [("GR123456783", "GR"), ("DE123456789", "FR"), ("FR1", "FR"), ("", "FR")]
)
def test_a_number_of_another_country_is_refused(given: str, country: str):
    prefix = {"GR": "EL"}.get(country, country)
    with pytest.raises(RefusalError) as refused:
        vat_number(given, country=country)
    assert refused.value.text.en == (
        f"“{given}” is no VAT identification number of {country}; it begins with {prefix}."
    )
