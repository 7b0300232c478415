"""Amounts are read as the page's language writes them, and never guessed."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from kontor.kernel.forms import AmountField


@pytest.mark.parametrize(
    ("language", "typed", "read"),
    [
        ("de", "1.234,56", "1234.56"),
        ("de", "1234,5", "1234.5"),
        ("de", "1.234", "1234"),
        ("de", "-3,00 €", "-3.00"),
        ("en", "1,234.56", "1234.56"),
        ("en", "1.23", "1.23"),
        ("en", "€1,234", "1234"),
    ],
)
def test_an_amount_is_read(language: str, typed: str, read: str) -> None:
    with translation.override(language):
        assert AmountField().clean(typed) == Decimal(read)


@pytest.mark.parametrize(
    ("language", "typed"),
    [
        ("de", "12.34"),
        ("de", "1.2345,00"),
        ("de", "1,234.56"),
        ("en", "1.234,56"),
        ("en", "12,34"),
        ("en", "ten"),
        ("en", "1.005"),
    ],
)
def test_what_is_no_amount_in_this_language_is_refused(language: str, typed: str) -> None:
    with translation.override(language), pytest.raises(ValidationError):
        AmountField().clean(typed)


def test_an_amount_is_shown_as_it_is_typed() -> None:
    with translation.override("de"):
        assert AmountField().prepare_value(Decimal("1234.5")) == "1.234,50"
    with translation.override("en"):
        assert AmountField(places=4).prepare_value(Decimal("0.0035")) == "0.0035"
