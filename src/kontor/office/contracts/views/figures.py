"""The figures people look at: what recurs and how it moves, what is owed by age, what the coming months bring."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_GET

from kontor.kernel.components import Chart, Part, Series
from kontor.kernel.listing.files import FORMATS, as_file
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import moment, money, month
from kontor.office.books import public as books
from kontor.office.contracts.actions.reckoning import reckon_soon
from kontor.office.contracts.queries.figures import Figures
from kontor.office.contracts.queries.outlook import Overview, overview as overview_of

FIGURES: Final = "contracts.figures"
_HEADS: Final = {
    "movement": (
        gettext_lazy("Month"),
        gettext_lazy("Recurring a month"),
        gettext_lazy("New"),
        gettext_lazy("Grown"),
        gettext_lazy("Shrunk"),
        gettext_lazy("Gone"),
        gettext_lazy("Contracts"),
    ),
    "ahead": (gettext_lazy("Month"), gettext_lazy("Contracted"), gettext_lazy("If renewed")),
}


@requires(FIGURES)
@require_GET
def overview(request: TenantRequest) -> HttpResponseBase:
    """Show the figures of all contracts by currency, and what is owed by age; or give a table of them as a file."""
    today = timezone.localdate(request.at)
    known = overview_of(today, at=request.at)
    if known is None:
        reckon_soon(at=request.at)
    found = known.figures if known else []
    if request.GET.get("format") in FORMATS:
        return _file(request, found)
    owed = {each.open.currency: each for each in books.outstanding(today)}
    context = {
        "reckoned": known is not None,
        "meta": [_("What recurs, what is owed and what is contracted; net."), _as_of(known, request)],
        "groups": [
            {
                "figures": each,
                "now": each.months[-1],
                "before": each.months[-2],
                "recurring": _recurring(each),
                "movement": _movement(each),
                "ahead": _ahead(each),
                "contracted": sum((coming.contracted for coming in each.coming[1:]), each.coming[0].contracted),
                "owed": owed.get(each.currency),
                "ages": [Part(a.label, a.open.minor, money(a.open), a.count) for a in owed[each.currency].ages]
                if each.currency in owed
                else [],
                "rows": [(month(row.last), row) for row in reversed(each.months)],
            }
            for each in found
        ],
    }
    return render(request, "contracts/figures.html", context)


def _as_of(known: Overview | None, request: TenantRequest) -> str:
    if known is None:
        return _("not reckoned yet")
    if known.at == request.at:
        return _("as of today")
    return _("as of %(moment)s") % {"moment": moment(known.at)}


def _file(request: TenantRequest, found: Sequence[Figures]) -> HttpResponseBase:
    table = request.GET.get("table", "")
    each = next((one for one in found if one.currency == request.GET.get("currency")), None)
    if each is None or table not in _HEADS:
        raise Http404
    rows: list[list[Any]] = (
        [[m.last, m.recurring, m.new, m.expansion, m.contraction, m.churn, m.contracts] for m in each.months]
        if table == "movement"
        else [[c.month.first, c.contracted, c.if_renewed] for c in each.coming]
    )
    heads = [str(head) for head in _HEADS[table]]
    return as_file(request.GET["format"], name=f"{table}-{each.currency}", heads=heads, rows=rows)


def _recurring(each: Figures) -> Chart:
    last = each.months[-1]
    label = _("%(now)s recur a month at the end of %(month)s.") % {
        "now": money(last.recurring),
        "month": month(last.last),
    }
    values = [row.recurring.amount for row in each.months]
    return _chart("recurring", each, label, "lines", [Series(_("Recurring a month"), values, area=True)])


def _movement(each: Figures) -> Chart:
    def down(amount: Decimal) -> Decimal:
        return -amount

    series = [
        Series(_("New"), [row.new.amount for row in each.months], stack="moved"),
        Series(_("Grown"), [row.expansion.amount for row in each.months], stack="moved"),
        Series(_("Shrunk"), [down(row.contraction.amount) for row in each.months], stack="moved"),
        Series(_("Gone"), [down(row.churn.amount) for row in each.months], stack="moved"),
    ]
    net = sum((row.net for row in each.months[1:]), each.months[0].net)
    label = _("In twelve months recurring revenue moved by %(net)s a month.") % {"net": money(net)}
    return _chart("movement", each, label, "bars", series)


def _ahead(each: Figures) -> Chart:
    series = [
        Series(_("Contracted"), [row.contracted.amount for row in each.coming], stack="ahead"),
        Series(_("If renewed"), [row.if_renewed.amount for row in each.coming], stack="ahead", expected=True),
    ]
    total = sum((row.contracted for row in each.coming[1:]), each.coming[0].contracted)
    label = _("%(total)s are contracted for the coming twelve months.") % {"total": money(total)}
    labels = [month(row.month.first) for row in each.coming]
    return Chart(f"ahead-{each.currency}", label, "bars", labels, series, currency=each.currency)


def _chart(name: str, each: Figures, label: str, kind: Any, series: Sequence[Series]) -> Chart:
    labels = [month(row.last) for row in each.months]
    return Chart(f"{name}-{each.currency}", label, kind, labels, series, currency=each.currency)
