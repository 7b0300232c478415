"""Refunds: several in one file, one booking each; and through the processor that took the money, with what it says."""

import hashlib
import hmac
import json
import uuid
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import etree

from kontor.kernel.tenancy import as_tenant
from kontor.office.books.actions.checkouts import Asked, begin_checkout, refund_checkout
from kontor.office.books.actions.payments import (
    HAND,
    Booking,
    PaymentRefusedError,
    Share,
    book_payment,
    reverse_payment,
)
from kontor.office.books.actions.processors.card import CardProcessor
from kontor.office.books.actions.processors.fake import FakeProcessor
from kontor.office.books.actions.processors.interface import Happened, PaidBack, ProcessorError
from kontor.office.books.actions.processors.offered import processor
from kontor.office.books.actions.processors.paypal import PayPal
from kontor.office.books.models import Checkout, InvoiceBalance, Payment, Refund, TransferBatch
from kontor.office.books.queries.refunds import failed_refunds, refundable, waiting_refunds
from kontor.office.books.queries.rests import rest_of
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Text
from tests.factories import AT
from tests.office.books.conftest import NOW
from tests.office.books.furnishing import pay
from tests.office.books.invoicing import PAYER, invoices, make_customer_tenant
from tests.people import verbs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
ON = date(2026, 12, 10)


@pytest.fixture(autouse=True)
def playing(settings: Any) -> None:
    settings.KONTOR_DEMO = True


def euro(minor: int) -> Money:
    return Money("EUR", minor)


@pytest.fixture
def twice(house: Any, party: Any) -> Checkout:
    """119.00 that came through the fake for an invoice paid meanwhile: all of it is left."""
    (row,) = invoices(house, party, "100.00")
    with as_tenant(house.tenant.pk):
        asked = Asked(method="fake", listed=[], known={}, back="http://testserver/back/")
        begin_checkout(row, asked=asked, at=NOW, actor=house.actor)
        checkout = Checkout.objects.get()
    pay(house, row, 11_900)
    say(house, checkout, "PAID", minor=11_900)
    with as_tenant(house.tenant.pk):
        return Checkout.objects.select_related("payment", "invoice").get()


def say(house: Any, checkout: Checkout, happened: str, *, minor: int, refund: str = "", why: str = "") -> int:
    player = processor("fake")
    assert isinstance(player, FakeProcessor)
    told = {
        "event": f"{happened}-{refund}", "reference": f"{house.tenant.pk.hex}.{checkout.pk.hex}", "happened": happened,
        "currency": "EUR", "minor": str(minor), "capture": "cap-1", "refund": refund, "why": why,
    }  # fmt: skip
    body, headers = player.message(told, at=NOW)
    url = reverse("books:notice", args=["fake"])
    return Client(headers=headers).post(url, body, content_type="application/json").status_code


def back(house: Any, checkout: Checkout, minor: int) -> Refund:
    with as_tenant(house.tenant.pk):
        return refund_checkout(checkout.pk, amount=euro(minor), reason="Doppelt", on=ON, at=NOW, actor=house.actor)


def state(house: Any, checkout: Checkout) -> tuple[list[str], int, int, int]:
    """Return (state of each refund, left on the payment, paid back by the processor, still refundable)."""
    with as_tenant(house.tenant.pk):
        row = Checkout.objects.select_related("payment", "invoice").get(pk=checkout.pk)
        states = list(Refund.objects.order_by("pk").values_list("state", flat=True))
        return states, rest_of(row.payment).minor, row.refunded_minor, refundable(row).minor


def test_a_refund_is_on_its_way_until_the_processor_says_it_arrived(house, twice):
    made = back(house, twice, 10_000)
    assert (made.way, made.state, made.told_at) == ("PROCESSOR", "ASKED", None)
    assert state(house, twice) == (["ASKED"], 1_900, 10_000, 1_900)
    assert say(house, twice, "REFUNDED", minor=10_000, refund=made.reference) == 200
    assert state(house, twice) == (["DONE"], 1_900, 10_000, 1_900)
    assert verbs(house.tenant, made) == ["books.refund_booked", "books.refund_arrived"]


