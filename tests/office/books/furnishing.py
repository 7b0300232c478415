"""What the pages' tests put on the books, cheaply: statements, files without printing, payments."""

from datetime import date
from typing import Any

from kontor.kernel.actions.blobs import keep
from kontor.kernel.actor import MACHINE
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.actions.payments import HAND, Booking, Share, book_payment
from kontor.office.books.actions.statements import import_statement
from kontor.office.books.models import Invoice, InvoiceFile
from kontor.rulebook.money import Money
from tests.factories import AT, House
from tests.office.books.formats.statements import Detail, Entry, Paper, camt
from tests.office.books.invoicing import PAYER


def sheet(*entries: tuple[str, str], identification: str = "2026-230") -> Paper:
    rows = tuple(Entry(a, details=(Detail(a, remittance=(text,), iban=PAYER),)) for a, text in entries)
    total = sum(Money.parse(amount, "EUR").minor for amount, _ in entries)
    return Paper(entries=rows, closing=Money("EUR", 100_000 + total).bare(), identification=identification)


def read_in(house: House, *papers: Paper) -> None:
    with as_tenant(house.tenant.pk):
        import_statement(camt(papers, "08"), seller=house.seller.pk, at=AT, actor=MACHINE)


def first(model: Any, house: Any) -> Any:
    with as_tenant(house.tenant.pk):
        return model.objects.order_by("pk")[0]


def keep_file(invoice: Invoice) -> InvoiceFile:
    """A file as printing keeps it, without printing."""
    blob = keep(b"%PDF-", name=f"{invoice.number}.pdf", media_type="application/pdf", at=AT)
    return InvoiceFile.objects.create(
        invoice=invoice, format="ZUGFERD", file=blob, sha256=bytes(blob.sha256), rules="EN 16931", at=AT
    )


def pay(house: House, invoice: Invoice, minor: int) -> None:
    """Book so much on an invoice, in cash, on 9 December."""
    paid = Booking(
        shares=(Share(invoice.pk, minor, HAND),), money=Money("EUR", minor), paid_on=date(2026, 12, 9), note="bar"
    )
    with as_tenant(house.tenant.pk):
        book_payment(paid, at=AT, actor=house.actor)
