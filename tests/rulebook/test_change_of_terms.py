"""From when a change of terms holds, and what its notice must say."""

from datetime import date

import pytest
from hypothesis import given, strategies as st

from kontor.rulebook.calc import NoAnswerError, WrongInputError, answer
from kontor.rulebook.change_of_terms import (
    ChangeRule,
    IntervalStart,
    change_of_terms,
    earliest_after,
    missing_elements,
    refuse_incomplete,
    separately,
)
from kontor.rulebook.duration import Duration
from kontor.rulebook.period import Interval, latest_before
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

FOUR_MONTHS = ChangeRule(notice=Duration.parse("4 months"))
RULES, SILENCE = Text("Die neuen Regeln", "The new rules"), Text("Was Schweigen bedeutet", "What silence means")
REQUIRED = {"new_rules": RULES, "meaning_of_silence": SILENCE}


def ask(pack: str, kind: str, notified: str, **told: str):
    given = {"kind": kind, "notified": notified} | {name.replace("_", "-"): text for name, text in told.items()}
    return answer("change", given, pack=pack)


@pytest.mark.requirement("SO-073")
@pytest.mark.parametrize(
    ("notified", "every", "effective"),
    [
        ("2025-11-01", "month", "2026-07-01"),
        ("2026-04-10", "month", "2026-09-01"),
        ("2026-03-31", "month", "2026-08-01"),
        ("2026-04-01", "month", "2026-09-01"),
        ("2026-04-10", "quarter", "2026-10-01"),
        ("2026-04-10", "year", "2027-07-01"),
        ("2027-10-31", "month", "2028-03-01"),
        ("2027-11-01", "month", "2028-04-01"),
    ],
)
def test_four_months_from_the_next_interval_and_not_in_the_first_year(notified: str, every: str, effective: str):
    """The contract begins on 18 June 2025: its first year ends with 30 June 2026. 2028 has a leap day."""
    found = ask("crm", "terms", notified, billing_interval=every, contract_start="2025-06-18")
    assert found.value == {"effective": effective, "objection_by": None, "silence_is_consent": False}
    assert [str(clause) for clause in found.ruling.clauses] == ["§18", "§1.2", "§11.1"]


@pytest.mark.requirement("FW-017")
@pytest.mark.parametrize(
    ("notified", "effective"),
    [
        ("2026-08-03", "2026-09-01"),
        ("2026-08-04", "2026-09-02"),
        ("2028-02-01", "2028-03-01"),
        ("2026-12-31", "2027-01-29"),
    ],
)
def test_reasonable_changes_are_told_four_weeks_before(notified: str, effective: str):
    """Four whole weeks lie between; 28 days from 2 to 29 February 2028."""
    assert ask("visitor", "reasonable", notified).value == {
        "effective": effective,
        "objection_by": None,
        "silence_is_consent": False,
    }


@pytest.mark.requirement("FW-018")
@pytest.mark.parametrize(
    ("notified", "by", "effective"),
    [
        ("2026-01-10", "2026-03-10", "2026-03-11"),
        ("2025-12-31", "2026-02-28", "2026-03-01"),
        ("2027-12-31", "2028-02-29", "2028-03-01"),
        ("2026-02-28", "2026-04-28", "2026-04-29"),
    ],
)
def test_restrictions_leave_two_months_for_an_objection(notified: str, by: str, effective: str):
    found = ask("visitor", "restriction", notified)
    assert found.value == {"effective": effective, "objection_by": by, "silence_is_consent": True}
    assert found.ruling.working[-1].en.endswith("After that silence counts as consent.")


@pytest.mark.requirement("AP-053")
def test_leisure_changes_hold_when_they_are_told():
    found = ask("leisure", "terms", "2026-05-05")
    assert found.value == {"effective": "2026-05-05", "objection_by": None, "silence_is_consent": False}
    assert found.ruling.working[0].en == "Received on 5 May 2026; it holds from then on."
    with pytest.raises(WrongInputError, match="expected terms"):
        ask("leisure", "addendum", "2026-05-05")


@pytest.mark.parametrize("pack", ["dealership", "bookkeeping"])
def test_packs_that_regulate_no_change_have_no_answer(pack: str):
    with pytest.raises(NoAnswerError, match="how its terms are changed"):
        ask(pack, "terms", "2026-05-05")


def test_what_the_interval_needs_is_asked_for():
    with pytest.raises(WrongInputError, match="--billing-interval: is missing"):
        ask("crm", "terms", "2026-05-05", contract_start="2026-01-01")
    with pytest.raises(WrongInputError, match="--contract-start: is missing"):
        ask("crm", "terms", "2026-05-05", billing_interval="month")


def test_a_named_day_is_kept_or_moved_to_the_first_day_allowed():
    rule = ChangeRule(notice=Duration.parse("4 weeks"))
    in_time = change_of_terms(rule, date(2026, 8, 3), named=date(2026, 10, 1))
    assert in_time.value.effective == date(2026, 10, 1)
    assert in_time.working[-1].en == "The day named is 1 October 2026; that is in time."
    late = change_of_terms(rule, date(2026, 8, 4), named=date(2026, 9, 1))
    assert late.value.effective == date(2026, 9, 2)
    assert (
        late.working[-1].en
        == "The day named is 1 September 2026; that is too early, it holds from 2 September 2026 on."
    )


def test_an_interval_without_a_first_term_to_wait_for():
    starts = IntervalStart(anchor=date(2026, 1, 1), every=Interval.QUARTER)
    found = change_of_terms(FOUR_MONTHS, date(2026, 2, 28), starts=starts)
    assert (found.value.effective, found.working[-1].en) == (
        date(2026, 7, 1),
        "The next billing interval begins on 1 July 2026.",
    )


def test_an_objection_without_consent_by_silence():
    found = change_of_terms(ChangeRule(answer_within=Duration.parse("14 days")), date(2026, 5, 1))
    assert (found.value.objection_by, found.value.silence_is_consent) == (date(2026, 5, 15), False)
    assert found.working[-1].en == "Objection within 14 days of receipt on 1 May 2026: by 15 May 2026."


@given(
    st.dates(date(2020, 1, 1), date(2040, 1, 1)),
    st.sampled_from(["1 month", "2 months", "4 months", "4 weeks", "30 days", "1 year"]),
)
def test_the_earliest_day_is_the_first_that_leaves_the_whole_period(event: date, period: str):
    duration = Duration.parse(period)
    effect = earliest_after(event, duration)
    assert latest_before(effect, duration) >= event
    assert latest_before(date.fromordinal(effect.toordinal() - 1), duration) < event


@pytest.mark.requirement("FW-018")
def test_a_notice_that_lacks_an_element_is_refused():
    found = missing_elements(REQUIRED, {"new_rules": "Der Export entfällt.", "meaning_of_silence": "  "})
    assert found.value == ("meaning_of_silence",)
    assert [step.en for step in found.working] == ["It states: The new rules.", "Missing: What silence means."]
    with pytest.raises(RefusalError, match="Missing: What silence means"):
        refuse_incomplete(found, REQUIRED)
    whole = missing_elements(REQUIRED, {"new_rules": "…", "meaning_of_silence": "…"})
    refuse_incomplete(whole, REQUIRED)
    assert whole.value == ()


def test_what_is_told_separately_stands_apart():
    told = {"new_rules": "a", "meaning_of_silence": "b"}
    assert separately(told, {"meaning_of_silence"}) == ("b",)
