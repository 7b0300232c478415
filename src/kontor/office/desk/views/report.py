"""The report of a month: which promises were kept to which customer, as a page and as files."""

import uuid
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_GET

from kontor.kernel import pdf
from kontor.kernel.components import Tab
from kontor.kernel.listing import Column, Listing
from kontor.kernel.listing.files import FORMATS, as_file
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import language, month as month_words
from kontor.office.contracts import public as contracts
from kontor.office.desk.models import TicketPromise
from kontor.office.desk.queries.report import (
    Report,
    chart_of,
    customers_of,
    explained,
    following,
    month_of,
    promises_in,
    report_of,
    told,
)
from kontor.office.desk.queries.report_paper import promise_paper
from kontor.office.desk.views.own import COMPANY
from kontor.office.desk.views.queue import SEE

_TYPST: Final = Path(__file__).resolve().parents[1] / "typst" / "promises.typ"
SHOWN: Final = 50
_HEADS: Final = (
    gettext_lazy("Number"), gettext_lazy("Request"), gettext_lazy("Class"), gettext_lazy("Promise"),
    gettext_lazy("Counted from"), gettext_lazy("Due"), gettext_lazy("Done"), gettext_lazy("Result"),
    gettext_lazy("Clause"), gettext_lazy("Inputs"), gettext_lazy("Working"),
)  # fmt: skip


@requires(SEE)
@require_GET
def overview(request: TenantRequest) -> HttpResponseBase:
    """List the customers to whom something fell due in a month, with what came of it."""
    month = _month(request)
    found = customers_of(promises_in(TicketPromise.objects.all(), month), at=request.at)
    rows = Listing(
        request,
        [{"party": party, "name": name, "tally": tally} for party, name, tally in found],
        name=f"promises-{month:%Y-%m}",
        columns=(
            Column("name", gettext_lazy("Customer"), value=lambda row: row["name"], slot="title",
                   url=lambda row: _address("desk:report-of", month, row["party"])),
            Column("met", gettext_lazy("Kept in time"), kind="number", value=lambda row: row["tally"].met, slot="meta"),
            Column("missed", gettext_lazy("Missed"), kind="number", value=lambda row: row["tally"].missed, slot="more"),
            Column("dropped", gettext_lazy("No longer owed"), kind="number", value=lambda row: row["tally"].dropped),
            Column("share", gettext_lazy("Kept of all"), kind="share", value=lambda row: row["tally"].kept,
                   slot="money"),
        ),
    )  # fmt: skip
    if rows.wants_file:
        return rows.file()
    context = {"rows": rows, "months": _months(month, "desk:report"), "month": month, "crumbs": _crumbs()}
    return render(request, "desk/report_customers.html", context)


@requires(SEE)
@require_GET
def of_customer(request: TenantRequest, party_id: uuid.UUID) -> HttpResponseBase:
    """Show a customer's month, with the decision behind each promise."""
    if not TicketPromise.objects.filter(ticket__party_id=party_id).exists():
        raise Http404
    month = _month(request)
    promises = promises_in(TicketPromise.objects.filter(ticket__party_id=party_id), month)
    report = report_of(promises, month, at=request.at)
    name = promises[0].ticket.customer_name if promises else ""
    contract = next((each.ticket.contract_id for each in promises if each.ticket.contract_id), None)

    def head(lang: str) -> Mapping[str, Any]:
        if contract is None:
            raise Http404  # nothing fell due, nothing is printed
        return contracts.letterhead(contract, language=lang, on=localdate(request.at))

    crumbs = [*_crumbs(), (_("Kept promises"), _address("desk:report", month))]
    shown = {"customer": name, "head": head, "crumbs": crumbs, "months": _months(month, "desk:report-of", party_id)}
    return _answer(request, report, shown)


@requires(COMPANY)
@require_GET
def own(request: TenantRequest) -> HttpResponseBase:
    """Show a customer its own month."""
    month = _month(request)
    promises = promises_in(TicketPromise.received.all(), month)
    report = report_of(promises, month, at=request.at)

    def head(lang: str) -> Mapping[str, Any]:
        if not promises:
            raise Http404
        known = {each.id: each.seller_name for each in contracts.served_here(at=request.at)}
        sender = known.get(promises[0].ticket.contract_id, "Kontor")
        lines = [promises[0].ticket.customer_name]
        issued = localdate(request.at)
        return {"sender": {"name": sender, "lines": []}, "recipient": lines, "language": lang, "issued": issued}

    crumbs = [(_("Help and requests"), reverse("desk:own"))]
    name = promises[0].ticket.customer_name if promises else ""
    shown = {"customer": name, "head": head, "crumbs": crumbs, "months": _months(month, "desk:own-report")}
    return _answer(request, report, shown)


def _answer(request: TenantRequest, report: Report, shown: dict[str, Any]) -> HttpResponseBase:
    """Answer as a page, or as the file that the address asks for."""
    form = request.GET.get("format", "")
    name = f"promises-{report.month:%Y-%m}"
    if form in FORMATS:
        heads = [str(each) for each in _HEADS]
        return as_file(form, name=name, heads=heads, rows=told(explained(report.lines)))
    if form == "pdf":
        full = Report(report.month, explained(report.lines), report.sums, report.total)
        lang = language()
        paper = promise_paper(full, head=shown["head"](lang), customer=shown["customer"], language=lang)
        response = HttpResponse(pdf.render(_TYPST, paper, at=request.at), content_type="application/pdf")
        response.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
        return response
    page = Paginator(report.lines, SHOWN).get_page(request.GET.get("page"))
    context = {
        "report": report, "lines": explained(list(page.object_list)), "page": page, "chart": chart_of(report),
        "months": shown["months"], "crumbs": shown["crumbs"], "customer": shown["customer"],
        "printed": any(each.it.ticket.contract_id for each in report.lines),  # by a contract's letterhead
        "own": request.resolver_match is not None and request.resolver_match.url_name == "own-report",
    }  # fmt: skip
    return render(request, "desk/report.html", context)


def _month(request: TenantRequest) -> date:
    return month_of(request.GET.get("month", ""), today=localdate(request.at))


def _months(month: date, name: str, *parts: uuid.UUID) -> list[Tab]:
    """Return the ways to the months beside this one."""
    before = month_of("", today=month)
    shown = (before, month, following(month))
    return [Tab(month_words(each), _address(name, each, *parts), active=each == month) for each in shown]


def _address(name: str, month: date, *parts: uuid.UUID) -> str:
    return f"{reverse(name, args=parts)}?month={month:%Y-%m}"


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Desk"), reverse("desk:queue"))]
