"""Payments by redirect: what leaves, what is believed, once, in any order, after expiry; and that no card stays."""

import hashlib
import hmac
import json
import re
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.tenancy import as_tenant
from kontor.office.books.actions.checkouts import (
    Asked,
    CheckoutRefusedError,
    begin_checkout,
    items_for,
    refund_checkout,
)
from kontor.office.books.actions.payments import PaymentRefusedError
from kontor.office.books.actions.processors.card import CardProcessor
from kontor.office.books.actions.processors.fake import FakeProcessor
from kontor.office.books.actions.processors.interface import ForgedNoticeError, Happened, Order, ProcessorError
from kontor.office.books.actions.processors.offered import UnknownProcessorError, processor, processors
from kontor.office.books.actions.processors.paypal import PayPal
from kontor.office.books.models import Checkout, CheckoutNotice, InvoiceBalance, Payment
from kontor.office.books.queries.paying import Payer, known_items
from kontor.office.books.queries.rests import rest_of
from kontor.rulebook import terms
from kontor.rulebook.money import Money
from tests.factories import AT, House, make_house, make_party
from tests.office.books.furnishing import pay
from tests.office.books.invoicing import invoices

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 12, 10, 12, tzinfo=UTC)
BACK = "http://testserver/back/"
SET_UP = {
    "card_address": "https://api.stripe.com", "card_key": "", "card_webhook": "",
    "paypal_address": "https://api-m.paypal.com", "paypal_client": "", "paypal_secret": "", "paypal_webhook": "",
}  # fmt: skip


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    settings.KONTOR_DEMO = True
    settings.KONTOR_PROCESSORS = dict(SET_UP)


@pytest.fixture
def house() -> House:
    return make_house()


def listed(section: str) -> list[str]:
    privacy = terms.load("bookkeeping").privacy
    return [item.key for item in getattr(privacy, section).value]


def asked(method: str, known: dict[str, str] | None = None) -> Asked:
    lists = {"card": "billing_fields", "paypal": "payment_fields"}
    return Asked(
        method=method, listed=listed(lists[method]) if method in lists else [], known=known or {}, back=BACK
    )  # fmt: skip


def begun(house: House, *, method: str = "fake") -> tuple[Any, Checkout]:
    (row,) = invoices(house, make_party(house), "100.00")
    with as_tenant(house.tenant.pk):
        begin_checkout(row, asked=asked(method), at=NOW, actor=house.actor)
        return row, Checkout.objects.get()


def tell(house: House, checkout: Checkout, happened: str, *, event: str = "", minor: int = 11_900, **given: str) -> int:
    player = processor("fake")
    assert isinstance(player, FakeProcessor)
    told = {
        "event": event or f"e-{happened}",
        "reference": f"{house.tenant.pk.hex}.{checkout.pk.hex}",
        "happened": happened,
        "currency": "EUR",
        "minor": str(minor),
        "capture": "cap-1",
        **given,
    }
    body, headers = player.message(told, at=NOW)
    return post(body, headers)


def post(body: bytes, headers: dict[str, str], method: str = "fake") -> int:
    url = reverse("books:notice", args=[method])
    return Client(headers=headers).post(url, body, content_type="application/json").status_code


def standing(house: House) -> tuple[str, int, int]:
    """Return (state, open of the invoice, how many payments)."""
    with as_tenant(house.tenant.pk):
        checkout = Checkout.objects.get()
        balance = InvoiceBalance.objects.get(invoice=checkout.invoice_id)
        return checkout.state, balance.open_minor, Payment.objects.count()


@pytest.mark.requirement("SD-018")
def test_a_signed_message_pays_once_and_a_forged_or_repeated_one_changes_nothing(house):
    _row, checkout = begun(house)
    assert post(b'{"event": "x"}', {"Fake-Signature": "1,abc"}) == 400
    assert standing(house) == ("OPEN", 11_900, 0)
    assert [tell(house, checkout, "PAID") for _ in range(2)] == [200, 200]
    assert tell(house, checkout, "PAID", event="another") == 200
    assert standing(house) == ("PAID", 0, 1)


@pytest.mark.parametrize("order", [("FAILED", "PAID"), ("PAID", "FAILED"), ("EXPIRED", "PAID"), ("PAID", "EXPIRED")])
def test_messages_come_in_any_order(house, order):
    _row, checkout = begun(house)
    for happened in order:
        tell(house, checkout, happened)
    assert standing(house) == ("PAID", 0, 1)


def test_what_failed_or_expired_pays_nothing(house):
    _row, checkout = begun(house)
    tell(house, checkout, "FAILED")
    assert standing(house) == ("FAILED", 11_900, 0)


