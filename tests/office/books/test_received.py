"""What a customer sees of the invoices its supplier sent it, and what it does not."""

from datetime import date

import pytest

from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.books import public as books
from kontor.office.books.actions.invoices import cancel_invoice
from kontor.office.books.models import Invoice, InvoiceFile
from kontor.rulebook.money import Money
from tests.background import run_jobs
from tests.factories import AT, make_party
from tests.office.books.invoicing import invoices, issue, make_customer_tenant, order

pytestmark = pytest.mark.django_db
TODAY = date(2026, 12, 10)


@pytest.fixture
def customer() -> Tenant:
    return make_customer_tenant()


def test_a_customer_lists_its_invoices_and_no_others(house, customer, django_assert_num_queries):
    ours = make_party(house, own_tenant=customer)
    other = make_party(house, name="Birke AG", email="post@birke.example")
    first, second = invoices(house, ours, "100.00", "200.00")
    invoices(house, other, "300.00")

    with as_tenant(customer.pk), django_assert_num_queries(1):
        rows = books.received_invoices(customer.pk, today=TODAY)

    assert [(row.number, row.gross, row.open, row.seller_name, row.state.key) for row in rows] == [
        (second.number, Money("EUR", 23_800), Money("EUR", 23_800), "Lindwurm Systeme GmbH", books.State.OPEN),
        (first.number, Money("EUR", 11_900), Money("EUR", 11_900), "Lindwurm Systeme GmbH", books.State.OPEN),
    ]


def test_a_customer_reads_one_invoice_with_lines_and_the_very_files_that_were_sent(house, customer):
    (row,) = invoices(house, make_party(house, own_tenant=customer), "100.00")
    run_jobs()

    with as_tenant(customer.pk):
        detail = books.received_invoice(row.pk, today=TODAY)
        assert [(line.name, line.net, line.clause) for line in detail.lines] == [
            ("Besucherverwaltung", Money("EUR", 10_000), "7.4")
        ]
        assert [file.format for file in detail.files] == ["XRECHNUNG_CII", "ZUGFERD"]
        content = books.received_file(detail.files[1].id)
        assert (content.name, content.media_type) == (detail.files[1].name, "application/pdf")
        assert content.content.startswith(b"%PDF")
        assert len(content.content) == detail.files[1].size


def test_a_cancelled_invoice_names_its_cancellation_and_back(house, customer):
    (row,) = invoices(house, make_party(house, own_tenant=customer), "100.00")
    with as_tenant(house.tenant.pk):
        storno = cancel_invoice(row.pk, on=date(2026, 12, 3), reason="Doppelt", at=AT, actor=house.actor)

    with as_tenant(customer.pk):
        original = books.received_invoice(row.pk, today=TODAY)
        cancellation = books.received_invoice(storno.id, today=TODAY)

    assert original.cancelled_by == (storno.id, storno.number)
    assert original.cancels is None
    assert cancellation.cancels == (row.pk, row.number)
    assert (original.invoice.state.key, cancellation.invoice.state.key) == (
        books.State.CANCELLED,
        books.State.CANCELLATION,
    )


def test_somebody_elses_invoice_and_file_do_not_exist(house, customer):
    (row,) = issue(house, order(house, make_party(house)))
    run_jobs()
    with as_tenant(house.tenant.pk):
        file = InvoiceFile.objects.filter(invoice=row)[0]

    with as_tenant(customer.pk):
        assert books.received_invoices(customer.pk, today=TODAY) == []
        with pytest.raises(Invoice.DoesNotExist):
            books.received_invoice(row.pk, today=TODAY)
        with pytest.raises(InvoiceFile.DoesNotExist):
            books.received_file(file.pk)
