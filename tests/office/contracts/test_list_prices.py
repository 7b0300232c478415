"""Running contracts that follow the official list: from which interval, at which price, and which do not follow."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from kontor.kernel.actor import MACHINE
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.actions.prices import replace_price_list
from kontor.office.contracts.actions import price_changes
from kontor.office.contracts.models import AgreedPrice, Contract
from kontor.office.contracts.queries.price_proposals import NoProposal, Proposal
from tests.factories import ITEMS, House, make_house
from tests.office.contracts.test_billing import concluded

pytestmark = pytest.mark.django_db
AT = datetime(2026, 12, 10, 9, 0, tzinfo=UTC)
APRIL = date(2027, 4, 1)
UNTIL = date(2027, 6, 1)


def dearer(house: House) -> None:
    """From 1 April on users cost 14.00 instead of 12.50."""
    items = [{**item, "module": ""} | ({"price": Decimal("14.00")} if item["key"] == "seats" else {}) for item in ITEMS]
    with as_tenant(house.tenant.pk):
        replace_price_list(house.price_list.pk, valid_from=APRIL, valid_until=None, items=items, at=AT, actor=MACHINE)


def crm() -> tuple[House, Contract]:
    house = make_house("crm")
    contract = concluded(house)
    dearer(house)
    return house, contract


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
