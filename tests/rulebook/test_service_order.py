"""What a service beside a contract costs, when it is done, and how often (leisure 9.2, crm §14)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.service_order import Every, Service, offered, refuse_unaccepted, services_of
from kontor.rulebook.terms import load

LEISURE = load("leisure")
TRAVEL = Service("travel", Decimal("1.5"), Decimal("650.00"), date(2026, 8, 31), Every.QUARTER, 3)


def test_the_amount_and_the_days_follow_the_offer():
    """1.5 × 650.00 = 975.00; 31 August, November has no 31st."""
    ruling = offered(TRAVEL, LEISURE, currency="EUR")
    assert (ruling.value.bare(), [clause.number for clause in ruling.clauses]) == ("975.00", ["9.2"])
    assert TRAVEL.days == (date(2026, 8, 31), date(2026, 11, 30), date(2027, 2, 28))
    assert replace(TRAVEL, every=Every.YEAR, times=2).days == (date(2026, 8, 31), date(2027, 8, 31))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"kind": "moonshine"}, "no such service"),
        ({"quantity": Decimal(0)}, "more than nothing"),
        ({"price": Decimal(0)}, "more than nothing"),
        ({"times": 0}, "more than nothing"),
        ({"every": Every.ONCE}, "not several times"),
    ],
)
def test_what_is_not_listed_or_is_nothing_is_refused(wrong, says):
    with pytest.raises(RefusalError, match=says):
        offered(replace(TRAVEL, **wrong), LEISURE, currency="EUR")


def test_terms_without_a_list_offer_nothing_so():
    silent = LEISURE.model_copy(update={"prices": None})
    assert services_of(silent) == {}
    with pytest.raises(RefusalError, match="no such service"):
        offered(TRAVEL, silent, currency="EUR")
    assert list(services_of(load("crm"))) == ["outside_guidelines", "agreed_services", "data_conversion"]


def test_nothing_is_done_before_the_acceptance():
    refuse_unaccepted("9.2", accepted=True)
    with pytest.raises(RefusalError, match=r"needs an accepted offer with price, dates and frequency \(9.2\)"):
        refuse_unaccepted("9.2", accepted=False)


def test_how_often_has_words_in_both_languages():
    assert [each.spoken.de for each in Every] == ["einmal", "monatlich", "vierteljährlich", "jährlich"]
