"""A report's log gives its promises, again and again: pauses, classes, merging, reopening, changed calendars."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations

import pytest

from kontor.rulebook import terms
from kontor.rulebook.calc.promised import CREDIT_CLAIM, ServicePromises, promises_of
from kontor.rulebook.kept import Kept, Standing
from kontor.rulebook.moment import zone_named
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.replay import Replayed, replay
from kontor.rulebook.ticket_log import BORN_CLOSED, HELD, REASONABLE, Logged, What

VISITOR, LEISURE = promises_of(terms.load("visitor")), promises_of(terms.load("leisure"))
DEALERSHIP, CRM = promises_of(terms.load("dealership")), promises_of(terms.load("crm"))
BERLIN = zone_named("Europe/Berlin")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=BERLIN)


def log(*entries: tuple[str, What] | tuple[str, What, str]) -> list[Logged]:
    return [Logged(at(entry[0]), *entry[1:]) for entry in entries]


def run(promised: ServicePromises, class_key: str, *entries: tuple[str, What] | tuple[str, What, str]) -> Replayed:
    monday = "11-23T10:00"
    return replay(log((monday, What.REPORTED), (monday, What.CLASSIFIED, class_key), *entries), promised=promised)


def dues(found: Replayed) -> dict[str, str]:
    return {kept.name: kept.due.isoformat(timespec="minutes")[5:16] for kept in found.promises}


def standing(found: Replayed, now: str) -> dict[str, Standing]:
    return {kept.name: kept.standing(at(now)) for kept in found.promises}


def only(found: Replayed) -> Kept:
    (kept,) = found.promises
    return kept


@pytest.mark.parametrize(
    ("promised", "key", "expected"),
    [
        (VISITOR, "class_1", {"reaction": "11-23T15:00", "recovery": "11-24T10:00"}),
        (VISITOR, "class_2", {"reaction": "11-24T10:00", "recovery": "11-25T10:00"}),
        (VISITOR, "class_3", {"reaction": "11-25T10:00", "recovery": "11-26T10:00"}),
        (LEISURE, "blocking", {"repair": "11-25T16:00"}),  # 8 + 9 + 7 hours
        (LEISURE, "semi_blocking", {"repair": "11-30T13:00"}),  # 8 + 4 × 9 + 4
        (LEISURE, "non_blocking", {"repair": "12-21T18:00"}),  # 20 working days after Monday
        (DEALERSHIP, "service_failure", {"recovery": "11-26T10:00"}),
        (DEALERSHIP, "request", {"answer": "11-24T10:00"}),
        (CRM, CREDIT_CLAIM, {"decision": "12-24T00:00"}),  # 30 days end with 23 December
    ],
)
def test_each_promise_has_its_own_length_and_calendar(
    promised: ServicePromises, key: str, expected: dict[str, str]
) -> None:
    assert dues(run(promised, key)) == expected


def test_a_contract_without_classes_promises_nothing() -> None:
    found = run(promises_of(terms.load("bookkeeping")), "class_1")
    assert (found.promises, found.next_due(at("11-24T00:00"))) == ((), None)


def test_a_log_reads_the_same_in_any_order_and_begins_with_the_report() -> None:
    entries = log(
        ("11-23T10:00", What.REPORTED),
        ("11-23T10:01", What.CLASSIFIED, "class_2"),
        ("11-23T12:00", What.PAUSED, "Which printer?"),
        ("11-23T15:00", What.RESUMED),
    )
    answers = {dues(replay(order, promised=VISITOR))["recovery"] for order in permutations(entries)}
    assert answers == {"11-25T13:00"}
    with pytest.raises(RefusalError, match=r"A log begins with the report\."):
        replay(entries[1:], promised=VISITOR)
    with pytest.raises(RefusalError, match=r"A log begins with the report\."):
        replay([], promised=VISITOR)


@pytest.mark.parametrize("what", [What.PAUSED, What.CLASSIFIED, What.EXCLUDED, What.MERGED])
def test_an_entry_that_says_nothing_is_refused(what: What) -> None:
    with pytest.raises(RefusalError):
        Logged(at("11-23T10:00"), what)


def test_trap_13_reaction_is_never_paused_and_recovery_only_by_a_question() -> None:
    found = run(VISITOR, "class_2", ("11-23T12:00", What.PAUSED, "Which printer?"), ("11-23T15:00", What.RESUMED))
    assert dues(found) == {"reaction": "11-24T10:00", "recovery": "11-25T13:00"}
    assert found.waited_until(at("11-24T00:00")) == timedelta(hours=3)


def test_trap_12_a_pause_on_hold_does_not_begin_again() -> None:
    found = run(
        VISITOR,
        "class_2",
        ("11-23T12:00", What.PAUSED, "Which printer?"),
        ("11-23T14:00", What.PAUSED, "Which version?"),
        ("11-23T15:00", What.RESUMED),
        ("11-23T16:00", What.RESUMED),
    )
    assert dues(found)["recovery"] == "11-25T13:00"


def test_trap_13_raised_at_noon_the_targets_count_from_the_report_and_pauses_stay() -> None:
    found = run(
        VISITOR,
        "class_2",
        ("11-23T11:00", What.PAUSED, "Which printer?"),
        ("11-23T11:30", What.RESUMED),
        ("11-23T12:00", What.CLASSIFIED, "class_1"),
    )
    assert dues(found) == {"reaction": "11-23T15:00", "recovery": "11-24T10:30"}
    recovery = found.promises[1]
    assert [made.due.isoformat(timespec="minutes")[5:16] for made in recovery.history] == [
        "11-25T10:00", "11-25T10:30", "11-24T10:30"
    ]  # fmt: skip


def test_a_lowered_class_gives_more_time_and_what_was_kept_stays_kept() -> None:
    found = run(
        VISITOR,
        "class_2",
        ("11-23T17:00", What.WORK_STARTED),
        ("11-23T17:30", What.INFORMED),
        ("11-23T18:00", What.CLASSIFIED, "class_1"),
    )
    # The reaction was kept as class 2 asked for it; only what is open is counted again.
    assert standing(found, "11-23T18:00") == {"reaction": Standing.MET, "recovery": Standing.RUNNING}
    assert dues(found) == {"reaction": "11-24T10:00", "recovery": "11-24T10:00"}


def test_promises_of_another_class_are_dropped_and_come_back() -> None:
    found = run(DEALERSHIP, "request", ("11-23T12:00", What.CLASSIFIED, "service_failure"))
    assert dues(found) == {"recovery": "11-26T10:00"}
    assert [(kept.name, kept.standing(at("11-24T00:00"))) for kept in found.past] == [("answer", Standing.DROPPED)]
    back = run(
        DEALERSHIP,
        "request",
        ("11-23T12:00", What.CLASSIFIED, "service_failure"),
        ("11-23T13:00", What.CLASSIFIED, "request"),
    )
    assert (dues(back), [kept.name for kept in back.past]) == ({"answer": "11-24T10:00"}, ["recovery"])
    assert len(only(back).history) == 2


def test_reaction_is_met_only_when_work_began_and_the_customer_was_told() -> None:
    begun = run(VISITOR, "class_1", ("11-23T11:00", What.WORK_STARTED))
    assert standing(begun, "11-23T14:59")["reaction"] == Standing.RUNNING
    both = run(VISITOR, "class_1", ("11-23T11:00", What.WORK_STARTED), ("11-23T15:00", What.INFORMED))
    assert both.promises[0].ended == at("11-23T15:00")
    assert standing(both, "11-24T00:00")["reaction"] == Standing.MET  # at the very moment is in time
    late = run(VISITOR, "class_1", ("11-23T15:01", What.ANSWERED), ("11-23T11:00", What.WORK_STARTED))
    assert standing(late, "11-24T00:00")["reaction"] == Standing.MISSED


def test_trap_16_an_autoreply_keeps_no_promise() -> None:
    found = run(DEALERSHIP, "request", ("11-23T10:01", What.AUTOREPLIED))
    assert only(found).standing(at("11-24T10:01")) == Standing.OVERDUE
    answered = run(DEALERSHIP, "request", ("11-23T10:01", What.AUTOREPLIED), ("11-24T09:00", What.ANSWERED))
    assert only(answered).standing(at("11-24T10:01")) == Standing.MET


def test_trap_14_reopened_the_clock_goes_on_with_what_was_used() -> None:
    found = run(
        VISITOR,
        "class_2",
        ("11-23T20:00", What.RESTORED),
        ("11-23T20:05", What.CLOSED),
        ("11-26T09:00", What.REOPENED),
    )
    assert found.closed is None
    # 10 of 48 hours were used when it was restored; 38 run on from Thursday 09:00.
    assert dues(found)["recovery"] == "11-27T23:00"
    # Nobody ever reacted: that promise is owed again, and waiting for nothing did not hold it back.
    assert standing(found, "11-26T09:00") == {"reaction": Standing.OVERDUE, "recovery": Standing.RUNNING}


def test_reopening_leaves_the_reaction_that_was_made() -> None:
    answered = ("11-23T11:00", What.WORK_STARTED), ("11-23T11:00", What.ANSWERED), ("11-23T12:00", What.RESTORED)
    found = run(VISITOR, "class_1", *answered, ("11-25T12:00", What.REOPENED))
    assert standing(found, "11-25T12:00") == {"reaction": Standing.MET, "recovery": Standing.RUNNING}
    assert dues(found)["recovery"] == "11-26T10:00"  # 2 of 24 hours were used


def test_trap_14_born_closed_or_held_starts_no_clock() -> None:
    noted = replay(
        log(("11-23T10:00", What.REPORTED, BORN_CLOSED), ("11-23T10:00", What.CLASSIFIED, "class_1")),
        promised=VISITOR,
    )
    assert (noted.since, noted.promises, noted.closed) == (None, (), at("11-23T10:00"))
    held = log(("11-23T10:00", What.REPORTED, HELD), ("11-23T10:00", What.CLASSIFIED, "class_1"))
    assert replay(held, promised=VISITOR).promises == ()
    known = [*held, Logged(at("11-23T10:30"), What.KNOWN, moment=at("11-23T09:00"))]
    assert replay(known, promised=VISITOR).since is None
    started = replay([*held, *log(("11-23T14:00", What.STARTED), ("11-23T15:00", What.STARTED))], promised=VISITOR)
    assert dues(started) == {"reaction": "11-23T19:00", "recovery": "11-24T14:00"}
    again = replay(
        log(
            ("11-23T10:00", What.REPORTED, BORN_CLOSED),
            ("11-23T10:00", What.CLASSIFIED, "class_1"),
            ("11-24T08:00", What.REOPENED),
        ),
        promised=VISITOR,
    )
    assert dues(again)["reaction"] == "11-24T13:00"


def test_trap_15_a_changed_calendar_leaves_what_was_promised() -> None:
    office = replace(VISITOR.classes["class_1"][0], allowed=LEISURE.classes["blocking"][0].allowed)
    new = replace(VISITOR, classes={"class_1": (office,)})
    entries = log(
        ("11-23T10:00", What.REPORTED),
        ("11-23T10:00", What.CLASSIFIED, "class_1"),
        ("11-23T11:00", What.WORK_STARTED),
        ("11-23T12:00", What.CALENDAR, "2026-12"),
    )
    found = replay(entries, promised=VISITOR, later={"2026-12": new})
    assert dues(found) == {"reaction": "11-23T15:00", "recovery": "11-24T10:00"}
    reaction = found.promises[0].history
    assert [made.due for made in reaction] == [at("11-23T15:00"), at("11-23T15:00")]
    assert reaction[1].why.en == ("The new calendar would give Wed 25 November 2026, 16:00; what was promised stays.")
    after = replay(
        [*entries, *log(("11-23T13:00", What.CLASSIFIED, "class_1"))], promised=VISITOR, later={"2026-12": new}
    )
    assert dues(after) == {"reaction": "11-25T16:00"}


def test_a_pause_that_runs_stands_still_and_one_after_the_breach_does_not_help() -> None:
    still = run(VISITOR, "class_1", ("11-23T12:00", What.PAUSED, "Which printer?"))
    assert standing(still, "12-01T00:00") == {"reaction": Standing.OVERDUE, "recovery": Standing.STILL}
    assert (still.still, still.waited_until(at("11-23T14:00"))) == (at("11-23T12:00"), timedelta(hours=2))
    late = run(VISITOR, "class_1", ("11-25T12:00", What.PAUSED, "Which printer?"))
    assert standing(late, "11-25T13:00")["recovery"] == Standing.OVERDUE
    following = still.next_due(at("11-23T14:00"))
    assert following is not None
    assert following.name == "reaction"


def test_merged_reports_count_from_the_earlier_one_and_the_joined_one_ends() -> None:
    entries = log(("11-23T10:00", What.REPORTED), ("11-23T10:00", What.CLASSIFIED, "class_1"))
    merged = replay([*entries, Logged(at("11-23T11:00"), What.MERGED, "D-7", at("11-23T08:00"))], promised=VISITOR)
    assert dues(merged) == {"reaction": "11-23T13:00", "recovery": "11-24T08:00"}
    later = replay([*entries, Logged(at("11-23T11:00"), What.MERGED, "D-9", at("11-23T10:30"))], promised=VISITOR)
    assert dues(later) == {"reaction": "11-23T15:00", "recovery": "11-24T10:00"}
    joined = run(VISITOR, "class_1", ("11-23T16:00", What.JOINED, "D-1"))
    assert standing(joined, "12-01T00:00") == {"reaction": Standing.MISSED, "recovery": Standing.DROPPED}


@pytest.mark.requirement("AP-064")
def test_a_workaround_keeps_the_promise_and_owes_an_action_plan_within_seven_days() -> None:
    june = (("06-01T09:00", What.REPORTED), ("06-01T09:00", What.CLASSIFIED, "blocking"))
    around = replay(log(*june, ("06-01T15:00", What.WORKED_AROUND, REASONABLE)), promised=LEISURE)
    assert around.reinforced
    assert dues(around)["plan"] == "06-09T00:00"  # the end of 8 June
    assert standing(around, "06-08T23:59") == {"repair": Standing.MET, "plan": Standing.RUNNING}
    assert standing(around, "06-09T00:01")["plan"] == Standing.OVERDUE
    entries = log(
        *june,
        ("06-01T15:00", What.WORKED_AROUND, REASONABLE),
        ("06-01T16:00", What.WORKED_AROUND, REASONABLE),
        ("06-02T09:00", What.CLASSIFIED, "semi_blocking"),
        ("06-02T10:00", What.PAUSED, "When may we install?"),
        ("06-03T10:00", What.RESUMED),
        ("06-05T09:00", What.PLANNED),
    )
    planned = replay(entries, promised=LEISURE)
    assert (dues(planned)["plan"], standing(planned, "07-01T00:00")["plan"]) == ("06-09T00:00", Standing.MET)
    assert planned.reinforced
    done = replay([*entries, *log(("06-20T09:00", What.RESTORED, "update"))], promised=LEISURE)
    assert not done.reinforced


def test_a_workaround_nobody_can_be_asked_to_use_keeps_nothing() -> None:
    found = run(LEISURE, "blocking", ("11-23T12:00", What.WORKED_AROUND, "an hour by hand for each guest"))
    assert (dues(found), found.reinforced) == ({"repair": "11-25T16:00"}, False)
    dealership = run(DEALERSHIP, "service_failure", ("11-23T12:00", What.WORKED_AROUND, REASONABLE))
    assert only(dealership).open
    visitor = run(VISITOR, "class_1", ("11-23T12:00", What.WORKED_AROUND, REASONABLE))
    assert (standing(visitor, "11-23T12:00")["recovery"], visitor.reinforced) == (Standing.MET, False)


def test_what_is_excluded_is_owed_no_more_unless_the_exclusion_was_wrong() -> None:
    excluded = run(LEISURE, "blocking", ("11-23T12:00", What.EXCLUDED, "misuse"))
    assert only(excluded).standing(at("12-01T00:00")) == Standing.DROPPED
    wrongly = ("11-23T12:00", What.EXCLUDED, "misuse"), ("11-26T12:00", What.COVERED)
    covered = run(LEISURE, "blocking", *wrongly)
    assert only(covered).standing(at("11-26T12:00")) == Standing.OVERDUE
    assert dues(covered) == {"repair": "11-25T16:00"}


def test_a_claim_is_decided_in_time_and_closing_ends_what_is_open() -> None:
    found = run(CRM, CREDIT_CLAIM, ("12-20T10:00", What.DECIDED), ("12-20T10:01", What.CLOSED))
    assert only(found).standing(at("12-31T00:00")) == Standing.MET
    closed = run(VISITOR, "class_3", ("11-23T11:00", What.PAUSED, "Which page?"), ("11-24T11:00", What.CLOSED))
    assert set(standing(closed, "12-01T00:00").values()) == {Standing.DROPPED}
    assert (closed.still, closed.closed) == (None, at("11-24T11:00"))
    shut = run(VISITOR, "class_3", ("11-24T11:00", What.CLOSED), ("11-24T12:00", What.PAUSED, "Which page?"))
    assert shut.still is None
