"""
The page to be measured against: the same rows on plain Django, as its own tutorial would write it.

A session, a signed-in user, one paginated query on a table without row security, a template of a table. No tenant, no
permissions, no menu, no search, filters or sorting, and its words in one language.
"""

from pathlib import Path
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.handlers.wsgi import WSGIHandler
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template import Engine, RequestContext
from django.test import override_settings
from django.urls import path

INVOICES, CUSTOMERS, OFFERS, PAYMENTS = "/bare/invoices/", "/bare/customers/", "/bare/offers/", "/bare/payments/"
# Tables without row security that hold the same rows, made as the owner within the tenant.
TABLES = {
    "bare_invoice": "SELECT i.id, i.number, i.customer_name, i.issued_on, i.due_on, 'open'::text AS state,"
    " b.open_minor / 100.0 AS open, i.gross_minor / 100.0 AS gross"
    " FROM books_invoice i JOIN books_invoicebalance b ON (b.tenant_id, b.invoice_id) = (i.tenant_id, i.id)",
    "bare_offer": "SELECT o.id, o.number, o.customer_name, o.pack, s.sent_at, o.valid_until, s.state,"
    " o.per_period_minor / 100.0 AS per_period, o.once_minor / 100.0 AS once"
    " FROM contracts_offer o JOIN contracts_offerstate s ON (s.tenant_id, s.offer_id) = (o.tenant_id, o.id)",
    "bare_payment": "SELECT p.id, p.paid_on, i.customer_name, i.number, 'booked'::text AS state, p.note,"
    " p.amount_minor / 100.0 AS amount FROM books_payment p"
    " JOIN books_paymentshare s ON (s.tenant_id, s.payment_id) = (p.tenant_id, p.id)"
    " JOIN books_invoice i ON (i.tenant_id, i.id) = (s.tenant_id, s.invoice_id)",
    "bare_customer": "SELECT id, name, city, country, email, vat_id, created_at FROM parties_party",
}
INDEXES = {"bare_invoice": "(issued_on DESC, id DESC)", "bare_customer": "(name, id)",
    "bare_offer": "(sent_at DESC, id DESC)", "bare_payment": "(paid_on DESC, id DESC)"}  # fmt: skip
# Those of `django-admin startproject`.
MIDDLEWARE = (
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
)


class BareInvoice(models.Model):
    id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=50)
    customer_name = models.CharField(max_length=200)
    issued_on = models.DateField()
    due_on = models.DateField(null=True)
    state = models.CharField(max_length=20)
    open = models.DecimalField(max_digits=12, decimal_places=2)
    gross = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        app_label = "bare"
        managed = False
        db_table = "bare_invoice"


class BareCustomer(models.Model):
    id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=200)
    city = models.CharField(max_length=100)
    country = models.CharField(max_length=2)
    email = models.CharField(max_length=320)
    vat_id = models.CharField(max_length=20)
    created_at = models.DateTimeField()

    class Meta:
        app_label = "bare"
        managed = False
        db_table = "bare_customer"


class BareOffer(models.Model):
    id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=50)
    customer_name = models.CharField(max_length=200)
    pack = models.CharField(max_length=50)
    sent_at = models.DateTimeField()
    valid_until = models.DateField()
    state = models.CharField(max_length=20)
    per_period = models.DecimalField(max_digits=12, decimal_places=2)
    once = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        app_label = "bare"
        managed = False
        db_table = "bare_offer"


class BarePayment(models.Model):
    id = models.UUIDField(primary_key=True)
    paid_on = models.DateField()
    customer_name = models.CharField(max_length=200)
    number = models.CharField(max_length=50)
    state = models.CharField(max_length=20)
    note = models.CharField(max_length=300)
    amount = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        app_label = "bare"
        managed = False
        db_table = "bare_payment"


_ENGINE = Engine(
    dirs=[Path(__file__).parent / "templates"],
    context_processors=[
        "django.template.context_processors.request",
        "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
    ],
)
_TEMPLATES = {
    name: _ENGINE.get_template(name) for name in ("invoices.html", "customers.html", "offers.html", "payments.html")
}


@login_required
def invoices(request: HttpRequest) -> HttpResponse:
    return _listed(request, BareInvoice.objects.order_by("-issued_on", "-id"), "invoices.html")


@login_required
def customers(request: HttpRequest) -> HttpResponse:
    return _listed(request, BareCustomer.objects.order_by("name", "id"), "customers.html")


@login_required
def offers(request: HttpRequest) -> HttpResponse:
    return _listed(request, BareOffer.objects.order_by("-sent_at", "-id"), "offers.html")


@login_required
def payments(request: HttpRequest) -> HttpResponse:
    return _listed(request, BarePayment.objects.order_by("-paid_on", "-id"), "payments.html")


def _listed(request: HttpRequest, rows: models.QuerySet[Any], template: str) -> HttpResponse:
    page = Paginator(rows, 25).get_page(request.GET.get("page"))
    return HttpResponse(_TEMPLATES[template].render(RequestContext(request, {"page": page})))


def one(request: HttpRequest, pk: str) -> HttpResponse:
    raise NotImplementedError("Only its address is wanted.")


urlpatterns = [
    path("bare/invoices/", invoices),
    path("bare/customers/", customers),
    path("bare/offers/", offers),
    path("bare/payments/", payments),
    path("bare/<uuid:pk>/", one, name="bare-one"),
]


def handler() -> WSGIHandler:
    """Return the bare project's application; its addresses hold while `own_addresses` does."""
    with override_settings(MIDDLEWARE=MIDDLEWARE):
        return WSGIHandler()


own_addresses = override_settings(ROOT_URLCONF=__name__)
