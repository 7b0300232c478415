"""Hardware under the visitor terms: leaving, risk, title, warranty, remedies."""

from datetime import date

import pytest

from kontor.rulebook import terms
from kontor.rulebook.duration import Duration
from kontor.rulebook.hardware import (
    Owner,
    Tried,
    claim_in_time,
    events_to_report,
    knows_hardware,
    may_leave,
    may_set_second,
    reduced_price,
    remedies_open,
    risk_passed,
    title,
    warranty_until,
)
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError

VISITOR, CRM = terms.load("visitor"), terms.load("crm")
SENT, THERE = date(2026, 3, 2), date(2026, 3, 4)


def euro(text: str) -> Money:
    return Money.parse(text, "EUR")


def test_one_pack_governs_the_sale_of_hardware():
    assert [key for key in terms.keys() if knows_hardware(terms.load(key))] == ["visitor"]  # noqa: SIM118  a function


@pytest.mark.requirement("FW-031")
@pytest.mark.parametrize(
    ("manual", "serials", "software", "leaves"),
    [
        ("de", ["A1"], ["12.4"], True),
        ("", ["A1"], ["12.4"], False),
        ("en", ["A1"], ["12.4"], False),
        ("de", [], [], False),
        ("de", ["A1", ""], ["12.4", "12.4"], False),
        ("de", ["A1"], [""], False),
    ],
)
def test_nothing_leaves_without_a_german_manual_serial_numbers_and_software(manual, serials, software, leaves):
    assert may_leave(VISITOR, manual=manual, serials=serials, software=software).value is leaves


def test_terms_that_ask_for_no_manual_let_it_leave_without():
    assert may_leave(CRM, manual="", serials=["A1"], software=["1"]).value is True


@pytest.mark.requirement("FW-032")
def test_the_risk_passes_with_the_hand_over_to_the_customer_not_to_the_carrier():
    assert risk_passed(VISITOR, carrier_on=SENT, customer_on=None).value is None
    found = risk_passed(VISITOR, carrier_on=SENT, customer_on=THERE)
    assert (found.value, str(found.clauses[0])) == (THERE, "5.1.2")
    with pytest.raises(RefusalError, match="govern any risk"):
        risk_passed(CRM, carrier_on=SENT, customer_on=THERE)


def test_other_terms_let_the_risk_pass_with_the_carrier():
    assert VISITOR.hardware is not None
    rule = VISITOR.hardware.risk_passes.model_copy(update={"value": "handover_to_carrier"})
    other = VISITOR.model_copy(update={"hardware": VISITOR.hardware.model_copy(update={"risk_passes": rule})})
    assert risk_passed(other, carrier_on=SENT, customer_on=THERE).value == SENT


@pytest.mark.requirement("FW-034")
def test_title_passes_with_the_last_cent():
    assert title(VISITOR, price=euro("2000.00"), open_amount=euro("100.00")).value is Owner.PROVIDER
    assert title(VISITOR, price=euro("2000.00"), open_amount=euro("0.00")).value is Owner.CUSTOMER
    assert title(CRM, price=euro("2000.00"), open_amount=euro("100.00")).value is Owner.CUSTOMER
    assert [item.key for item in events_to_report(VISITOR)] == [
        *("seizure", "insolvency", "damage", "loss", "change_of_possession")
    ]
    assert events_to_report(CRM) == ()


@pytest.mark.requirement("FW-035")
def test_claims_last_one_year_from_the_hand_over_to_the_carrier():
    """Handed over on 10 May 2025: the year ends with 10 May 2026 (BGB 188 (2))."""
    until = warranty_until(date(2025, 5, 10), Duration.parse("1 year")).value
    assert [claim_in_time(date(2026, 5, day), until).value for day in (9, 10, 11)] == [True, True, False]


@pytest.mark.requirement("FW-035")
def test_rescission_and_reduction_open_only_after_a_failed_second_period():
    first, second = date(2026, 4, 1), date(2026, 4, 15)
    mending = ("repair", "replacement", "instruction")
    every = (*mending, "rescission", "reduction")
    day = date(2026, 4, 16)
    assert remedies_open(VISITOR, Tried(first), on=day).value == mending
    assert remedies_open(VISITOR, Tried(first, second), on=second).value == mending
    assert remedies_open(VISITOR, Tried(first, second), on=day).value == every
    assert remedies_open(VISITOR, Tried(first, second, fault=False), on=day).value == mending
    assert remedies_open(VISITOR, Tried(first, second, mended=True), on=day).value == ()
    with pytest.raises(RefusalError, match="govern any defects"):
        remedies_open(CRM, Tried(first), on=day)


def test_the_second_period_is_set_once_after_the_first():
    first = date(2026, 4, 1)
    assert may_set_second(Tried(first), on=date(2026, 4, 2))
    assert not may_set_second(Tried(first), on=first)
    assert not may_set_second(Tried(first, date(2026, 4, 9)), on=date(2026, 4, 2))
    assert not may_set_second(Tried(first, mended=True), on=date(2026, 4, 2))


def test_a_reduction_is_at_most_the_price():
    assert reduced_price(euro("1490.00"), euro("1490.00")) == euro("1490.00")
    for asked in ("0.00", "1490.01"):
        with pytest.raises(RefusalError, match="up to the price"):
            reduced_price(euro("1490.00"), euro(asked))
