"""Shutting out a whole customer: at least two violations after it was told, and its fault (dealership §3 no. 2a)."""

from datetime import UTC, datetime, timedelta

from kontor.rulebook import terms
from kontor.rulebook.exclusion import may_exclude

DEALERSHIP = terms.load("dealership")
NOTICE = datetime(2026, 11, 2, 9, tzinfo=UTC)
BEFORE, AFTER, LATER = NOTICE - timedelta(days=1), NOTICE + timedelta(days=1), NOTICE + timedelta(days=9)


def test_a_first_violation_shuts_nobody_else_out():
    ruling = may_exclude(DEALERSHIP, [BEFORE], notice=None, culpable=True)

    assert (ruling.value, str(ruling.clauses[0])) == (False, "§3 Nr.2a")
    assert ruling.working[-1].en == "The customer was given notice of no violation."


def test_violations_before_the_notice_do_not_count():
    ruling = may_exclude(DEALERSHIP, [BEFORE, NOTICE, AFTER], notice=NOTICE, culpable=True)

    assert ruling.value is False
    assert ruling.inputs == (("violations", "3"), ("since_notice", "1"))
    assert ruling.working[-1].en.endswith("since then 1 of at least 2 violations.")


def test_two_after_the_notice_do_where_the_customer_is_at_fault():
    assert may_exclude(DEALERSHIP, [BEFORE, AFTER, LATER], notice=NOTICE, culpable=True).value is True
    refused = may_exclude(DEALERSHIP, [BEFORE, AFTER, LATER], notice=NOTICE, culpable=False)
    assert refused.value is False
    assert refused.working[-1].en == "It must be said why the customer culpably failed to stop it."


def test_a_text_that_names_no_such_condition_has_none():
    assert may_exclude(terms.load("visitor"), [], notice=None, culpable=False).value is True
    assert may_exclude(terms.load("bookkeeping"), [], notice=None, culpable=False).value is True
