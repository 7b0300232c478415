"""The pages of payments: statements read in, entries matched, payments by hand and taken back."""

import re
import uuid
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from kontor.kernel.tenancy import as_tenant
from kontor.office.books.actions.payments import HAND, Booking, Share, book_payment
from kontor.office.books.models import BankEntry, BankStatement, Invoice, InvoiceBalance, Payment
from kontor.rulebook.money import Money
from tests.factories import AT
from tests.office.books.formats.statements import Paper, camt
from tests.office.books.furnishing import first, sheet
from tests.office.books.invoicing import invoices

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "The file carries a document type or entities"),
        (b"hello", "not well-formed XML"),
        (camt([Paper(entries=(), closing="1.00")], "08"), "does not add up"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_changes_nothing(house, staff, content, sentence):
    file = SimpleUploadedFile("statement.xml", content, content_type="application/xml")
    answer = staff.post(reverse("books:statement-new"), {"seller": house.seller.pk, "file": file})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    with as_tenant(house.tenant.pk):
        assert BankStatement.objects.count() == 0


def test_a_statement_is_read_in_and_twice_is_once(house, party, staff):
    (row,) = invoices(house, party, "100.00")
    content = camt([sheet(("119.00", row.number), ("1.00", "what"))], "02")
    answers = [
        staff.post(
            reverse("books:statement-new"),
            {"seller": house.seller.pk, "file": SimpleUploadedFile("s.xml", content)},
            follow=True,
        ).content.decode()
        for _each in range(2)
    ]
    assert "2 entries read: 1 booked, 1 to match." in answers[0]
    assert "This statement is here already; nothing changed." in answers[1]
    with as_tenant(house.tenant.pk):
        assert (BankStatement.objects.count(), Payment.objects.count()) == (1, 1)


def proposal_of(client: Client, entry: BankEntry) -> str:
    body = client.get(reverse("books:entry", args=[entry.pk])).content.decode()
    return re.findall(r'name="shares" value="([^"]+)"', body)[0]


def test_a_proposal_is_booked_with_one_press_and_not_twice(furnished, staff):
    entry = first(BankEntry, furnished)
    shares = proposal_of(staff, entry)
    url = reverse("books:book", args=[entry.pk])
    assert "€50.00 booked" in staff.post(url, {"shares": shares}, follow=True).content.decode()
    with as_tenant(furnished.tenant.pk):
        assert InvoiceBalance.objects.get(invoice__number="RE-2026-00001").open_minor == 6_900

    again = staff.post(url, {"shares": shares}, follow=True).content.decode()
    assert "Something was booked meanwhile" in again or "matched already" in again
    with as_tenant(furnished.tenant.pk):
        assert Payment.objects.filter(entry=entry).count() == 1


def test_a_made_up_proposal_books_nothing(furnished, staff):
    entry = first(BankEntry, furnished)
    answer = staff.post(reverse("books:book", args=[entry.pk]), {"shares": f"{uuid.uuid4()}:1"}, follow=True)
    assert "Something was booked meanwhile" in answer.content.decode()
    with as_tenant(furnished.tenant.pk):
        assert Payment.objects.filter(entry=entry).count() == 0


def by_hand(*shares: tuple[Invoice, str]) -> dict[str, str]:
    form = {"shares-TOTAL_FORMS": str(len(shares)), "shares-INITIAL_FORMS": "1"}
    for place, (invoice, amount) in enumerate(shares):
        form |= {f"shares-{place}-invoice": str(invoice.pk), f"shares-{place}-amount": amount}
    return form


def test_an_entry_is_divided_by_hand(furnished, staff):
    entry = first(BankEntry, furnished)
    with as_tenant(furnished.tenant.pk):
        one, two = Invoice.objects.order_by("number")
    url = reverse("books:entry", args=[entry.pk])
    assert staff.post(url, by_hand((one, "40.00"), (two, "50.00"))).status_code == 422
    assert staff.post(url, by_hand((one, "30.00"), (two, "20.00"))).status_code == 302
    with as_tenant(furnished.tenant.pk):
        opens = InvoiceBalance.objects.order_by("invoice__number").values_list("open_minor", flat=True)
        assert list(opens) == [11_900 - 3_000, 23_800 - 1_000 - 2_000]


def test_money_off_the_statement_is_booked_by_hand(furnished, staff):
    with as_tenant(furnished.tenant.pk):
        invoice = Invoice.objects.get(number="RE-2026-00001")
    form = {"invoice": invoice.pk, "amount": "119.00", "paid_on": "2026-12-09", "note": "Cash"}
    assert staff.post(reverse("books:payment-new"), {**form, "note": ""}).status_code == 422
    staff.post(reverse("books:payment-new"), form)
    with as_tenant(furnished.tenant.pk):
        balance = InvoiceBalance.objects.get(invoice=invoice)
        assert (balance.open_minor, balance.paid_on) == (0, date(2026, 12, 9))


def test_a_payment_is_taken_back_with_a_reason(furnished, staff):
    url = reverse("books:payment-take-back", args=[first(Payment, furnished).pk])
    assert staff.post(url, {"reason": ""}).status_code == 422
    assert "€10.00 taken back." in staff.post(url, {"reason": "Wrong"}, follow=True).content.decode()
    assert "taken back already" in staff.post(url, {"reason": "Wrong"}, follow=True).content.decode()
    with as_tenant(furnished.tenant.pk):
        assert sum(Payment.objects.values_list("amount_minor", flat=True)) == 0


def test_what_is_left_of_a_payment_is_assigned_or_paid_back(house, party, staff):
    one, two = invoices(house, party, "100.00", "200.00")
    booking = Booking(
        shares=(Share(one.pk, 11_900, HAND),), money=Money("EUR", 15_000), paid_on=date(2026, 12, 9), note="bar"
    )
    with as_tenant(house.tenant.pk):
        payment = book_payment(booking, at=AT, actor=house.actor)
    here = reverse("books:payment-rest", args=[payment.pk])
    assert "€31.00 are left" in staff.get(here).content.decode()
    told = {"do": "assign", "invoice": str(two.pk), "amount": "99"}
    assert staff.post(here, told).status_code == 422
    assert staff.post(here, told | {"amount": "20"}).status_code == 302
    back = {"do": "refund", "amount": "11", "way": "FILE", "reason": "zu viel", "holder": "Alder", "iban": "DE00"}
    assert staff.post(here, back).status_code == 422
    answer = staff.post(here, back | {"iban": "DE89370400440532013000"}, follow=True)
    assert "€11.00 booked; it goes out with the next file." in answer.content.decode()
    assert "€0.00 are left" in staff.get(here).content.decode()
    for name in ("payment-rest", "transfer-file"):
        assert staff.get(reverse(f"books:{name}", args=[uuid.uuid4()])).status_code == 404


def test_a_notification_is_read_in_at_the_same_place(house, staff):
    content = camt([Paper((), balances=())], "08").decode()
    for old, new in (("camt.053", "camt.054"), ("BkToCstmrStmt", "BkToCstmrDbtCdtNtfctn"), ("Stmt>", "Ntfctn>")):
        content = content.replace(old, new)
    told = {"seller": house.seller.pk, "file": SimpleUploadedFile("n.xml", content.encode())}
    answer = staff.post(reverse("books:statement-new"), told, follow=True).content.decode()
    assert "Notification read; debits that came back: 0." in answer
