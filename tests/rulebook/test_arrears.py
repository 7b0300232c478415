"""What late payment leads to, under each pack's rules."""

from datetime import date
from decimal import Decimal

import pytest

from kontor.rulebook.arrears import Arrears, ArrearsTerms, Consequence, LumpSum, Notices, SetOff, arrears, set_off
from kontor.rulebook.duration import Duration
from kontor.rulebook.interest import InterestTerms, LegalRate, Payment
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Ruling

ART_11 = Clause("leisure", "Art. 11")
BGB_288_2 = Clause("law-de", "BGB § 288 (2)")
BGB_288_5 = Clause("law-de", "BGB § 288 (5)")
VISITOR_462 = Clause("visitor", "4.6.2")
CRM_13 = Clause("crm", "§13")


def euro(amount: str) -> Money:
    return Money.parse(amount, "EUR")


GERMAN_INTEREST = InterestTerms(BGB_288_2, points=Decimal(9))
GERMAN_LUMP = LumpSum(euro("40.00"), BGB_288_5)
LEISURE = ArrearsTerms(
    interest=InterestTerms(ART_11, factor=3),
    lump_sum=LumpSum(euro("40.00"), ART_11),
    suspension=Consequence(ART_11),
    automatic_end=Consequence(ART_11, longer_than=Duration.parse("30 days")),
)
VISITOR = ArrearsTerms(
    interest=GERMAN_INTEREST,
    lump_sum=GERMAN_LUMP,
    termination=Consequence(VISITOR_462, longer_than=Duration.parse("6 weeks"), threat=Duration.parse("2 weeks")),
)
CRM = ArrearsTerms(
    interest=GERMAN_INTEREST,
    lump_sum=GERMAN_LUMP,
    suspension=Consequence(CRM_13, notified=True),
    termination=Consequence(CRM_13),
)
FRENCH = [LegalRate(date(2025, 1, 1), Decimal("4.92"))]
GERMAN = [LegalRate(date(2026, 1, 1), Decimal("1.27")), LegalRate(date(2026, 7, 1), Decimal("1.52"))]


def leisure(due: date, on: date, *payments: Payment) -> Ruling[Arrears]:
    return arrears(euro("10000.00"), LEISURE, due=due, on=on, legal_rates=FRENCH, payments=payments)


@pytest.mark.requirement("AP-035")
def test_leisure_interest_is_three_times_the_legal_rate_by_days():
    # 10,000 x 14.76 % x 10/365
    ruling = leisure(date(2026, 1, 17), date(2026, 1, 27))
    assert (ruling.value.interest, ruling.value.days) == (euro("40.44"), 10)
    assert ruling.value.total == euro("10080.44")
    assert ruling.clauses == (ART_11,)
    assert [step.en for step in ruling.working] == [
        "18 January 2026 to 27 January 2026: 10 days on €10,000.00 at 14.76 %",
        "Together, a year being 365 days, rounded once: €40.44",
        "Lump sum, once per claim: €40.00",
        "Suspension is possible from: 18 January 2026",
        "The contract ends by itself on: 17 February 2026",
    ]


@pytest.mark.requirement("AP-034")
@pytest.mark.trap(49)
def test_the_lump_sum_is_due_once_from_the_first_day_of_delay():
    assert leisure(date(2026, 1, 17), date(2026, 1, 17)).value.lump_sum == euro("0.00")
    assert leisure(date(2026, 1, 17), date(2026, 1, 18)).value.lump_sum == euro("40.00")
    parts = [Payment(date(2026, 2, day), euro("100.00")) for day in (1, 2, 3)]
    assert leisure(date(2026, 1, 17), date(2026, 12, 31), *parts).value.lump_sum == euro("40.00")
    without = ArrearsTerms(interest=GERMAN_INTEREST)
    alone = arrears(euro("1"), without, due=date(2026, 5, 15), on=date(2026, 5, 16), legal_rates=GERMAN).value
    assert (alone.lump_sum, alone.suspension_from, alone.termination_possible_from) == (euro("0"), None, None)


@pytest.mark.requirement("AP-037")
def test_more_than_thirty_days_end_the_contract_unless_paid_before():
    due = date(2026, 1, 17)
    assert leisure(due, date(2026, 2, 20)).value.ends_automatically_on == date(2026, 2, 17)
    on_day_30 = leisure(due, date(2026, 2, 20), Payment(date(2026, 2, 16), euro("10000.00"))).value
    assert (on_day_30.ends_automatically_on, on_day_30.days) == (None, 30)
    partly = leisure(due, date(2026, 2, 20), Payment(date(2026, 2, 16), euro("9999.99"))).value
    assert (partly.ends_automatically_on, partly.principal) == (date(2026, 2, 17), euro("0.01"))


def test_leisure_may_suspend_from_the_first_day_of_delay():
    assert leisure(date(2026, 1, 17), date(2026, 1, 17)).value.suspension_from == date(2026, 1, 18)


@pytest.mark.trap(50)
def test_with_the_principal_paid_interest_and_lump_sum_stay_open():
    paid = Payment(date(2026, 1, 27), euro("10000.00"))
    value = leisure(date(2026, 1, 17), date(2026, 3, 1), paid).value
    assert (value.principal, value.interest, value.total) == (euro("0.00"), euro("40.44"), euro("80.44"))
    assert value.days == 10


