"""Due dates, direct debits, renewal invoices and fewer seats."""

from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from kontor.rulebook.calendar import BANK_DAYS, HolidayList, WorkingDays
from kontor.rulebook.due import (
    DueError,
    Receipt,
    Reduction,
    collection_day,
    due_date,
    payable_until,
    renewal_invoice_day,
    seats_reduced_from,
)
from kontor.rulebook.duration import Duration
from kontor.rulebook.period import Interval, Period
from kontor.rulebook.ruling import Clause, Text

BERLIN = WorkingDays(HolidayList("DE", "BE"))
CLAUSE = Clause("visitor", "7.4")
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


def iso(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.requirement("FW-048")
def test_fourteen_calendar_days_after_receipt_are_not_moved() -> None:
    assert due_date(iso("2026-03-03"), Duration.parse("14 days")).value == iso("2026-03-17")  # 4 to 17 March
    saturday = due_date(iso("2026-01-31"), Duration.parse("14 days"), clauses=(CLAUSE,))
    assert saturday.value == iso("2026-02-14")
    assert saturday.working == (
        (
            "14 Tage nach dem 31.01.2026 enden am Sa 14.02.2026.",
            "14 days after 31 January 2026 end on Sat 14 February 2026.",
        ),
    )
    assert saturday.clauses == (CLAUSE,)


def test_an_invoice_cannot_have_been_received_before_it_was_issued() -> None:
    within, by_post = Duration.parse("14 days"), Text("per Einschreiben", "by registered letter")
    with pytest.raises(DueError) as refused:
        payable_until(iso("2026-03-02"), within, from_receipt=True, received=Receipt(iso("2026-03-01"), by_post))
    assert refused.value.text == Text(
        "Am 01.03.2026 kann nicht zugegangen sein, was am 02.03.2026 ausgestellt wurde.",
        "What was issued on 2 March 2026 cannot have been received on 1 March 2026.",
    )
    same_day = payable_until(iso("2026-03-02"), within, from_receipt=True, received=Receipt(iso("2026-03-02"), by_post))
    assert (same_day.value, same_day.working[0].en) == (
        iso("2026-03-16"),
        "The period begins when the invoice is received: 2 March 2026, by registered letter.",
    )


@pytest.mark.trap(7)
def test_a_payment_due_on_a_day_off_may_be_made_on_the_next_working_day_under_german_law() -> None:
    # Saturday 14 February 2026 -> Monday 16; arrears would begin on Tuesday 17
    ruling = due_date(iso("2026-01-31"), Duration.parse("14 days"), moved_by=BERLIN)
    assert ruling.value == iso("2026-02-16")
    assert ruling.working[1].en == "That is no working day; payment is in time until Mon 16 February 2026."
    # a due day that is a working day stays
    assert due_date(iso("2026-02-02"), Duration.parse("14 days"), moved_by=BERLIN).value == iso("2026-02-16")


def test_the_place_of_payment_decides_which_holidays_count() -> None:
    # 6 January 2027, a Wednesday, is Epiphany in Bavaria and a working day in Berlin
    bavaria = WorkingDays(HolidayList("DE", "BY"))
    event, within = iso("2026-12-23"), Duration.parse("14 days")
    assert due_date(event, within, moved_by=bavaria).value == iso("2027-01-07")
    assert due_date(event, within, moved_by=BERLIN).value == iso("2027-01-06")


@pytest.mark.requirement("AP-032")
def test_leisure_s_renewal_is_invoiced_60_days_before_and_payable_45_days_after_issue() -> None:
    issued = renewal_invoice_day(iso("2026-02-01"), Duration.parse("60 days"))
    assert issued.value == iso("2025-12-03")  # 31 days of January + 29 of December
    assert issued.working[0].en == "60 days before 1 February 2026 is 3 December 2025."
    # 28 days of December + 17 of January
    assert due_date(issued.value, Duration.parse("45 days")).value == iso("2026-01-17")


@pytest.mark.requirement("FW-049")
@pytest.mark.parametrize(
    ("invoiced", "announced", "earliest"),
    [
        ("2026-03-01", "2026-03-03", "2026-03-10"),
        ("2026-03-03", "2026-03-01", "2026-03-10"),
        ("2026-03-27", "2026-03-27", "2026-04-07"),  # 3 April is Good Friday; the next bank day is after Easter Monday
    ],
)
def test_a_debit_waits_seven_days_after_the_later_of_both_and_for_a_bank_day(
    invoiced: str, announced: str, earliest: str
) -> None:
    ruling = collection_day(iso(invoiced), iso(announced), wait=Duration.parse("7 days"), clauses=(CLAUSE,))
    assert ruling.value == iso(earliest)


@pytest.mark.trap(52)
def test_fourteen_days_notice_sent_on_20_march_over_easter() -> None:
    ruling = collection_day(iso("2026-03-20"), iso("2026-03-20"), wait=Duration.parse("14 days"))
    assert ruling.value == iso("2026-04-07")
    assert [step.en for step in ruling.working] == [
        "14 days after the later of invoice date and pre-notification, 20 March 2026: Fri 3 April 2026.",
        "TARGET is closed that day; the next bank day is Tue 7 April 2026.",
    ]


@given(DAYS, DAYS, st.integers(1, 60))
def test_a_debit_never_comes_early_and_no_bank_day_is_skipped(invoiced: date, announced: date, wait: int) -> None:
    found = collection_day(invoiced, announced, wait=Duration.parse(f"{wait} days")).value
    floor = max(invoiced, announced) + timedelta(days=wait)
    assert found >= floor
    assert found in BANK_DAYS
    assert not [day for day in range((found - floor).days) if floor + timedelta(days=day) in BANK_DAYS]


@pytest.mark.requirement("SO-059")
@pytest.mark.parametrize(
    ("received", "every", "effective", "in_time"),
    [
        ("2026-12-01", Interval.YEAR, "2027-01-01", True),  # 2 to 31 December are 30 days
        ("2026-12-02", Interval.YEAR, "2028-01-01", False),
        ("2026-12-02", Interval.QUARTER, "2027-04-01", False),
        ("2026-12-02", Interval.MONTH, "2027-02-01", False),
        ("2026-12-31", Interval.MONTH, "2027-02-01", False),  # 1 to 31 January are 31 days
    ],
)
def test_fewer_seats_count_from_the_first_interval_the_notice_is_in_time_for(
    received: str,
    every: Interval,
    effective: str,
    in_time: bool,
) -> None:
    found = seats_reduced_from(
        iso(received), iso("2027-01-01"), every=every, notice=Duration.parse("30 days"), clauses=(CLAUSE,)
    )
    assert found.value == Reduction(iso(effective), in_time)
    assert found.working[0].en == "30 days before 1 January 2027: the notice counts on 1 December 2026 at the latest."


def test_a_notice_after_the_interval_is_refused() -> None:
    with pytest.raises(DueError) as refused:
        seats_reduced_from(iso("2027-01-01"), iso("2027-01-01"), every=Interval.YEAR, notice=Duration.parse("30 days"))
    assert str(refused.value) == "On 1 January 2027 the interval that ends before 1 January 2027 no longer runs."


@given(DAYS, st.integers(1, 400), st.sampled_from(Interval), st.integers(1, 60))
def test_a_reduction_waits_for_its_notice_and_no_longer(end: date, before: int, every: Interval, notice: int) -> None:
    received = end - timedelta(days=before)
    found = seats_reduced_from(received, end, every=every, notice=Duration.parse(f"{notice} days")).value
    assert Period(received, found.effective).days > notice
    assert found.in_time == (before > notice)
