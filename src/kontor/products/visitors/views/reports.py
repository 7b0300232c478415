"""Reports: the visits of a period as figures, charts and a log, and the working time that service companies prove."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localdate
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_GET

from kontor.kernel import pdf
from kontor.kernel.components import Chart, Label, Series, Tab
from kontor.kernel.links import addresses
from kontor.kernel.listing import Choice, Column, Listing
from kontor.kernel.models import Site
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import day, month as month_words
from kontor.products.visitors.forms.inviting import title_of
from kontor.products.visitors.models import Contractor, Visit, VisitType
from kontor.products.visitors.queries.reports import Figures, figures_of, in_period, proved, stays, worked
from kontor.products.visitors.views import words
from kontor.products.visitors.views.report_paper import clock, clock_of_day, hours_paper, length, visits_paper

REPORT: Final = "visitors.report"
_TYPST: Final = Path(__file__).resolve().parents[1] / "typst" / "report.typ"
MONTHS: Final = 13  # that are offered, this one among them
HOSTS: Final = 12  # that the page names; the files name all


@requires(REPORT, at_sites=True)
@require_GET
def report(request: TenantRequest) -> HttpResponseBase:
    """Show the visits of a period, as figures, charts and one by one; whatever narrows one narrows all."""
    if "period" not in request.GET:
        return _this_month(request, "visitors:report")
    listing = _log(request)
    if listing.wants_file:
        return listing.file()
    figures = figures_of(listing.found)
    if request.GET.get("format") == "pdf":
        paper = visits_paper(request, figures, listing.found.select_related("site", "type"), _narrowed_by(listing))
        return _printed(request, paper, listing.name)
    context = {
        "listing": listing, "it": figures, "charts": _charts(figures), "views": _views("visitors:report", request),
        "mean": length(figures.mean)[:-3] if figures.mean is not None else "–", "pdf": listing.address(format="pdf"),
        "hosts": figures.hosts[:HOSTS], "more_hosts": len(figures.hosts[HOSTS:]), "crumbs": _crumbs(),
    }  # fmt: skip
    return render(request, "visitors/report.html", context)


@requires(REPORT, at_sites=True)
@require_GET
def hours(request: TenantRequest) -> HttpResponseBase:
    """Show the working time that service companies prove in a period: by company, by person, and each stay."""
    if "period" not in request.GET:
        return _this_month(request, "visitors:report-hours")
    listing = _stays(request)
    if listing.wants_file:
        return listing.file()
    found = list(listing.found)
    companies, people = worked(found)
    if request.GET.get("format") == "pdf":
        return _printed(request, hours_paper(request, companies, people, found, _narrowed_by(listing)), listing.name)
    context = {
        "listing": listing, "companies": [(each, length(each.seconds)) for each in companies],
        "people": [(each, length(each.seconds)) for each in people], "total": length(sum(c.seconds for c in companies)),
        "open": sum(each.open for each in companies), "views": _views("visitors:report-hours", request),
        "stays": len(found), "pdf": listing.address(format="pdf"), "crumbs": _crumbs(),
    }  # fmt: skip
    return render(request, "visitors/report_hours.html", context)


def _log(request: TenantRequest) -> Listing:
    kinds = [(str(row.pk), title_of(row)) for row in VisitType.objects.order_by("place", "title_de")]
    known = Visit.objects.exclude(host_name="").order_by("host_name").values_list("host_name", flat=True).distinct()
    return Listing(
        request,
        Visit.objects.select_related("site", "type"),
        name="visit-report",
        columns=_in_files() if request.GET.get("format") else _on_page(),
        search=("name", "company", "host_name", "email"),
        choices=(
            _period(request, moment="begins_at"),
            Choice("site", gettext_lazy("Site"), _sites()),
            Choice("type", gettext_lazy("Kind"), kinds),
            Choice("host", gettext_lazy("Host"), [(name, name) for name in known], field="host_name"),
            Choice("state", gettext_lazy("State"), tuple((key, badge.label) for key, badge in words.STATES.items())),
        ),
        order="-begins_at",
    )


def _on_page() -> tuple[Column, ...]:
    return (
        Column("begins_at", gettext_lazy("From"), kind="moment", html=_clock("begins_at"), sort="begins_at",
               slot="more"),
        Column("name", gettext_lazy("Name"), url=addresses("visitors:visit"), sub=lambda row: row.company,
               slot="title", sort="name"),
        Column("type", gettext_lazy("Kind"), value=lambda row: title_of(row.type), sub=lambda row: row.site.name,
               slot="meta"),
        Column("host_name", gettext_lazy("Host"), sort="host_name", late=True),
        Column("in_at", gettext_lazy("Came"), html=_time("in_at"), sort="in_at"),
        Column("out_at", gettext_lazy("Has left"), html=_time("out_at"), sort="out_at"),
        Column("state", gettext_lazy("State"), kind="badge", value=words.badge, slot="state"),
    )  # fmt: skip


def _in_files() -> tuple[Column, ...]:
    return (
        Column("begins_at", gettext_lazy("From"), kind="moment", value=_at("begins_at"), sort="begins_at"),
        Column("name", gettext_lazy("Name"), sort="name"),
        Column("company", gettext_lazy("Company")),
        Column("type", gettext_lazy("Kind"), value=lambda row: title_of(row.type)),
        Column("host_name", gettext_lazy("Host"), sort="host_name"),
        Column("site", gettext_lazy("Site"), value=lambda row: row.site.name),
        Column("in_at", gettext_lazy("Came"), kind="moment", value=_at("in_at"), sort="in_at"),
        Column("in_way", gettext_lazy("Check-in"), value=lambda row: _way(row.in_way)),
        Column("out_at", gettext_lazy("Has left"), kind="moment", value=_at("out_at"), sort="out_at"),
        Column("out_way", gettext_lazy("Check-out"), value=lambda row: _way(row.out_way)),
        Column("state", gettext_lazy("State"), kind="badge", value=words.badge),
    )


def _stays(request: TenantRequest) -> Listing:
    firms = Contractor.objects.order_by("name", "pk").values_list("pk", "name")
    return Listing(
        request,
        stays(),
        name="working-time",
        columns=(
            Column("company", gettext_lazy("Company"), value=lambda row: row.contractor_person.contractor.name,
                   sort="contractor_person__contractor__name", slot="meta"),
            Column("name", gettext_lazy("Name"), value=lambda row: row.contractor_person.name,
                   url=addresses("visitors:visit"), sort="contractor_person__name", slot="title"),
            Column("site", gettext_lazy("Site"), value=lambda row: row.site.name, sort="site__name", late=True),
            Column("in_at", gettext_lazy("Came"), kind="moment", value=_at("in_at"),
                   html=_clock("in_at", seconds=True), sort="in_at", slot="more"),
            Column("out_at", gettext_lazy("Has left"), kind="moment", value=_at("out_at"),
                   html=_clock("out_at", seconds=True), sort="out_at"),
            Column("length", gettext_lazy("Working time"), value=lambda row: length(proved(row)), slot="money"),
            Column("seconds", gettext_lazy("Seconds"), kind="number", value=proved, late=True),
            Column("state", gettext_lazy("State"), kind="badge", value=words.badge, slot="state"),
        ),
        search=("contractor_person__name", "contractor_person__contractor__name"),
        choices=(
            _period(request, moment="in_at"),
            Choice("company", gettext_lazy("Company"), [(str(key), name) for key, name in firms],
                   field="contractor_person__contractor"),
            Choice("site", gettext_lazy("Site"), _sites()),
        ),
        order="in_at",
    )  # fmt: skip


def _at(name: str) -> Callable[[Visit], datetime | None]:
    """Return what reads a moment of a visit by the clock of its site; nobody assumed out is said to have left."""

    def read(row: Visit) -> datetime | None:
        at: datetime | None = getattr(row, name)
        unseen = at is None or (name == "out_at" and row.assumed)
        return None if unseen or at is None else at.astimezone(ZoneInfo(row.site.zone))

    return read


def _clock(name: str, *, seconds: bool = False) -> Callable[[Visit], SafeString]:
    read = _at(name)
    return lambda row: format_html("{}", clock(read(row), seconds=seconds))


def _time(name: str) -> Callable[[Visit], SafeString]:
    read, begins = _at(name), _at("begins_at")
    return lambda row: format_html("{}", clock_of_day(read(row), begins(row) or row.begins_at))


def _way(way: str) -> Label:
    return words.WAYS.get(way, "")


def _sites() -> list[tuple[str, str]]:
    return [(str(key), name) for key, name in Site.objects.order_by("name").values_list("pk", "name")]


def _period(request: TenantRequest, *, moment: str) -> Choice:
    """Return the periods that are offered: today, the last days, and the months until now."""
    today = localdate(request.at)
    after = today + timedelta(days=1)
    spans: dict[str, tuple[date, date]] = {"today": (today, after)}
    options: list[tuple[str, Label]] = [("today", gettext_lazy("today")), ("week", gettext_lazy("the last 7 days"))]
    spans["week"] = (today - timedelta(days=6), after)
    first = today.replace(day=1)
    for _number in range(MONTHS):
        key = f"{first:%Y-%m}"
        spans[key] = (first, (first + timedelta(days=31)).replace(day=1))
        options.append((key, month_words(first)))
        first = (first - timedelta(days=1)).replace(day=1)
    return Choice(
        "period",
        gettext_lazy("Period"),
        options,
        apply=lambda rows, value: in_period(rows, *spans[value], moment=moment),
    )


def _this_month(request: TenantRequest, name: str) -> HttpResponseBase:
    return redirect(f"{reverse(name)}?{urlencode({'period': f'{localdate(request.at):%Y-%m}'})}")


def _views(active: str, request: TenantRequest) -> list[Tab]:
    """Return the ways between the two reports, in the same period."""
    period = urlencode({"period": request.GET["period"]})
    shown = (("visitors:report", _("Visits")), ("visitors:report-hours", _("Working time")))
    return [Tab(label, f"{reverse(name)}?{period}", active=name == active) for name, label in shown]


def _narrowed_by(listing: Listing) -> list[tuple[str, str]]:
    """Return in words what a report was narrowed by."""
    chosen = [(each.label, dict(each.options)[each.value]) for each in listing.filters if each.value]
    return [*chosen, (_("Search"), listing.query)] if listing.query else chosen


def _charts(it: Figures) -> list[tuple[str, Chart]]:
    came, missed = _("Came"), _("Not (yet) come")
    days = Chart(
        "report-days", _("Visits by day"), "bars", [_short(each) for each, _all, _came in it.days],
        [Series(came, [came_in for _day, _all, came_in in it.days], stack="v"),
         Series(missed, [count - came_in or None for _day, count, came_in in it.days], stack="v", expected=True)],
    )  # fmt: skip
    hours = Chart(
        "report-hours", _("Arrivals by hour"), "bars", [f"{hour}" for hour, _count in it.hours],
        [Series(came, [count for _hour, count in it.hours])],
    )  # fmt: skip
    return [(_("Visits by day"), days), (_("Arrivals by hour"), hours)]


def _short(each: date) -> str:
    """Return a day without its year: "23.11.", "23 Nov"."""
    return day(each)[:-4].rstrip()


def _printed(request: TenantRequest, paper: dict[str, Any], name: str) -> HttpResponse:
    response = HttpResponse(pdf.render(_TYPST, paper, at=request.at), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Who is here"), reverse("visitors:board"))]
