"""A block: a listed reason, interests weighed, announced a whole working day before (visitor 4.1.6)."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from kontor.rulebook import terms
from kontor.rulebook.blocking import Block, may_block, reasons

VISITOR = terms.load("visitor")
BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 11, 23, 16, tzinfo=BERLIN)


def when(month: int, day: int, hour: int = 0) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=BERLIN)


@pytest.mark.parametrize("reason", ["credentials", "technical", "legal_duty", "contact_data", "bank_data"])
def test_the_five_reasons_and_no_other(reason: str):
    assert may_block(VISITOR, Block(reason, told=MONDAY, weighed=True), at=MONDAY).value.earliest == when(11, 25)
    refused = may_block(VISITOR, Block(reason + "x", told=MONDAY, weighed=True), at=MONDAY)
    assert (refused.value.earliest, refused.value.because, str(refused.clauses[0])) == (None, "reason", "4.1.6")
    assert [key for key, _ in reasons(VISITOR)] == [
        "credentials",
        "technical",
        "legal_duty",
        "contact_data",
        "bank_data",
    ]


@pytest.mark.parametrize(
    ("told", "earliest"),
    [
        (when(11, 23, 9), when(11, 25)),  # Monday: Wednesday 0:00
        (when(11, 24, 9), when(11, 26)),  # Tuesday is too late for Wednesday
        (when(11, 27, 9), when(12, 1)),  # Friday: Monday lies between
        (when(12, 23, 9), when(12, 25)),  # Wednesday: the 24th is a working day
        (when(12, 24, 9), when(12, 29)),  # Bavaria rests on 25 and 26 December and on the weekend
        (when(1, 5, 9), when(1, 8)),  # and on 6 January
    ],
)
def test_a_whole_working_day_lies_between(told: datetime, earliest: datetime):
    assert may_block(VISITOR, Block("technical", told=told, weighed=True), at=told).value.earliest == earliest


def test_the_day_is_the_contracts_own():
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)  # already Tuesday in Berlin
    assert may_block(VISITOR, Block("technical", told=late, weighed=True), at=late).value.earliest == when(11, 26)


def test_an_announcement_long_ago_lets_it_hold_from_now_on():
    now = when(12, 7, 10)
    assert may_block(VISITOR, Block("technical", told=MONDAY, weighed=True), at=now).value.earliest == now


def test_without_an_announcement_it_is_justified_or_refused():
    refused = may_block(VISITOR, Block("technical", weighed=True), at=MONDAY)
    assert (refused.value.earliest, refused.value.because) == (None, "announcement")
    at_once = may_block(VISITOR, Block("technical", weighed=True, immediate=True), at=MONDAY)
    assert (at_once.value.earliest, at_once.value.because) == (MONDAY, "")


def test_the_customers_interests_are_weighed():
    refused = may_block(VISITOR, Block("technical", told=MONDAY), at=MONDAY)
    assert (refused.value.earliest, refused.value.because) == (None, "weighing")


def test_a_text_that_knows_no_block_lists_no_reason():
    silent = VISITOR.model_copy(update={"blocking": None})
    assert reasons(silent) == ()
    assert may_block(silent, Block("technical"), at=MONDAY).value.because == "reason"


def test_what_a_text_leaves_out_is_not_asked_for():
    blocking = VISITOR.blocking
    assert blocking is not None
    lone = VISITOR.model_copy(
        update={"blocking": blocking.model_copy(update={"notice": None, "interests_weighed": None})}
    )
    assert may_block(lone, Block("technical"), at=MONDAY).value.earliest == MONDAY
    plain = VISITOR.model_copy(
        update={"blocking": blocking.model_copy(update={"holidays": None, "working_days": None})}
    )
    assert may_block(plain, Block("technical", told=when(12, 24, 9), weighed=True), at=MONDAY).value.earliest == when(
        12, 26
    )


def test_a_contract_that_counts_saturdays_waits_less():
    blocking = VISITOR.blocking
    assert blocking is not None
    assert blocking.working_days is not None
    counted = blocking.working_days.model_copy(update={"setting": "mon_sat"})
    six = VISITOR.model_copy(update={"blocking": blocking.model_copy(update={"working_days": counted})})
    assert may_block(six, Block("technical", told=when(11, 27, 9), weighed=True), at=MONDAY).value.earliest == when(
        11, 29
    )