def test_a_refund_that_failed_is_owed_again_and_goes_out_anew(house, twice):
    made = back(house, twice, 11_900)
    say(house, twice, "REFUND_FAILED", minor=11_900, refund=made.reference, why="expired_or_canceled_card")
    assert state(house, twice) == (["FAILED"], 11_900, 0, 11_900)
    say(house, twice, "REFUNDED", minor=11_900, refund=made.reference)
    assert state(house, twice)[0] == ["FAILED"]
    assert verbs(house.tenant, made) == ["books.refund_booked", "books.refund_failed"]
    with as_tenant(house.tenant.pk):
        (told,) = failed_refunds()
        assert (told.why, told.amount, told.failed_on) == ("expired_or_canceled_card", euro(11_900), ON)
    again = back(house, twice, 11_900)
    assert again.reference != made.reference
    assert state(house, twice) == (["FAILED", "ASKED"], 0, 11_900, 0)
    with as_tenant(house.tenant.pk):
        assert failed_refunds() == []


def test_the_payers_bank_may_send_back_what_had_arrived(house, twice):
    made = back(house, twice, 11_900)
    for happened in ("REFUNDED", "REFUND_FAILED"):
        say(house, twice, happened, minor=11_900, refund=made.reference)
    assert state(house, twice) == (["FAILED"], 11_900, 0, 11_900)


def test_a_booking_taken_back_by_hand_is_not_taken_back_again(house, twice):
    made = back(house, twice, 11_900)
    with as_tenant(house.tenant.pk):
        reverse_payment(made.payment_id, on=ON, reason="x", at=NOW, actor=house.actor)
    say(house, twice, "REFUND_FAILED", minor=11_900, refund=made.reference)
    assert state(house, twice) == (["FAILED"], 11_900, 0, 11_900)


def test_what_the_processor_refuses_at_once_is_taken_back_at_once(house, twice, monkeypatch):
    refused = PaidBack("r-1", Happened.REFUND_FAILED, "insufficient_funds")
    monkeypatch.setattr(FakeProcessor, "refund", lambda *_args, **_named: refused)
    made = back(house, twice, 11_900)
    assert (made.state, made.why) == ("FAILED", "insufficient_funds")
    assert state(house, twice) == (["FAILED"], 11_900, 0, 11_900)


def test_no_answer_books_nothing_and_asks_with_the_same_key_again(house, twice, monkeypatch):
    keys: list[str] = []

    def silent(*_args: Any, key: str, **_named: Any) -> PaidBack:
        keys.append(key)
        raise ProcessorError(Text("Keine Antwort.", "No answer."))

    monkeypatch.setattr(FakeProcessor, "refund", silent)
    for _each in range(2):
        with pytest.raises(ProcessorError):
            back(house, twice, 11_900)
    assert keys == [f"{twice.pk.hex}-0"] * 2
    assert state(house, twice) == ([], 11_900, 0, 11_900)


def test_a_credit_on_the_invoice_goes_back_the_same_way_and_never_more_than_came(house, party):
    """119.00 came through the processor and 50.00 by hand on another; a credit of 238.00 sends back 119.00 at most."""
    (row,) = invoices(house, party, "200.00")
    pay(house, row, 11_900)
    with as_tenant(house.tenant.pk):
        asked = Asked(method="fake", listed=[], known={}, back="http://testserver/back/")
        begin_checkout(row, asked=asked, at=NOW, actor=house.actor)
        checkout = Checkout.objects.get()
        assert refundable(checkout) == euro(0)
    say(house, checkout, "PAID", minor=11_900)
    with as_tenant(house.tenant.pk):
        InvoiceBalance.objects.filter(invoice=row).update(open_minor=-23_800)
    assert state(house, checkout)[3] == 11_900
    with pytest.raises(PaymentRefusedError, match="Not that much came in this way"):
        back(house, checkout, 11_901)
    made = back(house, checkout, 11_900)
    say(house, checkout, "REFUND_FAILED", minor=11_900, refund=made.reference)
    with as_tenant(house.tenant.pk):
        assert InvoiceBalance.objects.get(invoice=row).open_minor == -23_800
        (told,) = failed_refunds()
        assert (told.checkout, told.customer) == (checkout.pk, "Alder & Söhne GmbH")


