"""The legal entities that sell."""

import uuid

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kontor.kernel.listing import Column, Listing
from kontor.kernel.requests import TenantRequest, requires
from kontor.office.books.actions import prices
from kontor.office.books.forms.sellers import SellerForm
from kontor.office.books.models import Seller


@requires("books.see")
@require_GET
def sellers(request: TenantRequest) -> HttpResponseBase:
    """Show who sells."""
    rows = Listing(
        request,
        Seller.objects.all(),
        name="sellers",
        columns=(
            Column(
                "name", _("Name"), url=lambda row: reverse("books:seller", args=[row.pk]), sort="name", slot="title"
            ),
            Column("city", _("City"), sort="city", slot="meta"),
            Column("country", _("Country"), sort="country", slot="state"),
            Column("vat_id", _("VAT number"), late=True),
            Column("iban", _("IBAN"), late=True),
        ),
        search=("name", "city"),
        order="name",
    )
    if rows.wants_file:
        return rows.file()
    return render(request, "books/sellers.html", {"sellers": rows, "may": request.standing.may("books.prices")})


@requires("books.prices", fresh=True)
@require_http_methods(["GET", "POST"])
def new_seller(request: TenantRequest) -> HttpResponseBase:
    """Add a seller."""
    form = SellerForm(request.POST or None, initial={"country": "DE", "zone": "Europe/Berlin", "language": "de"})
    if request.method == "POST" and form.is_valid():
        seller = prices.add_seller(at=request.at, actor=request.actor, **form.cleaned_data)
        messages.info(request, _("%(name)s can sell now.") % {"name": seller.name})
        return redirect("books:sellers")
    return _form(request, form, title=_("Add a seller"))


@requires("books.prices", fresh=True)
@require_http_methods(["GET", "POST"])
def seller(request: TenantRequest, seller_id: uuid.UUID) -> HttpResponseBase:
    """Change a seller; what was issued keeps what it said."""
    row = get_object_or_404(Seller.objects.all(), pk=seller_id)
    title = row.name
    form = SellerForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        changed = {name: form.cleaned_data[name] for name in form.changed_data}
        if changed:
            prices.change_seller(row.pk, at=request.at, actor=request.actor, **changed)
        messages.info(request, _("New documents will show it; what was issued stays as it is."))
        return redirect("books:sellers")
    return _form(request, form, title=title)


def _form(request: TenantRequest, form: SellerForm, *, title: str) -> HttpResponseBase:
    context = {"form": form, "title": title, "crumbs": [(_("Sellers"), reverse("books:sellers"))]}
    return render(request, "books/seller.html", context, status=422 if form.is_bound else 200)
