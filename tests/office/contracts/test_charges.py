"""What is charged once beside the positions: taken along by the next invoice, exactly once, never by changing one."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import StoredRuling
from kontor.kernel.queries.record import history_of
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.models import InvoiceLine
from kontor.office.contracts.actions.amending import amend
from kontor.office.contracts.actions.charges import OtherChargeError, add_charge
from kontor.office.contracts.models import BillingProblem, Charge, Contract
from kontor.office.contracts.queries.bills import Bill, bills, contracts_by_id
from kontor.rulebook.contract_state import End
from kontor.rulebook.money import Money
from kontor.rulebook.period import PeriodError
from kontor.rulebook.ruling import Clause, Ruling, Text
from tests.factories import make_house
from tests.office.contracts.test_billing import bill, concluded
from tests.people import make_tenant

pytestmark = pytest.mark.django_db
AT = datetime(2026, 12, 10, 9, 0, tzinfo=UTC)
WHY = Ruling(Decimal(3), (Clause("visitor", "Anlage 1, 2", "2026-01"),), (), (Text("3 Stunden", "3 hours"),))


def charge(contract: Contract, key: str = "hours-1", **given: Any) -> Charge:
    told = {
        "text_de": "Arbeit vor Ort", "text_en": "Work on site", "quantity": Decimal("2.5"), "unit": "HUR",
        "price": Decimal("96.00"), "first": date(2026, 12, 7), "last": date(2026, 12, 7), "ruling": WHY, "at": AT,
        "actor": MACHINE,
    }  # fmt: skip
    return add_charge(contract, key, **{**told, **given})


def lines_of(house) -> list[tuple[Any, ...]]:
    with as_tenant(house.tenant.pk):
        return list(
            InvoiceLine.objects.filter(unit__in=("HUR", "C62"))
            .order_by("invoice__number", "position")
            .values_list("name", "quantity", "net_minor", "period_first", "period_last", "clause")
        )


def billed_contract(house) -> Contract:
    """A contract that runs from 1 December 2026, invoiced monthly, its December and hardware invoiced."""
    contract = concluded(house)
    bill(house, date(2026, 12, 1))
    return contract


HOURS = ("Arbeit vor Ort", Decimal("2.5"), 24_000, date(2026, 12, 7), date(2026, 12, 7), "Anlage 1, 2")


def test_the_next_invoice_takes_a_charge_along_with_its_own_period_and_clause():
    """2.5 hours × 96.00 = 240.00 beside January's 303.00."""
    house = make_house()
    contract = billed_contract(house)
    with as_tenant(house.tenant.pk):
        made = charge(contract)
        assert [entry.verb for entry in history_of(contract.pk)].count("contracts.charged") == 1
        assert StoredRuling.objects.get(pk=made.ruling).question == "contracts.charge"

    bill(house, date(2026, 12, 15))
    assert lines_of(house) == []  # nothing else falls due in December: it waits

    run = bill(house, date(2027, 1, 1), at=datetime(2027, 1, 1, 8, 0, tzinfo=UTC))
    assert lines_of(house) == [HOURS]
    assert (run.invoices, run.net_minor) == (1, 30_300 + 24_000)


def test_a_charge_is_billed_exactly_once():
    house = make_house()
    contract = billed_contract(house)
    with as_tenant(house.tenant.pk):
        charge(contract)
    for _ in range(2):
        bill(house, date(2027, 1, 1), at=datetime(2027, 1, 1, 8, 0, tzinfo=UTC))
        bill(house, date(2027, 2, 1), at=datetime(2027, 2, 1, 8, 0, tzinfo=UTC))
    assert lines_of(house) == [HOURS]


def test_a_charge_that_may_not_wait_gets_an_invoice_of_its_own():
    house = make_house()
    contract = billed_contract(house)
    with as_tenant(house.tenant.pk):
        charge(contract, own_invoice_from=date(2026, 12, 15))
    assert bill(house, date(2026, 12, 14)).invoices == 0
    run = bill(house, date(2026, 12, 15), at=datetime(2026, 12, 15, 8, 0, tzinfo=UTC))
    assert (run.invoices, run.net_minor) == (1, 24_000)
    assert bill(house, date(2026, 12, 16)).invoices == 0