def stripe(card: CardProcessor, thing: dict[str, object]) -> Any:
    body = json.dumps({"id": "evt_9", "type": "refund.updated", "data": {"object": thing}}).encode()
    stamp = str(int(NOW.timestamp()))
    signed = hmac.new(b"w", stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return card.understood(body, {"Stripe-Signature": f"t={stamp},v1={signed}"}, at=NOW)


@pytest.mark.parametrize(
    ("status", "happened"),
    [
        ("succeeded", Happened.REFUNDED),
        ("failed", Happened.REFUND_FAILED),
        ("canceled", Happened.REFUND_FAILED),
        ("pending", Happened.OTHER),
    ],
)
def test_what_stripe_says_of_a_refund_is_its_status(status, happened):
    thing = {
        "object": "refund", "id": "re_1", "amount": 100, "currency": "eur", "status": status,
        "metadata": {"reference": "a.b"}, "failure_reason": "lost_or_stolen_card",
    }  # fmt: skip
    found = stripe(CardProcessor("k", "w"), thing)
    assert (found.reference, found.refund, found.happened, found.amount, found.why) == (
        "a.b", "re_1", happened, euro(100), "lost_or_stolen_card",
    )  # fmt: skip
    bare = stripe(CardProcessor("k", "w"), thing | {"metadata": None, "failure_reason": None})
    assert (bare.reference, bare.why, bare.capture) == ("", "", "")
    assert stripe(CardProcessor("k", "w"), thing | {"payment_intent": "pi_1"}).capture == "pi_1"


@pytest.mark.parametrize(
    ("kind", "happened", "refund"),
    [
        ("PAYMENT.CAPTURE.REFUNDED", Happened.REFUNDED, "R-1"),
        ("PAYMENT.REFUND.FAILED", Happened.REFUND_FAILED, "R-1"),
        ("PAYMENT.REFUND.PENDING", Happened.OTHER, ""),
    ],
)
def test_what_paypal_says_of_a_refund(monkeypatch, kind, happened, refund):
    paypal = PayPal("c", "s", "w")
    monkeypatch.setattr(PayPal, "_post", lambda *_args, **_named: {"verification_status": "SUCCESS"})
    thing = {
        "id": "R-1", "custom_id": "a.b", "amount": {"value": "1.00", "currency_code": "EUR"},
        "status_details": {"reason": "ECHECK"},
        "links": [{"rel": "self", "href": "x"}, {"rel": "up", "href": "https://api.paypal.com/v2/payments/captures/C-1"}],
    }  # fmt: skip
    body = json.dumps({"id": "WH-2", "event_type": kind, "resource": thing}).encode()
    found = paypal.understood(body, {"Paypal-Transmission-Time": NOW.isoformat()}, at=NOW)
    assert found.capture == ("C-1" if refund else "R-1")
    bare = json.dumps({"id": "WH-3", "event_type": kind, "resource": {"id": "R-1"}}).encode()
    headers = {"Paypal-Transmission-Time": NOW.isoformat()}
    assert paypal.understood(bare, headers, at=NOW).capture == ("" if refund else "R-1")
    assert (found.reference, found.happened, found.refund, found.why) == ("a.b", happened, refund, "ECHECK")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"id": "R-1", "status": "COMPLETED"}, PaidBack("R-1", Happened.REFUNDED)),
        ({"id": "R-1", "status": "PENDING"}, PaidBack("R-1", Happened.OTHER)),
        ({"id": "R-1", "status": "FAILED", "status_details": {"reason": "X"}},
         PaidBack("R-1", Happened.REFUND_FAILED, "X")),
    ],
)  # fmt: skip
def test_paypals_answer_to_a_refund(monkeypatch, answer, expected):
    told: list[Any] = []
    monkeypatch.setattr(PayPal, "_post", lambda _self, path, sent, key: told.append((path, sent, key)) or answer)
    assert PayPal("c", "s", "w").refund("C-1", euro(100), key="k", reference="a.b") == expected
    amount = {"currency_code": "EUR", "value": "1.00"}
    assert told == [("/v2/payments/captures/C-1/refund", {"amount": amount, "custom_id": "a.b"}, "k")]


