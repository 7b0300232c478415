"""The fault log that a customer keeps, and what the desk makes of it."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.actions.answering import answer
from kontor.kernel.listing import Column, Listing
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.contracts import public as contracts
from kontor.office.desk.actions import faults
from kontor.office.desk.actions.faults import CHANGED_WITHIN, Fault
from kontor.office.desk.forms.help import AddForm, FaultForm
from kontor.office.desk.models import FaultAddition, FaultEntry
from kontor.office.desk.views.own import OWN
from kontor.office.desk.views.queue import SEE, WORK
from kontor.rulebook.refusal import RefusalError

_COLUMNS = (
    Column("happened_at", gettext_lazy("When"), kind="moment", sort="happened_at", slot="meta"),
    Column("text", gettext_lazy("What happened"), late=True),
    Column("by", gettext_lazy("By whom"), late=True),
)


@requires(SEE)
@require_GET
def listed(request: TenantRequest) -> HttpResponseBase:
    """List the faults that customers wrote down."""
    return _listed(request, FaultEntry.objects.all(), "desk:fault")


@requires(OWN)
@require_GET
def own(request: TenantRequest) -> HttpResponseBase:
    """List the faults of one's own company."""
    return _listed(request, FaultEntry.received.all(), "desk:own-fault")


@requires(OWN)
@require_http_methods(["GET", "POST"])
def write(request: TenantRequest, entry_id: uuid.UUID | None = None) -> HttpResponseBase:
    """Write a fault down; within a day change it, later add to it."""
    entry = get_object_or_404(FaultEntry.received, pk=entry_id) if entry_id else None
    fixed = entry is not None and request.at - entry.at > CHANGED_WITHIN
    start: dict[str, Any] = {"happened": localtime(request.at).replace(second=0, microsecond=0)}
    if entry is not None:
        start = {"happened": localtime(entry.happened_at), "module": entry.module, "text": entry.text}
    form: forms.Form = AddForm(request.POST or None) if fixed else FaultForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            _kept(request, entry, form.cleaned_data, fixed=fixed)
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        else:
            return redirect("desk:own-faults")
    additions = FaultAddition.received.filter(entry_id=entry_id).order_by("at") if entry else ()
    return _page(request, entry, form, additions)


@requires(SEE)
@require_GET
def detail(request: TenantRequest, entry_id: uuid.UUID) -> HttpResponseBase:
    """Show a fault to the house."""
    entry = get_object_or_404(FaultEntry, pk=entry_id)
    return _page(request, entry, None, entry.additions.order_by("at"))


@requires(WORK)
@require_POST
def make_request(request: TenantRequest, entry_id: uuid.UUID) -> HttpResponseBase:
    """Make a request of a fault."""
    try:
        made = faults.make_request(entry_id, at=request.at, actor=request.actor)
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    except RefusalError as refused:
        messages.error(request, spoken(refused.text))
        return redirect("desk:fault", entry_id)
    return redirect("desk:ticket", made.pk)


def _kept(request: TenantRequest, entry: FaultEntry | None, given: dict[str, Any], *, fixed: bool) -> object:
    who: dict[str, Any] = {"at": request.at, "actor": request.actor}
    name = f"{request.user} ({request.user.email})"
    if entry is not None and fixed:
        return answer("desk.fault_added", entry.pk, text=given["text"], name=name, **who)
    fault = Fault(given["happened"], given["module"], given["text"])
    if entry is not None:
        return answer("desk.fault_edited", entry.pk, fault=fault, **who)
    running = [each for each in contracts.served_here(at=request.at) if each.running]
    if not running:
        raise Http404
    return answer("desk.fault_logged", running[0].id, fault=fault, name=name, **who)


def _listed(request: TenantRequest, rows: Any, address: str) -> HttpResponseBase:
    title = Column(
        "module", gettext_lazy("Part that failed"), url=lambda row: reverse(address, args=(row.pk,)), slot="title"
    )
    listed = Listing(
        request, rows, name="faults", columns=(title, *_COLUMNS), search=("module", "text"), order="-happened_at"
    )
    if listed.wants_file:
        return listed.file()
    home = ("desk:queue", _("Desk")) if address == "desk:fault" else ("desk:own", _("Help and requests"))
    context = {"rows": listed, "own": address == "desk:own-fault", "crumbs": [(home[1], reverse(home[0]))]}
    return render(request, "desk/faults.html", context)


def _page(
    request: TenantRequest, entry: FaultEntry | None, form: forms.Form | None, additions: Any
) -> HttpResponseBase:
    back = reverse("desk:own-faults" if form is not None else "desk:faults")
    context = {
        "entry": entry, "form": form, "additions": additions, "back": back, "crumbs": [(_("Fault log"), back)],
        "may_work": form is None and request.standing.may(WORK),
    }  # fmt: skip
    return render(request, "desk/fault.html", context, status=422 if form is not None and form.errors else 200)
