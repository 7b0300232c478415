"""Each page of the books: what it shows, to whom it answers, and how many queries it takes."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.actions.blobs import keep
from kontor.kernel.actor import MACHINE
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.actions.payments import HAND, Booking, Share, book_payment
from kontor.office.books.actions.statements import import_statement
from kontor.office.books.models import (
    BankEntry,
    BankStatement,
    Invoice,
    InvoiceFile,
    Payment,
    PriceList,
    Seller,
)
from kontor.rulebook.money import Money
from tests.factories import AT
from tests.office.books.formats.statements import Detail, Entry, Paper, camt
from tests.office.books.invoicing import PAYER, invoices

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 12, 10, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def sheet(*entries: tuple[str, str], identification: str = "2026-230") -> Paper:
    rows = tuple(Entry(a, details=(Detail(a, remittance=(text,), iban=PAYER),)) for a, text in entries)
    total = sum(Money.parse(amount, "EUR").minor for amount, _ in entries)
    return Paper(entries=rows, closing=Money("EUR", 100_000 + total).bare(), identification=identification)


def read_in(house, *papers: Paper) -> None:
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


@pytest.fixture
def furnished(house, party):
    """Two invoices, one with a file, a statement with one entry that waits, a payment by hand."""
    one, two = invoices(house, party, "100.00", "200.00")
    with as_tenant(house.tenant.pk):
        keep_file(one)
    read_in(house, sheet(("50.00", one.number)))
    with as_tenant(house.tenant.pk):
        book_payment(
            Booking(
                shares=(Share(two.pk, 1_000, HAND),), money=Money("EUR", 1_000), paid_on=date(2026, 12, 9), note="bar"
            ),
            at=AT,
            actor=house.actor,
        )
    return house


PAGES = (
    ("books:invoices", None, "books.see"),
    ("books:invoice", Invoice, "books.see"),
    ("books:invoice-cancel", Invoice, "books.invoices"),
    ("books:file", InvoiceFile, "books.see"),
    ("books:waiting", None, "books.payments"),
    ("books:entry", BankEntry, "books.payments"),
    ("books:payments", None, "books.payments"),
    ("books:payment-new", None, "books.payments"),
    ("books:payment", Payment, "books.payments"),
    ("books:payment-take-back", Payment, "books.payments"),
    ("books:statements", None, "books.payments"),
    ("books:statement-new", None, "books.payments"),
    ("books:statement", BankStatement, "books.payments"),
    ("books:price-lists", None, "books.see"),
    ("books:price-list-new", None, "books.prices"),
    ("books:price-list", PriceList, "books.see"),
    ("books:price-list-edition", PriceList, "books.prices"),
    ("books:sellers", None, "books.see"),
    ("books:seller-new", None, "books.prices"),
    ("books:seller", Seller, "books.prices"),
)
POSTS = (
    ("books:invoice-ubl", Invoice, "books.invoices"),
    ("books:invoice-send", Invoice, "books.invoices"),
    ("books:book", BankEntry, "books.payments"),
)
ALL = {"books.see", "books.prices", "books.invoices", "books.payments"}


def address(name: str, model: Any, house: Any) -> str:
    return reverse(name, args=[first(model, house).pk] if model else [])


@pytest.mark.parametrize(("name", "model", "permission"), PAGES)
@pytest.mark.parametrize("language", ["de", "en"])
def test_a_page_answers_whoever_may_see_it(furnished, staff, name, model, permission, language):
    staff.cookies["kontor_language"] = language
    assert staff.get(address(name, model, furnished)).status_code == 200


@pytest.mark.parametrize(("name", "model", "permission"), PAGES + POSTS)
def test_a_page_refuses_whoever_lacks_the_permission(furnished, person_with, name, model, permission):
    client = person_with(sorted(ALL - {permission}))
    answer = (
        client.post(address(name, model, furnished))
        if (name, model, permission) in POSTS
        else client.get(address(name, model, furnished))
    )
    assert (answer.status_code, answer.headers["X-Reason"]) == (403, "permission")


@pytest.mark.parametrize(("name", "model", "permission"), PAGES + POSTS)
def test_nobody_signed_in_is_sent_to_the_sign_in(furnished, name, model, permission):
    url = address(name, model, furnished)
    answer = Client().get(url)
    assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, reverse("account_login"))
