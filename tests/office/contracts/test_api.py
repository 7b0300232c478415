"""Contracts over the API: both sides of each, ordering and notice by the customer, and nobody else's."""

import base64
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kontor.kernel.models import OutgoingMail, Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.models import ChangeOrder, Contract, ContractNotice
from tests.calling import customer_key, get, key_of, post, walked
from tests.factories import House, make_house
from tests.office.contracts.ordering import SIGNATORY, concluded, place_more
from tests.office.contracts.test_change_views import customer
from tests.people import entitle, make_tenant

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 12, 10, 12, 0, tzinfo=UTC)
NOBODYS = "01a00000-0000-7000-8000-000000000000"
RIGHTS = ("contracts.account", "contracts.change_own")
ONE = ("", "/state", "/amendments", "/next-steps", "/notice", "/notices", "/orders")


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def house() -> House:
    return make_house()


@pytest.fixture
def contract(house) -> Contract:
    return concluded(house)


@pytest.fixture
def own(house) -> str:
    return key_of(house.tenant, "contracts.see", "contracts.confirm")


@pytest.fixture
def theirs(contract) -> str:
    return customer_key(contract, *RIGHTS)


def test_both_sides_list_and_read_the_contract(own, theirs, contract):
    status, page = get(own, "/contracts")
    (item,) = page["items"]
    assert (status, item["id"], item["number"], item["state"]) == (200, str(contract.pk), contract.number, "running")
    assert (item["terms"], item["currency"], item["starts_on"]) == ("visitor", "EUR", str(contract.start_on))
    assert get(theirs, "/received/contracts") == (200, page)
    assert get(theirs, f"/received/contracts/{contract.pk}") == get(own, f"/contracts/{contract.pk}") == (200, item)
    assert get(own, "/contracts?terms=crm")[1]["items"] == []
    after = contract.start_on + timedelta(days=1)
    assert get(own, f"/contracts?starts_from={after}")[1]["items"] == []
    assert get(own, f"/contracts?number={contract.number}&starts_until={after}")[1]["items"] == [item]


def test_what_applies_on_a_day_comes_with_its_reasons(own, theirs, contract):
    status, state = get(theirs, f"/received/contracts/{contract.pk}/state?why=true")
    found = {each["key"]: each for each in state["positions"]}
    assert (status, state["on"], state["interval"], state["ends_on"]) == (200, "2026-12-10", "month", None)
    assert found["seats"]["price"] == {"amount": "12.50", "currency": "EUR"}
    assert (Decimal(found["seats"]["quantity"]), found["seats"]["per"]) == (Decimal(10), "month")
    assert found["seats"]["why"]["working"] != []
    assert get(own, f"/contracts/{contract.pk}/state")[1]["positions"][0]["why"] is None
    earlier = get(own, f"/contracts/{contract.pk}/state?on=2020-01-01")[1]
    assert (earlier["on"], earlier["positions"]) == ("2020-01-01", [])
    assert get(own, f"/contracts/{contract.pk}/state?on=2026-02-30")[0] == 422
    assert get(own, f"/contracts/{contract.pk}/state?why=perhaps")[0] == 422


def test_amendments_and_next_steps(house, own, theirs, contract):
    amended = get(theirs, f"/received/contracts/{contract.pk}/amendments?why=true")[1]["items"]
    assert [(each["number"], each["kind"]) for each in amended] == [(1, "conclusion")]
    assert amended[0]["why"]["clauses"][0]["source"] == "visitor"
    assert walked(own, f"/contracts/{contract.pk}/amendments", limit=1) == [{**amended[0], "why": None}]
    steps = get(own, f"/contracts/{contract.pk}/next-steps?why=true", "de")[1]["items"]
    titles = {each["title"]: each for each in steps}
    assert titles["Letzter Tag für eine Kündigung"]["why"]["value"] != ""
    assert [each["on"] for each in steps] == sorted(each["on"] for each in steps)


def test_notice_is_refused_where_the_contract_wants_paper(theirs, contract):
    rules = get(theirs, f"/received/contracts/{contract.pk}/notice?why=true")[1]
    status, problem = post(theirs, f"/received/contracts/{contract.pk}/notices", {})
    if rules["on_platform"]:
        pytest.fail("the visitor terms demand paper")
    assert (status, problem["type"]) == (409, "urn:kontor:problem:form")
    assert get(theirs, f"/received/contracts/{contract.pk}/notices")[1]["items"] == []


