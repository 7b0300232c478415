"""What is to be invoiced on a day, under each pack's rule."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings, strategies as st

from kontor.rulebook.amendments import Amendment, Revoke
from kontor.rulebook.billing import due_on
from kontor.rulebook.billing_rule import Basis, BillingRule, Due, DueKey, Instalment, Issued, Kind
from kontor.rulebook.contract_state import AddItem, Change, ChangePrice, ChangeQuantity, End, Per, SetInterval
from kontor.rulebook.duration import Duration
from kontor.rulebook.invoice_lines import invoice_lines
from kontor.rulebook.period import Interval, Period
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause

BERLIN = ZoneInfo("Europe/Berlin")
PARIS = ZoneInfo("Europe/Paris")
OSLO = ZoneInfo("Europe/Oslo")
FEES = Clause("visitor", "7.4")
GROWS = Clause("visitor", "3.2")
CRM_FEES = Clause("crm", "§11.1")
ART_11 = Clause("leisure", "Art. 11")


def at(year: int, month: int, day: int, hour: int = 10) -> datetime:
    return datetime(year, month, day, hour, tzinfo=BERLIN)


class Contract(list[Amendment]):
    """A contract as it grows, one amendment after the other."""

    def then(self, effective: date, recorded: datetime, change: Change | Revoke) -> "Contract":
        return Contract([*self, Amendment(f"{len(self):03}", effective, recorded, change)])


def opened(day: date, recorded: datetime, interval: Interval, *items: AddItem) -> Contract:
    contract = Contract().then(day, recorded, SetInterval(interval))
    for item in items:
        contract = contract.then(day, recorded, item)
    return contract


def visitor(first: date, *, concluded: date) -> BillingRule:
    return BillingRule(
        issued=Issued.PERIOD_START,
        anchor=first,
        first_day=first,
        concluded=concluded,
        zone=BERLIN,
        part_by=Basis.MONTHS,
        clauses={Kind.ADVANCE: (FEES,), Kind.ONCE: (FEES,), Kind.ADDITION: (GROWS, FEES)},
    )


def crm(anchor: date, signed: date, *, charged: bool = False, lead: str = "14 days") -> BillingRule:
    return BillingRule(
        issued=Issued.BEFORE_PERIOD,
        anchor=anchor,
        first_day=signed,
        concluded=signed,
        zone=OSLO,
        lead=Duration.parse(lead),
        days_before_charged=charged,
        clauses={Kind.ADVANCE: (CRM_FEES,), Kind.ADDITION: (CRM_FEES,), Kind.DAYS_BEFORE: (CRM_FEES,)},
    )


def short(dues: tuple[Due, ...]) -> list[tuple[str, str, str, str, int]]:
    return [
        (due.position, due.key.label, due.issued_on.isoformat(), due.period.spoken.en, due.quantity) for due in dues
    ]


def amounts(dues: tuple[Due, ...]) -> list[str]:
    return [line.amount.bare() for line in invoice_lines(dues, currency="EUR").value]


PLATFORM = AddItem("platform", 1, Decimal("300.00"), Per.MONTH)
TERMINAL = AddItem("terminal", 2, Decimal("1000.00"), Per.ONCE)


@pytest.mark.requirement("FW-047")
def test_visitor_bills_at_the_start_of_each_period_and_hardware_after_conclusion():
    first = date(2026, 1, 1)
    contract = opened(first, at(2025, 12, 10), Interval.QUARTER, PLATFORM, TERMINAL)
    rule = visitor(first, concluded=date(2025, 12, 10))
    ruling = due_on(contract, rule, date(2026, 12, 31))
    assert short(ruling.value) == [
        ("terminal", "once-1", "2025-12-10", "1 January 2026 to 1 January 2026", 2),
        ("platform", "advance", "2026-01-01", "1 January 2026 to 31 March 2026", 1),
        ("platform", "advance", "2026-04-01", "1 April 2026 to 30 June 2026", 1),
        ("platform", "advance", "2026-07-01", "1 July 2026 to 30 September 2026", 1),
        ("platform", "advance", "2026-10-01", "1 October 2026 to 31 December 2026", 1),
    ]
    assert amounts(ruling.value) == ["2000.00", "900.00", "900.00", "900.00", "900.00"]
    assert ruling.clauses == (FEES,)
    assert ruling.working[0] == (
        "10.12.2025: 2 × „terminal“ zu 1.000, 01.01.2026 bis 01.01.2026 (einmalig)",
        "10 December 2025: 2 × “terminal” at 1,000, 1 January 2026 to 1 January 2026 (once)",
    )
    assert ruling.working[1] == (
        "01.01.2026: 1 × „platform“ zu 300, 01.01.2026 bis 31.03.2026 (Abrechnungszeitraum)",
        "1 January 2026: 1 × “platform” at 300, 1 January 2026 to 31 March 2026 (billing interval)",
    )
    assert due_on(contract, rule, date(2025, 12, 9)).value == ()


@pytest.mark.requirement("FW-047")
def test_hardware_ordered_later_is_billed_then_and_more_of_it_by_itself():
    contract = (
        opened(date(2026, 2, 1), at(2026, 1, 5), Interval.MONTH, PLATFORM)
        .then(date(2026, 2, 10), at(2026, 2, 8), TERMINAL)
        .then(date(2026, 2, 10), at(2026, 2, 12), ChangeQuantity("terminal", 1))
    )
    rule = visitor(date(2026, 2, 1), concluded=date(2026, 1, 5))
    first = due_on(contract[:-1], rule, date(2026, 2, 11)).value
    assert short(first)[1:] == [("terminal", "once-1", "2026-02-10", "10 February 2026 to 10 February 2026", 2)]
    second = due_on(contract, rule, date(2026, 2, 12), billed=[due.key for due in first]).value
    assert short(second) == [("terminal", "once-2", "2026-02-12", "10 February 2026 to 10 February 2026", 1)]


def test_hardware_alone_needs_no_billing_interval():
    contract = Contract().then(date(2026, 1, 5), at(2026, 1, 5), TERMINAL)
    assert amounts(due_on(contract, visitor(date(2026, 1, 5), concluded=date(2026, 1, 5)), date(2027, 1, 1)).value) == [
        "2000.00"
    ]


def test_nothing_is_due_before_the_contract_stands_nor_without_one():
    first = date(2026, 1, 1)
    contract = opened(first, at(2026, 2, 10), Interval.MONTH, PLATFORM)
    rule = visitor(first, concluded=date(2026, 2, 10))
    assert due_on(contract, rule, date(2026, 2, 9)).value == ()
    assert [due[2] for due in short(due_on(contract, rule, date(2026, 3, 1)).value)] == [
        "2026-02-10",
        "2026-02-10",
        "2026-03-01",
    ]
    assert due_on([], rule, date(2026, 3, 1)).value == ()


@pytest.mark.requirement("FW-004")
def test_visitor_storage_added_on_1_september_is_billed_for_four_months():
    first = date(2026, 1, 1)
    storage = AddItem("storage", 1, Decimal("25.00"), Per.MONTH)
    contract = opened(first, at(2025, 12, 10), Interval.YEAR, PLATFORM).then(date(2026, 9, 1), at(2026, 9, 1), storage)
    dues = due_on(contract, visitor(first, concluded=date(2025, 12, 10)), date(2026, 9, 1)).value
    assert short(dues)[1:] == [("storage", "addition-1", "2026-09-01", "1 September 2026 to 31 December 2026", 1)]
    assert amounts(dues) == ["3600.00", "100.00"]
    assert dues[1].clauses == (GROWS, FEES)


@pytest.mark.requirement("SO-050")
def test_crm_bills_the_first_interval_from_the_change_of_month_and_before_it_begins():
    users = AddItem("basic", 10, Decimal("60.00"), Per.MONTH)
    contract = opened(date(2026, 6, 18), at(2026, 6, 18), Interval.YEAR, users)
    free = due_on(contract, crm(date(2026, 7, 1), date(2026, 6, 18)), date(2026, 6, 30))
    assert short(free.value) == [("basic", "advance", "2026-06-18", "1 July 2026 to 30 June 2027", 10)]
    assert amounts(free.value) == ["7200.00"]
    assert free.clauses == (CRM_FEES,)
    charged = due_on(contract, crm(date(2026, 7, 1), date(2026, 6, 18), charged=True), date(2026, 6, 30)).value
    assert short(charged)[0] == ("basic", "days_before", "2026-06-18", "18 June 2026 to 30 June 2026", 10)
    # 13 of the 30 days of June: 600 x 13/30
    assert amounts(charged) == ["260.00", "7200.00"]
    # signed on the last day of a month, nothing lies before
    whole = opened(date(2026, 7, 1), at(2026, 6, 30), Interval.YEAR, users)
    assert [
        due[1]
        for due in short(due_on(whole, crm(date(2026, 7, 1), date(2026, 7, 1), charged=True), date(2026, 7, 1)).value)
    ] == ["advance"]


@pytest.mark.requirement("SO-049")
def test_crm_users_added_in_july_are_billed_at_once_and_then_belong_to_the_base_fee():
    users = AddItem("basic", 10, Decimal("50.00"), Per.MONTH)
    contract = opened(date(2026, 1, 1), at(2025, 12, 1), Interval.YEAR, users).then(
        date(2026, 7, 1), at(2026, 7, 1), ChangeQuantity("basic", 2)
    )
    rule = crm(date(2026, 1, 1), date(2025, 12, 1))
    dues = due_on(contract, rule, date(2026, 7, 1)).value
    assert short(dues)[1:] == [("basic", "addition-1", "2026-07-01", "1 July 2026 to 31 December 2026", 2)]
    assert amounts(dues) == ["6000.00", "604.93"]
    next_year = due_on(contract, rule, date(2026, 12, 18), billed=[due.key for due in dues]).value
    assert short(next_year) == [("basic", "advance", "2026-12-18", "1 January 2027 to 31 December 2027", 12)]


@pytest.mark.trap(45)
def test_a_run_made_up_for_in_august_bills_may_at_the_price_of_may():
    contract = opened(date(2026, 5, 1), at(2026, 4, 20), Interval.MONTH, PLATFORM).then(
        date(2026, 7, 1), at(2026, 6, 1), ChangePrice("platform", Decimal("330.00"))
    )
    rule = visitor(date(2026, 5, 1), concluded=date(2026, 4, 20))
    assert amounts(due_on(contract, rule, date(2026, 8, 10)).value) == ["300.00", "300.00", "330.00", "330.00"]


@pytest.mark.trap(45)
def test_a_price_recorded_after_its_period_was_billed_does_not_rewrite_it():
    contract = opened(date(2026, 5, 1), at(2026, 4, 20), Interval.MONTH, PLATFORM).then(
        date(2026, 5, 1), at(2026, 5, 2), ChangePrice("platform", Decimal("330.00"))
    )
    rule = visitor(date(2026, 5, 1), concluded=date(2026, 4, 20))
    assert amounts(due_on(contract, rule, date(2026, 6, 1)).value) == ["300.00", "330.00"]


@pytest.mark.requirement("SO-051")
def test_a_new_billing_interval_begins_with_the_next_one():
    users = AddItem("basic", 10, Decimal("60.00"), Per.MONTH)
    contract = (
        opened(date(2026, 1, 1), at(2025, 12, 1), Interval.YEAR, users)
        .then(date(2027, 1, 1), at(2026, 5, 1), SetInterval(Interval.QUARTER))
        .then(date(2027, 1, 1), at(2026, 5, 1), ChangePrice("basic", Decimal("65.00")))
    )
    dues = due_on(contract, crm(date(2026, 1, 1), date(2025, 12, 1)), date(2027, 4, 1)).value
    assert [(due.period.first, due.period.end) for due in dues] == [
        (date(2026, 1, 1), date(2027, 1, 1)),
        (date(2027, 1, 1), date(2027, 4, 1)),
        (date(2027, 4, 1), date(2027, 7, 1)),
    ]
    assert amounts(dues) == ["7200.00", "1950.00", "1950.00"]


LICENCE = AddItem("licence", 3, Decimal("1200.00"), Per.YEAR)


def leisure(*instalments: Instalment) -> BillingRule:
    return BillingRule(
        issued=Issued.DATES_OF_OFFER,
        anchor=date(2026, 2, 1),
        first_day=date(2025, 2, 1),
        concluded=date(2025, 1, 20),
        zone=PARIS,
        lead=Duration.parse("60 days"),
        instalments=instalments,
        clauses={Kind.INSTALMENT: (ART_11,), Kind.RENEWAL: (ART_11,)},
    )


@pytest.mark.requirement("AP-032")
def test_leisure_bills_on_the_dates_of_the_offer_and_renewals_sixty_days_before():
    halves = (
        Instalment(date(2025, 1, 31), Period(date(2025, 2, 1), date(2025, 8, 1))),
        Instalment(date(2025, 7, 15), Period(date(2025, 8, 1), date(2026, 2, 1))),
    )
    contract = opened(date(2025, 2, 1), at(2025, 1, 20), Interval.YEAR, LICENCE)
    dues = due_on(contract, leisure(*halves), date(2025, 12, 3)).value
    assert short(dues) == [
        ("licence", "instalment", "2025-01-31", "1 February 2025 to 31 July 2025", 3),
        ("licence", "instalment", "2025-07-15", "1 August 2025 to 31 January 2026", 3),
        ("licence", "renewal", "2025-12-03", "1 February 2026 to 31 January 2027", 3),
    ]
    assert amounts(dues) == ["1800.00", "1800.00", "3600.00"]
    assert len(due_on(contract, leisure(*halves), date(2025, 12, 2)).value) == 2
    assert due_on(contract, leisure(*halves), date(2025, 1, 30)).value == ()


@pytest.mark.requirement("AP-032")
def test_leisure_renews_by_quarter_where_agreed():
    contract = opened(date(2025, 2, 1), at(2025, 1, 20), Interval.QUARTER, LICENCE)
    dues = due_on(contract, leisure(), date(2026, 3, 2)).value
    assert short(dues) == [
        ("licence", "renewal", "2025-12-03", "1 February 2026 to 30 April 2026", 3),
        ("licence", "renewal", "2026-03-02", "1 May 2026 to 31 July 2026", 3),
    ]
    # a quarter of 1,200 for each of three
    assert amounts(dues) == ["900.00", "900.00"]


def test_a_quarter_of_a_contract_of_the_31st_is_three_months_whatever_day_it_begins_on():
    """From 31 May by quarters: 31 August, 30 November and 1 March begin them (BGB 188 (3)), 30 May ends the last."""
    begins, signed = date(2025, 5, 31), datetime(2025, 5, 28, 9, tzinfo=UTC)
    contract = [
        Amendment("1", begins, signed, AddItem("visitors", 4, Decimal("89.00"), Per.MONTH)),
        Amendment("2", begins, signed, SetInterval(Interval.QUARTER)),
    ]
    quarter, odd = Period(date(2026, 3, 1), date(2026, 5, 31)), Period(date(2026, 5, 31), date(2026, 7, 15))
    told = leisure(Instalment(date(2026, 2, 24), quarter), Instalment(date(2026, 5, 26), odd))
    by = replace(told, first_day=begins, concluded=signed.date(), anchor=date(2027, 5, 31))
    dues = due_on(contract, by, date(2026, 5, 26)).value
    assert [due.times for due in dues] == [3, 1 + Fraction(14, 30)]  # 1 to 14 July; a month began on 1 July
    (whole,) = invoice_lines(dues[:1], currency="EUR").value
    assert whole.amount.bare() == "1068.00"


def test_an_instalment_may_bill_some_positions_only_and_fix_the_day_of_hardware():
    decoder = AddItem("decoder", 1, Decimal("2500.00"), Per.ONCE)
    maintenance = AddItem("maintenance", 1, Decimal("100.00"), Per.MONTH)
    contract = opened(date(2025, 2, 1), at(2025, 1, 20), Interval.YEAR, LICENCE, maintenance, decoder)
    year = Period(date(2025, 2, 1), date(2026, 2, 1))
    rule = leisure(
        Instalment(date(2025, 1, 10), year, frozenset({"licence"})),
        Instalment(date(2025, 3, 1), year, frozenset({"maintenance", "decoder"})),
    )
    assert [due[:3] for due in short(due_on(contract, rule, date(2025, 3, 1)).value)] == [
        ("licence", "instalment", "2025-01-20"),
        ("maintenance", "instalment", "2025-03-01"),
        ("decoder", "once-1", "2025-03-01"),
    ]


def test_in_arrears_an_interval_is_billed_when_it_is_over():
    first = date(2026, 1, 1)
    rule = BillingRule(issued=Issued.PERIOD_END, anchor=first, first_day=first, concluded=first, zone=BERLIN)
    contract = opened(first, at(2026, 1, 1), Interval.MONTH, PLATFORM).then(
        date(2026, 1, 17), at(2026, 1, 17), ChangeQuantity("platform", 1)
    )
    assert due_on(contract, rule, date(2026, 1, 31)).value == ()
    dues = due_on(contract, rule, date(2026, 2, 1)).value
    assert [due[1:] for due in short(dues)] == [
        ("advance", "2026-02-01", "1 January 2026 to 31 January 2026", 1),
        ("addition-1", "2026-02-01", "17 January 2026 to 31 January 2026", 1),
    ]
    # 15 of 31 days
    assert amounts(dues) == ["300.00", "145.16"]
    late_start = BillingRule(
        issued=Issued.PERIOD_END,
        anchor=date(2026, 2, 1),
        first_day=date(2026, 1, 17),
        concluded=date(2026, 1, 17),
        zone=BERLIN,
        days_before_charged=True,
    )
    begun = opened(date(2026, 1, 17), at(2026, 1, 17), Interval.MONTH, PLATFORM)
    assert due_on(begun, late_start, date(2026, 1, 31)).value == ()
    assert short(due_on(begun, late_start, date(2026, 2, 1)).value) == [
        ("platform", "days_before", "2026-02-01", "17 January 2026 to 31 January 2026", 1)
    ]


def test_a_contract_that_ends_is_billed_to_its_last_day():
    first = date(2026, 1, 1)
    contract = opened(first, at(2025, 12, 1), Interval.QUARTER, PLATFORM).then(
        first, at(2025, 12, 1), End(date(2026, 5, 15))
    )
    rule = visitor(first, concluded=date(2025, 12, 1))
    dues = due_on(contract, rule, date(2027, 1, 1)).value
    assert [due.period.last for due in dues] == [date(2026, 3, 31), date(2026, 5, 15)]
    # April whole, 15 of 31 days of May
    assert amounts(dues) == ["900.00", "445.16"]
    by_days = crm(first, date(2025, 12, 1))
    # 45 of the 91 days of the second quarter
    assert amounts(due_on(contract, by_days, date(2027, 1, 1)).value) == ["900.00", "445.05"]


def test_an_end_counts_from_the_moment_it_is_known_and_nothing_begins_after_it():
    first, signed = date(2026, 1, 1), at(2025, 12, 1)
    quarters = opened(first, signed, Interval.QUARTER, PLATFORM)
    known_before = quarters.then(date(2026, 3, 31), at(2025, 12, 20), End(date(2026, 2, 28)))
    rule = visitor(first, concluded=signed.date())
    assert [due.period for due in due_on(known_before, rule, date(2027, 1, 1)).value] == [
        Period(first, date(2026, 3, 1))
    ]
    # told a week into the second quarter, whose invoice is not out yet: the contract had ended before it
    told_late = quarters.then(date(2026, 4, 7), at(2026, 4, 7), End(date(2026, 3, 31)))
    assert [due.period for due in due_on(told_late, rule, date(2027, 1, 1)).value] == [Period(first, date(2026, 4, 1))]


def test_an_end_recorded_after_the_invoice_brings_no_money_back():
    first = date(2026, 1, 1)
    contract = opened(first, at(2025, 12, 1), Interval.QUARTER, PLATFORM).then(
        date(2026, 1, 10), at(2026, 1, 10), End(date(2026, 2, 28))
    )
    assert amounts(due_on(contract, visitor(first, concluded=date(2025, 12, 1)), date(2027, 1, 1)).value) == ["900.00"]
    after = contract.then(date(2026, 3, 5), at(2026, 1, 11), ChangeQuantity("platform", 1))
    assert amounts(due_on(after, visitor(first, concluded=date(2025, 12, 1)), date(2027, 1, 1)).value) == ["900.00"]


@pytest.mark.trap(19)
def test_more_and_fewer_on_one_day_leave_no_line():
    first = date(2026, 1, 1)
    contract = (
        opened(first, at(2025, 12, 1), Interval.YEAR, PLATFORM)
        .then(date(2026, 3, 1), at(2026, 3, 1, 9), ChangeQuantity("platform", 2))
        .then(date(2026, 3, 1), at(2026, 3, 1, 15), ChangeQuantity("platform", -2))
    )
    rule = visitor(first, concluded=date(2025, 12, 1))
    assert [due[1] for due in short(due_on(contract, rule, date(2026, 6, 1)).value)] == ["advance"]
    # with the morning's two already billed, the afternoon's are taken back by themselves
    billed = [DueKey("platform", first, Kind.ADVANCE), DueKey("platform", date(2026, 3, 1), Kind.ADDITION, 1)]
    back = due_on(contract, rule, date(2026, 6, 1), billed=billed).value
    assert [due[1:] for due in short(back)] == [("reduction-2", "2026-03-01", "1 March 2026 to 31 December 2026", -2)]
    assert amounts(back) == ["-6000.00"]


def test_a_second_order_of_a_day_already_billed_is_not_lost():
    first = date(2026, 1, 1)
    morning = opened(first, at(2025, 12, 1), Interval.YEAR, PLATFORM).then(
        date(2026, 3, 1), at(2026, 3, 1, 9), ChangeQuantity("platform", 2)
    )
    rule = visitor(first, concluded=date(2025, 12, 1))
    billed = [due.key for due in due_on(morning, rule, date(2026, 3, 1)).value]
    evening = morning.then(date(2026, 3, 1), at(2026, 3, 1, 17), ChangeQuantity("platform", 1))
    assert short(due_on(evening, rule, date(2026, 3, 1), billed=billed).value) == [
        ("platform", "addition-2", "2026-03-01", "1 March 2026 to 31 December 2026", 1)
    ]
    assert [due[4] for due in short(due_on(evening, rule, date(2026, 3, 1)).value)] == [1, 3]


def test_an_order_recorded_after_the_next_intervals_invoice_joins_it_by_itself():
    users = AddItem("basic", 10, Decimal("50.00"), Per.MONTH)
    contract = opened(date(2026, 1, 1), at(2025, 12, 1), Interval.YEAR, users).then(
        date(2027, 1, 1), at(2026, 12, 20), ChangeQuantity("basic", 2)
    )
    rule = crm(date(2026, 1, 1), date(2025, 12, 1))
    dues = due_on(contract, rule, date(2026, 12, 31)).value
    assert short(dues)[1:] == [
        ("basic", "advance", "2026-12-18", "1 January 2027 to 31 December 2027", 10),
        ("basic", "addition-1", "2026-12-20", "1 January 2027 to 31 December 2027", 2),
    ]
    assert amounts(dues) == ["6000.00", "6000.00", "1200.00"]
    assert len(due_on(contract, rule, date(2026, 12, 19)).value) == 2


def test_a_position_reduced_to_nothing_is_not_billed():
    first = date(2026, 1, 1)
    contract = opened(first, at(2025, 12, 1), Interval.MONTH, PLATFORM).then(
        date(2026, 2, 1), at(2026, 1, 5), ChangeQuantity("platform", -1)
    )
    dues = due_on(contract, visitor(first, concluded=date(2025, 12, 1)), date(2026, 4, 1)).value
    assert [due.period.first for due in dues] == [first]


def test_a_revoked_order_is_not_billed():
    first = date(2026, 1, 1)
    contract = opened(first, at(2025, 12, 1), Interval.MONTH, PLATFORM).then(
        date(2026, 1, 10), at(2026, 1, 10), ChangeQuantity("platform", 1)
    )
    revoked = contract.then(date(2026, 1, 11), at(2026, 1, 11), Revoke(contract[-1].id))
    rule = visitor(first, concluded=date(2025, 12, 1))
    assert len(due_on(contract, rule, date(2026, 1, 20)).value) == 2
    assert len(due_on(revoked, rule, date(2026, 1, 20)).value) == 1


def test_without_an_interval_or_a_lead_nothing_can_be_billed():
    contract = Contract().then(date(2026, 1, 1), at(2025, 12, 1), PLATFORM)
    with pytest.raises(RefusalError, match="No billing interval is agreed for the period from 1 January 2026"):
        due_on(contract, visitor(date(2026, 1, 1), concluded=date(2025, 12, 1)), date(2026, 1, 1))
    with pytest.raises(RefusalError, match="It is not said how long before its period an invoice is issued"):
        BillingRule(
            issued=Issued.BEFORE_PERIOD,
            anchor=date(2026, 1, 1),
            first_day=date(2026, 1, 1),
            concluded=date(2026, 1, 1),
            zone=UTC,
        )


@pytest.mark.trap(20)
def test_twelve_months_from_the_third_are_twelve():
    first = date(2026, 8, 3)
    contract = opened(first, at(2026, 7, 1), Interval.MONTH, PLATFORM).then(
        first, at(2026, 7, 1), End(date(2027, 8, 2))
    )
    dues = due_on(contract, visitor(first, concluded=date(2026, 7, 1)), date(2030, 1, 1)).value
    assert (len(dues), dues[-1].period.last) == (12, date(2027, 8, 2))
    assert amounts(dues) == ["300.00"] * 12


orders = st.lists(
    st.tuples(st.integers(min_value=1, max_value=500), st.integers(min_value=-20, max_value=40), st.integers(1, 5)),
    max_size=6,
)


@pytest.mark.trap(35)
@settings(deadline=None, max_examples=40)
@given(
    orders=orders,
    runs=st.lists(st.integers(min_value=0, max_value=900), min_size=1, max_size=6),
    every=st.sampled_from(Interval),
    lead=st.integers(min_value=1, max_value=60),
)
def test_however_often_and_irregularly_it_runs_everything_is_billed_once(
    orders: list[tuple[int, int, int]], runs: list[int], every: Interval, lead: int
):
    first = date(2026, 1, 31)
    contract = opened(first, at(2025, 12, 1), every, PLATFORM)
    for effective, delay, quantity in orders:
        day = first + timedelta(days=effective)
        recorded = datetime.combine(day + timedelta(days=delay), datetime.min.time(), BERLIN)
        contract = contract.then(day, recorded, ChangeQuantity("platform", quantity))
    rule = BillingRule(
        issued=Issued.BEFORE_PERIOD,
        anchor=first,
        first_day=first,
        concluded=date(2025, 12, 1),
        zone=BERLIN,
        lead=Duration.parse(f"{lead} days"),
    )
    last = first + timedelta(days=1000)
    billed: list[Due] = []
    for run in sorted(runs):
        day = first + timedelta(days=run)
        known = [it for it in contract if it.recorded.astimezone(BERLIN).date() <= day]
        billed += due_on(known, rule, day, billed=[due.key for due in billed]).value
    billed += due_on(contract, rule, last, billed=[due.key for due in billed]).value
    assert len({due.key for due in billed}) == len(billed)
    assert due_on(contract, rule, last, billed=[due.key for due in billed]).value == ()
    at_once = due_on(contract, rule, last).value
    assert sum(due.quantity * due.factor for due in billed) == sum(due.quantity * due.factor for due in at_once)
