"""The state of a contract on any day."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, strategies as st

from kontor.rulebook.amendments import Amendment, History, Revoke, days_of_change, state_on
from kontor.rulebook.contract_state import (
    AddItem,
    Change,
    ChangePrice,
    ChangeQuantity,
    ContractState,
    End,
    Per,
    Position,
    SetInterval,
    SetNotice,
    SetTerm,
    SetTerms,
)
from kontor.rulebook.duration import Duration
from kontor.rulebook.moment import MomentError
from kontor.rulebook.period import Interval, Period
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause

ORDER = Clause("crm", "§1.2")
MORE = Clause("crm", "§12")
START = date(2026, 7, 1)
TERM = Period(START, date(2027, 7, 1))


def told(day: int, hour: int = 9) -> datetime:
    return datetime(2026, 6, day, hour, tzinfo=UTC)


def amendment(name: str, effective: date, recorded: datetime, change: Change | Revoke) -> Amendment:
    return Amendment(name, effective, recorded, change, (MORE if isinstance(change, ChangeQuantity) else ORDER,))


FORM = [
    amendment("users", START, told(18), AddItem("basic", 10, Decimal("60.00"), Per.MONTH)),
    amendment("interval", START, told(18), SetInterval(Interval.YEAR)),
    amendment("term", START, told(18), SetTerm(TERM)),
    amendment("notice", START, told(18), SetNotice(Duration.parse("30 days"))),
]


@pytest.mark.requirement("SO-007")
def test_the_order_form_makes_the_state_and_every_change_is_a_dated_amendment():
    ruling = state_on(FORM, START)
    assert ruling.value == ContractState(
        positions=(Position("basic", 10, Decimal("60.00"), Per.MONTH),),
        interval=Interval.YEAR,
        term=TERM,
        notice=Duration.parse("30 days"),
        ends=None,
    )
    assert ruling.clauses == (ORDER,)
    assert ruling.inputs == (("day", "2026-07-01"),)
    assert [step.en for step in ruling.working] == [
        "1 July 2026: 10 × “basic” is added",
        "1 July 2026: Billed by year",
        "1 July 2026: Notice period 30 days",
        "1 July 2026: Term 1 July 2026 to 30 June 2027",
    ]
    assert state_on(FORM, date(2026, 6, 30)).value == ContractState()


def test_more_and_fewer_users_new_prices_and_an_end_hold_from_their_days():
    contract = [
        *FORM,
        amendment("more", date(2026, 9, 15), told(20), ChangeQuantity("basic", 2)),
        amendment("fewer", date(2027, 7, 1), told(21), ChangeQuantity("basic", -5)),
        amendment("price", date(2027, 7, 1), told(22), ChangePrice("basic", Decimal("65.00"))),
        amendment("end", date(2028, 5, 1), told(23), End(date(2028, 6, 30))),
        amendment("sooner", date(2028, 5, 2), told(24), End(date(2028, 5, 31))),
        amendment("later", date(2028, 5, 3), told(25), End(date(2028, 7, 31))),
    ]
    days = (date(2026, 9, 14), date(2026, 9, 15), date(2027, 7, 1))
    assert [state_on(contract, when).value.quantity("basic") for when in days] == [10, 12, 7]
    assert state_on(contract, date(2027, 7, 1)).value.existing("basic", START).price == Decimal("65.00")
    assert state_on(contract, date(2028, 4, 30)).value.ends is None
    ended = state_on(contract, date(2028, 6, 1)).value
    assert (ended.ends, ended.runs_on(date(2028, 5, 31)), ended.runs_on(date(2028, 6, 1))) == (
        date(2028, 5, 31),
        True,
        False,
    )
    assert state_on(contract, START).value.runs_on(date(2099, 1, 1))
    assert state_on(contract, date(2026, 9, 15)).clauses == (ORDER, MORE)
    words = list(state_on(contract, date(2028, 5, 1)).working[-4:])
    assert words == [
        ("15.09.2026: „basic“ ändert sich um +2", "15 September 2026: “basic” changes by +2"),
        ("01.07.2027: „basic“ ändert sich um -5", "1 July 2027: “basic” changes by -5"),
        ("01.07.2027: „basic“ kostet 65", "1 July 2027: “basic” costs 65"),
        ("01.05.2028: Ende mit dem 30.06.2028", "1 May 2028: Ends with 30 June 2028"),
    ]
    assert days_of_change(contract, Period(START, date(2027, 7, 2))) == (date(2026, 9, 15), date(2027, 7, 1))
    assert days_of_change(contract, Period(START, date(2027, 7, 2)), known_at=told(20)) == (date(2026, 9, 15),)


def test_a_reduction_ordered_first_leaves_what_was_added_meanwhile():
    # from 10 down to 8 with the new term, ordered before 2 more are added: 10 there will be
    contract = [
        *FORM,
        amendment("fewer", date(2027, 7, 1), told(20), ChangeQuantity("basic", -2)),
        amendment("more", date(2026, 9, 15), told(25), ChangeQuantity("basic", 2)),
    ]
    assert state_on(contract, date(2027, 7, 1)).value.quantity("basic") == 10


def test_what_was_not_yet_recorded_was_not_known():
    contract = [*FORM, amendment("back", START, told(25), ChangeQuantity("basic", 3))]
    assert state_on(contract, START, known_at=told(24)).value.quantity("basic") == 10
    assert state_on(contract, START, known_at=told(25)).value.quantity("basic") == 13
    assert state_on(contract, START).value.quantity("basic") == 13


def test_on_one_day_the_later_record_counts():
    monthly = amendment("a", START, told(19, 11), SetInterval(Interval.MONTH))
    quarterly = amendment("b", START, told(19, 10), SetInterval(Interval.QUARTER))
    for contract in ([*FORM, monthly, quarterly], [quarterly, monthly, *FORM]):
        assert state_on(contract, START).value.interval is Interval.MONTH


def test_hours_add_up_without_losing_a_part_and_seats_stay_whole_numbers():
    hours = [
        amendment("hours", START, told(18), AddItem("training", Decimal("1.50"), Decimal("129.90"), Per.ONCE)),
        amendment("more", START, told(19), ChangeQuantity("training", Decimal("0.75"))),
    ]
    ruling = state_on(hours, START)
    assert ruling.value.quantity("training") == Decimal("2.25")
    assert [step.de for step in ruling.working] == [
        "01.07.2026: 1,5 × „training“ kommt hinzu",
        "01.07.2026: „training“ ändert sich um +0,75",
    ]
    whole = state_on([*hours, amendment("rest", START, told(20), ChangeQuantity("training", Decimal("-0.25")))], START)
    assert repr(whole.value.quantity("training")) == "2"
    assert whole.working[-1].en == "1 July 2026: “training” changes by -0.25"


def test_a_revoked_amendment_never_was_and_a_revoked_revocation_restores_it():
    end = amendment("end", START, told(20), End(date(2026, 12, 31)))
    back = amendment("back", START, told(21), Revoke("end"))
    again = amendment("again", START, told(22), Revoke("back"))
    assert state_on([*FORM, end, back], START).value.ends is None
    assert back.change.text == ("„end“ wird zurückgenommen", "“end” is taken back")
    assert back.change.applied(ContractState(ends=START), START) == ContractState(ends=START)
    assert state_on([*FORM, end, back], START, known_at=told(20)).value.ends == date(2026, 12, 31)
    assert state_on([again, *FORM, end, back], START).value.ends == date(2026, 12, 31)
    assert [it.id for it in History([*FORM, end, back, again]).in_order()] == [
        "users",
        "interval",
        "notice",
        "term",
        "end",
    ]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (ChangeQuantity("pro", 1), "On 1 August 2026 the contract has no position “pro”."),
        (ChangePrice("pro", Decimal(1)), "On 1 August 2026 the contract has no position “pro”."),
        (
            ChangeQuantity("basic", -11),
            "On 1 August 2026 “basic” has the quantity 10; 11 fewer is not possible.",
        ),
        (
            AddItem("basic", 1, Decimal(1), Per.MONTH),
            "On 1 August 2026 “basic” cannot be added: the position exists, or the quantity is nought.",
        ),
        (
            AddItem("pro", 0, Decimal(1), Per.MONTH),
            "On 1 August 2026 “pro” cannot be added: the position exists, or the quantity is nought.",
        ),
    ],
)
def test_impossible_changes_are_refused_with_their_day(change: Change, sentence: str):
    contract = [*FORM, amendment("x", date(2026, 8, 1), told(20), change)]
    with pytest.raises(RefusalError) as refused:
        state_on(contract, date(2026, 8, 1))
    assert refused.value.text.en == sentence
    assert state_on(contract, date(2026, 7, 31)).value.quantity("basic") == 10


def test_the_same_told_twice_counts_once_and_two_things_of_one_id_are_refused():
    more = amendment("more", START, told(20), ChangeQuantity("basic", 2))
    assert state_on([*FORM, *FORM, more, more], START).value.quantity("basic") == 12
    other = amendment("more", START, told(20), ChangeQuantity("basic", 3))
    with pytest.raises(RefusalError, match="Two different amendments bear the id more"):
        state_on([*FORM, more, other], START)


def test_a_record_without_a_zone_is_refused():
    with pytest.raises(MomentError):
        state_on([amendment("x", START, datetime(2026, 6, 1), End(START))], START)


orders = st.lists(
    st.tuples(st.integers(min_value=0, max_value=300), st.integers(min_value=0, max_value=300), st.integers(1, 9)),
    max_size=8,
)


@given(orders=orders, shuffled=st.randoms(use_true_random=False), when=st.integers(min_value=0, max_value=400))
def test_the_order_of_telling_never_matters_and_replaying_changes_nothing(
    orders: list[tuple[int, int, int]], shuffled: Random, when: int
):
    contract = [
        *FORM,
        *(
            amendment(
                str(place),
                START + timedelta(days=effective),
                told(18) + timedelta(days=recorded),
                ChangeQuantity("basic", by),
            )
            for place, (effective, recorded, by) in enumerate(orders)
        ),
    ]
    mixed = [*contract, *contract[:3]]
    shuffled.shuffle(mixed)
    on = START + timedelta(days=when)
    assert state_on(mixed, on) == state_on(contract, on)
    assert state_on(contract, on).value.quantity("basic") == 10 + sum(by for day, _, by in orders if day <= when)


@pytest.mark.requirement("SO-002")
def test_the_version_of_the_terms_is_asked_by_day():
    """What was concluded under other terms keeps them until the day from which the changed ones hold."""
    changed = SetTerms("2027-01")
    contract = [*FORM, amendment("terms", date(2027, 9, 1), told(18), changed)]
    assert [state_on(contract, date(2027, month, 31)).value.terms for month in (8, 10)] == [None, "2027-01"]
    assert (changed.text.de, changed.text.en) == ("Bedingungen in der Fassung 2027-01", "Terms in the version 2027-01")
