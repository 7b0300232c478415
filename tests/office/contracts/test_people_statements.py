"""What a contract wants of each person is asked of them when the customer moves in (crm 9.2)."""

from datetime import UTC, datetime

import pytest

from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions import moving_in
from kontor.office.contracts.queries.people_statements import statements_of
from kontor.office.privacy.models import Statement
from kontor.rulebook.terms import load
from kontor.rulebook.terms.concluded import concluded
from tests.factories import make_house
from tests.many import one_contract

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
FOUR = ["processing", "access", "usage_statistics", "advertising"]


@pytest.mark.django_db
def test_the_crm_asks_its_people_four_things_once():
    house = make_house("crm")
    contract = one_contract(house)
    with as_tenant(house.tenant.pk):
        told = moving_in.luggage(contract.pk)
    with as_tenant(contract.customer_tenant_id):
        moving_in.move_in(told, at=AT)
        moving_in.move_in(told, at=AT)

        asked = list(Statement.objects.order_by("pk").values_list("key", "clause", "edition"))

    assert asked == [(key, "§9.2", "crm 2026-01") for key in FOUR]


def test_terms_that_make_it_a_clause_of_the_employers_contract_ask_nobody():
    reading = {"privacy.statements_are": "contract_clause"}

    assert [one["key"] for one in statements_of(load("crm"))] == FOUR
    assert statements_of(concluded("crm", "2026-01", settings=reading, agreed={})) == []


@pytest.mark.parametrize("pack", ["dealership", "visitor", "bookkeeping", "leisure"])
def test_other_terms_ask_nothing_of_each_person(pack):
    assert statements_of(load(pack)) == []
