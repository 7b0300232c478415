"""Invoices sent by post: received on the day that the house enters with its proof; the earliest receipt counts."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kontor.kernel.actions.blobs import NewFile
from kontor.kernel.models import Event
from kontor.kernel.queries.record import history_of
from kontor.kernel.queries.rulings import reasons_of
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.actions.invoices import cancel_invoice
from kontor.office.books.actions.postal_receipts import PostalProof, file_postal_receipt
from kontor.office.books.models import Invoice, PostalReceipt
from kontor.office.parties.models import Party
from kontor.rulebook.refusal import RefusalError
from tests.factories import House
from tests.office.books.test_receipt import RULE, accepted, balance, invoice
from tests.people import browser, entitle, join, make_tenant, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
NOON = datetime(2026, 12, 10, 12, 0, tzinfo=UTC)
Kind = PostalReceipt.Kind
SLIP = NewFile(data=b"%PDF-1.7 slip", name="rueckschein.pdf", media_type="application/pdf")


def filed(house: House, row: Invoice, on: date, **given: Any) -> PostalReceipt:
    told = {"kind": Kind.RETURN_RECEIPT, "tracking": "RR 12 345 678 9DE"} | given
    with as_tenant(house.tenant.pk):
        return file_postal_receipt(row.pk, PostalProof(received_on=on, **told), at=NOON, actor=house.actor)


def test_the_days_to_pay_count_from_the_day_of_the_return_receipt(house: House, party: Party):
    """Issued on 2 March, received on Thursday 5: 14 days end on Thursday 19 March 2026."""
    row = invoice(house, party)
    made = filed(house, row, date(2026, 3, 5), file=SLIP)

    kept = balance(house, row)
    assert (kept.received_on, kept.due_on, kept.due_ruling) == (date(2026, 3, 5), date(2026, 3, 19), made.ruling)
    with as_tenant(house.tenant.pk):
        why = reasons_of(made.ruling)
        assert (why.value, [each.number for each in why.clauses]) == (date(2026, 3, 19), ["7.4"])
        assert [step.en for step in why.working] == [
            "The period begins when the invoice is received: 5 March 2026, by registered letter with return receipt, "
            "no. RR 12 345 678 9DE.",
            "14 days after 5 March 2026 end on Thu 19 March 2026.",
        ]
        entries = {each.verb: each for each in history_of(row.pk)}
        assert entries["books.postal_receipt_filed"].after == {
            "received_on": "2026-03-05", "kind": "RETURN_RECEIPT", "tracking": "RR 12 345 678 9DE",
        }  # fmt: skip
        assert entries["books.postal_receipt_filed"].clause == "7.4"
        assert entries["books.invoice_received"].after == {"received_on": "2026-03-05", "due_on": "2026-03-19"}
        assert Event.objects.filter(kind="books.invoice_received").count() == 1
        assert PostalReceipt.objects.get().file.name == "rueckschein.pdf"


def test_of_several_receipts_the_earliest_counts(house: House, party: Party):
    row = invoice(house, party)
    accepted(house, row, datetime(2026, 3, 6, 8, tzinfo=UTC))
    filed(house, row, date(2026, 3, 9), kind=Kind.COURIER)
    assert balance(house, row).due_on == date(2026, 3, 20)  # by mail on the 6th
    filed(house, row, date(2026, 3, 4), kind=Kind.HANDED_OVER, tracking="", file=SLIP)
    kept = balance(house, row)
    assert (kept.received_on, kept.due_on) == (date(2026, 3, 4), date(2026, 3, 18))
    with as_tenant(house.tenant.pk):
        assert PostalReceipt.objects.count() == 2
        told = reasons_of(kept.due_ruling).working[0].de
    assert told == ("Die Frist beginnt mit dem Zugang der Rechnung: 04.03.2026, übergeben gegen Empfangsbekenntnis.")


@pytest.mark.parametrize(
    ("on", "given", "sentence"),
    [
        (date(2026, 12, 11), {}, "11 December 2026 has not come yet."),
        (date(2026, 3, 5), {"tracking": ""}, "The receipt needs a proof: a tracking number or a file."),
        (date(2026, 3, 1), {}, "What was issued on 2 March 2026 cannot have been received on 1 March 2026."),
    ],
)
def test_what_is_not_proved_or_cannot_be_is_refused(house: House, party: Party, on: date, given: Any, sentence: str):
    row = invoice(house, party)
    with pytest.raises(RefusalError) as refused:
        filed(house, row, on, **given)
    assert refused.value.text.en == sentence
    assert balance(house, row).received_on is None
    with as_tenant(house.tenant.pk):
        assert PostalReceipt.objects.count() == 0


def test_the_receipt_of_what_counts_from_its_issue_or_is_cancelled_is_not_filed(house: House, party: Party):
    with pytest.raises(RefusalError, match="counts from its issue"):
        filed(house, invoice(house, party, receipt=None, occasion="one"), date(2026, 3, 5))
    row = invoice(house, party, occasion="two")
    with as_tenant(house.tenant.pk):
        cancel_invoice(row.pk, on=date(2026, 3, 4), reason="Fehler", at=NOON, actor=house.actor)
    with pytest.raises(RefusalError, match="cancelled"):
        filed(house, row, date(2026, 3, 5))


def test_terms_without_a_clause_count_too(house: House, party: Party):
    from dataclasses import replace

    row = invoice(house, party, receipt=replace(RULE, clauses=()))
    filed(house, row, date(2026, 3, 5))
    assert balance(house, row).due_on == date(2026, 3, 19)


def test_another_tenant_finds_no_invoice(house: House, party: Party):
    row = invoice(house, party)
    proof = PostalProof(kind=Kind.COURIER, received_on=date(2026, 3, 5), tracking="1")
    with as_tenant(make_tenant("Birke").pk), pytest.raises(Invoice.DoesNotExist):
        file_postal_receipt(row.pk, proof, at=NOON, actor=house.actor)


# --- The page ------------------------------------------------------------------------------------------------------


def url_of(row: Invoice) -> str:
    return reverse("books:invoice-received", args=[row.pk])


def test_the_house_enters_it_with_its_paper_and_the_invoice_shows_it(house: House, party: Party, staff):
    row = invoice(house, party)
    assert "Received by post" in staff.get(reverse("books:invoice", args=[row.pk])).content.decode()
    assert "payable 14 days from receipt" in staff.get(url_of(row)).content.decode()
    told = {
        "received_on": "2026-03-05", "kind": "RETURN_RECEIPT", "tracking": "RR 1",
        "file": SimpleUploadedFile("slip.pdf", b"%PDF-1.7 slip", content_type="text/html"),
    }  # fmt: skip
    answer = staff.post(url_of(row), told, follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain == [(reverse("books:invoice", args=[row.pk]), 302)]
    assert "Filed; the payment period counts from that day." in page
    assert "by registered letter with return receipt" in page
    assert "Thu 19 Mar 2026" in page
    with as_tenant(house.tenant.pk):
        made = PostalReceipt.objects.get()
    paper = staff.get(reverse("books:receipt-proof", args=[made.pk]))
    assert (paper.content, paper.headers["Content-Type"]) == (b"%PDF-1.7 slip", "application/pdf")

    later = staff.post(url_of(row), told | {"received_on": "2026-03-09", "file": ""}, follow=True).content.decode()
    assert "Filed; an earlier receipt is known and counts." in later


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"tracking": ""}, "The receipt needs a proof: a tracking number or a file."),
        ({"file": SimpleUploadedFile("x.html", b"<script>")}, "The file is neither a PDF nor a picture."),
        ({"received_on": ""}, "This field is required."),
    ],
)
def test_what_does_not_fit_is_said_on_the_page(house: House, party: Party, staff, given: Any, sentence: str):
    row = invoice(house, party)
    answer = staff.post(url_of(row), {"received_on": "2026-03-05", "kind": "COURIER", "tracking": "1"} | given)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_where_the_receipt_changes_nothing_the_page_says_so(house: House, party: Party, staff):
    row = invoice(house, party, receipt=None)
    assert "counts from its issue" in staff.get(url_of(row)).content.decode()
    assert url_of(row) not in staff.get(reverse("books:invoice", args=[row.pk])).content.decode()


def test_only_who_issues_invoices_files_receipts(house: House, party: Party, person_with):
    row = invoice(house, party)
    made = filed(house, row, date(2026, 3, 5))
    reader = person_with(["books.see"])
    assert reader.get(url_of(row)).status_code == 403
    assert url_of(row) not in reader.get(reverse("books:invoice", args=[row.pk])).content.decode()
    assert reader.get(reverse("books:receipt-proof", args=[made.pk])).status_code == 404  # a number, no paper


def test_another_tenants_invoice_and_proof_are_not_found(house: House, party: Party):
    other, stranger = make_tenant("Birke"), make_user("karl@birke.example", "Karl Birke")
    join(other, stranger)
    entitle(other, "books")
    row = invoice(house, party)
    made = filed(house, row, date(2026, 3, 5), file=SLIP)
    client = browser(stranger, other)
    assert client.get(url_of(row)).status_code == 404
    assert client.get(reverse("books:receipt-proof", args=[made.pk])).status_code == 404


def test_the_invoice_takes_no_more_queries_with_more_receipts(house: House, party: Party, staff):
    row = invoice(house, party)
    counts = []
    for days in ([5], [6, 7]):
        for day in days:
            filed(house, row, date(2026, 3, day))
        staff.get(reverse("books:invoice", args=[row.pk]))
        with CaptureQueriesContext(connection) as found:
            staff.get(reverse("books:invoice", args=[row.pk]))
        counts.append(len(found))
    assert counts[0] == counts[1]
