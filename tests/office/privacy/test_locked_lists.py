"""What is locked away for a duty alone: in no list of payments and offers, in no count, found by nobody."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.urls import reverse

from kontor.kernel.tenancy import as_tenant
from kontor.office.books.actions.payments import Booking, Share, book_payment
from kontor.office.books.models import Invoice, Payment
from kontor.office.contracts.models import Offer
from kontor.office.contracts.queries.finding import find_offers
from kontor.office.desk.queries.queue import counted
from kontor.office.privacy.models import Restriction
from kontor.rulebook.money import Money
from tests.factories import House, make_house, make_user
from tests.office.contracts.ending_walk import billed, signed
from tests.office.desk.asking import opened
from tests.people import browser, join

pytestmark = pytest.mark.django_db
LATER = datetime(2026, 12, 20, 9, tzinfo=UTC)
RIGHTS = ["books.see", "books.payments", "contracts.see", "desk.see"]


def lock(house: House, row: Any) -> None:
    with as_tenant(house.tenant.pk):
        Restriction.objects.create(
            label=row._meta.label, row=row.pk, kind="letter", clause="HGB § 257", until=date(2034, 12, 31), at=LATER
        )


def test_a_payment_of_a_locked_invoice_and_a_locked_quote_are_listed_and_opened_by_nobody():
    house = make_house()
    contract = signed(house)
    billed(house, contract, date(2026, 12, 31))
    with as_tenant(house.tenant.pk):
        invoice = Invoice.objects.earliest("number")
        offer = Offer.objects.get(pk=contract.offer_id)
        money = Money(invoice.currency, 100)
        booking = Booking(shares=(Share(invoice.pk, 100, "HAND"),), money=money, paid_on=LATER.date(), note="Auszug 7")
        payment = book_payment(booking, at=LATER, actor=house.actor)
    reader = make_user("wim@lindwurm.example", "Wim")
    join(house.tenant, reader, role="reader", permissions=RIGHTS)
    client = browser(reader, house.tenant)
    lists = {reverse("books:payments"): str(payment.pk), reverse("contracts:offers"): str(offer.pk)}
    pages = [reverse("books:payment", args=(payment.pk,)), reverse("contracts:offer", args=(offer.pk,))]
    pages.append(reverse("contracts:offer-file", args=(offer.pk,)))

    def seen() -> tuple[list[bool], list[int], int]:
        with as_tenant(house.tenant.pk):
            found = len(find_offers([offer.number], limit=5))
        told = [key in client.get(url).content.decode() for url, key in lists.items()]
        return told, [client.get(url).status_code for url in pages], found

    assert seen() == ([True, True], [200, 200, 200], 1)
    lock(house, invoice)
    assert seen() == ([False, True], [404, 200, 200], 1)
    with as_tenant(house.tenant.pk):
        lock(house, offer.quote)
    assert seen() == ([False, False], [404, 404, 404], 0)
    staff = browser(house.staff, house.tenant)
    assert [staff.get(url).status_code for url in pages] == [200, 200, 200]  # who keeps the registers looks
    back = reverse("books:payment-take-back", args=(payment.pk,))
    assert (staff.get(back).status_code, staff.post(back, {"reason": "Irrtum"}).status_code) == (200, 404)
    assert (client.get(back).status_code, client.post(back, {"reason": "Irrtum"}).status_code) == (404, 404)
    with as_tenant(house.tenant.pk):
        assert Payment.objects.count() == 1  # and changes nothing


def test_a_locked_request_is_in_no_count_of_the_queue():
    house = make_house()
    kept, locked = opened(house, subject="Bleibt"), opened(house, subject="Gesperrt")

    def open_ones() -> int:
        with as_tenant(house.tenant.pk):
            return counted(user=house.staff.pk, at=LATER, soon=LATER).views["all"]

    assert open_ones() == 2
    lock(house, locked)
    assert (open_ones(), kept.subject) == (1, "Bleibt")
