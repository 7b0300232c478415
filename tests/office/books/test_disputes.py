"""Payments that are disputed: taken back, given again and lost, in any order and each told twice, at each processor."""

import json
from collections.abc import Sequence
from itertools import permutations
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.models import RecordEntry
from kontor.kernel.tenancy import as_tenant
from kontor.office.books import public as books
from kontor.office.books.actions.processors.card import CardProcessor
from kontor.office.books.actions.processors.interface import ForgedNoticeError, Happened
from kontor.office.books.models import Checkout, Refund
from kontor.rulebook.money import Money
from tests.factories import House
from tests.office.books.test_checkouts import (  # noqa: F401  the fixture of PayPal's and Stripe's answers
    NOW,
    SET_UP,
    Recorder,
    begun,
    post,
    signed_by_stripe,
    there,
)
from tests.office.books.test_outside_refunds import PAID, Message, books_of, hear, playing, refunded  # noqa: F401
from tests.people import browser

pytestmark = pytest.mark.django_db


def disputed(happened: str, minor: int = 11_900, name: str = "dp-1") -> Message:
    return refunded(minor, name, happened, why="fraudulent")


@pytest.mark.parametrize("order", list(permutations([PAID, disputed("DISPUTED"), disputed("CHARGED_BACK")])))
def test_what_is_taken_back_opens_the_invoice_again_in_any_order(house: House, order: Sequence[Message]) -> None:
    _row, checkout = begun(house)
    hear(house, checkout, [*order, disputed("CHARGED_BACK"), disputed("DISPUTED")])
    assert books_of(house) == (11_900, ["DONE"], 11_900, 0)
    with as_tenant(house.tenant.pk):
        refund = Refund.objects.get()
        assert (refund.charged_back, refund.outside, refund.why) == (True, True, "fraudulent")
        assert refund.reason == "Rückbelastung über Probezahlung (nur Vorführung)"
        (told,) = books.open_disputes()
        assert (told.number, told.amount) == (checkout.invoice.number, Money("EUR", 11_900))
        for verb in ("books.payment_disputed", "books.payment_charged_back"):
            assert RecordEntry.objects.filter(verb=verb).count() == 1


@pytest.mark.parametrize("order", list(permutations([PAID, disputed("CHARGED_BACK"), disputed("RESTORED")])))
def test_what_is_given_again_pays_it_again_in_any_order(house: House, order: Sequence[Message]) -> None:
    _row, checkout = begun(house)
    hear(house, checkout, [*order, disputed("RESTORED"), disputed("CHARGED_BACK")])
    assert books_of(house) == (0, ["FAILED"], 0, 0)
    with as_tenant(house.tenant.pk):
        assert (books.outside_refunds(), books.failed_refunds(), books.open_disputes()) == ([], [], [])


def test_a_part_is_taken_back_and_never_more_than_the_payment_still_holds(house: House) -> None:
    """119.00 came, 40.00 were refunded; the bank takes 100.00 and there are 79.00 left."""
    _row, checkout = begun(house)
    hear(house, checkout, [PAID, disputed("CHARGED_BACK", 1_900, "dp-0")])
    assert books_of(house) == (1_900, ["DONE"], 1_900, 0)
    hear(house, checkout, [refunded(4_000), disputed("CHARGED_BACK", 10_000), disputed("CHARGED_BACK", 500, "dp-2")])
    assert books_of(house) == (11_900, ["DONE", "DONE", "DONE"], 11_900, 0)


@pytest.mark.parametrize(
    "strange",
    [
        disputed("DISPUTED", 0),
        disputed("CHARGED_BACK", name="") | {"event": "x"},
        disputed("LOST") | {"currency": "USD"},
    ],
)
def test_what_names_no_money_of_ours_changes_nothing(house: House, strange: Message) -> None:
    _row, checkout = begun(house)
    known = f"{house.tenant.pk.hex}.{checkout.pk.hex}"
    hear(house, checkout, [PAID, strange | {"reference": known}])
    assert books_of(house) == (0, [], 0, 0)


def test_our_reference_is_enough_where_the_payment_is_not_named(house: House) -> None:
    _row, checkout = begun(house)
    known = f"{house.tenant.pk.hex}.{checkout.pk.hex}"
    hear(house, checkout, [disputed("CHARGED_BACK") | {"reference": known, "capture": ""}, PAID])
    assert books_of(house) == (11_900, ["DONE"], 11_900, 0)


def test_the_houses_day_says_it_until_it_is_lost_and_the_list_after(house: House) -> None:
    row, checkout = begun(house)
    hear(house, checkout, [PAID, disputed("DISPUTED"), disputed("CHARGED_BACK")])
    client, english = browser(house.staff, house.tenant), {"Accept-Language": "en"}

    def hands() -> list[tuple[str, str]]:
        page = client.get(reverse("contracts:today"), headers=english)
        return [(each.title, each.about) for each in page.context["hands"] if row.number in each.about]

    back = (
        "€119.00 were charged back by the payment service",
        f"Alder & Söhne GmbH · {row.number} is open again with €119.00: credit it, or claim it",
    )
    asked = ("A payment of €119.00 is disputed", f"Alder & Söhne GmbH · {row.number}: answer it at the payment service")
    assert sorted(hands()) == sorted([back, asked])
    hear(house, checkout, [disputed("LOST")])
    assert hands() == [back]
    listed = client.get(reverse("books:refunds"), headers=english).content.decode()
    assert "charged back by the payment service" in listed


