"""Figures and dates read as a German and as an English reader writes them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.utils import timezone, translation

from kontor.kernel import wording
from kontor.kernel.components import Badge
from kontor.rulebook.duration import Duration
from kontor.rulebook.money import Money
from kontor.rulebook.period import Period
from kontor.rulebook.ruling import Text

DAY = date(2026, 11, 22)
TODAY = date(2026, 11, 24)


def both(write: Any, *given: Any) -> tuple[str, str]:
    """What a German and an English reader see, no-break spaces shown as plain ones."""
    said = []
    for language in ("de", "en"):
        with translation.override(language):
            said.append(write(*given).replace("\xa0", " "))
    return said[0], said[1]


@pytest.mark.parametrize(
    ("write", "given", "expected"),
    [
        (wording.money, (Money("EUR", 123456),), ("1.234,56 €", "€1,234.56")),
        (wording.money, (Decimal("-0.0035"), "EUR"), ("−0,0035 €", "−€0.0035")),
        (wording.money, (None,), ("", "")),
        (wording.number, (Decimal("1234.5"),), ("1.234,5", "1,234.5")),
        (wording.number, (1234567,), ("1.234.567", "1,234,567")),
        (wording.number, (Decimal("2.675"), 2), ("2,68", "2.68")),
        (wording.share, (Fraction(19, 100),), ("19 %", "19%")),
        (wording.share, (Decimal("0.055"),), ("5,5 %", "5.5%")),
        (wording.day, (DAY,), ("22.11.2026", "22 Nov 2026")),
        (wording.day_long, (DAY,), ("22. November 2026", "22 November 2026")),
        (wording.weekday, (DAY,), ("So 22.11.2026", "Sun 22 Nov 2026")),
        (wording.month, (date(2026, 3, 1),), ("März 2026", "March 2026")),
        (
            wording.days,
            ((date(2026, 1, 1), date(2027, 1, 1)),),
            ("01.01.2026 bis 31.12.2026", "1 Jan 2026 to 31 Dec 2026"),
        ),
        (wording.days, (Period(DAY, date(2026, 11, 23)),), ("22.11.2026", "22 Nov 2026")),
        (wording.days, ((DAY, None),), ("ab 22.11.2026", "from 22 Nov 2026")),
        (wording.away, (date(2026, 11, 30), TODAY), ("in 6 Tagen", "in 6 days")),
        (wording.away, (date(2026, 11, 23), TODAY), ("gestern", "yesterday")),
        (wording.away, (date(2026, 7, 24), TODAY), ("vor 4 Monaten", "4 months ago")),
        (wording.away, (date(2029, 11, 24), TODAY), ("in 3 Jahren", "in 3 years")),
        (wording.spoken, (Text("ja", "yes"),), ("ja", "yes")),
        (wording.spoken, (True,), ("ja", "yes")),
        (wording.spoken, (Duration.parse("3 months"),), ("3 Monate", "3 months")),
        (wording.spoken, ((DAY, Money("EUR", 1)),), ("22.11.2026, 0,01 €", "22 Nov 2026, €0.01")),
        (wording.spoken, (Badge(Text("offen", "open")),), ("offen", "open")),
        (wording.spoken, (None,), ("", "")),
    ],
)
def test_both_readers(write: Any, given: tuple[Any, ...], expected: tuple[str, str]) -> None:
    assert both(write, *given) == expected


def test_a_moment_is_told_by_the_clock_of_the_pages_zone() -> None:
    at = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    with timezone.override("Europe/Berlin"):
        assert both(wording.moment, at) == ("23.11.2026, 00:30", "23 Nov 2026, 00:30")
        assert both(wording.day, at) == ("23.11.2026", "23 Nov 2026")
