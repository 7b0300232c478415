"""The page that shows every component, in the page's language; its figures and people are invented."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from kontor.kernel.forms import AmountField, ChoiceWithHint, DayField
from kontor.kernel.listing import Choice, Column, Listing
from kontor.kernel.requests import public
from kontor.kernel.views import design_samples as samples


class MandateForm(forms.Form):
    """A form with one field of each kind."""

    holder = forms.CharField(label=_("Account holder"), max_length=100)
    iban = forms.CharField(label="IBAN", max_length=34)
    start = DayField(label=_("First day"))
    amount = AmountField(label=_("Limit per debit"), required=False)
    reference = forms.CharField(label=_("Order number"), required=False)
    country = forms.ChoiceField(label=_("Country"), choices=samples.COUNTRIES)
    kind = ChoiceWithHint(
        label=_("Kind of mandate"),
        options=[
            ("core", _("Basic"), _("can be returned within eight weeks")),
            ("b2b", _("Business"), _("cannot be returned once booked")),
        ],
    )
    note = forms.CharField(label=_("Note for the bank"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    scan = forms.FileField(label=_("Signed mandate"), required=False, help_text=_("PDF or picture, up to 10 MB"))
    business = forms.BooleanField(label=_("We order as a business (section 14 BGB)."))


def _form_with_errors() -> MandateForm:
    form = MandateForm(
        {
            "holder": "Stadtklinik Lindenhof",
            "iban": "DE02 1203 0000 0000 2020 5",
            "start": "2026-11-01",
            "kind": "core",
            "country": "DE",
            "business": "on",
        }
    )
    form.add_error("iban", _("A German IBAN has 22 characters, here are 21."))
    form.add_error("start", _("The offer is of 23 November 2026."))
    return form


def _invoices(request: HttpRequest) -> Listing:
    return Listing(
        request,
        samples.INVOICES,
        name="invoices",
        columns=(
            Column("number", _("Number"), url=lambda row: f"#{row.number}", slot="title", sort="number"),
            Column("customer", _("Customer"), slot="meta", sort="customer", sub=lambda row: row.product),
            Column("issued_on", _("Date"), kind="day", sort="issued_on", late=True),
            Column("clause", _("Clause"), kind="clause", late=True),
            Column("state", _("State"), kind="badge", slot="state"),
            Column("total", _("Amount"), kind="money", slot="money", sort="total"),
        ),
        search=("number", "customer"),
        choices=(
            Choice(
                "key",
                _("State"),
                (("open", _("open")), ("paid", _("paid")), ("over", _("overdue"))),
            ),
        ),
        order="-issued_on",
        page_size=5,
    )


@public("it shows invented examples and no data")
@require_GET
def design(request: HttpRequest) -> HttpResponse:
    """Show every component."""
    invoices = _invoices(request)
    if invoices.wants_file:
        return invoices.file()
    context: dict[str, Any] = {
        "today": date(2026, 11, 24),
        "now": datetime(2026, 11, 24, 13, 12, tzinfo=UTC),
        "over_at": datetime(2026, 11, 24, 12, 30, tzinfo=UTC),
        "soon_at": datetime(2026, 11, 24, 15, 30, tzinfo=UTC),
        "later_on": date(2026, 12, 31),
        "form": _form_with_errors(),
        "empty_form": MandateForm(auto_id="empty_%s"),
        "invoices": invoices,
        "amount": Decimal("84312.40"),
        "samples": samples,
    }
    return render(request, "kernel/design.html", context)
