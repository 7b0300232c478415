"""Invoices and payments over the API: the house's own, what its customer received, and nobody else's."""

import base64
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.models import Invoice, Payment
from kontor.rulebook.ruling import Clause, Ruling, Text
from tests.calling import get, key_of, post, walked
from tests.factories import AT, House, make_party
from tests.office.books.formats.statements import camt
from tests.office.books.furnishing import keep_file, pay, sheet
from tests.office.books.invoicing import invoices, issue, make_customer_tenant, order

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
NOBODYS = "01a00000-0000-7000-8000-000000000000"
HOUSE = ("books.see", "books.payments")


@pytest.fixture
def customer() -> Tenant:
    return make_customer_tenant()


@pytest.fixture
def issued(house: House, customer: Tenant) -> list[Invoice]:
    """Two invoices to a customer with a tenant of its own, due on 15 December, the first with its reasons."""
    party = make_party(house, own_tenant_id=customer.pk)
    told: dict[str, Any] = {"customer_tenant": customer.pk}
    with as_tenant(house.tenant.pk):
        clause = Clause("visitor", "7.4", "2026-01")
        ruling = Ruling(date(2026, 12, 15), (clause,), (), (Text("14 Tage danach", "14 days after"),))
        why = store_ruling(ruling, question="books.due", customer_tenant=customer.pk, at=AT)
    return issue(house, order(house, party, due_ruling=why, **told), order(house, party, net="200.00", **told))


def queries(call: Callable[[], Any]) -> int:
    call()
    with CaptureQueriesContext(connection) as found:
        call()
    return len(found)


def test_the_house_lists_what_it_issued_and_its_customer_what_it_received(house, customer, issued):
    own, theirs = key_of(house.tenant, *HOUSE), key_of(customer, "books.received")
    status, page = get(own, "/invoices")
    assert (status, [item["number"] for item in page["items"]]) == (200, [each.number for each in issued])
    first = page["items"][0]
    assert (first["gross"], first["net"], first["vat"], first["open"]) == tuple(
        {"amount": amount, "currency": "EUR"} for amount in ("119.00", "100.00", "19.00", "119.00")
    )
    assert (first["state"], first["due_on"], first["supplier"]) == ("open", "2026-12-15", "Lindwurm Systeme GmbH")
    assert get(theirs, "/received/invoices")[1] == page
    assert walked(own, "/invoices", limit=1) == walked(theirs, "/received/invoices", limit=1) == page["items"]


def test_an_invoice_is_read_with_lines_taxes_and_reasons(house, customer, issued):
    for key, path in ((key_of(house.tenant, *HOUSE), ""), (key_of(customer, "books.received"), "/received")):
        status, found = get(key, f"{path}/invoices/{issued[0].pk}?why=true")
        (line,), (tax,) = found["lines"], found["taxes"]
        assert (status, line["price"], line["clause"], line["why"]) == (
            200, {"amount": "100.00", "currency": "EUR"}, "7.4", None,
        )  # fmt: skip
        assert (tax["category"], tax["rate"], tax["tax"]["amount"]) == ("S", "19", "19.00")
        status, balance = get(key, f"{path}/invoices/{issued[0].pk}/balance?why=true", "de")
        assert (balance["why"]["value"], balance["why"]["working"]) == ("15.12.2026", ["14 Tage danach"])
        assert balance["why"]["clauses"] == [{"source": "visitor", "number": "7.4", "version": "2026-01"}]
        assert "why" in get(key, f"{path}/invoices/{issued[0].pk}/balance")[1]


def test_filters_narrow(house, issued):
    key = key_of(house.tenant, *HOUSE)
    pay(house, issued[0], 11_900)

    def numbers(query: str) -> list[str]:
        return [item["number"] for item in get(key, f"/invoices?{query}")[1]["items"]]

    one, two = (each.number for each in issued)
    assert (numbers("state=paid"), numbers("state=open"), numbers(f"number={two}")) == ([one], [two], [two])
    assert (numbers(f"contract={issued[1].subject_id}"), numbers("issued_from=2027-01-01")) == ([two], [])
    assert get(key, "/invoices?state=lost")[0] == get(key, "/invoices?issued_from=1")[0] == 422


def test_files_are_given_byte_for_byte(house, customer, issued):
    with as_tenant(house.tenant.pk):
        kept = keep_file(issued[0])
    key = key_of(house.tenant, *HOUSE)
    (listed,) = get(key, f"/invoices/{issued[0].pk}/files")[1]["items"]
    assert (listed["id"], listed["media_type"], listed["size"]) == (str(kept.pk), "application/pdf", 5)
    given = Client().get(f"/api/v1/files/{kept.pk}", HTTP_AUTHORIZATION=f"Bearer {key}")
    assert (given.content, given["Content-Type"]) == (b"%PDF-", "application/pdf")
    assert given["Content-Disposition"] == f'attachment; filename="{issued[0].number}.pdf"'
    theirs = key_of(customer, "books.received")
    assert get(theirs, f"/received/files/{kept.pk}")[0] == 404  # it was kept for the house alone


