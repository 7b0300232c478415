"""The order pages and the tab of changes: what they show, who may use them, and that nothing is ticked beforehand."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.models import Membership, Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions import changing, ordering
from kontor.office.contracts.models import Amendment, ChangeOrder, Contract
from kontor.office.contracts.queries.next_steps import coming_changes
from kontor.office.identity.models import User
from tests.factories import AT, make_house, make_user
from tests.office.contracts.ordering import COLLEAGUE, SIGNATORY, concluded, place_fewer, place_more, state_of
from tests.people import browser, join, make_tenant, verbs, visitor

pytestmark = pytest.mark.django_db
YEARLY = {"invoicing.interval": "year", "invoicing.lead": "14 days"}


@pytest.fixture
def house():
    return make_house("crm")


@pytest.fixture
def contract(house) -> Contract:
    """10 seats at 50.00 a month, by the year from 1 December 2026."""
    with as_tenant(house.tenant.pk):
        house.price_list.items.filter(key="seats").update(price=Decimal("50.00"), module="platform")
    return concluded(house, agreed=YEARLY, start_on=date(2026, 12, 1))


@pytest.fixture
def signatory(contract) -> Client:
    return customer(contract, SIGNATORY)


@pytest.fixture
def staff(house) -> Client:
    return browser(house.staff, house.tenant)


def customer(contract: Contract, email: str) -> Client:
    """Return a browser of one of the customer's people, who has agreed to the terms."""
    tenant = Tenant.objects.get(pk=contract.customer_tenant_id)
    user = User.objects.filter(email=email).first()
    if user is None:
        user = make_user(email, "Kim Alder")
        join(tenant, user)
    client = browser(user, tenant)
    document = client.get("/documents/agree/").context["document"]
    client.post("/documents/agree/", {"document": document.pk, "sha256": bytes(document.sha256).hex()})
    return client


def url(name: str, *args: object) -> str:
    return reverse(f"contracts:{name}", args=args)


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


# ---- the customer orders


@pytest.mark.requirement("SO-057")
def test_the_signatory_sees_the_cost_and_then_orders(house, contract, signatory):
    """2 more at 50.00 a month: 1,200.00 more a year."""
    page = url("order", contract.pk)
    shown = signatory.get(page)
    assert [row.key for row in shown.context["form"].rows] == ["visitors", "seats"]
    looked = signatory.post(page, {"q-seats": "2"})
    plan = looked.context["plan"]
    assert (looked.status_code, plan.cost.more_per_interval.bare()) == (200, "1200.00")
    assert "€1,200.00" in words(looked)
    with as_tenant(house.tenant.pk):
        assert ChangeOrder.objects.count() == 0

    placed = signatory.post(page, {"q-seats": "2", "order": "1"})
    assert placed.headers["Location"] == url("account-changes", contract.pk)
    with as_tenant(house.tenant.pk):
        order = ChangeOrder.objects.get()
    assert (order.channel, order.ordered_by, state_of(house, order).state) == ("WEB_SHOP", "Jonas Alder", "PLACED")
    assert "waits for confirmation" in words(signatory.get(url("account-changes", contract.pk)))
    assert "contracts.order_more" in verbs(contract.customer_tenant)


@pytest.mark.requirement("SO-057")
def test_a_colleagues_order_waits_until_the_signatory_signs(house, contract, signatory):
    colleague = customer(contract, COLLEAGUE)
    assert "Your order waits until Jonas Alder signs it." in words(
        colleague.post(url("order", contract.pk), {"q-seats": "1"})
    )
    colleague.post(url("order", contract.pk), {"q-seats": "1", "order": "1"})
    with as_tenant(house.tenant.pk):
        order = ChangeOrder.objects.get()
    sign = url("account-change-answer", order.pk, "sign")
    assert colleague.post(sign).status_code == 409
    assert state_of(house, order).state == "UNSIGNED"
    assert signatory.post(sign).status_code == 302
    assert (state_of(house, order).state, state_of(house, order).signed_by) == ("PLACED", "Jonas Alder")
    assert signatory.post(url("account-change-answer", order.pk, "withdraw")).status_code == 409
    assert signatory.post(url("account-change-answer", order.pk, "dance")).status_code == 404


def test_an_unsigned_order_is_taken_back(house, contract):
    colleague = customer(contract, COLLEAGUE)
    order = place_more(house, contract, AT, email=COLLEAGUE)
    assert colleague.post(url("account-change-answer", order.pk, "withdraw")).status_code == 302
    assert state_of(house, order).state == "WITHDRAWN"


