"""What a contract unlocks: whole over its days, half-open at each change; and when a term stands fast."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import islice, pairwise

import pytest
from hypothesis import given, strategies as st

from kontor.rulebook.amendments import Amendment, History
from kontor.rulebook.contract_state import AddItem, ChangeQuantity, End, Per, SetTerm
from kontor.rulebook.duration import Duration
from kontor.rulebook.period import Interval, Period, latest_before
from kontor.rulebook.renewal import fitted, renewed
from kontor.rulebook.ruling import Clause
from kontor.rulebook.term import TermRule, following, term_on
from kontor.rulebook.unlocking import Opens, Unlocked, gone, last_known, together, unlocked

TOLD = datetime(2026, 6, 18, 9, tzinfo=UTC)
YEAR = Period(date(2026, 7, 1), date(2027, 7, 1))
OPENS = {"basic": Opens("crm", "USER"), "plus": Opens("crm", "USER")}
CLAUSE = (Clause("crm", "§12"),)


def change(number: int, on: date, what: object) -> Amendment:
    return Amendment(f"{number:06}", on, TOLD + timedelta(minutes=number), what, CLAUSE)  # type: ignore[arg-type]


def contract(*more: tuple[date, object]) -> list[Amendment]:
    first = [
        (YEAR.first, AddItem("basic", 10, Decimal("60.00"), Per.MONTH)),
        (YEAR.first, AddItem("terminal", 1, Decimal("900.00"), Per.ONCE)),
        (YEAR.first, SetTerm(YEAR)),
    ]
    return [change(number, on, what) for number, (on, what) in enumerate([*first, *more])]


def told(*more: tuple[date, object]) -> list[tuple[int, str, str]]:
    return [(each.quantity, str(each.first), str(each.end)) for each in unlocked(contract(*more), OPENS).value]


def test_two_plans_of_one_module_are_so_many_seats_together():
    added = AddItem("plus", 3, Decimal("90.00"), Per.MONTH)
    assert told((date(2026, 9, 1), added)) == [(10, "2026-07-01", "2026-09-01"), (13, "2026-09-01", "2027-07-01")]


def test_a_part_of_a_unit_opens_nothing():
    added = AddItem("plus", Decimal("0.5"), Decimal("90.00"), Per.MONTH)
    assert told((date(2026, 9, 1), added)) == [(10, "2026-07-01", "2027-07-01")]


def test_what_is_gone_for_a_while_opens_again():
    away, back = ChangeQuantity("basic", -10), ChangeQuantity("basic", 10)
    assert told((date(2026, 9, 1), away), (date(2026, 10, 1), back)) == [
        (10, "2026-07-01", "2026-09-01"), (10, "2026-10-01", "2027-07-01"),
    ]  # fmt: skip


def test_the_known_end_goes_before_the_term():
    assert told((date(2026, 7, 1), End(date(2026, 8, 31)))) == [(10, "2026-07-01", "2026-09-01")]
    assert told((date(2026, 7, 1), End(date(2028, 8, 31)))) == [(10, "2026-07-01", "2028-09-01")]
    assert told((date(2026, 6, 1), End(date(2026, 6, 15)))) == []


def test_without_term_and_end_it_is_open():
    (part,) = unlocked(contract()[:2], OPENS).value
    assert (part.end, unlocked(contract()[:2], OPENS).working[0].en) == (None, "From 1 July 2026: 10 × crm")
    assert last_known(History(contract()[:2]).state(YEAR.first)) is None


def test_nothing_told_opens_nothing():
    assert unlocked([], OPENS).value == ()


def test_each_part_rests_on_the_latest_change_of_its_number():
    ruling = unlocked(contract((date(2026, 9, 1), ChangeQuantity("basic", 2))), OPENS)
    assert [part.clauses for part in ruling.value] == [CLAUSE, CLAUSE]
    assert ruling.clauses == CLAUSE


def on_day(parts: Iterable[Unlocked], on: date) -> int:
    return sum(part.quantity for part in parts if part.first <= on and (part.end is None or on < part.end))


def test_what_is_gone_names_how_many_are_left():
    state = History(contract()).state(YEAR.first)
    less = ChangeQuantity("basic", -10).applied(state, YEAR.first)
    assert gone(state, less, OPENS) == ((Opens("crm", "USER"), 10, 0),)
    assert gone(less, state, OPENS) == ()


@given(st.lists(st.tuples(st.integers(0, 700), st.integers(-3, 3).filter(bool)), max_size=8))
def test_on_every_day_exactly_the_contracts_number_is_open(changes):
    """No day is open twice or not at all, whatever was changed when."""
    kept, number = [], 10
    for days, by in sorted(changes, key=lambda each: each[0]):
        number += by
        if number < 0:
            break
        kept.append((YEAR.first + timedelta(days=days), ChangeQuantity("basic", by)))
    history, parts = contract(*kept), unlocked(contract(*kept), OPENS).value
    for days in range(-2, 370, 7):
        on = YEAR.first + timedelta(days=days)
        expected = History(history).state(on).quantity("basic") if on in YEAR else 0
        assert on_day(parts, on) == expected


# ---- renewal

NOTICE = Duration.parse("30 days")
CRM = TermRule(date(2026, 7, 1), Duration.parse("12 months"), Interval.YEAR, NOTICE)


@pytest.mark.requirement("SO-008")
def test_twelve_months_then_by_the_billing_interval():
    quarterly = fitted(CRM, [(YEAR.first, Interval.QUARTER)])
    assert following(quarterly, YEAR) == Period(date(2027, 7, 1), date(2027, 10, 1))
    assert list(islice(quarterly.terms(), 2)) == [YEAR, Period(date(2027, 7, 1), date(2027, 10, 1))]
    assert following(CRM, YEAR) == Period(date(2027, 7, 1), date(2028, 7, 1))


def test_a_further_term_ends_with_the_billing_interval_in_which_it_begins():
    """By the quarter, from 1 January 2027 by the year: the term from July ends with the year that is billed."""
    changed = fitted(CRM, [(YEAR.first, Interval.QUARTER), (date(2027, 1, 1), Interval.YEAR)])
    assert list(islice(changed.terms(), 3)) == [
        YEAR, Period(date(2027, 7, 1), date(2028, 1, 1)), Period(date(2028, 1, 1), date(2029, 1, 1)),
    ]  # fmt: skip


def test_a_term_that_stands_fast_keeps_its_length_and_the_next_is_fitted():
    """A month from 1 July stood fast before a year was chosen from that day: the rest of the year follows it."""
    july = Period(date(2027, 7, 1), date(2027, 8, 1))
    monthly = fitted(CRM, [(YEAR.first, Interval.MONTH), (july.first, Interval.YEAR)])
    stands = replace(monthly, settled=(YEAR, july))
    assert list(islice(stands.terms(), 4)) == [
        YEAR, july, Period(july.end, date(2028, 7, 1)), Period(date(2028, 7, 1), date(2029, 7, 1)),
    ]  # fmt: skip
    assert term_on(stands, date(2027, 7, 3)).value.ends == date(2028, 6, 30)


def test_a_fixed_renewal_knows_no_interval():
    fixed = TermRule(date(2026, 7, 1), Duration.parse("12 months"), Duration.parse("12 months"), NOTICE)
    assert fitted(fixed, [(YEAR.first, Interval.MONTH)]) == fixed


def test_after_another_interval_the_next_term_counts_from_the_last():
    odd = Period(date(2027, 7, 1), date(2027, 8, 1))
    assert following(CRM, odd) == Period(date(2027, 8, 1), date(2028, 8, 1))
    weeks = TermRule(date(2026, 7, 1), Duration.parse("12 months"), Duration.parse("30 days"), NOTICE)
    assert following(weeks, odd) == Period(date(2027, 8, 1), date(2027, 8, 31))


def test_a_known_end_renews_nothing():
    ruling = renewed(CRM, YEAR, date(2030, 1, 1), ends=date(2027, 6, 30), clauses=CLAUSE)
    assert (ruling.value, ruling.clauses) == ((), CLAUSE)
    assert ruling.working[0].en == "The contract ends on 30 June 2027."


@given(st.dates(date(2026, 1, 1), date(2032, 12, 31)), st.lists(st.integers(0, 2000), max_size=6))
def test_asked_every_day_or_once_the_terms_are_the_same(first_day, asked):
    """Terms follow each other without gap, and none begins before its notice is over."""
    year = Duration.parse("12 months")
    rule = TermRule(first_day, year, year, Duration.parse("3 months"))
    initial = next(rule.terms())
    days = sorted(first_day + timedelta(days=each) for each in [*asked, 1500])
    found, last = [], initial
    for on in days:
        new = renewed(rule, last, on).value
        found += new
        last = found[-1] if found else initial
    assert tuple(found) == renewed(rule, initial, days[-1]).value
    chain = [initial, *found]
    assert all(before.end == after.first for before, after in pairwise(chain))
    assert all(latest_before(before.end, rule.notice) < days[-1] for before in chain[:-1])


def test_between_two_parts_that_do_not_touch_nothing_is_unlocked():
    spring = Unlocked("storage", "GB", date(2026, 3, 1), date(2026, 4, 1), 15)
    autumn = Unlocked("storage", "GB", date(2026, 9, 1), date(2026, 10, 1), 5)
    assert together([autumn, spring]) == (spring, autumn)