def test_a_payment_is_recorded_once_under_its_key(house, issued):
    key = key_of(house.tenant, *HOUSE)
    paid = {"amount": "100.00", "currency": "EUR"}
    told = {"invoice": str(issued[0].pk), "paid": paid, "paid_on": "2026-12-09", "note": "bar bezahlt"}
    first = post(key, "/payments", told, HTTP_IDEMPOTENCY_KEY="p1")
    assert first == post(key, "/payments", told, HTTP_IDEMPOTENCY_KEY="p1")
    assert (first[0], first[1]["amount"], first[1]["shares"][0]["found_by"]) == (201, paid, "HAND")
    assert post(key, "/payments", told | {"note": "anders"}, HTTP_IDEMPOTENCY_KEY="p1")[0] == 422
    with as_tenant(house.tenant.pk):
        assert Payment.objects.count() == 1
    balance = get(key, f"/invoices/{issued[0].pk}/balance")[1]
    assert (balance["open"]["amount"], balance["state"]) == ("19.00", "part_paid")
    assert get(key, f"/payments/{first[1]['id']}") == (200, first[1])
    assert get(key, f"/payments?invoice={issued[0].pk}")[1]["items"] == [first[1]]
    assert get(key, "/payments?paid_from=2026-12-10")[1]["items"] == []


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"paid_on": "2026-12-11"}, 422),
        ({"paid": {"amount": "0", "currency": "EUR"}}, 422),
        ({"paid": {"amount": "-1.00", "currency": "EUR"}}, 422),
        ({"paid": {"amount": "1.001", "currency": "EUR"}}, 409),
        ({"paid": {"amount": "1.00", "currency": "XXQ"}}, 409),
        ({"paid": {"amount": "1.00", "currency": "USD"}}, 409),
        ({"invoice": NOBODYS}, 404),
        ({"note": "a\u0000b"}, 422),
    ],
)
def test_a_payment_that_cannot_be_is_refused(house, issued, change, status):
    told = {"invoice": str(issued[0].pk), "paid": {"amount": "1.00", "currency": "EUR"}, "paid_on": "2026-12-09",
            "note": "bar"}  # fmt: skip
    found = post(key_of(house.tenant, *HOUSE), "/payments", told | change)
    assert (found[0], found[1]["status"]) == (status, status)


def test_a_statement_is_read_in_once(house, issued):
    key = key_of(house.tenant, *HOUSE)
    (seller,) = get(key, "/sellers")[1]["items"]
    content = base64.b64encode(camt((sheet(("119.00", issued[0].number)),), "08")).decode()
    status, read = post(key, "/statements", {"seller": seller["id"], "content": content})
    (one,) = read["items"]
    assert (status, one["made"], one["entries"], one["booked"], one["waiting"]) == (200, True, 1, 1, 0)
    assert post(key, "/statements", {"seller": seller["id"], "content": content})[1]["items"][0]["made"] is False
    assert post(key, "/statements", {"seller": NOBODYS, "content": content})[0] == 404
    assert post(key, "/statements", {"seller": seller["id"], "content": "abcde"})[0] == 422
    assert post(key, "/statements", {"seller": seller["id"], "content": "PGE+"})[0] == 409
    (listed,) = get(key, "/payments")[1]["items"]
    assert (listed["statement"], listed["reversed"]) == (one["id"], False)


def test_every_endpoint_asks_for_its_right_and_shows_nobody_elses(house, customer, issued):
    with as_tenant(house.tenant.pk):
        kept = keep_file(issued[0])
    stranger = key_of(make_customer_tenant("Birch"), "books.received", "books.see")
    nothing = key_of(house.tenant, "contracts.use")
    one = issued[0].pk
    for path in (f"/invoices/{one}", f"/invoices/{one}/balance", f"/invoices/{one}/files", f"/files/{kept.pk}"):
        assert get(nothing, path)[0] == get(nothing, f"/received{path}")[0] == 403
        assert get(stranger, f"/received{path}")[0] == 404
        assert get(stranger, path)[0] == 403  # its contract holds no books
    assert get(nothing, "/payments")[0] == get(nothing, "/sellers")[0] == 403
    assert get(stranger, "/received/invoices")[1] == {"items": [], "next": None}


def test_the_number_of_queries_does_not_depend_on_the_rows(house, party, customer):
    key, theirs = key_of(house.tenant, *HOUSE), key_of(customer, "books.received")
    told = {"customer_tenant": customer.pk}
    rows = issue(house, order(house, party, **told))
    pay(house, rows[0], 100)
    calls = [lambda: get(key, "/invoices"), lambda: get(key, "/payments"), lambda: get(theirs, "/received/invoices")]
    before = [queries(call) for call in calls]
    for row in [*invoices(house, party, "10.00", "20.00"), *issue(house, order(house, party, **told))]:
        pay(house, row, 100)
    assert [queries(call) for call in calls] == before
