"""Contracts of the house: all of them, and each as it stands on any day."""

import uuid
from datetime import date
from typing import Any

from django import forms
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_GET

from kontor.kernel.components import Moment
from kontor.kernel.listing import Choice, Column, Listing
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import days, money
from kontor.office.books import public as books
from kontor.office.contracts.models import Contract
from kontor.office.contracts.views.contract_page import contract_context
from kontor.office.contracts.views.contract_tabs import contract_frame, opened_own
from kontor.office.contracts.views.offers import SEE, pack_title, sent_file
from kontor.rulebook import terms
from kontor.rulebook.money import Money
from kontor.rulebook.period import Period


@requires(SEE)
@require_GET
def contract_list(request: TenantRequest) -> HttpResponseBase:
    """List all contracts, the newest first."""
    titles = tuple((key, terms.load(key).title) for key in terms.keys())  # noqa: SIM118  a function of the module
    listing = Listing(
        request,
        Contract.objects.select_related("offer"),
        name="contracts",
        columns=(
            Column("number", gettext_lazy("Contract"), url=_url, slot="meta", sort="number"),
            Column("customer_name", gettext_lazy("Customer"), url=_url, slot="title", sort="customer_name"),
            Column(
                "pack",
                gettext_lazy("Terms"),
                value=lambda row: pack_title(row.pack, row.version),
                sub=lambda row: row.version,
                slot="more",
            ),
            Column("start_on", gettext_lazy("Start"), kind="day", sort="start_on"),
            Column("concluded_at", gettext_lazy("Concluded"), kind="day", sort="concluded_at", late=True),
            Column("recurring", gettext_lazy("Recurring"), kind="money", value=_recurring, slot="money"),
        ),
        search=("number", "customer_name"),
        choices=(Choice("pack", gettext_lazy("Terms"), titles),),
        order="-concluded_at",
    )
    if listing.wants_file:
        return listing.file()
    return render(request, "contracts/contracts.html", {"listing": listing})


@requires(SEE)
@require_GET
def detail(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:
    """Show a contract as it stands on a day, today unless the address names another."""
    opened = opened_own(request, contract_id)
    invoices = books.invoices_about(contract_id, today=opened.today)
    context = contract_frame(request, opened, active="overview")
    context |= contract_context(opened, on=asked_day(request, opened.today))
    context["history"] = sorted([*context["history"], *_invoiced(invoices)], key=lambda moment: moment.on, reverse=True)
    context |= {
        "invoices": invoices,
        "file_url": reverse("contracts:contract-file", args=(contract_id,)),
        "sees_invoices": request.standing.unlocked("books.see") and request.standing.may("books.see"),
    }
    return render(request, "contracts/contract.html", context)


@requires(SEE)
@require_GET
def file(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:  # noqa: ARG001  a view's signature
    """Give the signed offer."""
    return sent_file(get_object_or_404(Contract.objects.select_related("file"), pk=contract_id).file)


def asked_day(request: TenantRequest, today: date) -> date:
    """Return the day the address asks about, `?on=2027-01-01`; what is no day counts as today."""
    try:
        asked: Any = forms.DateField(required=False).clean(request.GET.get("on", ""))
    except forms.ValidationError:
        return today
    return asked or today


def _invoiced(invoices: list[books.IssuedInvoice]) -> list[Moment]:
    found = []
    for invoice in invoices:
        period = (
            days(Period(invoice.period_first, _after(invoice.period_last)))
            if invoice.period_first and invoice.period_last
            else ""
        )
        title = _("Invoice %(number)s") % {"number": invoice.number}
        text = ", ".join(part for part in (money(invoice.gross), period) if part)
        found.append(Moment(invoice.issued_on, title, text, icon="file-invoice"))
        if invoice.paid_on:
            paid = _("Invoice %(number)s paid") % {"number": invoice.number}
            found.append(Moment(invoice.paid_on, paid, money(invoice.gross), tone="good", icon="cash"))
    return found


def _after(last: date) -> date:
    return date.fromordinal(last.toordinal() + 1)


def _url(row: Contract) -> str:
    return reverse("contracts:contract", args=(row.pk,))


def _recurring(row: Contract) -> Money:
    return Money(row.offer.currency, row.offer.per_period_minor)
