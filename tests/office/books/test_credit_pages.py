"""The pages that give back a part of an invoice, and set credit off."""

import uuid
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from kontor.kernel.actor import MACHINE
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.actions.credits import credit_invoice
from kontor.office.books.models import InvoiceBalance
from kontor.office.books.queries.credits import CreditedPart, CreditOrder
from tests.factories import AT
from tests.office.books.furnishing import pay
from tests.office.books.invoicing import PAYER, invoices
from tests.office.books.test_invoice_pages import rows_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


def credit_url(invoice) -> str:
    return reverse("books:invoice-credit", args=[invoice.pk])


def balances(house) -> dict[str, int]:
    with as_tenant(house.tenant.pk):
        return dict(InvoiceBalance.objects.values_list("invoice__number", "open_minor"))


def test_a_part_is_credited_on_the_page_once_however_often_it_is_sent(house, party, staff):
    """50.00 net and 9.50 of VAT are given back of 119.00: 59.50 stay open."""
    (row,) = invoices(house, party, "100.00")
    sent = {"position_1": "50.00", "reason": "Goodwill", "once": str(uuid.uuid4())}
    answers = [staff.post(credit_url(row), sent) for _each in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert balances(house) == {"RE-2026-00001": 5_950, "RE-2026-00002": 0}

    page = staff.get(reverse("books:invoice", args=[row.pk])).content.decode()
    assert "Reduced by credit note" in page
    note = staff.get(answers[0]["Location"]).content.decode()
    assert "Credit note RE-2026-00002" in note
    (listed,) = rows_of(staff, reverse("books:invoices") + "?state=credit_note")
    assert "credit note" in listed


@pytest.mark.parametrize(
    ("entered", "sentence"),
    [
        ("100.01", "Only €100.00 net is left."),
        ("", "Enter the amount that is given back."),
        ("0", "Enter the amount that is given back."),
    ],
)
def test_too_much_or_nothing_is_refused_and_keeps_what_was_entered(house, party, staff, entered, sentence):
    (row,) = invoices(house, party, "100.00")
    answer = staff.post(credit_url(row), {"position_1": entered, "reason": "Goodwill", "once": "1"})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert "Goodwill" in answer.content.decode()
    assert balances(house) == {"RE-2026-00001": 11_900}


def test_a_credit_of_what_was_cancelled_meanwhile_says_so(house, party, staff):
    (row,) = invoices(house, party, "100.00")
    staff.post(reverse("books:invoice-cancel", args=[row.pk]), {"reason": "x"})
    answer = staff.post(credit_url(row), {"position_1": "1.00", "reason": "x", "once": "1"})
    assert answer.status_code == 422
    assert "RE-2026-00001 is already cancelled: RE-2026-00002." in answer.content.decode()


def test_credit_is_set_off_on_the_page(house, party, staff):
    """119.00 paid and credited whole: 100.00 of it pay 100.00 of the next 238.00."""
    one, two = invoices(house, party, "100.00", "200.00")
    pay(house, one, 11_900)
    credit(house, one, "100.00")
    url = reverse("books:invoice-set-off", args=[one.pk])
    assert "€119.00 is owed back on RE-2026-00001" in staff.get(url).content.decode()
    refused = staff.post(url, {"do": "set_off", "invoice": str(two.pk), "amount": "119.01"})
    assert refused.status_code == 422
    answer = staff.post(url, {"do": "set_off", "invoice": str(two.pk), "amount": "100.00"})
    assert answer["Location"] == reverse("books:invoice", args=[two.pk])
    assert balances(house) == {"RE-2026-00001": -1_900, "RE-2026-00002": 13_800, "RE-2026-00003": 0}


def test_credit_is_paid_back_by_hand_or_with_a_file_for_the_bank(house, party, staff):
    """119.00 owed: 19.00 were paid back by hand, 100.00 wait for the next file."""
    (one,) = invoices(house, party, "100.00")
    pay(house, one, 11_900)
    credit(house, one, "100.00")
    url = reverse("books:invoice-set-off", args=[one.pk])
    by_hand = {"do": "refund", "way": "HAND", "amount": "19.00", "reason": "Overpaid"}
    assert staff.post(url, {**by_hand, "amount": "119.01"}).status_code == 422
    assert staff.post(url, by_hand)["Location"] == reverse("books:invoice", args=[one.pk])
    file = {"do": "refund", "way": "FILE", "amount": "100.00", "reason": "Rest", "holder": "Alder", "iban": PAYER}
    answer = staff.post(url, file, follow=True)
    assert "€100.00 booked; it goes out with the next file." in answer.content.decode()
    assert balances(house)["RE-2026-00001"] == 0


def test_where_nothing_is_owed_there_is_nothing_to_settle(house, party, staff):
    (row,) = invoices(house, party, "100.00")
    page = staff.get(reverse("books:invoice-set-off", args=[row.pk])).content.decode()
    assert "Nothing is owed back on this invoice." in page


def test_a_fully_credited_invoice_says_so(house, party, staff):
    (row,) = invoices(house, party, "100.00")
    credit(house, row, "100.00")
    assert "Nothing is left to credit" in staff.get(credit_url(row)).content.decode()


def credit(house, invoice, net: str) -> None:
    part = CreditedPart(position=1, quantity=Decimal(1), unit="C62", price=Decimal(net))
    order = CreditOrder(invoice=invoice.pk, occasion="test", on=date(2026, 12, 9), reason="x", parts=(part,))
    with as_tenant(house.tenant.pk):
        credit_invoice(order, at=AT, actor=MACHINE)
