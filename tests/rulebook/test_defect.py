"""A defect: how late it was told, what stands in the way of its claims, when a remedy counts, and its two periods."""

from datetime import date

import pytest

from kontor.rulebook import terms
from kontor.rulebook.defect import Facts, clauses_of, next_period, notice, remedied, stands_in_the_way
from kontor.rulebook.refusal import RefusalError

MAY = date(2026, 5, 1)


def test_the_days_of_a_late_notice_are_counted_and_left_to_a_person_to_decide():
    clauses = clauses_of(terms.load("visitor").defects)
    assert [each.number for each in clauses] == ["4.5.6", "4.5.7", "4.5.8", "5.4.4", "5.4.5", "5.4.6"]
    told = notice(MAY, date(2026, 5, 20), clauses=clauses)
    assert (told.value, told.working[-1].en) == (19, "Late notice, claims excluded?")
    assert notice(MAY, date(2026, 5, 2), clauses=clauses).working[0].en.endswith(": 1 day.")
    assert len(notice(MAY, MAY, clauses=clauses).working) == 1
    with pytest.raises(RefusalError, match="after it was noticed"):
        notice(MAY, date(2026, 4, 30), clauses=clauses)


@pytest.mark.parametrize("key", ["leisure", "crm", "dealership", "bookkeeping"])
def test_terms_without_defects_have_none(key):
    defects = terms.load(key).defects
    if defects is None or defects.claims_need is None:
        with pytest.raises(RefusalError, match="say nothing about defects"):
            clauses_of(defects)


def test_what_stands_in_the_way_of_claims():
    late = {"noticed_on": MAY, "reported_on": date(2026, 5, 20)}
    assert [each.en for each in stands_in_the_way(Facts(**late))] == ["Late notice, claims excluded?"]
    assert [each.en for each in stands_in_the_way(Facts(**late, late=False))] == ["The notice came too late."]
    assert stands_in_the_way(Facts(**late, late=True)) == []
    meddled = {"noticed_on": MAY, "reported_on": MAY, "interfered": True}
    assert len(stands_in_the_way(Facts(**meddled))) == 1
    assert stands_in_the_way(Facts(**meddled, proved=True)) == []


def test_instructions_count_once_the_customer_says_that_they_are_reasonable():
    assert [remedied("instruction", reasonable=each) for each in (None, False, True)] == [False, False, True]
    assert (remedied("repair", reasonable=None), remedied("", reasonable=True)) == (True, False)


def test_a_second_period_begins_after_the_first_and_there_is_no_third():
    first = date(2026, 5, 15)
    assert next_period(None, 0, set_on=MAY, until=first) == 1
    assert next_period(first, 1, set_on=date(2026, 5, 16), until=date(2026, 5, 30)) == 2
    with pytest.raises(RefusalError, match="runs until 15 May 2026"):
        next_period(first, 1, set_on=first, until=date(2026, 5, 30))
    with pytest.raises(RefusalError, match="Both periods"):
        next_period(first, 2, set_on=date(2026, 6, 1), until=date(2026, 6, 5))
    with pytest.raises(RefusalError, match="ends after it begins"):
        next_period(None, 0, set_on=first, until=MAY)