def test_a_payment_for_an_invoice_paid_meanwhile_stays_as_a_rest_and_goes_back(house):
    row, checkout = begun(house)
    pay(house, row, 11_900)
    tell(house, checkout, "EXPIRED")
    tell(house, checkout, "PAID")
    with as_tenant(house.tenant.pk):
        checkout.refresh_from_db()
        assert rest_of(checkout.payment) == Money("EUR", 11_900)
        done = refund_checkout(
            checkout.pk, amount=Money("EUR", 11_900), reason="doppelt", on=date(2026, 12, 10), at=NOW, actor=house.actor
        )
        assert (done.way, rest_of(checkout.payment).minor) == ("PROCESSOR", 0)
        with pytest.raises(PaymentRefusedError):
            refund_checkout(
                checkout.pk, amount=Money("EUR", 1), reason="x", on=date(2026, 12, 10), at=NOW, actor=house.actor
            )


def test_what_never_came_in_is_not_paid_back(house):
    _row, checkout = begun(house)
    with as_tenant(house.tenant.pk), pytest.raises(PaymentRefusedError, match="Nothing came in here"):
        refund_checkout(
            checkout.pk, amount=Money("EUR", 1), reason="x", on=date(2026, 12, 10), at=NOW, actor=house.actor
        )
    assert standing(house) == ("OPEN", 11_900, 0)


@pytest.mark.parametrize("told", [{"event": "e"}, {"happened": "MAYBE"}, {"minor": "much"}, {"currency": "euro"}])
def test_a_signed_message_that_says_nothing_sensible_is_refused(house, told):
    _row, checkout = begun(house)
    whole = {
        "event": "e", "reference": "a.b", "happened": "PAID", "currency": "EUR", "minor": "11900", "capture": "c",
    }  # fmt: skip
    sent = told if "event" in told else whole | told
    body, headers = processor("fake").message(sent, at=NOW)
    assert post(body, headers) == 400
    assert standing(house) == (checkout.state, 11_900, 0)


def test_an_old_message_is_not_believed(house):
    _row, checkout = begun(house)
    player = processor("fake")
    body, headers = player.message({"event": "e"}, at=NOW - timedelta(minutes=6))
    assert post(body, headers) == 400
    assert post(b"[]", player.message({}, at=NOW)[1]) == 400
    assert standing(house)[0] == checkout.state


def test_messages_about_nothing_of_ours_are_answered_and_change_nothing(house):
    _row, checkout = begun(house)
    assert tell(house, checkout, "PAID", reference="nonsense") == 200
    assert tell(house, checkout, "PAID", reference=f"{house.tenant.pk.hex}.{house.seller.pk.hex}") == 200
    assert standing(house) == ("OPEN", 11_900, 0)


def test_nothing_open_and_another_tenants_invoice_begin_nothing(house):
    row, _checkout = begun(house)
    pay(house, row, 11_900)
    with as_tenant(house.tenant.pk), pytest.raises(CheckoutRefusedError):
        begin_checkout(row, asked=asked("fake"), at=NOW, actor=house.actor)


def test_a_method_that_is_not_set_up_is_not_offered(house, settings):
    settings.KONTOR_DEMO = False
    assert processors() == {}
    with pytest.raises(UnknownProcessorError):
        processor("card")
    assert post(b"{}", {}, "fake") == 404
    assert Client().get(reverse("books:fake-processor")).status_code == 404
    settings.KONTOR_PROCESSORS = SET_UP | {"card_key": "k", "card_webhook": "w"}
    assert list(processors()) == ["card"]


def test_the_fake_says_that_it_is_one(house):
    _row, checkout = begun(house)
    url = processor("fake").begin(order_of(checkout, house, {})).url
    page = Client().get(f"{urlsplit(url).path}?{urlsplit(url).query}")
    assert "nothing is paid" in page.content.decode() or "nichts bezahlt" in page.content.decode()
    assert Client().get(urlsplit(url).path).status_code == 404


def order_of(checkout: Checkout, house: House, items: dict[str, str]) -> Order:
    return Order(
        reference=f"{house.tenant.pk.hex}.{checkout.pk.hex}", amount=Money("EUR", 11_900), title="RE-1", back=BACK,
        items=items, expires_at=NOW + timedelta(hours=2),
    )  # fmt: skip


