"""Invoices: numbered without a gap, issued once per occasion, final, cancelled once by a document of their own."""

import uuid
from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Event, OutgoingMail, RecordEntry
from kontor.kernel.queries.blobs import read
from kontor.kernel.tenancy import as_tenant
from kontor.office.books import public as books
from kontor.office.books.actions.invoices import AlreadyCancelledError, NothingToCancelError, cancel_invoice
from kontor.office.books.actions.payments import HAND, Booking, Share, book_payment
from kontor.office.books.actions.prices import change_seller
from kontor.office.books.actions.printing import print_ubl
from kontor.office.books.formats.stored import from_json
from kontor.office.books.models import Invoice, InvoiceBalance, InvoiceFile, InvoiceLine
from kontor.office.parties.actions.parties import change_party
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Text
from tests.background import run_jobs
from tests.factories import AT, SELLER, make_party
from tests.office.books.invoicing import invoices, issue, make_customer_tenant, order

pytestmark = pytest.mark.django_db


class InterruptedRunError(Exception):
    """What a test raises in the middle of a run."""


def numbers(house) -> list[str]:
    with as_tenant(house.tenant.pk):
        return list(Invoice.objects.order_by("number").values_list("number", flat=True))


def test_an_invoice_says_what_was_ordered_to_the_cent(house, party):
    """3 × 0.13 net at 19 % is 0.39 + 0.07 = 0.46: VAT once per rate, not 0.02 a line."""
    line = books.OrderedLine(item="x", name="Mail", quantity=Decimal(1), unit="C62", price=Decimal("0.13"))
    (row,) = issue(house, order(house, party, lines=(line, line, line)))

    assert (row.net_minor, row.vat_minor, row.gross_minor) == (39, 7, 46)
    with as_tenant(house.tenant.pk):
        assert list(InvoiceLine.objects.order_by("position").values_list("position", "net_minor", "vat_rate")) == [
            (1, 13, 19),
            (2, 13, 19),
            (3, 13, 19),
        ]
        assert InvoiceBalance.objects.get().open_minor == 46


def test_an_occasion_is_invoiced_once(house, party):
    asked = order(house, party)
    (first,) = issue(house, asked)
    with as_tenant(house.tenant.pk):
        (again,) = books.issue_invoices([asked], at=AT, actor=MACHINE)

    assert again == books.Issued(first.pk, first.number, asked.subject_id, "2026-12", 10_000, 11_900, "EUR", made=False)
    assert numbers(house) == ["RE-2026-00001"]


def test_another_subject_or_occasion_is_another_invoice(house, party):
    subject = uuid.uuid4()
    issue(
        house,
        order(house, party, subject_id=subject),
        order(house, party, subject_id=subject, occasion="2027-01"),
        order(house, party),
    )
    assert numbers(house) == ["RE-2026-00001", "RE-2026-00002", "RE-2026-00003"]


def test_an_order_that_cannot_be_lawful_holds_up_no_other_and_takes_no_number(house, party):
    stranger = make_party(house, name="Fern GmbH", country="AT", vat_id="", email="post@fern.example")
    with as_tenant(house.tenant.pk):
        refused, issued = books.issue_invoices([order(house, stranger), order(house, party)], at=AT, actor=house.actor)
    assert isinstance(refused, books.Refused)
    assert isinstance(issued, books.Issued)
    assert numbers(house) == [issued.number] == ["RE-2026-00001"]


@pytest.mark.trap(34)
def test_a_run_that_breaks_leaves_no_gap(house, party):
    """1, then a broken transaction that had taken 2 and 3, then 2 again."""
    invoices(house, party, "1.00")
    with pytest.raises(InterruptedRunError), as_tenant(house.tenant.pk), transaction.atomic():
        books.issue_invoices([order(house, party), order(house, party)], at=AT, actor=MACHINE)
        raise InterruptedRunError
    invoices(house, party, "1.00")

    assert numbers(house) == ["RE-2026-00001", "RE-2026-00002"]


@pytest.mark.trap(37)
def test_a_changed_address_changes_no_issued_file(house, party):
    (row,) = invoices(house, party, "100.00")
    run_jobs()
    with as_tenant(house.tenant.pk):
        before = {file.format: read(file.file) for file in InvoiceFile.objects.select_related("file")}
        change_party(party.pk, street="Neuer Weg 1", name="Alder Neu GmbH", at=AT, actor=MACHINE)
        change_seller(house.seller.pk, street="Umzug 2", at=AT, actor=MACHINE)
    with as_tenant(house.tenant.pk):
        ubl = read(print_ubl(row.pk, at=AT).file)
        after = {file.format: read(file.file) for file in InvoiceFile.objects.select_related("file")}

    assert before.keys() == {"ZUGFERD", "XRECHNUNG_CII"}
    assert after == before | {"XRECHNUNG_UBL": ubl}
    assert b"Umzug 2" not in ubl
    assert SELLER["street"].encode() in ubl


def test_nobody_without_an_address_gets_an_invoice(house, party):
    with as_tenant(house.tenant.pk):
        change_party(party.pk, street="", at=AT, actor=MACHINE)
    asked = order(house, party)
    with as_tenant(house.tenant.pk):
        (refused,) = books.issue_invoices([asked], at=AT, actor=MACHINE)
    assert refused == books.Refused(
        asked,
        Text(
            "Von „Alder & Söhne GmbH“ fehlen Straße oder Ort. Ohne Anschrift gibt es keine Rechnung (UStG § 14 Abs. 4"
            " Nr. 1).",
            "Street or town of “Alder & Söhne GmbH” is missing. Without an address there is no invoice (UStG § 14 (4)"
            " 1).",
        ),
    )


