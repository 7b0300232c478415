"""From issue or from receipt: when a contract's invoice is payable, under every pack."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.urls import reverse

from kontor.kernel.actions.answering import answer
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.queries.rulings import reasons_of
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.models import Invoice, InvoiceBalance
from kontor.office.contracts.actions import billing, conclusion
from kontor.office.contracts.models import Contract
from kontor.office.documents.models import DocumentVersion
from tests.background import run_jobs
from tests.factories import AT, accept, make_draft, make_house, make_party, send
from tests.people import administrator, browser

pytestmark = pytest.mark.django_db
BILLED = datetime(2027, 1, 4, 9, tzinfo=UTC)
OPENED = datetime(2027, 1, 7, 9, tzinfo=UTC)  # three days later
READER = Actor("OUTSIDE", None, "Jonas Alder")
RECEIPT = {"invoicing.due": "14 days", "invoicing.due_from": "receipt"}
ISSUE = {"invoicing.due": "30 days", "invoicing.due_from": "issue"}
DATES = {"invoicing.dates": ["2026-12-05"], "invoicing.due": "30 days", "term.initial": "12 months",
         "invoicing.interval": "year"}  # fmt: skip


def billed(pack: str, agreed: dict[str, Any]) -> tuple[Contract, InvoiceBalance]:
    """Bill a contract of this pack and return the balance of its first invoice, unsent."""
    house = make_house(pack)
    offer = send(house, make_draft(house, make_party(house), agreed=agreed))
    accept(house, offer)
    with as_tenant(house.tenant.pk):
        if pack == "visitor":
            conclusion.confirm_order(offer.pk, at=AT, actor=house.actor)
            conclusion.note_confirmation_received(offer.pk, at=AT)
    run_jobs()
    with as_tenant(house.tenant.pk):
        contract = Contract.objects.get(offer=offer)
        run = billing.start_run_of([contract.pk], until=BILLED.date(), at=BILLED, actor=MACHINE)
        billing.bill_contracts(run.pk, [contract.pk], at=BILLED)
        return contract, InvoiceBalance.objects.select_related("invoice").order_by("invoice__number").first()


@pytest.mark.parametrize(
    ("pack", "agreed", "expected", "counted"),
    [
        ("visitor", {}, date(2027, 1, 18), date(2027, 1, 21)),  # clause 7.4: 14 days from receipt
        ("crm", RECEIPT, date(2027, 1, 18), date(2027, 1, 21)),
        ("dealership", RECEIPT, date(2027, 1, 18), date(2027, 1, 21)),
        ("bookkeeping", RECEIPT, date(2027, 1, 18), date(2027, 1, 21)),
        ("crm", ISSUE, date(2027, 2, 3), date(2027, 2, 3)),
        ("dealership", ISSUE, date(2027, 2, 3), date(2027, 2, 3)),
        ("bookkeeping", ISSUE, date(2027, 2, 3), date(2027, 2, 3)),
        ("leisure", DATES, date(2027, 2, 3), date(2027, 2, 3)),
    ],
)
def test_an_invoice_is_payable_as_its_contract_counts(pack: str, agreed: dict[str, Any], expected: date, counted: date):
    contract, balance = billed(pack, agreed)
    from_receipt = expected != counted
    assert balance.invoice.due_on == expected
    assert balance.due_on == (None if from_receipt else expected)
    with as_tenant(contract.customer_tenant_id):
        answer("books.invoice_opened", balance.invoice_id, at=OPENED, actor=READER)
    with as_tenant(contract.tenant_id):
        balance.refresh_from_db()
        assert (balance.due_on, balance.received_on) == (counted, OPENED.date() if from_receipt else None)
        why = reasons_of(balance.due_ruling or balance.invoice.due_ruling)
        assert (why.value, why.pack, why.question) == (counted, pack, "contracts.due")


def test_what_a_signed_in_customer_opens_is_received_once():
    contract, balance = billed("visitor", {})
    with as_tenant(contract.customer_tenant_id):
        tenant = contract.customer_tenant
    client = browser(administrator(tenant), tenant)
    address = reverse("contracts:account-invoice", args=[balance.invoice_id])
    assert client.get(address).url == "/documents/agree/"  # what cannot be opened yet is not received
    with as_tenant(tenant.pk):
        text = DocumentVersion.objects.get()
    client.post("/documents/agree/", {"document": text.pk, "sha256": bytes(text.sha256).hex()})
    for _ in range(2):
        assert client.get(address).status_code == 200
    with as_tenant(contract.tenant_id):
        balance.refresh_from_db()
        assert balance.received_on is not None
        assert Invoice.objects.get(pk=balance.invoice_id).due_on == date(2027, 1, 18)  # what was printed stays