class Recorder(BaseHTTPRequestHandler):
    """A server on loopback that answers as the real processors do and remembers what it was told."""

    asked: list[tuple[str, str]] = []
    verified = "SUCCESS"
    instead: dict[str, object] = {}  # answers by path that a test wants other than they are

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.asked.append((self.path, body))
        answers = {
            "/v1/oauth2/token": {"access_token": "t"},
            "/v1/checkout/sessions": {"id": "cs_1", "url": "https://checkout.example/cs_1"},
            "/v1/refunds": {"id": "re_1"},
            "/v2/checkout/orders": {
                "id": "O-1",
                "links": [{"rel": "payer-action", "href": "https://paypal.example/O-1"}],
            },
            "/v1/notifications/verify-webhook-signature": {"verification_status": type(self).verified},
            "/v2/payments/captures/C-1/refund": {"id": "R-1"},
            **self.instead,
        }
        self.send_response(200 if self.path in answers else 404)
        self.end_headers()
        self.wfile.write(json.dumps(answers.get(self.path, {})).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def there() -> Iterator[str]:
    Recorder.asked, Recorder.verified, Recorder.instead = [], "SUCCESS", {}
    server = HTTPServer(("127.0.0.1", 0), Recorder)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.requirement("SD-019")
def test_the_billing_portal_is_told_exactly_the_twelve_items(house, there):
    row, checkout = begun(house)
    with as_tenant(house.tenant.pk):
        known = dict(known_items(row, Payer("Jonas Alder", "VT-1"), method="card"))
    items = items_for(asked("card", known | {"telephone": "1"}))
    CardProcessor("k", "w", there).begin(order_of(checkout, house, items))
    ((_path, body),) = Recorder.asked
    told = [key[9:-1] for key in parse_qs(body, keep_blank_values=True) if key.startswith("metadata[")]
    assert told == [
        "title", "gender", "first_name", "last_name", "company", "address", "postcode", "city", "country",
        "customer_number", "email", "payment_type",
    ]  # fmt: skip
    assert told == listed("billing_fields")


@pytest.mark.requirement("SD-020")
def test_paypal_is_told_listed_items_only_and_nothing_where_another_method_is_chosen(house, there, settings):
    settings.KONTOR_PROCESSORS = SET_UP | {
        "paypal_address": there, "paypal_client": "c", "paypal_secret": "s", "paypal_webhook": "w",
    }  # fmt: skip
    row, _checkout = begun(house)  # by the fake
    assert Recorder.asked == []
    with as_tenant(house.tenant.pk):
        known = dict(known_items(row, Payer("Jonas Alder", "VT-1"), method="paypal"))
        begin_checkout(row, asked=asked("paypal", known), at=NOW, actor=house.actor)
        sent = Checkout.objects.get(method="paypal").items_sent
    assert set(sent) <= set(listed("payment_fields"))
    assert len(listed("payment_fields")) == 13
    assert sent == ["address", "amount", "email", "goods", "item_count", "item_number", "name"]
    assert not re.search(r"\b20457\b", str(Recorder.asked))  # the postcode is not on PayPal's list
    assert "auskunft" in PayPal("c", "s", "w").hint.de.casefold()


def test_paypal_is_not_told_what_is_not_known(house, there):
    _row, checkout = begun(house)
    begun_there = PayPal("c", "s", "w", there).begin(order_of(checkout, house, {}))
    assert (begun_there.order, begun_there.url) == ("O-1", "https://paypal.example/O-1")
    _token, (_path, body) = Recorder.asked
    told = json.loads(body)
    assert told["payment_source"] == {
        "paypal": {"experience_context": {"return_url": f"{BACK}?paid=1", "cancel_url": BACK, "user_action": "PAY_NOW"}}
    }


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [({"id": "O-1"}, "PayPal names no address."), (["O-1"], "The answer makes no sense.")],
)
def test_an_answer_that_leads_nowhere_begins_nothing(house, there, answer, sentence):
    _row, checkout = begun(house)
    Recorder.instead = {"/v2/checkout/orders": answer}
    with pytest.raises(ProcessorError) as refused:
        PayPal("c", "s", "w", there).begin(order_of(checkout, house, {}))
    assert refused.value.text.en == sentence


def signed_by_stripe(body: bytes, secret: str = "w", at: datetime = NOW) -> dict[str, str]:  # noqa: S107  a test's
    stamp = str(int(at.timestamp()))
    found = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {"Stripe-Signature": f"t={stamp},v1={found},v0=old"}