def test_ubl_is_printed_once(house, party):
    (row,) = invoices(house, party, "100.00")
    with as_tenant(house.tenant.pk):
        assert print_ubl(row.pk, at=AT).pk == print_ubl(row.pk, at=AT).pk


@pytest.mark.trap(27)
def test_a_cancellation_is_a_document_of_its_own_with_reference_and_positive_amounts(house, party):
    (row,) = invoices(house, party, "100.00")
    with as_tenant(house.tenant.pk):
        done = cancel_invoice(row.pk, on=date(2026, 12, 3), reason="Doppelt berechnet", at=AT, actor=house.actor)
        made = Invoice.objects.get(pk=done.id)
        document = from_json(made.document)
        open_after = dict(InvoiceBalance.objects.values_list("invoice__number", "open_minor"))

    assert (made.kind, made.number, made.cancels_id, made.issued_on) == (
        "381",
        "RE-2026-00002",
        row.pk,
        date(2026, 12, 3),
    )
    assert (made.net_minor, made.vat_minor, made.gross_minor) == (10_000, 1_900, 11_900)
    assert [(each.number, each.issued) for each in document.preceding] == [(row.number, row.issued_on)]
    assert [(each.category.value, each.rate) for each in document.vat] == [("S", Decimal(19))]
    assert [note.text for note in document.notes] == ["Doppelt berechnet"]
    assert (document.due, document.terms) == (None, "Nimmt RE-2026-00001 ganz zurück; zu zahlen ist nichts.")
    assert open_after == {"RE-2026-00001": 0, "RE-2026-00002": 0}


@pytest.mark.trap(27)
def test_the_cancellations_files_pass_the_standards_rules_and_are_called_what_they_are(house, party):
    (row,) = invoices(house, party, "100.00")
    with as_tenant(house.tenant.pk):
        done = cancel_invoice(row.pk, on=date(2026, 12, 3), reason="Doppelt", at=AT, actor=house.actor)
    run_jobs()
    with as_tenant(house.tenant.pk):
        files = InvoiceFile.objects.filter(invoice=done.id).order_by("format")
        assert list(files.values_list("format", flat=True)) == ["XRECHNUNG_CII", "ZUGFERD"]
        subjects = set(OutgoingMail.objects.filter(about_id=done.id).values_list("subject", flat=True))
        assert subjects == {f"Stornorechnung {done.number}"}


def test_what_was_paid_before_a_cancellation_is_owed_back(house, party):
    """119.00 − 50.00 − 119.00 = −50.00."""
    (row,) = invoices(house, party, "100.00")
    paid = Booking(shares=(Share(row.pk, 5_000, HAND),), money=Money("EUR", 5_000), paid_on=date(2026, 12, 2))
    with as_tenant(house.tenant.pk):
        book_payment(paid, at=AT, actor=house.actor)
        cancel_invoice(row.pk, on=date(2026, 12, 3), reason="x", at=AT, actor=house.actor)
        assert InvoiceBalance.objects.get(invoice=row).open_minor == -5_000


def test_an_invoice_is_cancelled_once_and_a_cancellation_never(house, party):
    (row,) = invoices(house, party, "100.00")
    with as_tenant(house.tenant.pk):
        done = cancel_invoice(row.pk, on=date(2026, 12, 3), reason="x", at=AT, actor=MACHINE)
        with pytest.raises(AlreadyCancelledError, match=f"{row.number} was cancelled by {done.number}"):
            cancel_invoice(row.pk, on=date(2026, 12, 3), reason="x", at=AT, actor=MACHINE)
        with pytest.raises(NothingToCancelError, match=f"{done.number} is itself a cancellation"):
            cancel_invoice(done.id, on=date(2026, 12, 3), reason="x", at=AT, actor=MACHINE)
    assert numbers(house) == [row.number, done.number]


def test_another_tenant_finds_no_invoice_to_cancel(house, party):
    (row,) = invoices(house, party, "100.00")
    with as_tenant(make_customer_tenant().pk), pytest.raises(InvoiceBalance.DoesNotExist):
        cancel_invoice(row.pk, on=date(2026, 12, 3), reason="x", at=AT, actor=MACHINE)


def test_another_tenants_seller_cannot_invoice(house, party):
    asked = order(house, party)
    with as_tenant(make_customer_tenant().pk), pytest.raises(KeyError):
        books.issue_invoices([asked], at=AT, actor=MACHINE)


def test_issuing_and_cancelling_are_recorded_and_told(house, party):
    (row,) = invoices(house, party, "100.00")
    with as_tenant(house.tenant.pk):
        done = cancel_invoice(row.pk, on=date(2026, 12, 3), reason="x", at=AT, actor=house.actor)
    with as_tenant(house.tenant.pk):
        entries = RecordEntry.objects.filter(object_id__in=[row.pk, done.id]).order_by("at", "id")
        assert list(entries.values_list("verb", "object_id", "actor")) == [
            ("books.invoice_issued", row.pk, house.staff.pk),
            ("books.invoice_cancelled", done.id, house.staff.pk),
        ]
        kinds = list(Event.objects.filter(kind__startswith="books.").order_by("number").values_list("kind", flat=True))
        assert kinds == ["books.invoice_issued", "books.invoice_cancelled"]


def test_issuing_many_takes_no_more_queries_than_issuing_one(house, party, django_assert_max_num_queries):
    with as_tenant(house.tenant.pk):
        asked = [order(house, party) for _each in range(20)]
        with django_assert_max_num_queries(40):
            books.issue_invoices(asked, at=AT, actor=MACHINE)
