"""A customer's answer on its supplier's row: given as the supplier, recorded on both sides, refused to strangers."""

from datetime import date

import pytest

from kontor.kernel.actions.answering import UnknownAnswerError, answer
from kontor.kernel.actor import Actor
from kontor.kernel.models import RecordEntry, Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.models import Invoice, InvoiceBalance
from tests.factories import AT, make_house
from tests.office.contracts.test_billing import bill, concluded

pytestmark = pytest.mark.django_db
READER = Actor("PERSON", None, "Jonas Alder")


@pytest.fixture(autouse=True)
def mailbox(settings):
    settings.KONTOR_DEMO = True


@pytest.fixture
def received():
    house = make_house()
    contract = concluded(house)
    bill(house, date(2026, 12, 1))
    with as_tenant(house.tenant.pk):
        return house, contract, Invoice.objects.order_by("number").first()


def test_the_answer_is_given_as_the_supplier_and_recorded_on_both_sides(received):
    house, contract, invoice = received
    with as_tenant(contract.customer_tenant_id):
        answer("books.invoice_opened", invoice.pk, at=AT, actor=READER)
        assert [entry.verb for entry in RecordEntry.objects.filter(object_id=invoice.pk)] == ["books.invoice_opened"]

    with as_tenant(house.tenant.pk):
        assert InvoiceBalance.objects.get(invoice=invoice).first_opened_at == AT
        verbs = RecordEntry.objects.filter(object_id=invoice.pk).order_by("at", "id").values_list("verb", flat=True)
        assert [verb for verb in verbs if verb == "books.invoice_opened"] == ["books.invoice_opened"]


def test_a_stranger_cannot_answer(received):
    _, _, invoice = received
    stranger = Tenant.objects.create(name="Birch", created_at=AT)
    with as_tenant(stranger.pk), pytest.raises(Invoice.DoesNotExist):
        answer("books.invoice_opened", invoice.pk, at=AT, actor=READER)


def test_an_answer_that_nobody_declared_is_refused(received):
    _, contract, invoice = received
    with as_tenant(contract.customer_tenant_id), pytest.raises(UnknownAnswerError):
        answer("books.invoice_burnt", invoice.pk, at=AT, actor=READER)