# The pages


def test_on_the_page_it_is_checked_then_confirmed_and_followed(house, twice, staff):
    url = reverse("books:pay-back", args=[twice.pk])
    assert "€119.00" in staff.get(url).content.decode()
    told = {"amount": "100.00", "reason": "Paid twice", "do": "check"}
    checked = staff.post(url, told).content.decode()
    assert "this cannot be called back" in checked
    assert state(house, twice)[0] == []
    assert "€119.00 can go back this way." in staff.post(url, told | {"amount": "119.01"}).content.decode()
    assert staff.post(url, told | {"reason": ""}).status_code == 422
    done = staff.post(url, told | {"do": "pay"}, follow=True).content.decode()
    assert "€100.00 are on their way back." in done
    assert "on its way" in done
    with as_tenant(house.tenant.pk):
        made = Refund.objects.get()
    say(house, twice, "REFUND_FAILED", minor=10_000, refund=made.reference, why="lost_or_stolen_card")
    page = staff.get(url).content.decode()
    assert "The processor says: lost_or_stolen_card." in page
    assert "the money is owed again" in page
    assert (
        "Pay back the way it came" in staff.get(reverse("books:payment-rest", args=[twice.payment_id])).content.decode()
    )


def test_a_processor_that_does_not_answer_is_named_on_the_form(house, twice, staff, monkeypatch):
    def silent(*_args: Any, **_named: Any) -> PaidBack:
        raise ProcessorError(Text("Keine Antwort.", "No answer."))

    monkeypatch.setattr(FakeProcessor, "refund", silent)
    told = {"amount": "100.00", "reason": "x", "do": "pay"}
    answer = staff.post(reverse("books:pay-back", args=[twice.pk]), told)
    assert (answer.status_code, "No answer." in answer.content.decode()) == (422, True)
    assert state(house, twice)[0] == []


def test_the_fake_lets_a_refund_arrive_or_fail(house, twice, staff, settings):
    made = back(house, twice, 11_900)
    page = staff.get(reverse("books:pay-back", args=[twice.pk])).content.decode()
    assert "Play what becomes of it" in page
    player = processor("fake")
    assert isinstance(player, FakeProcessor)
    url = player.refund_page(made.reference, euro(11_900), reference="a.b", title="RE-1", back="/")
    assert (
        "Let it arrive"
        in Client(headers={"accept-language": "en"}).get(url.removeprefix(settings.KONTOR_BASE_URL)).content.decode()
    )
    settings.KONTOR_DEMO = False
    page = staff.get(reverse("books:pay-back", args=[twice.pk])).content.decode()
    assert "Play what becomes of it" not in page


def rest_left(house: Any, row: Any, minor: int) -> Payment:
    """Pay an invoice of 119.00 with so much more."""
    money = euro(11_900 + minor)
    booking = Booking(shares=(Share(row.pk, 11_900, HAND),), money=money, paid_on=ON, note="bar")
    with as_tenant(house.tenant.pk):
        return book_payment(booking, at=AT, actor=house.actor)


def waiting(house: Any, party: Any, staff: Client, *minors: int) -> None:
    for row, minor in zip(invoices(house, party, *["100.00"] * len(minors)), minors, strict=True):
        told = {"do": "refund", "amount": str(euro(minor).amount), "way": "FILE", "reason": f"Rest {minor}",
                "holder": "Alder", "iban": PAYER}  # fmt: skip
        url = reverse("books:payment-rest", args=[rest_left(house, row, minor).pk])
        assert staff.post(url, told)["Location"] == reverse("books:refunds")


