"""
The contract page to be measured against: the same rows on plain Django.

A session, a signed-in user, the contract, all of its amendments and invoices read as models from tables without row
security, and a template that shows the contract, its positions, the latest invoices and twenty entries of its history.
No tenant, no permissions, no menu, no clause, no decision, no state computed, one language.
"""

from pathlib import Path

from django.contrib.auth.decorators import login_required
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template import Engine, RequestContext
from django.test import override_settings
from django.urls import path

from benchmarks.bare.page import one

TABLES = {
    "bare_contract": "SELECT id, number, customer_name, seller_name, pack, version, start_on, concluded_at, terms,"
    " signature FROM contracts_contract",
    "bare_amendment": "SELECT id, contract_id, number, kind, effective_on, recorded_at, content, clause"
    " FROM contracts_amendment",
    "bare_bill": "SELECT i.id, i.subject_id AS contract_id, i.number, i.customer_name, i.issued_on, b.due_on,"
    " b.paid_on, b.open_minor / 100.0 AS open, i.gross_minor / 100.0 AS gross"
    " FROM books_invoice i JOIN books_invoicebalance b ON (b.tenant_id, b.invoice_id) = (i.tenant_id, i.id)",
}
INDEXES = {"bare_contract": "(id)", "bare_amendment": "(contract_id, number)", "bare_bill": "(contract_id, issued_on)"}


class BareContract(models.Model):
    id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=50)
    customer_name = models.CharField(max_length=200)
    seller_name = models.CharField(max_length=200)
    pack = models.CharField(max_length=50)
    version = models.CharField(max_length=20)
    start_on = models.DateField()
    concluded_at = models.DateTimeField()
    terms = models.JSONField()
    signature = models.JSONField()

    class Meta:
        app_label = "bare"
        managed = False
        db_table = "bare_contract"


class BareAmendment(models.Model):
    id = models.UUIDField(primary_key=True)
    contract = models.ForeignKey(BareContract, models.PROTECT, related_name="amendments")
    number = models.IntegerField()
    kind = models.CharField(max_length=50)
    effective_on = models.DateField()
    recorded_at = models.DateTimeField()
    content = models.JSONField()
    clause = models.CharField(max_length=200)

    class Meta:
        app_label = "bare"
        managed = False
        db_table = "bare_amendment"


class BareBill(models.Model):
    id = models.UUIDField(primary_key=True)
    contract = models.ForeignKey(BareContract, models.PROTECT, related_name="bills")
    number = models.CharField(max_length=50)
    customer_name = models.CharField(max_length=200)
    issued_on = models.DateField()
    due_on = models.DateField(null=True)
    paid_on = models.DateField(null=True)
    open = models.DecimalField(max_digits=12, decimal_places=2)
    gross = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        app_label = "bare"
        managed = False
        db_table = "bare_bill"


_ENGINE = Engine(
    dirs=[Path(__file__).parent / "templates"],
    context_processors=[
        "django.template.context_processors.request",
        "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
    ],
)
_TEMPLATE = _ENGINE.get_template("contract.html")


@login_required
def contract(request: HttpRequest, pk: str) -> HttpResponse:
    found = get_object_or_404(BareContract, pk=pk)
    amendments = list(found.amendments.order_by("number"))
    bills = list(found.bills.order_by("-issued_on", "-id"))
    entries = [(row.effective_on, row.kind, row.content, row.clause, None) for row in amendments]
    entries += [(bill.issued_on, "invoice", bill.number, "", bill) for bill in bills]
    entries += [(bill.paid_on, "paid", bill.number, "", bill) for bill in bills if bill.paid_on]
    entries.sort(key=lambda entry: entry[0], reverse=True)
    positions = [told for told in amendments[0].content if told["change"] == "AddItem"]
    shown = {"contract": found, "positions": positions, "bills": bills[:6], "entries": entries[:20]}
    shown["amendments"] = amendments  # ours shows what each of them made of the price
    return HttpResponse(_TEMPLATE.render(RequestContext(request, shown)))


urlpatterns = [path("bare/contract/<uuid:pk>/", contract), path("bare/<uuid:pk>/", one, name="bare-one")]
own_addresses = override_settings(ROOT_URLCONF=__name__)
