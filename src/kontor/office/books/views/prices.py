"""Dated price lists."""

import uuid
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kontor.kernel.components import Badge
from kontor.kernel.listing import Column, Listing
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import day, days, number, spoken
from kontor.office.books.actions import prices
from kontor.office.books.forms.prices import (
    INTERVALS,
    KINDS,
    UNITS,
    ItemForm,
    ItemFormSet,
    NewEditionForm,
    PricedItems,
    PriceListForm,
)
from kontor.office.books.models import PriceItem, PriceList, Seller
from kontor.office.books.queries.invoices import today_in
from kontor.office.books.views.figures import plain_price, unit_price
from kontor.rulebook import terms
from kontor.rulebook.terms import keys as pack_keys

_ITEM_COLUMNS = tuple(ItemForm.base_fields)


def _terms(row: PriceList) -> str:
    return spoken(terms.load(row.pack).title) if row.pack in pack_keys() else row.pack


@requires("books.see")
@require_GET
def price_lists(request: TenantRequest) -> HttpResponseBase:
    """Show the price lists, the newest first."""
    rows = Listing(
        request,
        PriceList.objects.select_related("seller"),
        name="prices",
        columns=(
            Column(
                "name",
                _("Price list"),
                url=lambda row: reverse("books:price-list", args=[row.pk]),
                sort="name",
                slot="title",
            ),
            Column("seller.name", _("Seller"), sort="seller__name", slot="meta"),
            Column("pack", _("Contract terms"), value=_terms, sort="pack", late=True),
            Column("valid_from", _("In force from"), kind="day", sort="valid_from", slot="more"),
            Column("valid_until", _("In force until"), kind="day", value=_last_day, sort="valid_until", late=True),
            Column("state", _("State"), kind="badge", value=lambda row: _state(row, request), slot="state"),
        ),
        search=("name", "seller__name", "pack"),
        order="-valid_from",
    )
    if rows.wants_file:
        return rows.file()
    context = {"lists": rows, "may": request.standing.may("books.prices"), "has_seller": Seller.objects.exists()}
    return render(request, "books/price_lists.html", context)


@requires("books.see")
@require_GET
def price_list(request: TenantRequest, list_id: uuid.UUID) -> HttpResponseBase:
    """Show one list with its items."""
    row = get_object_or_404(PriceList.objects.select_related("seller"), pk=list_id)
    kinds, units, intervals = dict(KINDS), dict(UNITS), dict(INTERVALS)
    items = [
        {
            "row": item,
            "kind": kinds[PriceItem.Kind(item.kind)],
            "unit": units[PriceItem.Unit(item.unit)],
            "interval": intervals[PriceItem.Interval(item.interval)],
            "price": unit_price(item.price, row.currency),
        }
        for item in row.items.order_by("order")
    ]
    context = {
        "list": row,
        "items": items,
        "metas": [row.seller.name, days((row.valid_from, row.valid_until))],
        "state": _state(row, request),
        "crumbs": [(_("Price lists"), reverse("books:price-lists"))],
        "may": request.standing.may("books.prices"),
    }
    return render(request, "books/price_list.html", context)


@requires("books.prices")
@require_http_methods(["GET", "POST"])
def new_price_list(request: TenantRequest) -> HttpResponseBase:
    """Make a price list."""
    form = PriceListForm(request.POST or None, initial={"valid_from": localdate(request.at)})
    items = ItemFormSet(request.POST or None, prefix="items", initial=[{}])
    if request.method == "POST" and form.is_valid() and items.is_valid():
        given = form.cleaned_data
        try:
            made = prices.make_price_list(items=items.rows, at=request.at, actor=request.actor, **given)
        except (prices.OverlappingListError, prices.UnknownModuleError) as error:
            _explain(form, error, given["name"])
        else:
            messages.info(request, _("%(name)s is in force from %(day)s.") % _said(made))
            return redirect("books:price-list", made.pk)
    return _page(request, form, items, title=_("New price list"))


@requires("books.prices")
@require_http_methods(["GET", "POST"])
def new_edition(request: TenantRequest, list_id: uuid.UUID) -> HttpResponseBase:
    """Let a list end and a new one with changed prices begin the same day."""
    old = get_object_or_404(PriceList.objects.select_related("seller"), pk=list_id)
    first = max(localdate(request.at), old.valid_from) + timedelta(days=1)
    form = NewEditionForm(request.POST or None, initial={"valid_from": first})
    rows = [_initial(item) for item in old.items.order_by("order")]
    items = ItemFormSet(request.POST or None, prefix="items", initial=rows)
    if request.method == "POST" and form.is_valid() and items.is_valid():
        try:
            made = prices.replace_price_list(
                old.pk, items=items.rows, at=request.at, actor=request.actor, **form.cleaned_data
            )
        except (prices.OverlappingListError, prices.UnknownModuleError) as error:
            _explain(form, error, old.name)
        else:
            messages.info(request, _("%(name)s is in force from %(day)s.") % _said(made))
            return redirect("books:price-list", made.pk)
    return _page(request, form, items, title=_("New edition of %(name)s") % {"name": old.name}, old=old)


def _page(
    request: TenantRequest,
    form: PriceListForm,
    items: PricedItems,
    *,
    title: str,
    old: PriceList | None = None,
) -> HttpResponseBase:
    crumbs = [(_("Price lists"), reverse("books:price-lists"))]
    if old:
        crumbs.append((old.name, reverse("books:price-list", args=[old.pk])))
    context = {"form": form, "items": items, "title": title, "crumbs": crumbs, "back": crumbs[-1][1]}
    return render(request, "books/price_list_form.html", context, status=422 if form.is_bound else 200)


def _explain(form: PriceListForm, error: Exception, name: str) -> None:
    """Say in the page's language what the list would collide with."""
    if isinstance(error, prices.UnknownModuleError):
        form.add_error(None, _("There is no module “%(module)s”.") % {"module": error})
    else:
        form.add_error("valid_from", _("On this day another edition of %(name)s is in force.") % {"name": name})


def _said(made: PriceList) -> dict[str, str]:
    return {"name": made.name, "day": day(made.valid_from)}


def _last_day(row: PriceList) -> Any:
    return row.valid_until - timedelta(days=1) if row.valid_until else None


def _state(row: PriceList, request: TenantRequest) -> Badge:
    today = today_in(row.seller.zone, request.at)
    if row.valid_from > today:
        return Badge(_("from %(day)s") % {"day": day(row.valid_from)}, "info")
    if row.valid_until and row.valid_until <= today:
        return Badge(_("ended"))
    return Badge(_("in force"), "good")


def _initial(item: PriceItem) -> dict[str, Any]:
    """An item as a form shows it: figures as people of the page's language write them."""
    given = {name: getattr(item, name) for name in _ITEM_COLUMNS}
    given["price"] = plain_price(item.price)
    for name in ("block_size", "included"):
        given[name] = number(given[name].normalize()) if given[name] is not None else ""
    return given
