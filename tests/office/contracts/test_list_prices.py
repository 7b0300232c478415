"""Running contracts that follow the official list: from which interval, at which price, and which do not follow."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from kontor.kernel.actor import MACHINE
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.actions.prices import replace_price_list
from kontor.office.books.models import InvoiceLine
from kontor.office.contracts.actions import price_changes
from kontor.office.contracts.actions.price_applying import apply_announced
from kontor.office.contracts.models import AgreedPrice, Amendment, Contract, PriceAdjustment
from kontor.office.contracts.queries.price_proposals import NoProposal, Proposal
from tests.background import run_jobs
from tests.factories import ITEMS, House, accept, make_draft, make_house, make_party, send
from tests.office.contracts.test_billing import bill, concluded

pytestmark = pytest.mark.django_db
AT = datetime(2026, 12, 10, 9, 0, tzinfo=UTC)
APRIL = date(2027, 4, 1)
UNTIL = date(2027, 6, 1)


def dearer(house: House) -> None:
    """From 1 April on users cost 14.00 instead of 12.50."""
    items = [{**item, "module": ""} | ({"price": Decimal("14.00")} if item["key"] == "seats" else {}) for item in ITEMS]
    with as_tenant(house.tenant.pk):
        replace_price_list(house.price_list.pk, valid_from=APRIL, valid_until=None, items=items, at=AT, actor=MACHINE)


def crm(lead: str = "14 days") -> tuple[House, Contract]:
    """A contract billed each month, so long before the month; from 1 December 2026."""
    house = make_house("crm")
    offer = send(house, make_draft(house, make_party(house), agreed={"invoicing.lead": lead}))
    accept(house, offer)
    run_jobs()
    dearer(house)
    with as_tenant(house.tenant.pk):
        return house, Contract.objects.get(offer=offer)


def proposed(house: House, at: datetime = AT, until: date = UNTIL) -> list[Proposal | NoProposal]:
    with as_tenant(house.tenant.pk):
        return price_changes.proposals("LIST", Contract.objects.all(), until=until, at=at)


@pytest.mark.requirement("SO-056")
def test_running_contracts_keep_their_price_until_the_interval_that_begins_under_the_new_list():
    house, _contract = crm()
    (found,) = proposed(house)
    assert isinstance(found, Proposal)
    assert (found.effective_on, [(line.key, line.before, line.after) for line in found.lines]) == (
        APRIL,
        [("seats", Decimal("12.50"), Decimal("14.00"))],
    )
    assert [str(clause) for clause in found.ruling.clauses] == ["§11.1"]
    assert proposed(house, until=date(2027, 3, 31)) == []


@pytest.mark.requirement("SO-048")
def test_an_agreed_price_does_not_follow_the_list():
    house, contract = crm()
    with as_tenant(house.tenant.pk):
        AgreedPrice.objects.create(
            contract=contract, customer_tenant_id=contract.customer_tenant_id, item="seats", price=Decimal("12.50"),
            from_on=date(2026, 12, 1), source="Angebot", at=AT,
        )  # fmt: skip
    assert proposed(house) == []


def test_contracts_under_other_terms_do_not_follow_the_list():
    house = make_house()
    concluded(house)
    dearer(house)
    assert proposed(house) == []


def test_an_interval_whose_invoice_is_due_already_keeps_its_price():
    """Billed a year before, all months until December 2027 have their price on 10 December 2026."""
    house, _contract = crm("12 months")
    assert proposed(house) == []
    (found,) = proposed(house, until=date(2028, 1, 31))
    assert isinstance(found, Proposal)
    assert found.effective_on == date(2028, 1, 1)


def applied(house: House, contract: Contract) -> None:
    with as_tenant(house.tenant.pk):
        run = price_changes.release("LIST", [contract.pk], until=UNTIL, at=AT, actor=house.actor)
        price_changes.announce(run.pk, [contract.pk], at=AT)
        price_changes.note_told(PriceAdjustment.objects.get().pk, at=AT)
        apply_announced(at=AT)


@pytest.mark.trap(45)
@pytest.mark.requirement("SO-056")
def test_a_late_run_bills_each_month_at_the_price_of_its_own_days():
    """March 10 × 12.50, April 10 × 14.00, though both are billed in August."""
    house, contract = crm()
    applied(house, contract)
    with as_tenant(house.tenant.pk):
        amendment = Amendment.objects.get(contract=contract, kind="price_change")
        assert (amendment.effective_on, [told["key"] for told in amendment.content]) == (APRIL, ["seats"])
    assert proposed(house) == []
    bill(house, date(2027, 5, 31), at=datetime(2027, 8, 2, 8, 0, tzinfo=UTC))
    with as_tenant(house.tenant.pk):
        lines = InvoiceLine.objects.filter(item_key="seats", period_first__in=[date(2027, 3, 1), APRIL])
        assert list(lines.order_by("period_first").values_list("period_first", "net_minor")) == [
            (date(2027, 3, 1), 12_500),
            (APRIL, 14_000),
        ]
