"""What rules about overload, releases, functions beyond the order and work out of scope decide, and refuse."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from kontor.rulebook import terms
from kontor.rulebook.extra_function import is_on, offered, withdrawn
from kontor.rulebook.out_of_scope import kinds_out_of_scope, out_of_scope, refuse_before_acceptance
from kontor.rulebook.overload import Threshold, deliberate, forbidden_by
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.release import Candidate, Removed, given_to, may_postpone, price_of, publishable
from kontor.rulebook.ruling import Text

AT = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
TODAY = date(2026, 12, 1)
FIVE = Threshold(minutes=5, within_minutes=60, decide_days=14)
READY = Candidate(passed=("races",), documented=True, reported=True)
LEISURE, VISITOR, DEALERSHIP = terms.load("leisure"), terms.load("visitor"), terms.load("dealership")


@pytest.mark.parametrize(
    ("minutes", "opens"),
    [
        ((0, 1, 2, 3, 4), True), ((0, 1, 2, 3), False), ((0, 0, 1, 2, 3), False),
        ((0, 20, 40, 58, 59), True), ((0, 20, 40, 58, 60), False), ((0, 20, 40, 58, 60, 61), True),
        ((0, 20, 40, 58, 59, 60), True),
    ],
)  # fmt: skip
def test_five_minutes_within_an_hour_are_deliberate(minutes, opens):
    found = deliberate([AT + timedelta(minutes=each) for each in minutes], FIVE, VISITOR, today=TODAY)
    assert (found.value is not None) is opens
    assert [str(each) for each in found.clauses] == ["6.5"]


def test_the_decision_falls_due_and_terms_that_say_nothing_give_no_clause():
    found = deliberate([AT], Threshold(minutes=1, within_minutes=1, decide_days=14), DEALERSHIP, today=TODAY)
    assert (found.value.first, found.value.decide_by, found.clauses) == (AT, date(2026, 12, 15), ())
    assert forbidden_by(DEALERSHIP) == ()


@pytest.mark.parametrize(
    ("candidate", "says"),
    [
        (Candidate(passed=("a",), failed=("Startaufstellung",), documented=True, reported=True), "Startaufstellung"),
        (Candidate(documented=True, reported=True), "an acceptance test"),
        (Candidate(passed=("a",), documented=True), "the test report"),
        (Candidate(passed=("a",), reported=True), "the documentation"),
    ],
)
def test_an_untested_or_undocumented_release_is_refused(candidate, says):
    with pytest.raises(RefusalError, match=says):
        publishable(candidate, LEISURE)


def test_a_function_without_replacement_is_a_regression_where_the_terms_exclude_it():
    gone = Candidate(
        passed=("a",), removed=(Removed(Text("Rundenfax", "Lap fax"), replaced=False),), documented=True, reported=True
    )
    with pytest.raises(RefusalError, match=r"Lap fax.*Art\. 6"):
        publishable(gone, LEISURE)
    assert publishable(gone, VISITOR).clauses == ()
    replaced = Candidate(
        passed=("a",), removed=(Removed(Text("Rundenfax", "Lap fax"), replaced=True),), documented=True, reported=True
    )
    assert [str(each) for each in publishable(replaced, LEISURE).clauses] == ["Art. 6", "Anhang 1, 2.1"]
    assert publishable(READY, DEALERSHIP).value is True


def test_releases_are_given_with_maintenance_where_the_terms_sell_it():
    assert given_to({"licence", "maintenance"}, LEISURE).value is True
    assert given_to({"licence"}, LEISURE).value is False
    assert given_to({"visitors"}, VISITOR).value is True
    assert given_to(set(), VISITOR).value is False
    assert [str(each) for each in given_to({"licence"}, LEISURE).clauses] == ["Anhang 1, 2.3"]


def test_a_version_is_not_postponed_and_costs_nothing():
    version = may_postpone("VERSION", LEISURE)
    assert (version.value, str(version.clauses[0])) == (False, "Anhang 1, 2.2")
    assert may_postpone("UPDATE", LEISURE).value is True
    assert may_postpone("VERSION", VISITOR).value is True
    assert price_of(LEISURE).value == Decimal("0.00")
    assert price_of(VISITOR) is None


def test_functions_are_offered_where_the_terms_speak_of_them():
    assert [str(each) for each in offered("PAID", VISITOR).clauses] == ["4.3.1"]
    assert offered("VOLUNTARY", VISITOR).working[0].en == "Voluntary: on, and not owed."
    with pytest.raises(RefusalError):
        offered("PAID", DEALERSHIP)


def test_a_paid_function_is_on_once_ordered_a_voluntary_one_until_its_end():
    assert is_on("PAID", item="lobby", positions={"lobby"}) is True
    assert is_on("PAID", item="lobby", positions={"seats"}) is False
    assert is_on("VOLUNTARY", item="", positions=set()) is True
    assert is_on("VOLUNTARY", item="", positions=set(), ended=True) is False


def test_a_voluntary_function_is_withdrawn_from_the_day_after_it_is_told():
    tomorrow = date(2026, 12, 2)
    assert withdrawn("VOLUNTARY", VISITOR, told_on=TODAY, ends_on=tomorrow).value == tomorrow
    with pytest.raises(RefusalError):
        withdrawn("VOLUNTARY", VISITOR, told_on=TODAY, ends_on=TODAY)
    with pytest.raises(RefusalError):
        withdrawn("PAID", VISITOR, told_on=TODAY, ends_on=tomorrow)


def test_six_kinds_of_work_are_out_of_scope_until_an_offer_is_accepted():
    kinds = kinds_out_of_scope(VISITOR)
    assert list(kinds) == ["customising", "interfaces", "integration", "end_devices", "content_backup", "translation"]
    for kind in kinds:
        assert str(out_of_scope(kind, VISITOR).clauses[0]) == "Anlage 1, 3"
    with pytest.raises(RefusalError):
        out_of_scope("translation", DEALERSHIP)
    refuse_before_acceptance(offer="A-1", accepted=True)
    with pytest.raises(RefusalError, match="Offer A-1 is not accepted yet"):
        refuse_before_acceptance(offer="A-1", accepted=False)
    with pytest.raises(RefusalError, match="there is none for this yet"):
        refuse_before_acceptance(offer="", accepted=False)
