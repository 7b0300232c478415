"""The pages of invoices: list, states, files, cancellation."""

import re
from datetime import date, datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import RecordEntry
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.actions.invoices import cancel_invoice
from kontor.office.books.models import Invoice, InvoiceFile
from tests.factories import AT
from tests.office.books.furnishing import first, pay
from tests.office.books.invoicing import invoices, issue, order

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


def rows_of(client: Client, url: str) -> list[str]:
    body = client.get(url).content.decode()
    table = body.partition("<tbody>")[2].partition("</tbody>")[0]
    return [re.sub(r"<[^>]+>", " ", row) for row in re.findall(r"<tr>(.*?)</tr>", table, flags=re.DOTALL)]


@pytest.fixture
def every_state(house, party):
    """One invoice in each state on 10 December: due 15 December unless said otherwise."""
    rows = issue(
        house,
        *(order(house, party) for _each in range(4)),
        order(house, party, issued_on=date(2026, 11, 25), due_on=date(2026, 12, 9)),
    )
    pay(house, rows[1], 5_000)
    pay(house, rows[2], 11_900)
    with as_tenant(house.tenant.pk):
        storno = cancel_invoice(rows[3].pk, on=date(2026, 12, 9), reason="x", at=AT, actor=MACHINE)
    return {
        "open": rows[0].number,
        "part_paid": rows[1].number,
        "paid": rows[2].number,
        "cancelled": rows[3].number,
        "overdue": rows[4].number,
        "cancellation": storno.number,
    }


WORDS = {
    "open": "open",
    "part_paid": "part paid",
    "paid": "paid",
    "cancelled": "cancelled",
    "overdue": "1 day overdue",
    "cancellation": "cancellation",
}


@pytest.mark.parametrize("state", WORDS)
def test_the_list_narrows_to_one_state_and_names_it(every_state, staff, state):
    (row,) = rows_of(staff, reverse("books:invoices") + f"?state={state}")
    assert every_state[state] in row
    assert WORDS[state] in row


def test_the_list_is_searched_sorted_and_exported(every_state, staff):
    url = reverse("books:invoices")
    assert len(rows_of(staff, f"{url}?q=00003")) == 1
    assert every_state["open"] in rows_of(staff, f"{url}?sort=number")[0]
    file = staff.get(f"{url}?format=csv&sort=number").content.decode("utf-8-sig").splitlines()
    assert file[0] == "Number,Customer,Date,Payable until,State,Still open,Amount"
    assert file[1] == "RE-2026-00001,Alder & Söhne GmbH,2026-12-01,2026-12-15,open,119.00,119.00"
    assert file[6] == "RE-2026-00006,Alder & Söhne GmbH,2026-12-09,,cancellation,,-119.00"


@pytest.mark.parametrize("at", ["2026-12-15T22:59:59+00:00", "2026-12-15T23:00:00+00:00"])
def test_an_invoice_is_overdue_from_midnight_in_the_sellers_zone(house, party, staff, monkeypatch, at):
    """Payable until 15 December: at 23:59:59 in Berlin it is open, a second later it is over."""
    invoices(house, party, "100.00")
    monkeypatch.setattr(timezone, "now", lambda: datetime.fromisoformat(at))
    over = at.endswith("23:00:00+00:00")
    assert len(rows_of(staff, reverse("books:invoices") + "?state=overdue")) == (1 if over else 0)
    (row,) = rows_of(staff, reverse("books:invoices"))
    assert ("1 day overdue" in row) is over
    assert ("One invoice is overdue: €119.00" in staff.get(reverse("books:invoices")).content.decode()) is over


def test_the_heading_sums_up_what_is_still_open_of_what_is_overdue(every_state, house, party, staff):
    (late,) = issue(house, order(house, party, net="200.00", issued_on=date(2026, 10, 1), due_on=date(2026, 10, 15)))
    pay(house, late, 3_800)
    for _ in range(8):  # the later ones are planned by the database already
        body = staff.get(reverse("books:invoices")).content.decode()
        assert "2 invoices are overdue: €319.00" in body  # 119.00 and 238.00 - 38.00


def test_a_file_is_given_as_it_was_kept(furnished, staff):
    answer = staff.get(reverse("books:file", args=[first(InvoiceFile, furnished).pk]))
    assert (answer.content, answer.headers["Content-Type"]) == (b"%PDF-", "application/pdf")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="RE-2026-00001.pdf"'


def test_an_invoice_is_cancelled_with_a_reason_only(furnished, staff):
    url = reverse("books:invoice-cancel", args=[first(Invoice, furnished).pk])
    assert staff.post(url, {"reason": ""}).status_code == 422
    answer = staff.post(url, {"reason": "Doppelt"})
    with as_tenant(furnished.tenant.pk):
        storno = Invoice.objects.get(kind="381")
        assert (storno.issued_on, RecordEntry.objects.get(object_id=storno.pk).actor) == (
            date(2026, 12, 10),
            furnished.staff.pk,
        )
    assert answer.headers["Location"] == reverse("books:invoice", args=[storno.pk])
    again = staff.post(url, {"reason": "Doppelt"}, follow=True)
    assert "is already cancelled" in again.content.decode()


def test_ubl_is_made_on_request(house, party, staff):
    (row,) = invoices(house, party, "100.00")
    staff.post(reverse("books:invoice-ubl", args=[row.pk]))
    with as_tenant(house.tenant.pk):
        assert InvoiceFile.objects.get().format == "XRECHNUNG_UBL"
