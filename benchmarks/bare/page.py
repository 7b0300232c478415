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

INVOICES, CUSTOMERS = "/bare/invoices/", "/bare/customers/"
# Tables without row security that hold the same rows, made as the owner within the tenant.
TABLES = {
    "bare_invoice": "SELECT i.id, i.number, i.customer_name, i.issued_on, i.due_on, 'open'::text AS state,"
    " b.open_minor / 100.0 AS open, i.gross_minor / 100.0 AS gross"
    " FROM books_invoice i JOIN books_invoicebalance b ON (b.tenant_id, b.invoice_id) = (i.tenant_id, i.id)",
    "bare_customer": "SELECT id, name, city, country, email, vat_id, created_at FROM parties_party",
}
INDEXES = {"bare_invoice": "(issued_on DESC, id DESC)", "bare_customer": "(name, id)"}
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


_ENGINE = Engine(
    dirs=[Path(__file__).parent / "templates"],
    context_processors=[
        "django.template.context_processors.request",
        "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
    ],
)
_TEMPLATES = {name: _ENGINE.get_template(name) for name in ("invoices.html", "customers.html")}


@login_required
def invoices(request: HttpRequest) -> HttpResponse:
    return _listed(request, BareInvoice.objects.order_by("-issued_on", "-id"), "invoices.html")


@login_required
def customers(request: HttpRequest) -> HttpResponse:
    return _listed(request, BareCustomer.objects.order_by("name", "id"), "customers.html")


def _listed(request: HttpRequest, rows: models.QuerySet[Any], template: str) -> HttpResponse:
    page = Paginator(rows, 25).get_page(request.GET.get("page"))
    return HttpResponse(_TEMPLATES[template].render(RequestContext(request, {"page": page})))


def one(request: HttpRequest, pk: str) -> HttpResponse:
    raise NotImplementedError("Only its address is wanted.")


urlpatterns = [
    path("bare/invoices/", invoices),
    path("bare/customers/", customers),
    path("bare/<uuid:pk>/", one, name="bare-one"),
]


def handler() -> WSGIHandler:
    """Return the bare project's application; its addresses hold while `own_addresses` does."""
    with override_settings(MIDDLEWARE=MIDDLEWARE):
        return WSGIHandler()


own_addresses = override_settings(ROOT_URLCONF=__name__)
