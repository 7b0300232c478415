"""Refunds made on the processor's own pages: booked once in any order, and the house is told what they leave open."""

from collections.abc import Sequence
from itertools import permutations
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.tenancy import as_tenant
from kontor.office.books import public as books
from kontor.office.books.actions.checkouts import begin_checkout
from kontor.office.books.actions.invoices import cancel_invoice
from kontor.office.books.models import Checkout, EarlyRefund, InvoiceBalance, Payment, PaymentShare, Refund
from kontor.office.books.queries.rests import rest_of
from tests.factories import House
from tests.office.books.furnishing import pay
from tests.office.books.invoicing import invoices
from tests.office.books.test_checkouts import NOW, asked, begun, tell
from tests.office.books.test_refunds import ON
from tests.people import browser, verbs

pytestmark = pytest.mark.django_db
Message = dict[str, Any]
PAID: Message = {"happened": "PAID", "event": "p", "minor": 11_900}


@pytest.fixture(autouse=True)
def playing(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    settings.KONTOR_DEMO = True


def refunded(minor: int, name: str = "re-1", happened: str = "REFUNDED", **given: Any) -> Message:
    """A message as the processor's own pages cause it: it knows the payment, but not our reference."""
    told = {"happened": happened, "event": f"{happened}-{name}", "minor": minor, "refund": name, "reference": ""}
    return told | given


def hear(house: House, checkout: Checkout, messages: Sequence[Message]) -> None:
    for message in messages:
        told = dict(message)
        assert tell(house, checkout, told.pop("happened"), **told) == 200


def books_of(house: House) -> tuple[int, list[str], int, int]:
    """Return (open of the invoice, state of each refund, given back, how many payments are left to be booked)."""
    with as_tenant(house.tenant.pk):
        checkout = Checkout.objects.get()
        states = list(Refund.objects.order_by("reference").values_list("state", flat=True))
        balance = InvoiceBalance.objects.get(invoice=checkout.invoice_id)
        shares = sum(PaymentShare.objects.filter(invoice=checkout.invoice_id).values_list("amount_minor", flat=True))
        assert balance.open_minor == 11_900 - shares
        assert (balance.paid_on is None) == (balance.open_minor > 0)
        return balance.open_minor, states, checkout.refunded_minor, EarlyRefund.objects.count()


@pytest.mark.parametrize("order", list(permutations([PAID, refunded(4_000), refunded(1_900, "re-2")])))
def test_two_refunds_one_told_twice_are_booked_once_in_any_order(house: House, order: Sequence[Message]) -> None:
    """119.00 came, 40.00 and 19.00 went back: 59.00 of the invoice are open again."""
    _row, checkout = begun(house)
    hear(house, checkout, [*order, refunded(4_000)])
    assert books_of(house) == (5_900, ["DONE", "DONE"], 5_900, 0)
    with as_tenant(house.tenant.pk):
        assert [(each.open.bare(), each.number) for each in books.outside_refunds()] == [
            ("59.00", checkout.invoice.number), ("59.00", checkout.invoice.number),
        ]  # fmt: skip
        assert list(Refund.objects.values_list("outside", flat=True)) == [True, True]


@pytest.mark.parametrize(
    "order", list(permutations([PAID, refunded(4_000), refunded(4_000, happened="REFUND_FAILED")]))
)
def test_one_that_failed_leaves_the_invoice_paid_in_any_order(house: House, order: Sequence[Message]) -> None:
    _row, checkout = begun(house)
    hear(house, checkout, order)
    assert books_of(house) == (0, ["FAILED"], 0, 0)
    with as_tenant(house.tenant.pk):
        assert (books.outside_refunds(), books.failed_refunds()) == ([], [])


def test_one_on_its_way_is_booked_and_followed(house: House) -> None:
    _row, checkout = begun(house)
    hear(house, checkout, [PAID, refunded(11_900, happened="OTHER")])
    assert books_of(house) == (11_900, ["ASKED"], 11_900, 0)
    hear(house, checkout, [refunded(11_900)])
    assert books_of(house) == (11_900, ["DONE"], 11_900, 0)
    with as_tenant(house.tenant.pk):
        refund = Refund.objects.get()
    assert verbs(house.tenant, refund) == ["books.refund_outside", "books.refund_arrived"]
    assert refund.reason == "Erstattet über Probezahlung (nur Vorführung)"


def test_what_is_left_of_the_payment_goes_first_then_what_is_owed(house: House) -> None:
    """119.00 came for an invoice paid meanwhile: all of it is left, and the invoice stays paid."""
    row, checkout = begun(house)
    pay(house, row, 11_900)
    hear(house, checkout, [PAID, refunded(10_000)])
    with as_tenant(house.tenant.pk):
        payment = Checkout.objects.select_related("payment").get().payment
        assert (rest_of(payment).minor, Payment.objects.get(draws_on=payment).amount_minor) == (1_900, -10_000)
        assert (InvoiceBalance.objects.get(invoice=row).open_minor, books.outside_refunds()) == (0, [])
        cancel_invoice(row.pk, on=ON, reason="Fehler", at=NOW, actor=house.actor)  # 119.00 are owed on it
    hear(house, checkout, [refunded(1_900 + 5_000, "re-2")])
    with as_tenant(house.tenant.pk):
        assert rest_of(payment).minor == 0
        assert (InvoiceBalance.objects.get(invoice=row).open_minor, books.outside_refunds()) == (-6_900, [])


def test_our_reference_is_enough_where_the_payment_is_not_named(house: House) -> None:
    _row, checkout = begun(house)
    known = f"{house.tenant.pk.hex}.{checkout.pk.hex}"
    early = refunded(4_000, reference=known, capture="")
    hear(house, checkout, [early, PAID])
    assert books_of(house) == (4_000, ["DONE"], 4_000, 0)


@pytest.mark.parametrize(
    "strange",
    [
        refunded(4_000, capture=""),
        refunded(4_000, "", event="x"),
        refunded(4_000, currency="USD"),
        refunded(0),
    ],
)
def test_what_names_no_payment_or_no_money_of_ours_changes_nothing(house: House, strange: Message) -> None:
    _row, checkout = begun(house)
    hear(house, checkout, [PAID, strange])
    assert books_of(house) == (0, [], 0, 0)


def test_a_refund_of_another_shops_payment_waits_and_books_nothing(house: House) -> None:
    _row, checkout = begun(house)
    hear(house, checkout, [PAID, refunded(4_000, capture="cap-of-another-shop")])
    assert books_of(house) == (0, [], 0, 1)


def test_without_a_house_nobody_is_meant(house: House) -> None:
    _row, checkout = begun(house)
    with as_tenant(house.tenant.pk):
        house.tenant.is_house = False
        house.tenant.save(update_fields=["is_house"])
    hear(house, checkout, [refunded(4_000)])
    assert books_of(house) == (11_900, [], 0, 0)


def test_the_houses_day_and_the_list_say_it(house: House) -> None:
    row, checkout = begun(house)
    hear(house, checkout, [PAID, refunded(4_000)])
    client = browser(house.staff, house.tenant)
    page = client.get(reverse("contracts:today"), headers={"Accept-Language": "en"})
    found = [(each.title, each.about, each.url) for each in page.context["hands"] if "payment service" in each.title]
    about = f"Alder & Söhne GmbH · {row.number} is open again with €40.00: credit it, or claim it"
    assert found == [("€40.00 were refunded at the payment service", about, reverse("books:invoice", args=(row.pk,)))]
    listed = client.get(reverse("books:refunds"), headers={"Accept-Language": "en"}).content.decode()
    assert "at the payment service" in listed


def test_two_invoices_are_never_mixed(house: House, party: Any) -> None:
    """Each message finds its own payment by the processor's name of it."""
    rows = invoices(house, party, "100.00", "100.00")
    with as_tenant(house.tenant.pk):
        for row in rows:
            begin_checkout(row, asked=asked("fake"), at=NOW, actor=house.actor)
        first, second = Checkout.objects.order_by("invoice__number")
    hear(house, first, [PAID | {"event": "p1", "capture": "c1"}])
    hear(house, second, [PAID | {"event": "p2", "capture": "c2"}, refunded(1_000, capture="c2")])
    with as_tenant(house.tenant.pk):
        balances = InvoiceBalance.objects.filter(invoice__in=rows).order_by("invoice__number")
        assert list(balances.values_list("open_minor", flat=True)) == [0, 1_000]
