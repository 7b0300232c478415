"""The rate is the one of the time of supply."""

from datetime import date
from decimal import Decimal

import pytest

from kontor.rulebook import terms
from kontor.rulebook.period import Period
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.vat_rates import VatLaw, rate_on, rates_of
from tests.rulebook.vat_law import FRANCE, GERMANY, LOWERED, MADE_AT_END, STANDARD_DE


@pytest.mark.parametrize(
    ("on", "standard", "reduced"),
    [
        (date(2020, 6, 30), 19, 7),
        (date(2020, 7, 1), 16, 5),
        (date(2020, 12, 31), 16, 5),
        (date(2021, 1, 1), 19, 7),
        (date(2026, 11, 22), 19, 7),
    ],
)
def test_german_rates_by_day(on: date, standard: int, reduced: int):
    for law in (GERMANY, VatLaw.of(terms.law("de"))):
        assert rate_on(law, "standard", on).value == standard
        assert rate_on(law, "reduced", on).value == reduced


@pytest.mark.parametrize("law", [FRANCE, VatLaw.of(terms.law("fr"))])
def test_french_rates(law: VatLaw):
    on = date(2026, 3, 1)
    rates = [rate_on(law, key, on).value for key in ("standard", "intermediate", "reduced", "particular")]
    assert rates == [Decimal(20), Decimal(10), Decimal("5.5"), Decimal("2.1")]
    assert rate_on(FRANCE, "reduced", on).working[0] == (
        "Der Tag der Leistung, der 01.03.2026, bestimmt den Satz: 5,5 %.",
        "The day of supply, 1 March 2026, decides the rate: 5.5 %.",
    )


def test_a_day_without_a_rate_is_refused():
    with pytest.raises(RefusalError) as refused:
        rate_on(GERMANY, "zero", date(2020, 1, 1))
    assert refused.value.text == (
        "Für den 01.01.2020 kennt das Recht von DE 0 Sätze „zero“; erwartet wird genau einer.",
        "For 1 January 2020 the law of DE has 0 rates “zero”; exactly one is expected.",
    )


@pytest.mark.trap(30)
def test_one_supply_takes_the_rate_of_its_end_and_not_of_its_invoice():
    # invoiced in August 2019, made on 31 July 2020: 16 %
    year = Period(date(2019, 8, 1), date(2020, 8, 1))
    ruling = rates_of(GERMANY, "standard", period=year, part_supplies=False, clauses=[MADE_AT_END])
    assert ruling.value == ((year, Decimal(16)),)
    assert ruling.clauses == (LOWERED, MADE_AT_END)
    assert ruling.working[-1].en == ("The service 1 August 2019 to 31 July 2020 is one supply, made on its last day.")


@pytest.mark.trap(30)
def test_part_supplies_take_the_rate_of_their_month():
    year = Period(date(2019, 8, 1), date(2020, 8, 1))
    ruling = rates_of(GERMANY, "standard", period=year, part_supplies=True, clauses=[MADE_AT_END])
    assert ruling.value == (
        (Period(date(2019, 8, 1), date(2020, 7, 1)), Decimal(19)),
        (Period(date(2020, 7, 1), date(2020, 8, 1)), Decimal(16)),
    )
    assert ruling.clauses == (STANDARD_DE, LOWERED, MADE_AT_END)
    assert [step.en for step in ruling.working] == [
        "1 August 2019 to 30 June 2020: 19 %",
        "1 July 2020 to 31 July 2020: 16 %",
    ]


@pytest.mark.trap(30)
def test_a_broken_last_month_is_a_part_supply_of_its_own():
    period = Period(date(2020, 5, 15), date(2020, 7, 1))
    parts = rates_of(GERMANY, "standard", period=period, part_supplies=True).value
    assert parts == ((period, Decimal(19)),)
    # 15 June to 14 July ends in the time of the lowered rate
    late = Period(date(2020, 5, 15), date(2020, 7, 15))
    assert [percent for _, percent in rates_of(GERMANY, "standard", period=late, part_supplies=True).value] == [19, 16]