def test_several_refunds_leave_in_one_file_with_one_booking_each(house, party, staff):
    waiting(house, party, staff, 1_000, 2_000, 500)
    page = staff.get(reverse("books:refunds")).content.decode()
    assert "3 refunds wait for a file" in page
    with as_tenant(house.tenant.pk):
        ids = [str(each.pk) for each in Refund.objects.order_by("amount_minor")]
    make = reverse("books:transfer-new", args=[house.seller.pk])
    answers = [staff.post(make, {"refund": ids[:2]})["Location"] for _each in range(2)]
    with as_tenant(house.tenant.pk):
        batch = TransferBatch.objects.get()
        assert (batch.count, batch.total_minor) == (2, 1_500)
        assert sorted(Payment.objects.filter(amount_minor__lt=0).values_list("amount_minor", flat=True)) == [
            -2_000, -1_000, -500,
        ]  # fmt: skip
        assert [row.amount_minor for row in waiting_refunds()] == [2_000]
    assert answers == [reverse("books:transfer", args=[batch.pk])] * 2
    assert "€15.00" in staff.get(answers[0]).content.decode()
    sent = etree.fromstring(staff.get(reverse("books:transfer-file", args=[batch.pk])).content)
    assert sorted(sent.xpath("//*[local-name()='InstdAmt']/text()")) == ["10.00", "5.00"]
    assert sent.xpath("//*[local-name()='CtrlSum']/text()") == ["15.00", "15.00"]


def test_a_refund_in_a_file_and_nonsense_make_no_second_file(house, party, staff):
    waiting(house, party, staff, 1_000, 2_000)
    with as_tenant(house.tenant.pk):
        ids = [str(each.pk) for each in Refund.objects.order_by("amount_minor")]
    make = reverse("books:transfer-new", args=[house.seller.pk])
    staff.post(make, {"refund": ids[:1]})
    refused = staff.post(make, {"refund": ids}, follow=True).content.decode()
    assert "Not each of these refunds waits for a file." in refused
    assert staff.post(make, {"refund": ["x"]})["Location"] == reverse("books:refunds")
    with as_tenant(house.tenant.pk):
        assert TransferBatch.objects.count() == 1


def test_a_refund_taken_back_waits_for_no_file(house, party, staff):
    waiting(house, party, staff, 1_000)
    with as_tenant(house.tenant.pk):
        reverse_payment(Refund.objects.get().payment_id, on=ON, reason="x", at=AT, actor=house.actor)
        assert list(waiting_refunds()) == []
    assert "No refund waits for a file" in staff.get(reverse("books:refunds")).content.decode()


def test_the_list_asks_as_often_for_three_as_for_one_and_is_exported(house, party, staff):
    counts = []
    url = reverse("books:refunds")
    for minors in ((1_000,), (2_000, 3_000)):
        waiting(house, party, staff, *minors)
        staff.get(url)
        with CaptureQueriesContext(connection) as asked:
            staff.get(url)
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert len(staff.get(url + "?format=csv").content.decode().splitlines()) == 4


@pytest.mark.parametrize("name", ["pay-back", "transfer", "transfer-file", "transfer-new"])
def test_strangers_and_people_without_the_right_see_none_of_it(house, twice, person_with, staff, name):
    stranger = reverse(f"books:{name}", args=[uuid.uuid4()])
    ask = staff.post if name == "transfer-new" else staff.get
    assert ask(stranger).status_code == 404
    nobody = person_with(["books.see"])
    assert (nobody.post if name == "transfer-new" else nobody.get)(stranger).status_code == 403
    assert nobody.get(reverse("books:refunds")).status_code == 403


def test_another_tenant_refunds_nothing_of_ours(house, twice):
    with as_tenant(make_customer_tenant("Other").pk), pytest.raises(Checkout.DoesNotExist):
        refund_checkout(twice.pk, amount=euro(1), reason="x", on=ON, at=NOW, actor=house.actor)
