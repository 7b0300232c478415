"""Claims as a pure function, reminders in their order, payment plans."""

from datetime import date
from decimal import Decimal

import pytest

from kontor.rulebook import terms
from kontor.rulebook.arrears import ArrearsTerms, arrears
from kontor.rulebook.arrears_terms import arrears_terms, rates_on_file
from kontor.rulebook.claim import ClaimState, Cost, Receipt, claim_on, divided
from kontor.rulebook.duration import Duration
from kontor.rulebook.instalments import Instalment, broken_on, refuse_unfit
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.reminders import ReminderStep, Sent, next_reminder, worth_reminding
from kontor.rulebook.ruling import Clause

BGB_367 = Clause("law-de", "BGB § 367 (1)")
DUE, ON = date(2026, 5, 15), date(2026, 8, 20)
PACK = terms.load("visitor")


def euro(amount: str) -> Money:
    return Money.parse(amount, "EUR")


def claim(*receipts: Receipt, on: date = ON, costs: tuple[Cost, ...] = ()) -> ClaimState:
    return claim_on(
        euro("1190.00"),
        arrears_terms(PACK),
        due=DUE,
        on=on,
        legal_rates=rates_on_file(PACK),
        receipts=receipts,
        costs=costs,
    ).value


@pytest.mark.trap(46)
def test_the_segments_are_what_a_lawyer_would_want_to_see() -> None:
    found = claim()
    assert [
        (str(each.period.first), each.period.days, each.left, each.rate.percent, each.percent, each.rate.confirmed)
        for each in found.segments
    ] == [
        ("2026-05-16", 46, euro("1190.00"), Decimal("1.27"), Decimal("10.27"), False),
        ("2026-07-01", 51, euro("1190.00"), Decimal("1.52"), Decimal("10.52"), False),
    ]
    # 1190 x (46 x 10.27 + 51 x 10.52) / 36500 = 32.8942…
    assert (found.interest, found.costs, found.total) == (euro("32.89"), euro("40.00"), euro("1262.89"))


@pytest.mark.trap(48)
@pytest.mark.trap(49)
def test_a_part_payment_is_divided_by_law_and_what_is_left_bears_interest() -> None:
    # on 30 June: 1190 x 46 x 10.27 / 36500 = 15.4022… interest; 500 - 40.00 - 15.40 = 444.60 for the invoice
    parts = divided(euro("500.00"), claim(on=date(2026, 6, 30)), clause=BGB_367).value
    assert (parts.costs, parts.interest, parts.principal) == (euro("40.00"), euro("15.40"), euro("444.60"))
    paid = Receipt(date(2026, 6, 30), parts.principal, interest=parts.interest, costs=parts.costs)
    rest = claim(paid)
    # 745.40 x 51 x 10.52 / 36500 = 10.9566…; with 15.4022… it is 26.3588…, of which 15.40 is paid
    assert (rest.principal, rest.accrued, rest.interest) == (euro("745.40"), euro("26.36"), euro("10.96"))
    assert rest.costs == euro("0.00")  # the lump sum is owed once


@pytest.mark.trap(48)
def test_paid_on_the_invoice_as_the_payer_said_the_interest_is_lower() -> None:
    # 500 on 30 June for the invoice alone, asked about 19 August: 15.4022… + 690 x 50 x 10.52 / 36500 = 25.3457…
    found = claim(Receipt(date(2026, 6, 30), euro("500.00")), on=date(2026, 8, 19))
    assert (found.principal, found.interest, found.costs) == (euro("690.00"), euro("25.35"), euro("40.00"))


@pytest.mark.trap(47)
def test_rounded_once_though_the_rate_changed() -> None:
    # 14 days at 11.27 % and 30 at 10.27 % on 1190: 5.1440… + 10.0449… = 15.1889…; rounded apart 15.18
    found = claim_on(
        euro("1190.00"),
        arrears_terms(PACK),
        due=date(2025, 6, 16),
        on=date(2025, 7, 30),
        legal_rates=rates_on_file(PACK),
    ).value
    assert found.interest == euro("15.19")
    assert [each.period.days for each in found.segments] == [14, 30]


