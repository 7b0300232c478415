"""What stays due after an end, what goes back, and what is to be done by when."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from kontor.rulebook import terms
from kontor.rulebook.amendments import Amendment
from kontor.rulebook.billing import due_on
from kontor.rulebook.billing_rule import BillingRule, DueKey, Issued, Kind
from kontor.rulebook.contract_state import AddItem, End, Per, SetInterval
from kontor.rulebook.duration import Duration
from kontor.rulebook.ending.duties import duties_after, erased_on
from kontor.rulebook.ending.owed import Aftermath, StillDue, aftermath, not_begun, refund, still_due
from kontor.rulebook.invoice_lines import invoice_lines
from kontor.rulebook.money import Money
from kontor.rulebook.period import ONE_DAY, Interval, Period, interval
from kontor.rulebook.ruling import Clause

VISITOR, CRM, LEISURE = (terms.load(key) for key in ("visitor", "crm", "leisure"))
SIGNED = datetime(2025, 12, 20, 9, tzinfo=UTC)
START = date(2026, 1, 1)
YEAR = Period(START, date(2027, 1, 1))


def euro(amount: str) -> Money:
    return Money.parse(amount, "EUR")


def contract(every: Interval, *, price: str = "100.00") -> list[Amendment]:
    return [
        Amendment("1", START, SIGNED, AddItem("basic", 1, Decimal(price), Per.MONTH)),
        Amendment("2", START, SIGNED, AddItem("terminal", 1, Decimal("1490.00"), Per.ONCE)),
        Amendment("3", START, SIGNED, SetInterval(every)),
    ]


def rule(issued: Issued = Issued.PERIOD_START) -> BillingRule:
    return BillingRule(issued=issued, anchor=START, first_day=START, concluded=date(2025, 12, 20), zone=UTC)


def months_billed(count: int) -> list[DueKey]:
    return [DueKey("basic", interval(START, Interval.MONTH, number).first, Kind.ADVANCE) for number in range(count)]


@pytest.mark.requirement("AP-050")
def test_after_the_customers_breach_all_fees_of_the_first_term_fall_due():
    three_years, ends = Period(START, date(2029, 1, 1)), date(2027, 2, 28)  # after 14 months
    left = aftermath(LEISURE, ends=ends, culpable=True, term=three_years, interval=Period(ends, ends))
    assert left.value == Aftermath(date(2028, 12, 31), refunded=False)
    assert [str(clause) for clause in left.clauses] == ["21.2"]
    found = still_due(
        contract(Interval.MONTH), rule(), ends=ends, until=left.value.until, currency="EUR", billed=months_billed(14),
    )  # fmt: skip
    assert Money.total([each.amount for each in found.value], "EUR") == euro("2200.00")  # 22 months of 100
    assert len(found.value) == 22
    assert found.value[0] == StillDue(
        DueKey("basic", date(2027, 3, 1), Kind.ADVANCE), Period(date(2027, 3, 1), date(2027, 4, 1)), euro("100.00")
    )
    assert found.working[-1].en == "Together €2,200.00, due at once."


@pytest.mark.requirement("AP-050")
def test_in_a_renewed_year_only_its_remaining_months():
    renewed, ends = Period(date(2029, 1, 1), date(2030, 1, 1)), date(2029, 3, 31)
    left = aftermath(LEISURE, ends=ends, culpable=True, term=renewed, interval=Period(ends, ends))
    found = still_due(
        contract(Interval.MONTH), rule(), ends=ends, until=left.value.until, currency="EUR", billed=months_billed(39),
    )  # fmt: skip
    assert Money.total([each.amount for each in found.value], "EUR") == euro("900.00")


@pytest.mark.requirement("SO-063")
def test_crm_notice_in_month_four_leaves_eight_months_due():
    found = still_due(
        contract(Interval.MONTH), rule(), ends=date(2026, 4, 30), until=date(2026, 12, 31), currency="EUR",
        billed=months_billed(4),
    )  # fmt: skip
    assert Money.total([each.amount for each in found.value], "EUR") == euro("800.00")


def test_after_a_breach_of_use_the_current_period_stays_due():
    quarter = Period(date(2026, 4, 1), date(2026, 7, 1))
    left = aftermath(CRM, ends=date(2026, 5, 10), culpable=True, term=YEAR, interval=quarter)
    assert left.value == Aftermath(date(2026, 6, 30), refunded=False)
    assert [str(clause) for clause in left.clauses] == ["§3"]


def test_crm_refunds_nothing_and_others_refund_days():
    kept = aftermath(CRM, ends=date(2026, 5, 10), culpable=False, term=YEAR, interval=YEAR)
    assert (kept.value, kept.clauses[0].number) == (Aftermath(date(2026, 5, 10), refunded=False), "§13")
    for pack in (VISITOR, LEISURE):
        back = aftermath(pack, ends=date(2026, 5, 10), culpable=False, term=YEAR, interval=YEAR)
        assert (back.value, back.clauses) == (Aftermath(date(2026, 5, 10), refunded=True), ())
    silent_on_fees = LEISURE.model_copy(
        update={"termination": LEISURE.termination and LEISURE.termination.model_copy(update={"fees_owed": None})}
    )
    kept = aftermath(silent_on_fees, ends=date(2026, 5, 10), culpable=True, term=YEAR, interval=YEAR)
    assert (kept.value, kept.clauses[0].number) == (Aftermath(date(2026, 5, 10), refunded=False), "21.2")
    assert aftermath(VISITOR, ends=date(2026, 5, 10), culpable=True, term=YEAR, interval=YEAR).value.refunded


def test_trap_59_a_prepaid_year_goes_back_by_days():
    # 10 April is the 100th day of 2026; 265 of 365 days are left of 1,200.00: 871.2328…
    ruling = refund(euro("1200.00"), YEAR, ends=date(2026, 4, 10), clauses=[Clause("visitor", "4.5.4")])
    assert ruling.value == euro("871.23")
    assert ruling.working[0].en == (
        "1 January 2026 to 31 December 2026, 265 of 365 days after the end: €1,200.00 × 265/365 = €871.23"
    )
    assert refund(euro("1200.00"), YEAR, ends=date(2025, 12, 1)).value == euro("1200.00")
    assert refund(euro("1200.00"), YEAR, ends=date(2026, 12, 31)).value == euro("0.00")
    assert refund(euro("1200.00"), YEAR, ends=date(2027, 5, 1)).value == euro("0.00")


def test_in_arrears_only_the_days_after_the_end_are_a_claim():
    # 10 of 30 days of April are billed by the next run; the claim is the other 20 and the months to June
    ends = date(2026, 4, 10)
    found = still_due(
        contract(Interval.QUARTER, price="91.00"), rule(Issued.PERIOD_END), ends=ends, until=date(2026, 6, 30),
        currency="EUR", billed=[DueKey("basic", START, Kind.ADVANCE)],
    )  # fmt: skip
    # the quarter is 3 × 91.00 over 91 days: 3.00 a day, 81 days after 10 April
    key = DueKey("basic", date(2026, 4, 1), Kind.ADVANCE)
    assert found.value == (StillDue(key, Period(date(2026, 4, 11), date(2026, 7, 1)), euro("243.00")),)
    assert found.value[0].position == "basic"


def test_nothing_is_due_where_all_was_billed():
    found = still_due(
        contract(Interval.MONTH), rule(), ends=date(2026, 4, 30), until=date(2026, 4, 30), currency="EUR",
        billed=months_billed(2), clauses=[Clause("crm", "§13")],
    )  # fmt: skip
    assert (found.value, found.clauses) == ((), (Clause("crm", "§13"),))


@given(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.sampled_from(list(Interval)))
def test_an_end_never_bills_beyond_itself_and_loses_no_cent(ends: date, every: Interval):
    """What the runs bill until the end and what stays due until a later day are, together, what would have been."""
    until, told = date(2028, 1, 31), datetime(2025, 12, 31, 9, tzinfo=UTC)
    known = contract(every)

    def sums(last: date) -> Money:
        dues = due_on([*known, Amendment("~", last, told, End(last))], rule(), date(2030, 1, 1)).value
        assert all(due.period.end <= last + ONE_DAY for due in dues if due.kind is not Kind.ONCE)
        return Money.total([line.amount for line in invoice_lines(dues, currency="EUR").value], "EUR")

    rest = still_due(known, rule(), ends=ends, until=until, currency="EUR")
    assert sums(ends) + Money.total([each.amount for each in rest.value], "EUR") == sums(until)
    assert all(each.period.first > ends for each in rest.value)


def test_leisure_software_comes_back_within_thirty_days():
    found = {
        duty.key: (duty.on, duty.side.value, duty.clause.number)
        for duty in duties_after(LEISURE, date(2026, 1, 31)).value
    }
    assert found == {
        "choice": (date(2026, 1, 31), "provider", "Anhang 4, Ende"),
        "erasure": (date(2026, 2, 1), "provider", "Anhang 4, Ende"),
        "certificate": (date(2026, 2, 1), "provider", "Anhang 4, Ende"),
        "keys": (date(2026, 2, 1), "provider", "Art. 6"),
        "software": (date(2026, 3, 2), "customer", "21.2"),
    }


def test_data_is_erased_when_each_contract_says():
    assert erased_on(VISITOR, date(2026, 1, 31)) == date(2026, 2, 28)  # at most four weeks
    assert erased_on(CRM, date(2026, 3, 31)) == date(2026, 5, 1)  # kept through 30 April
    assert [duty.key for duty in duties_after(CRM, date(2026, 3, 31)).value] == ["export", "erasure"]
    assert [duty.key for duty in duties_after(VISITOR, date(2026, 1, 31)).value] == ["choice", "erasure", "certificate"]
    silent = CRM.model_copy(update={"retention": None, "licence": None})
    assert duties_after(silent, date(2026, 3, 31)).value == ()


def test_a_duty_says_why():
    ruling = duties_after(CRM, date(2028, 1, 31))
    assert [step.en for step in ruling.working] == [
        "The contract's last day: 31 January 2028.",
        "Offer the data for download: 1 February 2028.",
        "Erase the customer's data: 2 March 2028.",  # 30 days end with 1 March in a leap year
    ]
    assert Duration.parse("30 days") == CRM.retention.kinds["customer_data"].keep.value  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("until", "back", "said"),
    [
        (date(2027, 2, 28), "909.00", "begins only after 28 February 2027: nothing is due for it, €909.00 go back."),
        (date(2027, 3, 1), "0.00", "had begun: it stays."),
        (date(2027, 5, 31), "0.00", "had begun: it stays."),
    ],
)
def test_a_period_goes_back_whole_where_it_had_not_begun(until: date, back: str, said: str) -> None:
    """March to May 2027, invoiced beforehand under terms that refund nothing (crm, §3 and §13)."""
    quarter, clause = Period(date(2027, 3, 1), date(2027, 6, 1)), Clause("crm", "§3")
    ruling = not_begun(Money.parse("909.00", "EUR"), quarter, until=until, clauses=(clause,))
    assert (ruling.value.bare(), ruling.clauses) == (back, (clause,))
    assert ruling.working[-1].en == f"1 March 2027 to 31 May 2027 {said}"