@pytest.mark.requirement("SO-060")
def test_a_reduction_is_ordered_only_after_what_is_lost_was_ticked(house, contract, signatory):
    """9 of 10 seats go while two people are here: one of them loses the seat."""
    customer(contract, COLLEAGUE)
    page = url("order-kind", contract.pk, "fewer")
    looked = signatory.post(page, {"q-seats": "9"})
    (loss,) = looked.context["form"].losses
    assert (loss["key"], loss["count"]) == ("platform-user", 1)
    assert "9 seats are gone; 1 remain." in words(looked)
    assert (looked.status_code, dict(looked.context["form"].errors)) == (200, {})
    assert "checked" not in looked.content.decode().split("lose-platform-user")[1][:200]

    refused = signatory.post(page, {"q-seats": "9", "order": "1"})
    assert refused.status_code == 422
    with as_tenant(house.tenant.pk):
        assert ChangeOrder.objects.count() == 0

    assert signatory.post(page, {"q-seats": "9", "order": "1", "lose-platform-user": "on"}).status_code == 302
    with as_tenant(house.tenant.pk):
        order = ChangeOrder.objects.get()
    assert [each["key"] for each in order.warned] == ["platform-user"]
    assert state_of(house, order).state == "CONFIRMED"


@pytest.mark.requirement("SO-060")
def test_what_is_gone_as_a_whole_is_named(contract, signatory):
    looked = signatory.post(url("order-kind", contract.pk, "fewer"), {"q-seats": "10", "q-visitors": "2"})
    assert [(loss["key"], loss["count"]) for loss in looked.context["form"].losses] == [
        ("platform-user", 1),
        ("visitors", None),
    ]


def test_another_interval_is_chosen(house, contract, signatory):
    page = url("order-kind", contract.pk, "interval")
    looked = signatory.post(page, {"interval": "quarter"})
    assert looked.context["plan"].dated[0][0] == date(2027, 12, 1)
    assert signatory.post(page, {"interval": "quarter", "order": "1"}).status_code == 302
    with as_tenant(house.tenant.pk):
        assert ChangeOrder.objects.get().interval == "quarter"


@pytest.mark.parametrize(
    ("kind", "typed", "status"),
    [
        ("more", {}, 409),
        ("more", {"q-seats": "1.5"}, 422),
        ("fewer", {"q-seats": "11"}, 422),
        ("interval", {"interval": "year"}, 409),
        ("interval", {"interval": "decade"}, 422),
    ],
)
def test_what_cannot_be_is_refused_on_the_page(contract, signatory, kind, typed, status):
    assert signatory.post(url("order-kind", contract.pk, kind), typed | {"x": "1"}).status_code == status


def test_unknown_kinds_of_order_are_not_found(contract, signatory):
    assert signatory.get(url("order-kind", contract.pk, "piano")).status_code == 404


def test_terms_that_want_a_signed_offer_say_so():
    house = make_house("leisure")
    contract = concluded(house, agreed={"invoicing.interval": "year"})
    page = customer(contract, SIGNATORY).get(url("order", contract.pk))
    assert "More needs a further signed offer at the current prices." in words(page)


# ---- the house decides


@pytest.mark.requirement("SO-058")
def test_the_house_sees_the_cost_and_confirms(house, contract, staff):
    order = place_more(house, contract, timezone.now())
    page = staff.get(url("change-confirm", order.pk))
    assert page.context["plan"].cost.more_per_interval.bare() == "1200.00"
    assert "2 × €50.00" in words(page)
    assert staff.post(url("change-confirm", order.pk), {"confirm": "1"}).status_code == 302
    assert state_of(house, order).state == "CONFIRMED"
    assert staff.get(url("change-confirm", order.pk)).context["plan"] is None
    assert staff.post(url("change-confirm", order.pk), {"confirm": "1"}).status_code == 409
    assert "part of the contract" in words(staff.get(url("changes", contract.pk)))


def test_the_house_declines_with_a_reason(house, contract, staff):
    order = place_more(house, contract, timezone.now())
    assert staff.post(url("change-confirm", order.pk), {"decline": "1"}).status_code == 422
    assert staff.post(url("change-confirm", order.pk), {"decline": "1", "reason": "Nein."}).status_code == 302
    assert state_of(house, order).state == "DECLINED"


