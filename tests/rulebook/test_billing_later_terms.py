"""An interval is billed by the terms in force on its first day, as they were known when its invoice was issued."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings, strategies as st

from kontor.rulebook.billing import due_on
from kontor.rulebook.billing_rule import BillingRule, Due, DueKey, Issued, Kind, LaterRule
from kontor.rulebook.contract_state import AddItem, ChangeQuantity, Per
from kontor.rulebook.duration import Duration
from kontor.rulebook.period import Interval, Period
from kontor.rulebook.ruling import Clause
from tests.rulebook.test_billing import BERLIN, Contract, at, opened

FEES, LATER = (Clause("crm", "§11.1", version) for version in ("2026-01", "2027-04"))
SEATS = AddItem("seats", 10, Decimal("60.00"), Per.MONTH)
SIGNED = at(2026, 12, 10)
RULE = BillingRule(
    issued=Issued.BEFORE_PERIOD,
    anchor=date(2027, 1, 1),
    first_day=date(2027, 1, 1),
    concluded=date(2026, 12, 10),
    zone=BERLIN,
    lead=Duration.parse("7 days"),
    clauses={Kind.ADVANCE: (FEES,), Kind.ADDITION: (FEES,)},
)


def with_lead(lead: str, told_on: date, *, first: date = date(2027, 4, 1), **given: object) -> BillingRule:
    """The rule above, and from 1 April one whose invoices leave so long before their interval."""
    clauses = {Kind.ADVANCE: (LATER,), Kind.ADDITION: (LATER,)}
    following = replace(RULE, lead=Duration.parse(lead), clauses=clauses, **given)  # type: ignore[arg-type]
    return replace(RULE, later=(LaterRule(first, told_on, following),))


def contract() -> Contract:
    return opened(date(2027, 1, 1), SIGNED, Interval.MONTH, SEATS)


def issued(rule: BillingRule, run_day: date) -> list[tuple[date, date, str]]:
    dues = due_on(contract(), rule, run_day).value
    return [(due.period.first, due.issued_on, str(due.clauses[0].version)) for due in dues]


def test_the_interval_of_the_first_day_under_new_terms_is_the_first_that_follows_them():
    """7 days before 1 March: 22 February; from 1 April on 20 days: 12 March, 11 April."""
    rule = with_lead("20 days", date(2027, 2, 1))
    assert issued(rule, date(2027, 4, 11))[2:] == [
        (date(2027, 3, 1), date(2027, 2, 22), "2026-01"),
        (date(2027, 4, 1), date(2027, 3, 12), "2027-04"),
        (date(2027, 5, 1), date(2027, 4, 11), "2027-04"),
    ]


def test_terms_that_begin_within_an_interval_wait_for_the_next():
    rule = with_lead("20 days", date(2027, 2, 1), first=date(2027, 4, 2))
    assert [on for _, on, _ in issued(rule, date(2027, 4, 30))][3:] == [date(2027, 3, 25), date(2027, 4, 11)]


def test_an_interval_that_is_due_before_the_one_before_it_is_found_on_its_day():
    """60 days before 1 April is 31 January; March, under the old terms, follows on 22 February."""
    rule = with_lead("60 days", date(2027, 1, 15))
    assert [first for first, *_ in issued(rule, date(2027, 1, 31))] == [
        date(2027, 1, 1), date(2027, 2, 1), date(2027, 4, 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("told_on", "issued_on"),
    [
        (date(2027, 2, 1), date(2027, 2, 2)),  # the day they foresee, 31 January, is over: the day after they are known
        (date(2027, 3, 24), date(2027, 3, 25)),
        (date(2027, 3, 25), date(2027, 3, 25)),  # the invoice of the old terms left that day: it stays theirs
        (date(2027, 4, 20), date(2027, 3, 25)),
    ],
)
def test_terms_known_too_late_do_not_bill_an_interval_again(told_on, issued_on):
    april = Period(date(2027, 4, 1), date(2027, 5, 1))
    rule = with_lead("60 days", told_on)
    assert rule.issue_day(april) == issued_on
    assert rule.of(april).clauses[Kind.ADVANCE] == ((LATER,) if told_on < date(2027, 3, 25) else (FEES,))


def test_from_advance_to_arrears_every_month_is_billed_once():
    rule = with_lead("7 days", date(2027, 2, 1), issued=Issued.PERIOD_END)
    assert issued(rule, date(2027, 5, 1)) == [
        (date(2027, 1, 1), date(2026, 12, 25), "2026-01"),
        (date(2027, 2, 1), date(2027, 1, 25), "2026-01"),
        (date(2027, 3, 1), date(2027, 2, 22), "2026-01"),
        (date(2027, 4, 1), date(2027, 5, 1), "2027-04"),
    ]


@settings(max_examples=60)
@given(
    lead=st.integers(1, 90),
    told=st.integers(0, 200),
    joins=st.integers(0, 200),
    recorded=st.integers(0, 200),
    step=st.integers(1, 40),
)
def test_runs_in_any_rhythm_bill_each_seat_of_each_day_once(lead, told, joins, recorded, step):
    """
    Two seats more join on a day; terms with another lead become known. Whenever runs happen, 30 days × 10 seats and the
    days of the two more come out, and no day of any seat twice.
    """
    start = date(2027, 1, 1)
    more = ChangeQuantity("seats", 2)
    on, known = start + timedelta(joins), SIGNED + timedelta(days=recorded)
    rule = with_lead(f"{lead} days", date(2026, 12, 10) + timedelta(told))
    seen, billed = contract(), list[DueKey]()
    found: list[Due] = []
    grown, day = seen.then(on, known, more), date(2026, 12, 10)
    while day < date(2027, 12, 1):
        now = known.date() < day  # a run of a day knows what was recorded before it
        told_yet = rule if rule.later[0].told_on < day else RULE
        dues = due_on(grown if now else seen, told_yet, day, billed=billed).value
        found += dues
        billed += [due.key for due in dues]
        day += timedelta(step)
    for month in range(1, 10):
        first = date(2027, month, 1)
        for place in (first, first + timedelta(14)):
            held = sum(due.quantity for due in found if place in due.period)
            assert held == (12 if place >= on else 10)