@pytest.mark.trap(50)
def test_with_the_invoice_paid_the_claim_stays_until_interest_and_costs_are() -> None:
    invoice = Receipt(date(2026, 6, 30), euro("1190.00"))
    open_still = claim(invoice)
    assert (open_still.principal, open_still.total, open_still.is_settled) == (euro("0.00"), euro("55.40"), False)
    rest = Receipt(date(2026, 7, 9), euro("0.00"), interest=euro("15.40"), costs=euro("40.00"))
    assert claim(invoice, rest).is_settled


def test_a_bank_s_fee_is_a_cost_from_its_day_and_bears_no_interest() -> None:
    fee = Cost(date(2026, 8, 20), euro("8.50"))
    assert (claim(costs=(fee,)).costs, claim(costs=(fee,)).interest) == (euro("48.50"), euro("32.89"))
    assert claim(costs=(fee,), on=date(2026, 8, 19)).costs == euro("40.00")


@pytest.mark.parametrize(
    "receipt",
    [
        Receipt(date(2026, 6, 30), euro("0"), interest=euro("32.90")),
        Receipt(date(2026, 6, 30), euro("0"), costs=euro("40.01")),
    ],
)
def test_no_more_is_taken_than_is_owed(receipt: Receipt) -> None:
    with pytest.raises(RefusalError, match="was set off, only"):
        claim(receipt)


def test_without_a_law_on_file_a_claim_is_its_invoice() -> None:
    none = arrears_terms(terms.load("crm"))
    found = claim_on(euro("100"), none, due=DUE, on=ON, legal_rates=()).value
    assert (found.total, found.segments, found.late.days) == (euro("100"), (), 97)
    assert arrears(euro("100"), ArrearsTerms(interest=None), due=DUE, on=ON, legal_rates=()).value.interest == euro("0")


STEPS = [
    ReminderStep("reminder-1", 7, Duration.parse("7 days")),
    ReminderStep("reminder-2", 21, Duration.parse("7 days")),
]


def test_reminders_go_one_after_the_other_and_then_no_more() -> None:
    first = Sent("reminder-1", date(2026, 5, 22), date(2026, 5, 29))
    coming = next_reminder(STEPS, due=DUE, sent=[first])
    assert coming.value is not None
    assert (coming.value.step.key, coming.value.on) == ("reminder-2", date(2026, 6, 5))  # 15 May + 21 days
    assert [step.en for step in coming.working] == [
        "Day 21 of the delay is 5 June 2026.",
        "The time the previous step gave is over from 30 May 2026.",
    ]
    second = Sent("reminder-2", date(2026, 6, 5), date(2026, 6, 12))
    assert next_reminder(STEPS, due=DUE, sent=[first, second]).value is None


@pytest.mark.trap(56)
def test_a_cent_is_never_reminded_of() -> None:
    assert not worth_reminding(euro("0.01"), euro("0.01"))
    assert worth_reminding(euro("0.02"), euro("0.01"))


PLAN = [Instalment(date(2026, 6, 1), euro("600.00")), Instalment(date(2026, 7, 1), euro("590.00"))]


def test_a_plan_is_kept_by_its_sums_and_broken_the_day_after() -> None:
    assert broken_on(PLAN, [], on=date(2026, 6, 1)) is None
    assert broken_on(PLAN, [(date(2026, 6, 2), euro("600.00"))], on=date(2026, 6, 2)) == date(2026, 6, 2)
    early = [(date(2026, 5, 20), euro("1190.00"))]
    assert broken_on(PLAN, early, on=date(2026, 9, 1)) is None


@pytest.mark.parametrize(
    ("plan", "sentence"),
    [
        ([], "The instalments need ascending days from today on."),
        (PLAN[::-1], "The instalments need ascending days from today on."),
        ([Instalment(date(2026, 5, 1), euro("1190.00"))], "The instalments need ascending days from today on."),
        (PLAN[:1], "The instalments are €600.00 together; €1,190.00 is owed."),
        (
            [Instalment(date(2026, 6, 1), euro("1190.00")), Instalment(date(2026, 7, 1), euro("0"))],
            "The instalments are €1,190.00 together; €1,190.00 is owed.",
        ),
    ],
)
def test_a_plan_that_does_not_fit_is_refused(plan: list[Instalment], sentence: str) -> None:
    with pytest.raises(RefusalError) as refused:
        refuse_unfit(plan, owed=euro("1190.00"), on=date(2026, 5, 20))
    assert refused.value.text.en == sentence
    refuse_unfit(PLAN, owed=euro("1190.00"), on=date(2026, 5, 20))
