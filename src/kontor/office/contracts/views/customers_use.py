"""The house's page: what all customers used of what is included, in a closed month."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_GET

from kontor.kernel.components import Chart, Series, Tab
from kontor.kernel.links import addresses
from kontor.kernel.listing import Choice, Column, Listing
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import month as month_word, spoken
from kontor.office.contracts.queries.customers_use import (
    StatedUse,
    busiest,
    stated_months,
    stated_use,
    title_of,
    unit_of,
)
from kontor.office.contracts.views.figures import FIGURES

_DRAWN = 12
_MONTHS_SHOWN = 5


@requires(FIGURES)
@require_GET
def customers_use(request: TenantRequest) -> HttpResponseBase:
    """Show who used how much of what is included in a closed month, the fullest first; or give it as a file."""
    months = stated_months()
    month = _asked(request, months)
    rows = stated_use(month) if month else []
    listing = _listing(request, rows, month)
    if listing.wants_file:
        return listing.file()
    beyond = [each for each in rows if each.used > each.included]
    context = {
        "listing": listing,
        "month": month,
        "chart": _chart(rows) if busiest(rows, limit=1) else None,
        "beyond": len(beyond),
        "counted": len(rows),
        "tabs": [
            Tab(month_word(each), f"?month={each:%Y-%m}", active=each == month) for each in months[:_MONTHS_SHOWN]
        ],
    }
    return render(request, "contracts/customers_use.html", context)


def _asked(request: TenantRequest, months: Sequence[date]) -> date | None:
    told = request.GET.get("month", "")
    if not told:
        return months[0] if months else None
    found = next((each for each in months if f"{each:%Y-%m}" == told), None)
    if found is None:
        raise Http404
    return found


def _chart(rows: Sequence[StatedUse]) -> Chart:
    drawn = busiest(rows, limit=_DRAWN)
    first = drawn[0]
    label = _("%(who)s used %(percent)s %% of what is included of: %(what)s.") % {
        "who": first.customer_name,
        "percent": first.percent,
        "what": spoken(title_of(first.row)),
    }
    return Chart(
        name="customers-use",
        label=label,
        kind="bars",
        labels=[f"{each.customer_name} · {spoken(title_of(each.row))}" for each in drawn],
        series=[Series(_("Used"), [each.percent for each in drawn])],
        unit="%",
        limit=100,
        limit_label=_("Included"),
    )


def _listing(request: TenantRequest, rows: Sequence[StatedUse], month: date | None) -> Listing:
    meters = {each.meter: spoken(title_of(each.row)) for each in rows}
    return Listing(
        request,
        list(rows),
        name=f"use-{month:%Y-%m}" if month else "use",
        columns=tuple(_columns(meters, as_file="format" in request.GET)),
        search=("customer_name", "number"),
        choices=(Choice("meter", gettext_lazy("Counted"), tuple(meters.items())),),
        order="-percent",
    )


def _columns(meters: Mapping[str, str], *, as_file: bool) -> Iterator[Column]:
    """Yield the columns; the page says contract and unit in a second line, a file in columns of their own."""
    yield Column(
        "customer_name", gettext_lazy("Customer"), url=addresses("contracts:contract-use", key="row.contract_id"),
        sub=lambda each: each.number, slot="title", sort="customer_name",
    )  # fmt: skip
    if as_file:
        yield Column("number", gettext_lazy("Contract"), sort="number")
    yield Column(
        "meter", gettext_lazy("Counted"), value=lambda each: meters[each.meter],
        sub=lambda each: spoken(unit_of(each.row)), slot="meta", sort="meter",
    )  # fmt: skip
    yield Column("used", gettext_lazy("Used"), kind="number", sort="used")
    yield Column("included", gettext_lazy("Included"), kind="number", late=True)
    if as_file:
        yield Column("unit", gettext_lazy("Unit"), value=lambda each: spoken(unit_of(each.row)))
    yield Column("percent", gettext_lazy("Share in percent"), kind="number", slot="state", sort="percent")
    yield Column("blocks", gettext_lazy("Blocks beyond"), kind="number", value=lambda each: each.row.blocks, late=True)
    yield Column("amount", gettext_lazy("Amount"), kind="money", slot="money")