def test_notice_is_given_where_the_contract_lets_it_be_given_signed_in():
    house = make_house("dealership")
    contract = concluded(house)
    theirs = customer_key(contract, *RIGHTS)
    rules = get(theirs, f"/received/contracts/{contract.pk}/notice?why=true")[1]
    assert (rules["on_platform"], rules["ends_on"]) == (True, None)
    path = f"/received/contracts/{contract.pk}/notices"
    first = post(theirs, path, {}, HTTP_IDEMPOTENCY_KEY="n1")
    assert first == post(theirs, path, {}, HTTP_IDEMPOTENCY_KEY="n1")
    assert (first[0], first[1]["means"], first[1]["ends_on"]) == (201, "platform", rules["would_end_on"])
    assert first[1]["why"]["working"] != []
    assert post(theirs, path, {})[0] == 409
    own = key_of(house.tenant, "contracts.see")
    assert get(own, f"/contracts/{contract.pk}/notices?why=true")[1]["items"] == [first[1]]
    assert get(own, f"/contracts/{contract.pk}")[1]["ends_on"] == first[1]["ends_on"]
    with as_tenant(house.tenant.pk):
        assert ContractNotice.objects.get().given_by == "Waage"


PAPER = {"name": "kuendigung.pdf", "content": base64.b64encode(b"%PDF-1.7 letter").decode()}
CAME = {"side": "customer", "means": "letter", "received_on": "2026-12-09", "given_by": "Jonas Alder", "proof": PAPER}


def test_the_house_records_a_notice_that_came_by_letter_once(house, contract):
    staff = key_of(house.tenant, "contracts.end", "contracts.see")
    path = f"/contracts/{contract.pk}/notices"
    first = post(staff, path, CAME, HTTP_IDEMPOTENCY_KEY="n1")
    assert first == post(staff, path, CAME, HTTP_IDEMPOTENCY_KEY="n1")
    assert (first[0], first[1]["outcome"], first[1]["side"], first[1]["means"], first[1]["clause"]) == (
        201, "in_time", "customer", "letter", "4.6.1",
    )  # fmt: skip
    assert get(staff, f"/contracts/{contract.pk}")[1]["ends_on"] == first[1]["ends_on"]
    assert first[1]["ends_on"] is not None
    assert first[1]["why"]["working"] != []
    with as_tenant(house.tenant.pk):
        kept = ContractNotice.objects.get().proof
        assert kept is not None
        assert (kept.name, kept.media_type) == ("kuendigung.pdf", "application/pdf")
    status, problem = post(staff, path, CAME)
    assert (status, problem["type"]) == (409, "urn:kontor:problem:refused")


def test_a_recorded_notice_counts_by_form_and_by_receipt_as_on_the_page(house, contract):
    staff = key_of(house.tenant, "contracts.end", "contracts.see")
    path = f"/contracts/{contract.pk}/notices"
    assert post(staff, path, CAME | {"means": "email"})[1]["outcome"] == "refused"
    sent = {key: value for key, value in CAME.items() if key != "received_on"} | {"sent_on": "2026-12-08"}
    waits = post(staff, path, sent)[1]
    assert (waits["outcome"], waits["ends_on"]) == ("awaited", None)
    receipt = f"/notices/{waits['id']}/receipt"
    assert post(staff, receipt, {"received_on": "2026-12-07"})[0] == 409  # before it was sent
    status, counted = post(staff, receipt, {"received_on": "2026-12-09", "proof": PAPER})
    assert (status, counted["outcome"], counted["counted_on"]) == (201, "in_time", "2026-12-09")
    assert post(staff, receipt, {"received_on": "2026-12-09"})[0] == 409
    assert post(staff, f"/notices/{NOBODYS}/receipt", {"received_on": "2026-12-09"})[0] == 404


def test_a_recorded_notice_needs_a_proof_and_the_right_to_end(house, own, contract):
    path = f"/contracts/{contract.pk}/notices"
    assert post(own, path, CAME)[0] == 403
    staff = key_of(house.tenant, "contracts.end")
    for content in ("no base64", base64.b64encode(b"GIF89a something").decode()):
        assert post(staff, path, CAME | {"proof": {"name": "x.pdf", "content": content}})[0] == 422
    assert post(staff, path, {key: CAME[key] for key in CAME if key != "proof"})[0] == 422
    assert post(staff, f"/contracts/{NOBODYS}/notices", CAME)[0] == 404


def test_an_order_by_a_key_waits_for_the_signatory(house, own, theirs, contract):
    path = f"/received/contracts/{contract.pk}/orders"
    status, order = post(theirs, path, {"kind": "MORE", "quantities": {"seats": 2}})
    assert (status, order["state"], order["lines"]) == (
        201, "UNSIGNED", [{"key": "seats", "quantity": "2", "price": {"amount": "12.50", "currency": "EUR"}}],
    )  # fmt: skip
    assert get(own, f"/contracts/{contract.pk}/orders")[1]["items"] == [order]
    status, problem = post(own, f"/orders/{order['id']}/confirmation", {})
    assert (status, problem["type"]) == (409, "urn:kontor:problem:refused")
    with as_tenant(house.tenant.pk):
        (asked,) = OutgoingMail.objects.filter(about_kind="contracts.ChangeOrder")
    assert (asked.to, asked.subject) == (SIGNATORY, f"Bestellung zu Vertrag {contract.number} wartet auf Sie")
    assert "2 × " in asked.text
    assert asked.text.startswith("Guten Tag,\n\nWaage hat die Bestellung 1 ")