def test_a_card_payment_is_believed_by_its_signature_only(there):
    card = CardProcessor("k", "w", there)
    thing = {"client_reference_id": "a.b", "currency": "eur", "amount_total": 11_900, "payment_intent": "pi_1"}
    event = {
        "id": "evt_1",
        "type": "checkout.session.completed",
        "data": {"object": thing | {"payment_status": "paid"}},
    }
    body = json.dumps(event).encode()
    found = card.understood(body, signed_by_stripe(body), at=NOW)
    assert (found.event, found.reference, found.happened, found.amount, found.capture) == (
        "evt_1", "a.b", Happened.PAID, Money("EUR", 11_900), "pi_1",
    )  # fmt: skip
    unpaid = json.dumps(event | {"data": {"object": thing | {"payment_status": "unpaid"}}}).encode()
    assert card.understood(unpaid, signed_by_stripe(unpaid), at=NOW).happened is Happened.OTHER
    for wrong, headers in (
        (body + b" ", signed_by_stripe(body)),
        (body, signed_by_stripe(body, "other")),
        (body, signed_by_stripe(body, at=NOW - timedelta(minutes=6))),
        (body, {}),
        (b"{}", signed_by_stripe(b"{}")),
        (b"no", signed_by_stripe(b"no")),
    ):
        with pytest.raises(ForgedNoticeError):
            card.understood(wrong, headers, at=NOW)
    assert card.refund("pi_1", Money("EUR", 1), key="k", reference="a.b").reference == "re_1"


def test_a_paypal_message_is_believed_once_paypal_confirms_it(there):
    paypal = PayPal("c", "s", "w", there)
    amount = {"value": "119.00", "currency_code": "EUR"}
    event = {
        "id": "WH-1", "event_type": "PAYMENT.CAPTURE.COMPLETED",
        "resource": {"id": "C-1", "custom_id": "a.b", "amount": amount},
    }  # fmt: skip
    body, fresh = json.dumps(event).encode(), {"Paypal-Transmission-Time": NOW.isoformat()}
    found = paypal.understood(body, fresh, at=NOW)
    assert (found.event, found.happened, found.amount, found.capture) == (
        "WH-1", Happened.PAID, Money("EUR", 11_900), "C-1",
    )  # fmt: skip
    assert paypal.refund("C-1", Money("EUR", 100), key="k", reference="a.b").reference == "R-1"
    for headers in ({}, {"Paypal-Transmission-Time": "now"}, {"Paypal-Transmission-Time": "2026-12-10T11:00:00+00:00"}):
        with pytest.raises(ForgedNoticeError):
            paypal.understood(body, headers, at=NOW)
    for shapeless in (b'{"id": "1"}', b"[]", b'"WH-1"'):
        with pytest.raises(ForgedNoticeError):
            paypal.understood(shapeless, fresh, at=NOW)
    Recorder.verified = "FAILURE"
    with pytest.raises(ForgedNoticeError):
        paypal.understood(body, fresh, at=NOW)


def test_a_processor_that_does_not_answer_keeps_nothing(house, settings):
    settings.KONTOR_PROCESSORS = SET_UP | {"card_key": "k", "card_webhook": "w", "card_address": "http://127.0.0.1:9"}
    (row,) = invoices(house, make_party(house), "100.00")
    with as_tenant(house.tenant.pk):
        with pytest.raises(ProcessorError):
            begin_checkout(row, asked=asked("card"), at=NOW, actor=house.actor)
        assert Checkout.objects.count() == 0


@pytest.mark.requirement("AP-029")
def test_no_card_number_stays_whatever_a_message_holds(house):
    """4242 4242 4242 4242 passes the Luhn test; only references, amount and state are kept."""
    _row, checkout = begun(house)
    tell(house, checkout, "PAID", card_number="4242424242424242", iban="DE89370400440532013000")
    kept = []
    with as_tenant(house.tenant.pk), connection.cursor() as cursor:
        assert CheckoutNotice.objects.count() == 1
        for table in ("books_checkout", "books_checkoutnotice", "books_payment", "books_paymentshare"):
            cursor.execute(f"SELECT row_to_json(t)::text FROM {table} t")  # noqa: S608  our own words
            kept += [each for (each,) in cursor.fetchall()]
    ids = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}")
    numbers = re.findall(r"\d{13,19}", ids.sub("", " ".join(kept)))
    assert [each for each in numbers if luhn(each)] == []
    assert "DE89370400440532013000" not in " ".join(kept)
    assert luhn("4242424242424242")


def luhn(digits: str) -> bool:
    doubled = [int(each) * (2 if place % 2 else 1) for place, each in enumerate(reversed(digits))]
    return sum(each - 9 if each > 9 else each for each in doubled) % 10 == 0


def test_the_record_names_what_left(house):
    from tests.people import verbs

    _row, checkout = begun(house)
    tell(house, checkout, "PAID")
    assert verbs(house.tenant, checkout) == ["books.checkout_begun", "books.checkout_paid"]
    assert AT < NOW