def test_stripe_tells_of_a_dispute_by_its_own_name_and_of_its_money_by_two_messages(there: str) -> None:  # noqa: F811
    card = CardProcessor("k", "w", there)
    thing = {
        "object": "dispute", "id": "dp_1", "amount": 11_900, "currency": "eur", "payment_intent": "pi_1",
        "reason": "fraudulent", "status": "needs_response",
    }  # fmt: skip

    def said(kind: str, **given: Any) -> Any:
        event = {"id": "evt", "type": f"charge.dispute.{kind}", "data": {"object": thing | given}}
        body = json.dumps(event).encode()
        return card.understood(body, signed_by_stripe(body), at=NOW)

    found = said("created")
    assert (found.reference, found.capture, found.refund, found.why) == ("", "pi_1", "dp_1", "fraudulent")
    assert (found.happened, found.amount) == (Happened.DISPUTED, Money("EUR", 11_900))
    assert [said(kind).happened for kind in ("funds_withdrawn", "funds_reinstated", "updated")] == [
        Happened.CHARGED_BACK, Happened.RESTORED, Happened.OTHER,
    ]  # fmt: skip
    assert [said("closed", status=status).happened for status in ("lost", "won", "warning_closed")] == [
        Happened.LOST, Happened.OTHER, Happened.RESTORED,
    ]  # fmt: skip
    with pytest.raises(ForgedNoticeError):
        said("created", amount="much")


def paypal_event(kind: str, resource: dict[str, Any], minute: int) -> bytes:
    told = {"id": f"WH-{kind}-{minute}", "event_type": kind, "create_time": f"2026-12-10T11:{minute:02}:00Z"}
    return json.dumps(told | {"resource": resource}).encode()


def paypal_story(reference: str, outcome: str) -> dict[str, bytes]:
    money = {"value": "119.00", "currency_code": "EUR"}
    case = {
        "dispute_id": "PP-D-1", "dispute_amount": money, "reason": "UNAUTHORISED",
        "disputed_transactions": [{"seller_transaction_id": "C-1"}],
    }  # fmt: skip
    up = [{"rel": "up", "href": "https://api-m.paypal.com/v2/payments/captures/C-1"}]
    return {
        "paid": paypal_event("PAYMENT.CAPTURE.COMPLETED", {"id": "C-1", "custom_id": reference, "amount": money}, 1),
        "disputed": paypal_event("CUSTOMER.DISPUTE.CREATED", case, 2),
        "reversed": paypal_event("PAYMENT.CAPTURE.REVERSED", {"id": "R-9", "amount": money, "links": up}, 3),
        "resolved": paypal_event("CUSTOMER.DISPUTE.RESOLVED", case | {"dispute_outcome": {"outcome_code": outcome}}, 4),
    }


@pytest.fixture
def by_paypal(house: House, there: str, settings: Any) -> Checkout:  # noqa: F811
    settings.KONTOR_PROCESSORS = SET_UP | {
        "paypal_address": there, "paypal_client": "c", "paypal_secret": "s", "paypal_webhook": "w",
    }  # fmt: skip
    return begun(house, method="paypal")[1]


def tell_paypal(messages: Sequence[bytes]) -> None:
    for body in messages:
        assert post(body, {"Paypal-Transmission-Time": NOW.isoformat()}, "paypal") == 200


ORDERS = (
    "paid disputed reversed resolved",
    "paid resolved reversed disputed",
    "reversed resolved paid disputed",
    "resolved reversed disputed paid",
    "resolved paid reversed disputed",
)
WON, LOST = (0, ["FAILED"], 0), (11_900, ["DONE"], 11_900)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(("outcome", "left"), [("RESOLVED_SELLER_FAVOUR", WON), ("RESOLVED_BUYER_FAVOUR", LOST)])
def test_paypal_takes_back_and_gives_again_under_another_reference_in_any_order(
    house: House,
    by_paypal: Checkout,
    order: str,
    outcome: str,
    left: tuple[int, list[str], int],
) -> None:
    story = paypal_story(f"{house.tenant.pk.hex}.{by_paypal.pk.hex}", outcome)
    told = [story[name] for name in order.split()]
    tell_paypal([*told, *told])
    assert books_of(house)[:3] == left
    with as_tenant(house.tenant.pk):
        assert books.open_disputes() == []


def test_a_win_at_paypal_gives_nothing_of_a_later_chargeback_again(house: House, by_paypal: Checkout) -> None:
    """The first dispute was won before any money went; the payer's bank takes it back a day later."""
    story = paypal_story(f"{house.tenant.pk.hex}.{by_paypal.pk.hex}", "CANCELED_BY_BUYER")
    tell_paypal([story["paid"], story["disputed"], story["resolved"]])
    assert books_of(house)[:3] == (0, [], 0)
    later = json.loads(story["reversed"]) | {"create_time": "2026-12-10T11:50:00Z"}
    tell_paypal([json.dumps(later).encode()])
    assert books_of(house)[:3] == (11_900, ["DONE"], 11_900)


def test_paypal_without_the_shape_it_documents_is_not_believed(by_paypal: Checkout) -> None:
    assert timezone.now() == NOW
    body = paypal_event("CUSTOMER.DISPUTE.CREATED", {"dispute_id": "PP-D-1", "disputed_transactions": []}, 2)
    assert post(body, {"Paypal-Transmission-Time": NOW.isoformat()}, "paypal") == 400
    assert Recorder.verified == "SUCCESS"