def test_what_a_key_ordered_is_signed_on_the_page_and_confirmed_to_the_signatory(house, own, theirs, contract):
    order = post(theirs, f"/received/contracts/{contract.pk}/orders", {"kind": "MORE", "quantities": {"seats": 2}})[1]
    with as_tenant(house.tenant.pk):
        row = ChangeOrder.objects.get()
    signatory = customer(contract, SIGNATORY)
    assert signatory.post(f"/contracts/account/changes/{row.pk}/sign/").status_code == 302
    assert get(theirs, f"/received/contracts/{contract.pk}/orders")[1]["items"][0]["state"] == "PLACED"
    status, confirmed = post(own, f"/orders/{order['id']}/confirmation", {})
    assert (status, confirmed["state"]) == (200, "CONFIRMED")
    with as_tenant(house.tenant.pk):
        mail = OutgoingMail.objects.filter(about_kind="contracts.ChangeOrder").latest("pk")
    assert (mail.to, mail.subject) == (SIGNATORY, f"Bestellbestätigung zu Vertrag {contract.number}")


def test_a_signed_order_is_confirmed_by_the_house(house, own, contract):
    placed = place_more(house, contract, NOW)
    status, order = post(own, f"/orders/{placed.pk}/confirmation", {})
    assert (status, order["state"], order["effective_on"]) == (200, "CONFIRMED", "2026-12-10")
    assert order["why"]["working"] != []
    (listed,) = get(own, f"/contracts/{contract.pk}/orders?why=true")[1]["items"]
    assert listed == order
    assert post(own, f"/orders/{NOBODYS}/confirmation", {})[0] == 404


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"kind": "MORE", "quantities": {"moonshine": 1}}, 409),
        ({"kind": "MORE"}, 422),
        ({"kind": "MORE", "quantities": {"seats": 0}}, 422),
        ({"kind": "INTERVAL"}, 422),
        ({"kind": "INTERVAL", "interval": "month"}, 409),
        ({"kind": "LESS", "quantities": {"seats": 1}}, 422),
        ({"kind": "FEWER", "quantities": {"seats": 1_000}}, 409),
    ],
)
def test_an_order_that_cannot_be_is_refused(house, theirs, contract, told, status):
    found = post(theirs, f"/received/contracts/{contract.pk}/orders", told)
    assert (found[0], found[1]["status"]) == (status, status)
    with as_tenant(house.tenant.pk):
        assert ChangeOrder.objects.count() == 0


def test_fewer_is_ordered_once_what_it_loses_is_accepted():
    contract = concluded(make_house("crm"))
    entitle(Tenant.objects.get(pk=contract.customer_tenant_id), "expander")  # these terms open the API with it
    theirs = customer_key(contract, *RIGHTS)
    path, told = f"/received/contracts/{contract.pk}/orders", {"kind": "FEWER", "quantities": {"visitors": 2}}
    status, problem = post(theirs, path, told)
    lost = [fault["at"] for fault in problem["faults"]]
    assert (status, problem["type"], lost) == (409, "urn:kontor:problem:losses", ["visitors"])
    status, order = post(theirs, path, told | {"accepted_losses": lost})
    assert (status, order["kind"], order["lines"]) == (
        201, "FEWER", [{"key": "visitors", "quantity": "2", "price": None}],
    )  # fmt: skip


def test_every_endpoint_asks_for_its_right_and_shows_nobody_elses(house, contract):
    nothing = key_of(house.tenant, "contracts.use")
    stranger = key_of(make_tenant("Birch"), *RIGHTS, "contracts.see")
    for path in ("/contracts", *(f"/contracts/{contract.pk}{each}" for each in ONE)):
        assert get(nothing, path)[0] == get(nothing, f"/received{path}")[0] == 403
        assert get(stranger, path)[0] == 403  # its own contract unlocks none to be made
    for each in ONE:
        assert get(stranger, f"/received/contracts/{contract.pk}{each}")[0] == 404
    for path, told in (("notices", {}), ("orders", {"kind": "MORE", "quantities": {"seats": 1}})):
        assert post(stranger, f"/received/contracts/{contract.pk}/{path}", told)[0] == 404
        assert post(nothing, f"/received/contracts/{contract.pk}/{path}", told)[0] == 403
    assert get(stranger, "/received/contracts")[1] == {"items": [], "next": None}


def test_the_number_of_queries_does_not_depend_on_the_rows(house, own, contract):
    def counted(path: str) -> int:
        get(own, path)
        with CaptureQueriesContext(connection) as found:
            get(own, path)
        return len(found)

    paths = ("/contracts", f"/contracts/{contract.pk}/orders?why=true")
    before = [counted(path) for path in paths]
    for days in (1, 2):
        concluded(house, start_on=date(2026, 12, 1) + timedelta(days=days))
        place_more(house, contract, NOW)
    assert [counted(path) for path in paths] == before
