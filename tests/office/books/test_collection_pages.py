"""The pages of collections and mandates: what stands there, what a press does, who may not, and other tenants' ids."""

import uuid
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.tenancy import as_tenant
from kontor.office.books.models import Announcement, CollectionBatch, Debit, Invoice, MandateStanding
from tests.factories import House, make_party
from tests.office.books.collecting import announced, collecting_house, mandate
from tests.office.books.furnishing import pay

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 12, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOON)


@pytest.fixture
def house() -> House:
    return collecting_house()


def ready(house: House, count: int = 1) -> list[Announcement]:
    party = make_party(house)
    mandate(house, party)
    return announced(house, party, *["100.00"] * count)


def page(client, name: str, *args: object) -> str:
    return client.get(reverse(f"books:{name}", args=args)).content.decode()


def made(house, staff, count: int = 1) -> CollectionBatch:
    rows = ready(house, count)
    staff.post(reverse("books:collect", args=[house.seller.pk]), {"announcement": [str(row.pk) for row in rows]})
    with as_tenant(house.tenant.pk):
        return CollectionBatch.objects.get()


def test_what_is_ready_is_made_into_a_file_that_can_be_downloaded(house, staff):
    rows = ready(house, 2)
    assert "2 debits can be collected" in page(staff, "collections")
    url = reverse("books:collect", args=[house.seller.pk])
    asked = {"announcement": [str(row.pk) for row in rows]}
    answers = [staff.post(url, asked) for _ in range(2)]
    assert len({each.headers["Location"] for each in answers}) == 1
    batch = made_batch(house)
    body = page(staff, "collection", batch.pk)
    assert all(each in body for each in ("LS-2026-00001", "€238.00", "Mon 14 Dec 2026"))
    file = staff.get(reverse("books:collection-file", args=[batch.pk]))
    assert b"pain.008.001.08" in file.content


def made_batch(house: House) -> CollectionBatch:
    with as_tenant(house.tenant.pk):
        return CollectionBatch.objects.get()


def test_what_changed_is_said_and_announced_anew_with_one_press(house, staff):
    (row,) = ready(house)
    with as_tenant(house.tenant.pk):
        invoice = Invoice.objects.get()
    pay(house, invoice, 1_900)
    assert "€100.00 are open now" in page(staff, "collections")
    refused = staff.post(
        reverse("books:collect", args=[house.seller.pk]), {"announcement": [str(row.pk)]}, follow=True
    )  # fmt: skip
    assert "must be announced anew" in refused.content.decode()
    answer = staff.post(reverse("books:announce", args=[invoice.pk]), follow=True).content.decode()
    assert "€100.00 announced by mail" in answer
    assert "One debit can be collected" in answer
    again = staff.post(reverse("books:announce", args=[invoice.pk]), follow=True)
    assert again.status_code == 200


def test_a_rejection_is_noted(house, staff):
    batch = made(house, staff)
    with as_tenant(house.tenant.pk):
        debit = Debit.objects.get()
    for code in ("what", "AM04", "AM04"):
        staff.post(reverse("books:reject", args=[debit.pk]), {"code": code})
    assert "rejected (AM04)" in page(staff, "collection", batch.pk)
    assert "came back on 2 Dec 2026 (AM04)" in page(staff, "collections")


def test_a_mandate_shows_its_evidence_and_is_revoked_once(house, staff):
    batch = made(house, staff)
    with as_tenant(house.tenant.pk):
        row = Debit.objects.select_related("mandate").get(batch=batch).mandate
    assert "MD-2026-00001" in page(staff, "mandates")
    body = page(staff, "mandate", row.pk)
    assert all(each in body for each in ("Jonas Alder", "192.0.2.7", "DE•• •••• 3000", bytes(row.sha256).hex()))
    assert staff.get(reverse("books:mandate-file", args=[row.pk])).content.startswith(b"%PDF")
    url = reverse("books:mandate-revoke", args=[row.pk])
    staff.post(url, {"by": ""})
    staff.post(url, {"by": "Jonas Alder"})
    assert "revoked already" in staff.post(url, {"by": "Jonas Alder"}, follow=True).content.decode()
    with as_tenant(house.tenant.pk):
        assert MandateStanding.objects.get().revoked_by == "Jonas Alder"


def test_without_a_creditor_identifier_the_page_says_what_to_do(house, staff):
    from kontor.office.books.actions.prices import change_seller

    with as_tenant(house.tenant.pk):
        change_seller(house.seller.pk, at=NOON, actor=house.actor, creditor_id="")
    assert "No seller may collect yet" in page(staff, "collections")


PAGES = ("collection", "collection-file", "mandate", "mandate-file")
PRESSES = ("collect", "announce", "reject", "mandate-revoke")


def test_a_strangers_id_is_not_found(staff):
    gets = [staff.get(reverse(f"books:{name}", args=[uuid.uuid4()])).status_code for name in PAGES]
    posts = [staff.post(reverse(f"books:{name}", args=[uuid.uuid4()])).status_code for name in PRESSES]
    assert gets + posts == [404] * 8


def test_who_may_not_is_refused(house, person_with):
    client = person_with(["books.see"])
    codes = [client.get(reverse(f"books:{name}")).status_code for name in ("collections", "mandates")]
    codes += [client.get(reverse(f"books:{name}", args=[uuid.uuid4()])).status_code for name in PAGES]
    codes += [client.post(reverse(f"books:{name}", args=[uuid.uuid4()])).status_code for name in PRESSES]
    assert codes == [403] * 10


@pytest.mark.parametrize("name", ["collections", "mandates", "collection", "mandate"])
def test_the_number_of_queries_does_not_depend_on_the_rows(house, staff, name):
    batch = made(house, staff, 1)

    def queries() -> int:
        with as_tenant(house.tenant.pk):
            first = Debit.objects.order_by("pk").first()
        args = {"collection": [batch.pk], "mandate": [first.mandate_id]}.get(name, [])
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert staff.get(reverse(f"books:{name}", args=args)).status_code == 200
        return len(found)

    ready(house, 1)
    queries()
    before = queries()
    ready(house, 2)
    assert queries() == before