def ended(contract: Contract) -> None:
    over = Ruling(date(2026, 12, 31), (Clause("visitor", "4.6.1", "2026-01"),))
    amend(contract, "end", [End(date(2026, 12, 31))], effective_on=AT.date(), ruling=over, at=AT, actor=MACHINE)


def test_a_contract_that_bills_nothing_more_is_charged_at_once():
    house = make_house()
    contract = billed_contract(house)
    with as_tenant(house.tenant.pk):
        ended(contract)
        charge(contract)
    assert bill(house, date(2026, 12, 15)).invoices == 1
    assert lines_of(house) == [HOURS]


def test_a_late_correction_is_a_line_of_the_next_invoice_with_its_own_period():
    """Trap 39: the invoice that was issued stays; 0.5 hours × 96.00 = 48.00 come off the next."""
    house = make_house()
    contract = billed_contract(house)
    with as_tenant(house.tenant.pk):
        charge(contract)
    bill(house, date(2027, 1, 1), at=datetime(2027, 1, 1, 8, 0, tzinfo=UTC))
    with as_tenant(house.tenant.pk):
        charge(contract, "hours-1-correction", quantity=Decimal("-0.5"))
    run = bill(house, date(2027, 2, 1), at=datetime(2027, 2, 1, 8, 0, tzinfo=UTC))

    less = ("Arbeit vor Ort", Decimal("-0.5"), -4_800, date(2026, 12, 7), date(2026, 12, 7), "Anlage 1, 2")
    assert lines_of(house) == [HOURS, less]
    assert run.net_minor == 30_300 - 4_800


def test_credits_alone_make_no_invoice_and_a_person_is_told_when_none_follows():
    house = make_house()
    contract = billed_contract(house)
    with as_tenant(house.tenant.pk):
        charge(contract, quantity=Decimal(-1), own_invoice_from=date(2026, 12, 10))
    assert bill(house, date(2026, 12, 15)).invoices == 0
    with as_tenant(house.tenant.pk):
        assert not BillingProblem.objects.exists()
        ended(contract)
    assert bill(house, date(2026, 12, 15)).invoices == 0
    with as_tenant(house.tenant.pk):
        (problem,) = BillingProblem.objects.all()
        assert problem.sentence_en == ("Only credits are left and no invoice follows any more; issue a credit note.")


def test_the_same_charge_again_is_the_one_there_is_and_another_one_is_refused():
    house = make_house()
    contract = billed_contract(house)
    with as_tenant(house.tenant.pk):
        first = charge(contract)
        assert charge(contract) == first
        with pytest.raises(OtherChargeError):
            charge(contract, quantity=Decimal(3))
        assert Charge.objects.count() == 1
        assert charge(contract, first=date(2026, 12, 8), last=date(2026, 12, 8)) != first


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"last": date(2026, 12, 5)}, PeriodError),
        ({"quantity": Decimal(0)}, ValueError),
        ({"ruling": Ruling(Decimal(1))}, ValueError),
    ],
)
def test_a_charge_of_nothing_or_of_no_clause_is_refused(given, error):
    house = make_house()
    contract = billed_contract(house)
    with as_tenant(house.tenant.pk):
        with pytest.raises(error):
            charge(contract, **given)
        assert not Charge.objects.exists()


def test_the_preview_names_the_charge():
    house = make_house()
    contract = billed_contract(house)
    with as_tenant(house.tenant.pk):
        charge(contract)
        (found,) = bills(contracts_by_id(), date(2027, 1, 1), at=AT)
        assert isinstance(found, Bill)
        (row,) = found.charged
        assert (row.text.en, row.clause.number, row.amount) == ("Work on site", "Anlage 1, 2", Money("EUR", 24_000))
        assert found.net == Money("EUR", 54_300)


def test_another_tenant_sees_no_charge():
    house = make_house()
    contract = billed_contract(house)
    with as_tenant(house.tenant.pk):
        charge(contract)
    with as_tenant(make_tenant("Birke").pk):
        assert not Charge.objects.exists()
        assert not Charge.received.exists()
    with as_tenant(contract.customer_tenant_id):
        assert [each.text_de for each in Charge.received.all()] == ["Arbeit vor Ort"]
