"""The printers of the tenant's sites: which there are, what waits for them, and a test."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.components import Badge
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.terminals.actions import printing
from kontor.office.terminals.forms import PrinterForm
from kontor.office.terminals.models import Printer, PrintJob
from kontor.office.terminals.queries.printing import ERRORS, STATES, networks, queues
from kontor.office.terminals.views.terminals import SEE, SET_UP
from kontor.rulebook.ruling import Text

_JOBS = 50
_NONE, _WELL = Badge(Text("noch nichts gedruckt", "nothing printed yet")), Badge(Text("druckt", "prints"), "good")
_STUCK = Badge(Text("druckt nicht", "does not print"), "bad")
TEST = "terminals.test"


@requires(SEE, at_sites=True)
@require_GET
def printers(request: TenantRequest) -> HttpResponseBase:
    """List the printers and the newest jobs."""
    rows = Printer.objects.filter(removed_at=None).select_related("site").order_by("site__name", "name")
    jobs = PrintJob.objects.filter(printer__in=rows).select_related("printer").order_by("-asked_at")[:_JOBS]
    context = {
        "printers": [(row, _badge(row), ERRORS.get(row.error, "")) for row in rows],
        "jobs": [(job, STATES[PrintJob.State(job.state)], ERRORS.get(job.error, "")) for job in jobs],
        "reached": bool(networks() or queues()),
        "may": request.standing.may(SET_UP),
        "crumbs": [(_("Terminals"), reverse("terminals:terminals"))],
    }
    return render(request, "terminals/printers.html", context)


@requires(SET_UP, at_sites=True)
@require_http_methods(["GET", "POST"])
def printer(request: TenantRequest, printer_id: uuid.UUID | None = None) -> HttpResponseBase:
    """Add a printer, or change one."""
    row = get_object_or_404(Printer, pk=printer_id, removed_at=None) if printer_id else None
    names = ("name", "kind", "host", "port", "queue", "per_mm", "first")
    begun: dict[str, Any] = {name: getattr(row, name) for name in names} | {"site": row.site_id} if row else {}
    form = PrinterForm(request.POST if request.method == "POST" else None, sites=request.sites, initial=begun)
    if request.method == "POST" and form.is_valid():
        told = printing.Settled(**form.cleaned_data)
        try:
            printing.keep_printer(printer_id, told, at=request.at, actor=request.actor)
        except printing.PrinterRefusedError as refused:
            form.add_error(None, spoken(refused.text))
        else:
            return redirect("terminals:printers")
    context = {
        "form": form, "printer": row, "queues": queues(), "networks": [str(each) for each in networks()],
        "crumbs": [(_("Terminals"), reverse("terminals:terminals")), (_("Printers"), reverse("terminals:printers"))],
    }  # fmt: skip
    return render(request, "terminals/printer.html", context, status=422 if form.errors else 200)


@requires(SET_UP, at_sites=True)
@require_POST
def remove(request: TenantRequest, printer_id: uuid.UUID) -> HttpResponseBase:
    """Print with a printer no more."""
    get_object_or_404(Printer, pk=printer_id, removed_at=None)
    printing.remove_printer(printer_id, at=request.at, actor=request.actor)
    return redirect("terminals:printers")


@requires(SET_UP, at_sites=True)
@require_POST
def test(request: TenantRequest, printer_id: uuid.UUID) -> HttpResponseBase:
    """Have a label come out that says which printer it is."""
    row = get_object_or_404(Printer, pk=printer_id, removed_at=None)
    copies = PrintJob.objects.filter(drawn_by=TEST, about=row.pk).count()
    printing.print_label(row, TEST, row.pk, copy=copies, at=request.at)
    messages.success(request, _("A label is on its way to the printer."))
    return redirect("terminals:printers")


@requires(SET_UP, at_sites=True)
@require_POST
def again(request: TenantRequest, job_id: uuid.UUID) -> HttpResponseBase:
    """Begin a job anew that did not come out."""
    get_object_or_404(PrintJob, pk=job_id, printer__in=Printer.objects.filter(removed_at=None))
    try:
        printing.print_again(job_id, at=request.at)
    except printing.PrinterRefusedError as refused:
        messages.error(request, spoken(refused.text))
    return redirect("terminals:printers")


def _badge(row: Printer) -> Badge:
    if row.error:
        return _STUCK
    return _WELL if row.printed_at else _NONE
