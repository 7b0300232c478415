"""Invoices numbered, issued and cancelled by several at once: no gap, no number twice, nothing twice."""

import threading
from datetime import UTC, date, datetime

import pytest
from django.db import transaction

from kontor.kernel.models import RecordEntry
from kontor.kernel.tenancy import as_tenant
from kontor.office.books import public as books
from kontor.office.books.actions.invoices import AlreadyCancelledError, cancel_invoice
from kontor.office.books.models import Invoice, InvoiceBalance, NumberSeries
from tests.at_once import at_once, sessions_waiting, wait_for
from tests.factories import AT, House, make_house, make_party
from tests.office.books.invoicing import invoices, issue, order

RUN, BATCH = 500, 50


def numbers(house: House) -> list[str]:
    with as_tenant(house.tenant.pk):
        return list(Invoice.objects.order_by("number").values_list("number", flat=True))


def counted(first: int, last: int, year: int = 2026) -> list[str]:
    return [f"RE-{year}-{number:05}" for number in range(first, last + 1)]


@pytest.mark.trap(34)
@pytest.mark.django_db(transaction=True)
def test_two_runs_of_five_hundred_at_once_are_numbered_without_a_gap():
    """A third party takes numbers meanwhile and thinks better of it each time."""
    house = make_house()
    party = make_party(house)

    def run() -> None:
        for _ in range(0, RUN, BATCH):
            issue(house, *(order(house, party) for _ in range(BATCH)))

    def think_better() -> None:
        for _ in range(10):
            with as_tenant(house.tenant.pk):
                books.issue_invoices([order(house, party)], at=AT, actor=house.actor)
                transaction.set_rollback(True)

    assert at_once(run, run, think_better) == [None, None, None]
    assert numbers(house) == counted(1, 2 * RUN)


@pytest.mark.trap(34)
@pytest.mark.django_db(transaction=True)
def test_a_number_that_was_rolled_back_is_given_again():
    house = make_house()
    party = make_party(house)
    issue(house, order(house, party))
    with as_tenant(house.tenant.pk):
        (taken,) = books.issue_invoices([order(house, party)], at=AT, actor=house.actor)
        transaction.set_rollback(True)
    issue(house, order(house, party))
    assert (taken.number, numbers(house)) == ("RE-2026-00002", counted(1, 2))


@pytest.mark.trap(36)
@pytest.mark.django_db
def test_the_invoices_own_date_decides_the_series():
    """Finalised on 1 January at 00:10 in Berlin; that day lies in ISO week 2026-W53."""
    house = make_house()
    party = make_party(house)
    at = datetime(2026, 12, 31, 23, 10, tzinfo=UTC)
    old, new = (order(house, party, issued_on=day) for day in (date(2026, 12, 31), date(2027, 1, 1)))
    issue(house, new, old, at=at)
    assert numbers(house) == ["RE-2026-00001", "RE-2027-00001"]


@pytest.mark.django_db(transaction=True)
def test_one_occasion_issued_by_two_at_once_has_one_invoice():
    """Both have looked and found none before either has a number: the series is held until both wait for it."""
    house = make_house()
    party = make_party(house)
    issue(house, order(house, party))
    asked = order(house, party)

    held = threading.Event()

    def work() -> books.Issued | books.Refused:
        held.wait()
        with as_tenant(house.tenant.pk):
            (answer,) = books.issue_invoices([asked], at=AT, actor=house.actor)
        return answer

    def hold() -> None:
        with as_tenant(house.tenant.pk):
            NumberSeries.objects.select_for_update().get(kind="INVOICE")
            held.set()
            wait_for(lambda: sessions_waiting() == 2)

    _, one, two = at_once(hold, work, work)
    assert (one.id, one.number) == (two.id, two.number)
    assert sorted((one.made, two.made)) == [False, True]
    assert numbers(house) == counted(1, 2)
    with as_tenant(house.tenant.pk):
        assert NumberSeries.objects.get(kind="INVOICE").last_number == 2
        assert RecordEntry.objects.filter(verb="books.invoice_issued").count() == 2


@pytest.mark.django_db(transaction=True)
def test_an_invoice_is_cancelled_once_by_two_at_once():
    house = make_house()
    (row,) = invoices(house, make_party(house), "100.00")

    def cancel() -> str:
        with as_tenant(house.tenant.pk):
            made = cancel_invoice(row.pk, on=date(2026, 12, 2), reason="Irrtum", at=AT, actor=house.actor)
        return made.number

    answers = at_once(cancel, cancel)
    (refused,) = [answer for answer in answers if isinstance(answer, AlreadyCancelledError)]
    assert [answer for answer in answers if isinstance(answer, str)] == ["RE-2026-00002"]
    assert (refused.text.de, refused.text.en) == (
        "RE-2026-00001 ist schon storniert: RE-2026-00002.",
        "RE-2026-00001 is already cancelled: RE-2026-00002.",
    )
    assert numbers(house) == counted(1, 2)
    with as_tenant(house.tenant.pk):
        assert Invoice.objects.filter(cancels=row).count() == 1
        assert {balance.open_minor for balance in InvoiceBalance.objects.all()} == {0}
