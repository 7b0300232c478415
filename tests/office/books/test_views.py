"""Each page of the books: to whom it answers, and how many queries it takes."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kontor.kernel.actions.rights import Grant, add_member, grant
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Role
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.actions.prices import add_seller, make_price_list
from kontor.office.books.models import BankEntry, BankStatement, Invoice, InvoiceFile, Payment, PriceList, Seller
from tests.factories import AT, ITEMS, SELLER, make_user
from tests.office.books.conftest import signed_in
from tests.office.books.furnishing import first, pay, read_in, sheet
from tests.office.books.invoicing import invoices, issue, make_customer_tenant, order

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


PAGES = (
    ("books:invoices", None, "books.see"),
    ("books:invoice", Invoice, "books.see"),
    ("books:invoice-cancel", Invoice, "books.invoices"),
    ("books:invoice-credit", Invoice, "books.invoices"),
    ("books:invoice-set-off", Invoice, "books.payments"),
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


WITH_ID = [page for page in PAGES + POSTS if page[1]]


@pytest.mark.parametrize(("name", "model", "permission"), WITH_ID)
def test_another_tenants_thing_is_not_there(furnished, name, model, permission):
    """Birke may do everything at home; Lindwurm's ids lead nowhere."""
    birke = make_customer_tenant("Birke")
    person = make_user("vera@birke.example", "Vera Birke")
    with as_tenant(birke.pk):
        role = Role.objects.create(name="All", everything=True)
        add_member(person, kind="EMPLOYEE", roles=[role], at=AT, actor=MACHINE)
        unlocked = Grant(
            module="books", from_on=date(2020, 1, 1), until_on=None, clause="", reason_de="x", reason_en="x"
        )
        grant([unlocked], contract=None, at=AT, actor=MACHINE)
    client, url = signed_in(person, birke), address(name, model, furnished)

    assert client.post(url, {"reason": "x", "shares": "x"}).status_code in {404, 405}
    assert client.get(url).status_code == (405 if (name, model, permission) in POSTS else 404)
    assert client.get(reverse("books:invoices")).status_code == 200


LISTS = ("books:invoices", "books:waiting", "books:payments", "books:statements", "books:price-lists", "books:sellers")


@pytest.mark.parametrize("name", LISTS)
def test_a_list_takes_as_many_queries_for_three_rows_as_for_one(house, party, staff, name):
    def grow(place: int) -> None:
        (row,) = invoices(house, party, "100.00")
        read_in(house, sheet(("50.00", row.number), identification=f"S-{place}"))
        pay(house, row, 1_000)
        with as_tenant(house.tenant.pk):
            seller = add_seller(at=AT, actor=MACHINE, **SELLER | {"name": f"Seller {place}"})
            make_price_list(
                seller=seller,
                name="x",
                pack="",
                valid_from=date(2026, 1, 1),
                valid_until=None,
                items=[ITEMS[2]],
                at=AT,
                actor=MACHINE,
            )

    grow(1)
    assert staff.get(reverse(name)).status_code == 200
    one = queries_of(staff, reverse(name))
    grow(2)
    grow(3)
    assert queries_of(staff, reverse(name)) == one


def queries_of(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_an_invoices_page_takes_as_many_queries_for_three_lines_and_payments_as_for_one(house, party, staff):
    line = order(house, party).lines[0]
    (one,) = issue(house, order(house, party))
    (three,) = issue(house, order(house, party, lines=(line, line, line)))
    for row, count in ((one, 1), (three, 3)):
        for _each in range(count):
            pay(house, row, 100)
    urls = [reverse("books:invoice", args=[row.pk]) for row in (one, three)]
    staff.get(urls[0])
    assert queries_of(staff, urls[0]) == queries_of(staff, urls[1])
