"""Default interest by days."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from kontor.rulebook.interest import InterestTerms, LegalRate, Payment, default_interest, first_without_rate
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause

BGB_288 = Clause("law-de", "BGB § 288 (2)")
NINE_POINTS = InterestTerms(BGB_288, points=Decimal(9))
BASE_RATES = [
    LegalRate(date(2026, 7, 1), Decimal("1.52")),
    LegalRate(date(2026, 1, 1), Decimal("1.27")),
    LegalRate(date(2025, 7, 1), Decimal("1.27")),
    LegalRate(date(2025, 1, 1), Decimal("2.27")),
    LegalRate(date(2024, 7, 1), Decimal("3.37")),
    LegalRate(date(2024, 1, 1), Decimal("3.62")),
]


def euro(amount: str) -> Money:
    return Money.parse(amount, "EUR")


def interest(claim: str, due: date, on: date, *payments: Payment) -> str:
    return default_interest(
        euro(claim), NINE_POINTS, due=due, on=on, legal_rates=BASE_RATES, payments=payments
    ).value.bare()


@pytest.mark.trap(46)
def test_interest_is_split_where_the_rate_changes_and_the_day_of_payment_counts():
    # 16 May to 30 June: 46 days at 10.27 %; 1 July to 20 August: 51 days at 10.52 %
    # 1190 x (46 x 10.27 + 51 x 10.52) / 36500 = 32.8942…
    ruling = default_interest(
        euro("1190.00"), NINE_POINTS, due=date(2026, 5, 15), on=date(2026, 8, 20), legal_rates=BASE_RATES
    )
    assert ruling.value == euro("32.89")
    assert ruling.clauses == (BGB_288,)
    assert ruling.inputs == (
        ("claim", "1190.00"),
        ("currency", "EUR"),
        ("due", "2026-05-15"),
        ("on", "2026-08-20"),
    )
    assert [step.de for step in ruling.working] == [
        "16.05.2026 bis 30.06.2026: 46 Tage auf 1.190,00 € zu 10,27 %",
        "01.07.2026 bis 20.08.2026: 51 Tage auf 1.190,00 € zu 10,52 %",
        "Zusammen, das Jahr zu 365 Tagen, einmal gerundet: 32,89 €",
    ]


@pytest.mark.trap(46)
def test_a_day_less_is_a_day_less():
    # up to and including 19 August: 46 and 50 days; at one flat rate it would be 32.14
    assert interest("1190.00", date(2026, 5, 15), date(2026, 8, 19)) == "32.55"


@pytest.mark.trap(47)
def test_the_sum_is_rounded_once_and_a_leap_year_has_365_days_too():
    # 14 days at 11.27 % and 30 at 10.27 % on 1190: 5.1440… + 10.0449… = 15.1889…; rounded apart 5.14 + 10.04 = 15.18
    assert interest("1190.00", date(2025, 6, 16), date(2025, 7, 30)) == "15.19"
    # 60 days of 2024 at 12.62 % on 10,000: 207.4520… (366 days would give 206.89)
    assert interest("10000.00", date(2024, 1, 31), date(2024, 3, 31)) == "207.45"


@pytest.mark.trap(48)
def test_after_a_part_payment_interest_runs_on_what_is_left():
    # 500 paid on 1 July, which counts: 1190 x (46 x 10.27 + 1 x 10.52) / 36500 + 690 x 49 x 10.52 / 36500 = 25.4897…
    paid = Payment(date(2026, 7, 1), euro("500.00"))
    assert interest("1190.00", date(2026, 5, 15), date(2026, 8, 19), paid) == "25.49"
    # 500 paid on 30 June, so that 1 July starts with 690: 15.4022… + 9.9436… = 25.3457…
    paid = Payment(date(2026, 6, 30), euro("500.00"))
    assert interest("1190.00", date(2026, 5, 15), date(2026, 8, 19), paid) == "25.35"


@pytest.mark.trap(48)
def test_interest_stops_with_the_last_payment():
    whole = Payment(date(2026, 6, 30), euro("1190.00"))
    assert interest("1190.00", date(2026, 5, 15), date(2026, 8, 19), whole) == "15.40"
    in_time = Payment(date(2026, 5, 15), euro("1190.00"))
    assert interest("1190.00", date(2026, 5, 15), date(2026, 8, 19), in_time) == "0.00"


@pytest.mark.parametrize("on", [date(2026, 5, 15), date(2026, 1, 1)])
def test_up_to_the_due_date_nothing_is_late(on: date):
    ruling = default_interest(euro("100"), NINE_POINTS, due=date(2026, 5, 15), on=on, legal_rates=[])
    assert ruling.value == Money.zero("EUR")
    assert ruling.working == (("Bis zum 15.05.2026 ist nichts verspätet.", "Nothing is late up to 15 May 2026."),)


def test_a_negative_base_rate_counts_and_interest_never_turns_round():
    # 2016 to 2022 the base rate was -0.88 %: 8.12 %
    assert NINE_POINTS.percent(Decimal("-0.88")) == Decimal("8.12")
    assert InterestTerms(BGB_288).percent(Decimal("-0.88")) == Decimal(0)


def test_a_missing_rate_is_refused_by_its_day():
    late_rate = [LegalRate(date(2026, 5, 17), Decimal(1))]
    with pytest.raises(RefusalError, match="The legal rate for 16 May 2026 is missing"):
        default_interest(euro("1"), NINE_POINTS, due=date(2026, 5, 15), on=date(2026, 6, 1), legal_rates=late_rate)


@pytest.mark.parametrize(("claim", "paid"), [("100.00", ["60.00", "40.01"]), ("-1.00", []), ("100.00", ["-1.00"])])
def test_more_than_the_claim_cannot_be_set_against_it(claim: str, paid: list[str]):
    with pytest.raises(RefusalError, match="cannot be set against a claim of"):
        interest(
            claim, date(2026, 5, 15), date(2026, 5, 20), *(Payment(date(2026, 5, 16), euro(part)) for part in paid)
        )


@given(
    minor=st.integers(min_value=0, max_value=10**9),
    start=st.dates(min_value=date(2024, 1, 1), max_value=date(2026, 12, 31)),
    early=st.integers(min_value=0, max_value=400),
    later=st.integers(min_value=0, max_value=400),
    share=st.integers(min_value=0, max_value=100),
)
def test_interest_never_falls_with_time_nor_rises_by_paying(
    minor: int, start: date, early: int, later: int, share: int
):
    claim = Money("EUR", minor)
    first, last = start + timedelta(days=early), start + timedelta(days=early + later)

    def owed(on: date, *payments: Payment) -> Money:
        return default_interest(claim, NINE_POINTS, due=start, on=on, legal_rates=BASE_RATES, payments=payments).value

    assert owed(first) <= owed(last)
    assert owed(last, Payment(first, Money("EUR", minor * share // 100))) <= owed(last)


def test_the_first_day_without_a_rate_is_found_behind_those_that_follow_each_other():
    first = LegalRate(date(2026, 1, 1), Decimal("1.27"), date(2026, 7, 1))
    second = LegalRate(date(2026, 7, 1), Decimal("1.52"), date(2027, 1, 1))
    assert first_without_rate([second, first], date(2026, 6, 1), date(2026, 12, 31)) is None
    assert first_without_rate([second, first], date(2026, 6, 1), date(2027, 1, 1)) == date(2027, 1, 1)
    assert first_without_rate([second], date(2026, 6, 30), date(2026, 7, 1)) == date(2026, 6, 30)
