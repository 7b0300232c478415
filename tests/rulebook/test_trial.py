"""The days of a trial, what a buyer may choose, and what stays."""

from datetime import date

import pytest

from kontor.rulebook import terms
from kontor.rulebook.duration import Duration
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.trial import choices_of, kept_at_conclusion, knows_trials, may_choose, trial_days

CRM, VISITOR = terms.load("crm"), terms.load("visitor")
MONTH = Duration.parse("30 days")


@pytest.mark.requirement("SO-003")
def test_the_day_of_registration_is_not_counted():
    """15 April + 30 days: 15 days remain of April, so the 30th is 15 May; the day after everything goes."""
    days = trial_days(date(2026, 4, 15), MONTH, warned_before=(1, 7)).value
    assert (days.first, days.last, days.erased_on) == (date(2026, 4, 15), date(2026, 5, 15), date(2026, 5, 16))
    assert days.warnings == (date(2026, 5, 8), date(2026, 5, 14))


def test_a_warning_before_the_trial_is_left_out_and_one_on_the_last_day_kept():
    """Three days from 1 May: the last is 4 May; seven days before it lies in April."""
    days = trial_days(date(2026, 5, 1), Duration.parse("3 days"), warned_before=(7, 0)).value
    assert days.warnings == (date(2026, 5, 4),)


@pytest.mark.parametrize("before", [(), (-1,), (7, -1)])
def test_an_end_that_nobody_announces_is_refused(before):
    with pytest.raises(RefusalError, match="announced at least once"):
        trial_days(date(2026, 5, 1), MONTH, warned_before=before)


def test_only_one_pack_knows_trials():
    assert [key for key in terms.keys() if knows_trials(terms.load(key))] == ["crm"]  # noqa: SIM118  a function
    assert [item.key for item in choices_of(CRM)] == ["continue", "new_database"]
    assert choices_of(VISITOR) == ()


def choose(choice: str = "continue", *, on: date = date(2026, 5, 15), over: bool = False, pack=CRM):
    return may_choose(choice, pack=pack, on=on, last=date(2026, 5, 15), over=over)


@pytest.mark.requirement("SO-005")
def test_one_chooses_until_the_last_day_and_not_after():
    assert choose().value is True
    assert [str(clause) for clause in choose().clauses] == ["§1.1"]
    for refused in (choose(on=date(2026, 5, 16)), choose(over=True), choose("both"), choose(pack=VISITOR)):
        assert refused.value is False


@pytest.mark.parametrize(("choice", "kept"), [("continue", True), ("", True), ("new_database", False)])
def test_the_data_stay_unless_a_new_start_was_chosen(choice, kept):
    assert kept_at_conclusion(choice, pack=CRM).value is kept
    assert kept_at_conclusion(choice, pack=VISITOR).clauses == ()
