"""The Expander (§11.2): sold once per customer whatever the number of users, and without it the API stays shut."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.actions.prices import make_price_list
from kontor.office.contracts.actions import drafts, offers
from kontor.office.contracts.models import Amendment, Contract, OfferDraft
from kontor.office.contracts.queries.readiness import lacks
from kontor.office.contracts.queries.state import contract_state
from kontor.rulebook.money import Money
from tests.background import run_jobs
from tests.factories import AT, House, accept, filled, make_draft, make_house, make_party
from tests.office.contracts.test_usage_api import EVENTS, VISIT, ask, secret_of, send
from tests.people import make_tenant

pytestmark = pytest.mark.django_db
PLAN = {"key": "sales", "name_de": "Vertrieb", "name_en": "Sales", "kind": "PLAN", "unit": "USER", "interval": "MONTH",
        "price": Decimal("50.00"), "module": "crm"}  # fmt: skip
EXPANDER = {"key": "expander", "name_de": "Webservices", "name_en": "Web services", "kind": "MODULE",
            "unit": "CUSTOMER", "interval": "MONTH", "price": Decimal("180.00"), "module": "expander"}  # fmt: skip
TERMS = filled("crm") | {"invoicing.interval": "month", "invoicing.lead": "1 day"}


def draft(house: House, users: int, expander: int, *, unit: str = "CUSTOMER") -> OfferDraft:
    made = make_draft(house, make_party(house), agreed=TERMS)
    with as_tenant(house.tenant.pk):
        prices = make_price_list(
            seller=house.seller, name=f"Liste {users} {expander} {unit}", pack="crm", valid_from=AT.date(),
            valid_until=None, items=[PLAN, EXPANDER | {"unit": unit}], at=AT, actor=house.actor,
        )  # fmt: skip
        OfferDraft.objects.filter(pk=made.pk).update(price_list=prices)
        items = {item.key: item.pk for item in prices.items.all()}
        counts = [(items["sales"], users)] + ([(items["expander"], expander)] if expander else [])
        drafts.set_positions(
            made.pk, [drafts.Position(pk, Decimal(count)) for pk, count in counts], at=AT, actor=house.actor
        )
        return OfferDraft.objects.get(pk=made.pk)


def concluded(house: House, users: int, expander: int) -> Contract:
    made = draft(house, users, expander)
    with as_tenant(house.tenant.pk):
        offer = offers.send_offer(made.pk, at=AT, actor=house.actor)
    accept(house, offer)
    run_jobs()
    with as_tenant(house.tenant.pk):
        return Contract.objects.get(offer=offer)


def key_of(contract: Contract) -> str:
    return secret_of(Tenant.objects.get(pk=contract.customer_tenant_id))


def fee(house: House, contract: Contract, *, item: str) -> Money:
    with as_tenant(house.tenant.pk):
        rows = list(Amendment.objects.filter(contract=contract))
    state = contract_state(rows, contract.start_on, pack="crm", version=contract.version).value
    position = state.position(item)
    assert position is not None
    return Money.rounded(position.price * position.quantity, "EUR")


@pytest.mark.requirement("SO-052")
def test_without_expander_the_api_is_shut_and_with_it_open_for_a_fee_that_no_number_of_users_moves(
    monkeypatch: pytest.MonkeyPatch,
):
    house = make_house("crm")
    plain, five, fifty = (concluded(house, *told) for told in ((5, 0), (5, 1), (50, 1)))
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 12, 10, 12, tzinfo=UTC))  # the term runs

    for path in (EVENTS, "/api/v1/usage?month=2026-11"):
        status, problem = ask(key_of(plain), path) if "?" in path else send(key_of(plain), path, VISIT)
        assert (status, problem["type"], problem["detail"]) == (
            403,
            "urn:kontor:problem:expander-required",
            "Expander required: the interfaces belong to the Expander services of your contract.",
        )
    for contract in (five, fifty):
        assert ask(key_of(contract), "/api/v1/usage?month=2026-11")[0] == 200
    assert [fee(house, each, item="expander") for each in (five, fifty)] == [Money("EUR", 18_000)] * 2
    assert [fee(house, each, item="sales") for each in (five, fifty)] == [Money("EUR", 25_000), Money("EUR", 250_000)]


def test_under_terms_that_sell_no_interfaces_apart_the_api_is_open():
    house = make_house("visitor")
    assert ask(secret_of(house.tenant), "/api/v1/usage?month=2026-11")[0] == 200
    assert ask(secret_of(make_tenant("Birch")), "/api/v1/usage?month=2026-11")[0] == 200


@pytest.mark.requirement("SO-052")
@pytest.mark.parametrize(
    ("unit", "count", "told"), [("CUSTOMER", 1, []), ("USER", 5, ["§11.2"]), ("CUSTOMER", 2, ["§11.2"])]
)
def test_the_expander_is_offered_once_per_customer(unit: str, count: int, told: list[str]):
    house = make_house("crm")
    made = draft(house, 5, count, unit=unit)
    with as_tenant(house.tenant.pk):
        found = [(lack.field, str(lack.clause.number)) for lack in lacks(made) if lack.clause]
    assert found == [("positions", clause) for clause in told]
