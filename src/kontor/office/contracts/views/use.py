"""What is used and what is included: the customer's page, and the same beside each contract."""

import uuid
from collections.abc import Sequence
from decimal import Decimal
from itertools import accumulate
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_GET

from kontor.kernel.components import Chart, Series
from kontor.kernel.listing import Choice, Column, Listing
from kontor.kernel.queries.meters import used_by_day
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import month as month_word, spoken
from kontor.office.contracts.models import UsageStatement
from kontor.office.contracts.queries.charges import plain
from kontor.office.contracts.queries.customers_use import title_of, unit_of
from kontor.office.contracts.queries.own_use import OwnUse, history, own_use
from kontor.office.contracts.queries.usage import latest, zone_of
from kontor.office.contracts.views.contract_tabs import contract_frame, opened_own, opened_received
from kontor.rulebook.money import Money
from kontor.rulebook.period import ONE_DAY
from kontor.rulebook.usage import Figure, month_of

USE = "contracts.use"


@requires(USE)
@require_GET
def overview(request: TenantRequest) -> HttpResponseBase:
    """Show what the company uses this month under all its contracts, where it leads, and every closed month."""
    listing = _months(request, history())
    if listing.wants_file:
        return listing.file()
    return render(request, "contracts/use.html", {"listing": listing, **_running(request, None)})


@requires(USE)
@require_GET
def received(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:
    """Show the customer the use of one contract."""
    opened = opened_received(request, contract_id)
    listing = _months(request, history(opened.contract.pk))
    if listing.wants_file:
        return listing.file()
    context = contract_frame(request, opened, active="use") | _running(request, opened.contract.pk)
    return render(request, "contracts/contract_use.html", context | {"listing": listing})


@requires("contracts.see")
@require_GET
def own(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:
    """Show the house what it stated of a contract's use; the running month is read at its end, as the customer."""
    opened = opened_own(request, contract_id)
    rows = latest(UsageStatement.objects.filter(contract=opened.contract, number__gt=0)).values()
    listing = _months(request, sorted(rows, key=lambda row: (row.month, row.meter), reverse=True))
    if listing.wants_file:
        return listing.file()
    context = contract_frame(request, opened, active="use")
    return render(request, "contracts/contract_use.html", context | {"listing": listing})


def _running(request: TenantRequest, contract: uuid.UUID | None) -> dict[str, Any]:
    month = month_of(request.at.date())
    found = [each for each in own_use(month, at=request.at) if contract in (None, each.contract.pk)]
    return {"uses": [_shown(request, each) for each in found], "month": month.first, "running": True}


def _shown(request: TenantRequest, each: OwnUse) -> dict[str, Any]:
    order = reverse("contracts:order", args=(each.contract.pk,))
    return {
        "use": each,
        "expected": each.expected.value if each.expected else None,
        "chart": _chart(request, each),
        "over": each.included is not None and each.used > each.included,
        "order_url": order,
    }


def _chart(request: TenantRequest, each: OwnUse) -> Chart:
    """The month day by day: what has come together until each day, and the straight line on to its end."""
    zone = zone_of(each.contract)
    today = request.at.astimezone(zone).date()
    told = used_by_day(each.limit.meter.key, each.month, zone=zone, figure=each.limit.figure)
    days = [each.month.first + ONE_DAY * place for place in range(each.month.days)]
    now = min(max((today - each.month.first).days, 0), each.month.days - 1)
    values = _together(each, [told.get(day) for day in days[: now + 1]])
    series = [Series(_("Used"), [*values, *[None] * (len(days) - now - 1)], area=True)]
    if each.expected:
        ahead = _ahead(values[-1], each.expected.value, len(days) - now)
        series.append(Series(_("Expected"), [*[None] * now, *ahead], expected=True))
    return Chart(
        name=f"use-{each.contract.pk}-{each.limit.meter.name}".replace("_", "-"),
        label=_("%(what)s, day by day") % {"what": spoken(each.title)},
        kind="lines",
        labels=[str(day.day) for day in days],
        series=series,
        unit=spoken(each.limit.unit),
        now=now,
        limit=each.included,
        size="s",
    )


def _together(each: OwnUse, readings: Sequence[Decimal | None]) -> list[Decimal]:
    if each.limit.figure in (Figure.SUM, Figure.UNIQUE):
        return [each.part(together) for together in accumulate(reading or Decimal(0) for reading in readings)]
    levels, level = [], Decimal(0)
    for reading in readings:
        level = level if reading is None else reading
        levels.append(each.part(level))
    return levels


def _ahead(value: Decimal, end: Decimal, steps: int) -> list[Decimal]:
    rest = max(steps - 1, 1)
    return [(value + (end - value) * place / rest).quantize(Decimal("0.01")) for place in range(steps)]


def _months(request: TenantRequest, rows: Sequence[UsageStatement]) -> Listing:
    meters = {row.meter: spoken(title_of(row)) for row in rows}
    return Listing(
        request,
        list(rows),
        name="use",
        columns=(
            Column("month", gettext_lazy("Month"), value=lambda row: month_word(row.month), slot="title", sort="month"),
            Column("meter", gettext_lazy("Counted"), value=lambda row: meters[row.meter], slot="meta", sort="meter"),
            Column("used", gettext_lazy("Used"), kind="number", value=lambda row: plain(row.used), slot="more"),
            Column(
                "included", gettext_lazy("Included"), kind="number", value=lambda row: plain(row.included), late=True
            ),
            Column("unit", gettext_lazy("Unit"), value=lambda row: spoken(unit_of(row)), late=True),
            Column("blocks", gettext_lazy("Blocks beyond"), kind="number", late=True),
            Column("amount", gettext_lazy("Amount"), kind="money", value=_amount, slot="money"),
        ),
        choices=(Choice("meter", gettext_lazy("Counted"), tuple(meters.items())),),
        order="-month",
    )


def _amount(row: UsageStatement) -> Money | None:
    return None if row.price is None else Money.rounded(row.price * row.blocks, row.currency)
