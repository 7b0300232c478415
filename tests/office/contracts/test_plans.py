"""User plans: the customer gives them to its own people, and never to more than it has seats."""

import uuid
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Membership, Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions import amending, plans
from kontor.office.contracts.models import Contract, PlanAssignment
from kontor.office.contracts.queries.plans import user_plans
from kontor.rulebook.contract_state import AddItem, End, Per
from kontor.rulebook.ruling import Clause, Ruling, Text
from tests.factories import AT, make_house, make_user
from tests.office.contracts.ordering import concluded
from tests.office.contracts.test_change_views import customer
from tests.people import browser, join, make_tenant, verbs, visitor

pytestmark = pytest.mark.django_db
TODAY = date(2026, 12, 10)
PAGE = reverse("contracts:plans")
WHY = Ruling("more", (Clause("visitor", "3.2", "2026-01"),), (), (Text("weil", "because"),))


@pytest.fixture
def house():
    return make_house()


@pytest.fixture
def contract(house) -> Contract:
    """10 seats of one plan and 1 of another."""
    made = concluded(house)
    item = {"key": "plus", "name": "Plus", "module": "platform", "unit": "USER", "kind": "PLAN"}
    changes = [AddItem("plus", 1, Decimal("20.00"), Per.MONTH)]
    with as_tenant(house.tenant.pk):
        amending.amend(
            made, "change", changes, effective_on=made.start_on, ruling=WHY, at=AT, actor=MACHINE, items={"plus": item}
        )
    return made


@pytest.fixture
def people(contract) -> list[uuid.UUID]:
    tenant = Tenant.objects.get(pk=contract.customer_tenant_id)
    return [join(tenant, make_user(f"p{n}@alder.example", f"Person {n}")).pk for n in range(12)]


def assign(contract, membership, item: str) -> None:
    with as_tenant(contract.customer_tenant_id):
        plans.assign_plan(membership, contract.pk, item, today=TODAY, at=AT, actor=MACHINE)


def used(contract) -> dict[str, tuple[int, int]]:
    with as_tenant(contract.customer_tenant_id):
        return {plan.item: (plan.used, plan.seats) for plan in user_plans(TODAY)}


@pytest.mark.requirement("SO-061")
def test_no_more_people_than_seats_and_moving_one_frees_a_seat(contract, people):
    for person in people[:10]:
        assign(contract, person, "seats")
    assert used(contract) == {"seats": (10, 10), "plus": (0, 1)}
    with pytest.raises(plans.PlanRefusedError, match="All 10 seats of “Arbeitsplätze” are taken"):
        assign(contract, people[10], "seats")
    assign(contract, people[0], "plus")
    assign(contract, people[10], "seats")
    assert used(contract) == {"seats": (10, 10), "plus": (1, 1)}


def test_a_plan_is_taken_away_and_given_again_without_trace_of_nothing(contract, people):
    assign(contract, people[0], "seats")
    assign(contract, people[0], "seats")
    assign(contract, people[0], "")
    assign(contract, people[0], "")
    assert used(contract)["seats"] == (0, 10)
    assert verbs(contract.customer_tenant).count("contracts.plan_assigned") == 2


def test_unknown_plans_and_strangers_are_refused(contract, people):
    with pytest.raises(plans.PlanRefusedError, match="no such plan"):
        assign(contract, people[0], "piano")
    with pytest.raises(Membership.DoesNotExist):
        assign(contract, uuid.uuid4(), "seats")


def test_an_ended_contract_has_no_plans(house, contract):
    with as_tenant(house.tenant.pk):
        amending.amend(contract, "end", [End(date(2026, 12, 5))], effective_on=TODAY, ruling=WHY, at=AT, actor=MACHINE)
    assert used(contract) == {}


def test_the_page_assigns_and_refuses_with_the_way_to_order(contract, people):
    client = customer(contract, "jonas@alder.example")
    told = {"contract": contract.pk, "item": "plus"}
    assert client.post(PAGE, told | {"membership": people[0]}).status_code == 302
    refused = client.post(PAGE, told | {"membership": people[1]})
    assert refused.status_code == 409
    assert reverse("contracts:order", args=(contract.pk,)) in refused.content.decode()
    assert client.post(PAGE, told | {"membership": "nobody"}).status_code == 404
    assert client.post(PAGE, told | {"membership": uuid.uuid4()}).status_code == 404
    with as_tenant(contract.customer_tenant_id):
        assert PlanAssignment.objects.get().membership_id == people[0]


def test_the_page_is_for_those_who_may(contract):
    other = make_tenant("Birke")
    stranger = make_user("eva@birke.example", "Eva")
    join(other, stranger)
    assert "No plan counted by users" in browser(stranger, other).get(PAGE).content.decode()
    tenant = Tenant.objects.get(pk=contract.customer_tenant_id)
    reader = make_user("rita@alder.example", "Rita")
    join(tenant, reader, role="Lesen", permissions=["contracts.account"])
    assert browser(reader, tenant).get(PAGE).status_code == 403
    assert visitor().get(PAGE).status_code == 302


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_a_fixed_number_of_queries(contract, people, count, django_assert_num_queries):
    client = customer(contract, "jonas@alder.example")
    for person in people[:count]:
        assign(contract, person, "seats")
    client.get(PAGE)
    with as_tenant(contract.customer_tenant_id), django_assert_num_queries(3):
        user_plans(datetime(2026, 12, 10, tzinfo=UTC).date())
