"""Who is told of a promise that is about to break, and that nobody is woken outside the windows."""

from datetime import datetime

import pytest

from kontor.rulebook import terms
from kontor.rulebook.alerting import Stage, alert, escalations, is_behind
from kontor.rulebook.calc.promised import promises_of
from kontor.rulebook.moment import zone_named
from kontor.rulebook.replay import Replayed, replay
from kontor.rulebook.ticket_log import Logged, What

PARIS = zone_named("Europe/Paris")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=PARIS)


def reported(pack: str, key: str, *more: Logged) -> Replayed:
    monday = at("11-23T10:00")
    log = [Logged(monday, What.REPORTED), Logged(monday, What.CLASSIFIED, key), *more]
    return replay(log, promised=promises_of(terms.load(pack)))


@pytest.mark.requirement("AP-057")
@pytest.mark.parametrize(
    ("when", "key", "consulted", "whom", "then"),
    [
        ("06-02T19:00", "blocking", True, "on_call", "06-02T19:00"),
        ("06-02T19:00", "blocking", False, "closed", "06-03T09:00"),
        ("06-02T19:00", "semi_blocking", True, "closed", "06-03T09:00"),
        ("06-02T22:30", "blocking", True, "closed", "06-03T09:00"),
        ("06-06T09:00", "blocking", True, "on_call", "06-06T09:00"),
        ("06-02T12:00", "semi_blocking", False, "office", "06-02T12:00"),
    ],
)
def test_the_technician_is_woken_for_blocking_faults_in_the_windows_alone(
    when: str, key: str, consulted: bool, whom: str, then: str
) -> None:
    found = alert(terms.load("leisure"), key, at=at(when), help_consulted=consulted).value
    assert (found.whom.value, found.at.isoformat(timespec="minutes")[5:16]) == (whom, then)


def test_without_windows_the_night_waits_and_without_hours_somebody_reads() -> None:
    night = alert(terms.load("visitor"), "class_1", at=at("11-24T03:00"), help_consulted=True).value
    assert (night.whom.value, night.at.isoformat(timespec="minutes")[5:16]) == ("closed", "11-24T09:00")
    assert alert(terms.load("bookkeeping"), "", at=at("11-24T03:00"), help_consulted=True).value.whom.value == "office"


def test_help_not_consulted_is_said_with_its_clause() -> None:
    ruling = alert(terms.load("leisure"), "blocking", at=at("06-02T19:00"), help_consulted=False)
    assert "Anhang 1, 1.2" in {str(clause) for clause in ruling.clauses}
    assert ruling.working[-1].en == "The online help was not consulted first: nobody on call."


def test_somebody_is_told_with_a_quarter_of_the_promise_s_own_time_left_and_at_the_breach() -> None:
    (repair,) = reported("leisure", "blocking").promises
    found = [(each.stage, each.at.isoformat(timespec="minutes")[5:16]) for each in escalations(repair)]
    assert found == [(Stage.AHEAD, "11-25T10:00"), (Stage.BREACH, "11-25T16:00")]  # six of 24 office hours before
    reaction, recovery = reported("visitor", "class_1").promises
    assert [each.at.isoformat(timespec="minutes")[5:16] for each in escalations(reaction)] == [
        "11-23T13:45", "11-23T15:00"
    ]  # fmt: skip
    ahead, breach = escalations(recovery)
    assert (is_behind(ahead, at("11-24T04:00")), is_behind(breach, at("11-24T04:00"))) == (True, False)


def test_what_stands_still_or_is_kept_tells_nobody() -> None:
    asked = Logged(at("11-23T12:00"), What.PAUSED, "Which till?")
    (still,) = reported("leisure", "blocking", asked).promises
    (kept,) = reported("leisure", "blocking", Logged(at("11-23T12:00"), What.RESTORED, "remote")).promises
    assert (escalations(still), escalations(kept)) == ((), ())