def test_paid_in_time_nothing_follows():
    value = leisure(date(2026, 1, 17), date(2026, 3, 1), Payment(date(2026, 1, 17), euro("10000.00"))).value
    assert value == Arrears(
        interest=euro("0"),
        lump_sum=euro("0"),
        principal=euro("0"),
        total=euro("0"),
        days=0,
        suspension_from=None,
        ends_automatically_on=None,
        termination_possible_from=None,
    )


@pytest.mark.trap(46)
def test_german_law_nine_points_and_forty_euro():
    ruling = arrears(euro("1190.00"), VISITOR, due=date(2026, 5, 15), on=date(2026, 8, 20), legal_rates=GERMAN)
    assert (ruling.value.interest, ruling.value.lump_sum, ruling.value.total, ruling.value.days) == (
        euro("32.89"),
        euro("40.00"),
        euro("1262.89"),
        97,
    )
    assert ruling.clauses == (BGB_288_2, BGB_288_5, VISITOR_462)


def test_visitor_may_be_ended_after_more_than_six_weeks_and_a_threat_in_time():
    # due 1 April, in default from 2 April: the 42 days of six weeks are over with 13 May, day 43 is 14 May
    def possible(threat: date | None) -> Ruling[Arrears]:
        return arrears(
            euro("1"),
            VISITOR,
            due=date(2026, 4, 1),
            on=date(2026, 5, 20),
            legal_rates=GERMAN,
            notices=Notices(threat=threat),
        )

    assert possible(None).value.termination_possible_from == date(2026, 5, 14)
    assert possible(None).working[-1] == (
        "Vorausgesetzt, die Kündigung wurde 2 Wochen vorher angedroht.",
        "Provided that the termination was threatened 2 weeks before.",
    )
    # two weeks after 29 April end with 13 May; after 30 April with 14 May
    assert possible(date(2026, 4, 29)).value.termination_possible_from == date(2026, 5, 14)
    assert possible(date(2026, 4, 30)).value.termination_possible_from == date(2026, 5, 15)


def test_crm_blocks_only_after_notification_and_may_end_at_once():
    def late(notified: date | None) -> Ruling[Arrears]:
        return arrears(
            euro("1"),
            CRM,
            due=date(2026, 4, 1),
            on=date(2026, 4, 20),
            legal_rates=GERMAN,
            notices=Notices(arrears=notified),
        )

    unsent = late(None)
    assert (unsent.value.suspension_from, unsent.value.termination_possible_from) == (None, date(2026, 4, 2))
    assert unsent.working[-2].en == "Suspension is possible from: only after a notification."
    assert late(date(2026, 4, 10)).value.suspension_from == date(2026, 4, 10)
    assert late(date(2026, 3, 30)).value.suspension_from == date(2026, 4, 2)


@pytest.mark.trap(48)
def test_a_payment_goes_to_costs_then_interest_then_the_claim():
    law = Clause("law-de", "BGB § 367 (1)")
    ruling = set_off(euro("500.00"), costs=euro("40.00"), interest=euro("15.40"), principal=euro("1190.00"), clause=law)
    assert ruling.value == SetOff(euro("40.00"), euro("15.40"), euro("444.60"), euro("0.00"))
    assert ruling.clauses == (law,)
    assert ruling.working[0].en == "Of €500.00, €40.00 goes to costs, €15.40 to interest, €444.60 to the claim."
    over = set_off(euro("20"), costs=euro("0"), interest=euro("0"), principal=euro("19.99"), clause=law).value
    assert (over.principal, over.over) == (euro("19.99"), euro("0.01"))


def test_what_was_given_back_is_late_from_the_day_after_and_not_before():
    """10,000.00 due on 1 March 2025, paid on the 11th, 1,000.00 given back on 1 April: that day is the last in time."""
    due, back = date(2025, 3, 1), Payment(date(2025, 4, 1), euro("-1000.00"))
    paid = Payment(date(2025, 3, 11), euro("10000.00"))
    found = leisure(due, date(2025, 4, 11), paid, back).value
    # 14.76 % of 10,000.00 for 10 days and of 1,000.00 for 10 days: 40.4383… + 4.0438… = 44.4821…
    assert (found.principal, found.interest, found.lump_sum) == (euro("1000.00"), euro("44.48"), euro("40.00"))
    assert (found.days, found.ends_automatically_on) == (10, date(2025, 5, 2))
    again = leisure(due, date(2025, 4, 30), paid, back, Payment(date(2025, 4, 11), euro("1000.00"))).value
    assert (again.principal, again.interest, again.days) == (euro("0.00"), euro("44.48"), 10)
    assert again.ends_automatically_on is None, "paid before thirty days were over"
    in_time = leisure(due, date(2025, 4, 11), Payment(due, euro("10000.00")), back).value
    assert (in_time.interest, in_time.lump_sum) == (euro("4.04"), euro("0.00"))


def test_what_is_given_back_of_a_part_keeps_the_first_day_of_delay():
    part, back = Payment(date(2025, 3, 11), euro("600.00")), Payment(date(2025, 3, 21), euro("-100.00"))
    found = leisure(date(2025, 3, 1), date(2025, 3, 31), part, back).value
    assert (found.principal, found.days) == (euro("9500.00"), 30)
    with pytest.raises(RefusalError, match="cannot be set"):
        leisure(date(2025, 3, 1), date(2025, 3, 31), Payment(date(2025, 3, 11), euro("50.00")), back)