def test_the_house_enters_what_came_by_mail(house, contract, staff):
    sender = {"channel": "EMAIL", "received_on": "2026-11-20", "ordered_by": "Jonas Alder", "email": SIGNATORY}
    page = url("change-enter", contract.pk, "more")
    assert staff.get(page).status_code == 200
    assert staff.post(page, {"q-seats": "1", "order": "1", **sender}).status_code == 302
    fewer = url("change-enter", contract.pk, "fewer")
    looked = staff.post(fewer, {"q-seats": "1", **sender})
    assert [each["count"] for each in looked.context["form"].losses] == [None]
    ticked = {"q-seats": "1", "order": "1", "lose-platform-user": "on"}
    assert staff.post(fewer, {**ticked, **sender}).status_code == 302
    interval = url("change-enter", contract.pk, "interval")
    assert staff.post(interval, {"interval": "month", "order": "1", **sender}).status_code == 302
    with as_tenant(house.tenant.pk):
        assert list(ChangeOrder.objects.order_by("number").values_list("kind", "channel")) == [
            ("MORE", "EMAIL"), ("FEWER", "EMAIL"), ("INTERVAL", "EMAIL"),
        ]  # fmt: skip


def test_the_house_takes_back_what_does_not_hold_yet(house, contract, staff):
    order = place_fewer(house, contract, date(2026, 12, 2))
    assert "Take back" in words(staff.get(url("changes", contract.pk)))
    assert staff.post(url("change-withdraw", order.pk)).status_code == 302
    assert state_of(house, order).state == "WITHDRAWN"
    assert staff.post(url("change-withdraw", order.pk)).status_code == 409


def test_agreed_prices_stand_on_the_page(house, contract, staff, signatory):
    with as_tenant(house.tenant.pk):
        ordering.agree_price(
            contract, "seats", price=Decimal("45.00"), from_on=date(2026, 11, 1), source="Bestellformular Nr. 4", at=AT,
            actor=house.actor,
        )  # fmt: skip
    assert "Bestellformular Nr. 4" in words(staff.get(url("changes", contract.pk)))
    assert "€45.00 a month, net; agreed: Bestellformular Nr. 4" in words(signatory.get(url("order", contract.pk)))


# ---- who may


def test_others_see_and_change_nothing(house, contract, staff):
    order = place_more(house, contract, AT)
    other = make_tenant("Birke")
    stranger = make_user("eva@birke.example", "Eva")
    join(other, stranger)
    strange = browser(stranger, other)
    for name, args in (
        ("account-changes", (contract.pk,)), ("order", (contract.pk,)), ("order-kind", (contract.pk, "fewer")),
    ):  # fmt: skip
        assert strange.get(url(name, *args)).status_code == 404
        assert visitor().get(url(name, *args)).status_code == 302
    assert strange.post(url("account-change-answer", order.pk, "withdraw")).status_code == 404
    for name, args in (("changes", (other.pk,)), ("change-enter", (other.pk, "more")), ("change-confirm", (other.pk,))):
        assert staff.get(url(name, *args)).status_code == 404
    assert staff.post(url("change-withdraw", other.pk)).status_code == 404


def test_who_may_not_confirm_only_reads(house, contract):
    order = place_more(house, contract, AT)
    reader = make_user("nora@lindwurm.example", "Nora")
    join(house.tenant, reader, role="Lesen", permissions=["contracts.see"])
    client = browser(reader, house.tenant)
    assert client.get(url("changes", contract.pk)).status_code == 200
    for name, args in (("change-enter", (contract.pk, "more")), ("change-confirm", (order.pk,))):
        assert client.get(url(name, *args)).status_code == 403
    assert client.post(url("change-withdraw", order.pk)).status_code == 403


def test_the_number_of_queries_does_not_depend_on_the_orders(house, contract, staff, signatory):
    def count(client: Client, name: str) -> int:
        client.get(url(name, contract.pk))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url(name, contract.pk)).status_code == 200
        return len(queries)

    place_more(house, contract, AT)
    before = [count(staff, "changes"), count(signatory, "account-changes")]
    for _ in range(2):
        place_more(house, contract, AT)
    assert [count(staff, "changes"), count(signatory, "account-changes")] == before
    with as_tenant(contract.customer_tenant_id):
        assert Membership.objects.count() == 1


def test_what_was_ordered_stands_among_the_next_steps(house, contract):
    order = place_fewer(house, contract, date(2026, 12, 2))
    with as_tenant(house.tenant.pk):
        rows = list(Amendment.objects.filter(contract=contract).order_by("number"))
        steps = list(coming_changes(contract, rows, today=date(2026, 12, 3), read=None))
        assert [(step.on, step.title.en, str(step.clause)) for step in steps] == [
            (date(2027, 12, 1), "A reduction holds", "§12")
        ]
        changing.withdraw_order(order.pk, at=timezone.now(), actor=house.actor)
        rows = list(Amendment.objects.filter(contract=contract).order_by("number"))
        assert list(coming_changes(contract, rows, today=date(2026, 12, 3), read=None)) == []
