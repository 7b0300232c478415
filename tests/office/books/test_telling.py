"""A customer hears in its own stream, and by its own webhooks, what its supplier did with its own documents."""

import pytest

from kontor.kernel.actions.webhooks import add_webhook
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Event, WebhookDelivery
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.actions.telling import publish_all, tell_customers
from tests.background import run_jobs
from tests.factories import AT, make_house, make_party
from tests.office.books.furnishing import pay
from tests.office.books.invoicing import invoices
from tests.office.books.test_credit_pages import credit
from tests.people import make_tenant

pytestmark = pytest.mark.django_db
KINDS = ["books.received_invoice", "books.received_payment"]


def heard(tenant) -> list[tuple[str, dict]]:
    with as_tenant(tenant.pk):
        rows = Event.objects.filter(kind__in=KINDS).order_by("number")
        return [(row.kind, row.payload) for row in rows]


def test_a_customer_is_told_of_its_invoices_and_payments_and_of_nobody_else_s():
    house, ours, other = make_house(), make_tenant("Alder"), make_tenant("Birke")
    mine, theirs = make_party(house, own_tenant=ours), make_party(house, name="Birke AG", own_tenant=other)
    (one,) = invoices(house, mine, "100.00")
    invoices(house, theirs, "200.00")
    pay(house, one, 11_900)
    run_jobs()
    kinds = [(kind, told["number"]) for kind, told in heard(ours)]
    assert kinds == [("books.received_invoice", "RE-2026-00001"), ("books.received_payment", "RE-2026-00001")]
    (_invoice, told), (_payment, paid) = heard(ours)
    assert (told["gross_minor"], told["currency"], told["due_on"]) == (11_900, "EUR", "2026-12-15")
    assert (paid["amount_minor"], paid["open_minor"], paid["paid_on"]) == (11_900, 0, "2026-12-09")
    assert [each["number"] for _kind, each in heard(other)] == ["RE-2026-00002"]
    assert heard(house.tenant) == []


def test_a_customer_is_told_of_a_credit_note_which_is_due_on_no_day():
    house, ours = make_house(), make_tenant("Alder")
    (invoice,) = invoices(house, make_party(house, own_tenant=ours), "100.00")
    credit(house, invoice, "40.00")
    run_jobs()
    *_, (_kind, told) = heard(ours)
    assert (told["kind"], told["gross_minor"], told["due_on"]) == ("381", 4_760, None)


def test_a_customer_s_webhook_gets_a_message_of_each():
    tenant = make_tenant("Alder")
    with as_tenant(tenant.pk):
        hook = add_webhook(
            address="https://hooks.alder.example/in", kinds=KINDS, mail_to="it@alder.example", at=AT, actor=MACHINE
        )
        publish_all("books.received_payment", [{"number": "RE-1"}, {"number": "RE-2"}], at=AT)
    with as_tenant(tenant.pk):
        assert list(WebhookDelivery.objects.values_list("webhook", "kind")) == [(hook.pk, "books.received_payment")] * 2
    assert [told["number"] for _kind, told in heard(tenant)] == ["RE-1", "RE-2"]


def test_a_customer_without_a_tenant_hears_nothing():
    house = make_house()
    with as_tenant(house.tenant.pk):
        tell_customers("books.received_invoice", [(None, {"number": "RE-1"})])
    run_jobs()
    assert heard(house.tenant) == []
