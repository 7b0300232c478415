"""What a customer sees of its contracts, invoices and modules; and that nobody else does."""

import hashlib
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.tenancy import as_tenant
from kontor.office.books.models import Invoice, InvoiceBalance, InvoiceFile
from kontor.office.contracts.actions import billing
from tests.background import run_jobs
from tests.factories import make_house, make_user
from tests.office.contracts.walking import concluded, customer
from tests.people import browser, join, make_tenant, visitor

pytestmark = pytest.mark.django_db


def url(name: str, *args: object) -> str:
    return reverse(f"contracts:{name}", args=args)


def billed(house) -> None:
    with as_tenant(house.tenant.pk):
        billing.start_run(until=date(2026, 12, 31), at=timezone.now(), actor=house.actor)
    run_jobs()


def ids(house, contract) -> dict[str, object]:
    with as_tenant(house.tenant.pk):
        invoice = Invoice.objects.filter(subject_id=contract.pk).first()
        file = InvoiceFile.objects.filter(invoice=invoice).first()
    return {
        "account-contract": contract.pk,
        "account-file": contract.pk,
        "account-invoice": invoice.pk,
        "account-invoice-file": file.pk,
    }


def test_the_account_shows_contract_modules_invoices_terms_and_whom_to_ask():
    house = make_house()
    contract = concluded(house)
    billed(house)

    page = customer(contract).get(url("account"))

    assert [row["contract"].number for row in page.context["contracts"]] == [contract.number]
    unlocked = [(str(row["title"].en), row["row"].quantity, str(row["clause"])) for row in page.context["unlocked"]]
    assert unlocked == [
        ("Platform", 10, "4.6.1"),
        ("Storage in GB", 2, "2.4"),
    ]
    assert len(page.context["invoices"]) == 2
    assert [text.version for text in page.context["agreed"]] == [contract.version]
    assert page.context["suppliers"][house.seller.name]["email"] == house.seller.email


def test_a_paid_invoice_says_when_it_was_paid_and_an_open_one_until_when():
    house = make_house()
    contract = concluded(house)
    billed(house)
    with as_tenant(house.tenant.pk):
        paid, still = Invoice.objects.filter(subject_id=contract.pk).order_by("number")
        InvoiceBalance.objects.filter(invoice=paid).update(paid_on=date(2026, 12, 20), open_minor=0)
        InvoiceBalance.objects.filter(invoice=still).update(due_on=date(2027, 1, 5))
    page = customer(contract).get(url("account-money", contract.pk)).content.decode()
    assert (page.count("paid on 20 Dec 2026"), page.count("payable until 5 Jan 2027")) == (1, 1)


def test_the_customer_reads_its_contract_as_the_house_does():
    house = make_house()
    contract = concluded(house)

    page = customer(contract).get(url("account-contract", contract.pk), {"on": "2026-12-24"})

    assert [(line.name, line.amount.bare()) for line in page.context["lines"]] == [
        ("Besucherverwaltung", "178.00"),
        ("Arbeitsplätze", "125.00"),
        ("Terminal", "1490.00"),
    ]
    assert all(line.why for line in page.context["lines"])


def test_the_signed_offer_and_each_invoice_file_are_the_bytes_that_were_kept():
    house = make_house()
    contract = concluded(house)
    billed(house)
    client, known = customer(contract), ids(house, contract)

    signed = client.get(url("account-file", contract.pk))
    file = client.get(url("account-invoice-file", known["account-invoice-file"]))

    assert hashlib.sha256(signed.content).hexdigest() == contract.signature["sha256"]
    with as_tenant(house.tenant.pk):
        kept = InvoiceFile.objects.get(pk=known["account-invoice-file"])
    assert hashlib.sha256(file.content).digest() == bytes(kept.sha256)


def test_an_invoice_gives_the_reason_of_every_line():
    house = make_house()
    contract = concluded(house)
    billed(house)
    client, known = customer(contract), ids(house, contract)

    page = client.get(url("account-invoice", known["account-invoice"]))

    assert page.status_code == 200
    assert all(why is not None for _line, _period, why in page.context["lines"])
    assert page.context["due_why"] is not None
    assert client.get(url("account-invoices")).status_code == 200
    assert client.get(url("account-invoices"), {"format": "csv"})["Content-Type"] == "text/csv; charset=utf-8"


def test_nobody_else_sees_any_of_it():
    house = make_house()
    contract = concluded(house)
    billed(house)
    known = ids(house, contract)
    other, stranger = make_tenant("Dorn"), make_user("dora@dorn.example", "Dora")
    join(other, stranger)
    client = browser(stranger, other)
    without = make_user("kai@dorn.example", "Kai")
    join(other, without, role="Nichts", permissions=["parties.see"])

    for name, key in known.items():
        assert client.get(url(name, key)).status_code == 404, name
        assert visitor().get(url(name, key)).status_code == 302, name
        assert browser(without, other).get(url(name, key)).status_code == 403, name
    for name in ("account", "account-invoices"):
        assert browser(without, other).get(url(name)).status_code == 403
        assert visitor().get(url(name)).status_code == 302
    assert "No contract yet" in client.get(url("account")).content.decode()


def test_the_number_of_queries_does_not_depend_on_the_invoices():
    house = make_house()
    contract = concluded(house)
    client = customer(contract)

    def count(name: str, *args: object) -> int:
        client.get(url(name, *args))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url(name, *args)).status_code == 200
        return len(queries)

    pages = (("account",), ("account-invoices",), ("account-contract", contract.pk))
    before = [count(*page) for page in pages]
    billed(house)
    assert [count(*page) for page in pages] == before
