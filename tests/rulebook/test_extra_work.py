"""What work beside a contract costs."""

from datetime import date
from decimal import Decimal

import pytest

from kontor.rulebook.extra_work import DELAY, REINSTALLATION, SEARCH, Work, charged, kinds_of
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.terms import load

ON = date(2026, 9, 1)
LEISURE, CRM, VISITOR, BOOKKEEPING = map(load, ("leisure", "crm", "visitor", "bookkeeping"))


def reinstallation(minutes: int) -> Work:
    return Work(REINSTALLATION, ON, minutes, Decimal("120.00"))


@pytest.mark.requirement("AP-026")
def test_two_reinstallations_a_year_of_half_an_hour_are_free_the_third_and_a_longer_one_are_not():
    """25, 30 and 20 minutes: free, free, 20/60 × 120.00 = 40.00; 35 minutes at once: 35/60 × 120.00 = 70.00."""
    amounts = [
        charged(reinstallation(minutes), LEISURE, currency="EUR", free_before=before).value
        for before, minutes in enumerate((25, 30, 20))
    ]
    assert [(each.amount.bare(), each.free) for each in amounts] == [("0.00", True), ("0.00", True), ("40.00", False)]
    longer = charged(reinstallation(35), LEISURE, currency="EUR", free_before=0)
    assert (longer.value.amount.bare(), longer.value.free) == ("70.00", False)
    assert [str(clause) for clause in longer.clauses] == ["9.2"]


def test_a_free_reinstallation_says_which_of_the_year_it_was():
    ruling = charged(reinstallation(30), LEISURE, currency="EUR", free_before=1)
    assert ruling.working[0].en == "Reinstallation 2 of 2026 took 30 minutes: 2 of up to 30 minutes are free."


def test_support_outside_its_conditions_is_charged_by_the_hour():
    """1.5 h × 150.00 = 225.00."""
    ruling = charged(Work("outside_guidelines", ON, 90, Decimal("150.00")), CRM, currency="EUR")
    assert (ruling.value.amount.bare(), str(ruling.clauses[0])) == ("225.00", "§6")


def test_converting_data_is_charged_by_time():
    """2 h × 140.00 = 280.00."""
    ruling = charged(Work("data_conversion", ON, 120, Decimal("140.00")), CRM, currency="EUR")
    assert (ruling.value.amount.bare(), str(ruling.clauses[0])) == ("280.00", "§14")


@pytest.mark.requirement("FW-025")
def test_a_search_without_a_defect_is_charged_where_the_customer_could_have_known():
    """2 h × 130.00 = 260.00."""
    done = Work(SEARCH, ON, 120, Decimal("130.00"), recognisable=True)
    ruling = charged(done, VISITOR, currency="EUR")
    assert (ruling.value.amount.bare(), [str(clause) for clause in ruling.clauses]) == ("260.00", ["4.5.9", "5.4.8"])
    with pytest.raises(RefusalError, match="could have recognised"):
        charged(Work(SEARCH, ON, 120, Decimal("130.00")), VISITOR, currency="EUR")


def test_extra_effort_of_a_late_co_operation_is_charged():
    ruling = charged(Work(DELAY, ON, 60, Decimal("96.00")), VISITOR, currency="EUR")
    assert (ruling.value.amount.bare(), str(ruling.clauses[0])) == ("96.00", "6.7")


def test_additional_services_of_leisure_need_a_signed_offer():
    travel = Work("travel", ON, 60, Decimal("80.00"))
    with pytest.raises(RefusalError, match=r"needs a signed offer .* \(9\.2\)"):
        charged(travel, LEISURE, currency="EUR")
    offered = Work("travel", ON, 60, Decimal("80.00"), offered_in="AN-2026-00007")
    assert charged(offered, LEISURE, currency="EUR").value.amount.bare() == "80.00"


def test_approval_is_asked_for_where_the_terms_want_it():
    assert LEISURE.prices is not None
    assert LEISURE.prices.extra_services_need is not None
    need = LEISURE.prices.extra_services_need.model_copy(update={"value": "approval"})
    prices = LEISURE.prices.model_copy(update={"extra_services_need": need})
    pack = LEISURE.model_copy(update={"prices": prices})
    with pytest.raises(RefusalError, match="needs the customer's approval"):
        charged(Work("travel", ON, 60, Decimal("80.00")), pack, currency="EUR")
    approved = Work("travel", ON, 60, Decimal("80.00"), approved_on=ON)
    assert charged(approved, pack, currency="EUR").value.amount.bare() == "80.00"


@pytest.mark.parametrize("kind", ["travel", SEARCH, DELAY, REINSTALLATION])
def test_what_the_terms_do_not_charge_is_refused(kind):
    with pytest.raises(RefusalError, match="Under these terms"):
        charged(Work(kind, ON, 60, Decimal("80.00"), recognisable=True), BOOKKEEPING, currency="EUR")


def test_reinstallations_are_charged_where_none_are_free():
    assert LEISURE.prices is not None
    pack = LEISURE.model_copy(update={"prices": LEISURE.prices.model_copy(update={"free_reinstallations": None})})
    assert charged(reinstallation(30), pack, currency="EUR").value.amount.bare() == "60.00"


def test_each_pack_says_what_it_charges():
    assert list(kinds_of(CRM)) == ["outside_guidelines", "agreed_services", "data_conversion"]
    assert list(kinds_of(VISITOR)) == [SEARCH, DELAY]
    assert kinds_of(BOOKKEEPING) == {}
    assert REINSTALLATION in kinds_of(LEISURE)
