"""Complaints of mailings: what proves the consent, and when an account without proof is suspended."""

import uuid
from datetime import datetime
from typing import Any, Final

from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.components import Badge
from kontor.kernel.requests import TenantRequest, requires
from kontor.office.privacy.actions import complaints as acts
from kontor.office.privacy.forms.complaints import ComplaintForm
from kontor.office.privacy.forms.papers import WordsForm
from kontor.office.privacy.models import Complaint, ConsentStep
from kontor.office.privacy.queries.erasures import erasable_tenants
from kontor.office.privacy.views.consent_book import KINDS, WAYS
from kontor.office.privacy.views.form_page import form_page
from kontor.office.privacy.views.tabs import house_tabs, own_tabs
from kontor.rulebook.complaint import CLAUSE

KEEP: Final = "privacy.consents"
_LOOKED_FOR: Final = Badge(gettext_lazy("looking for the proof"), "info")
_PROVED: Final = Badge(gettext_lazy("consent proved"), "good")
_UNPROVED: Final = Badge(gettext_lazy("no proof"), "bad")
_CLOSED: Final = Badge(gettext_lazy("closed"), "")


@requires(KEEP)
@require_GET
def complaints(request: TenantRequest) -> HttpResponseBase:
    """List the complaints, the newest first: the house all it was told, a customer those of its own mailings."""
    house = request.tenant.is_house
    rows = Complaint.objects.all() if house else Complaint.received.all()
    context = {
        "rows": [
            (row, _badge(row), [_step(each) for each in row.proof]) for row in rows.order_by("-received_at")[:200]
        ],
        "clause": CLAUSE.number,
        "house": house,
        "crumbs": [(_("Consents"), reverse("privacy:consents"))],
        **(house_tabs if house else own_tabs)(request, "consents"),
    }
    return render(request, "privacy/complaints.html", context)


@requires(KEEP)
@require_http_methods(["GET", "POST"])
def new(request: TenantRequest) -> HttpResponseBase:
    """Enter a complaint; the customer's book of consents is looked into at once."""
    _house(request)
    form = ComplaintForm(request.POST or None, companies=erasable_tenants())
    return form_page(
        request, form, lambda: acts.enter_complaint(
            uuid.UUID(form.cleaned_data["of_tenant"]), form.cleaned_data["email"], words=form.cleaned_data["words"],
            at=request.at, actor=request.actor,
        ),
        title=_("A complaint"), label=_("Enter and look for the proof"), back=reverse("privacy:complaints"),
        note=_("The company's book of consents is looked into at once, for this address alone."),
    )  # fmt: skip


@requires(KEEP)
@require_http_methods(["GET", "POST"])
def close(request: TenantRequest, complaint_id: uuid.UUID) -> HttpResponseBase:
    """Say what was done in the end."""
    _house(request)
    found = get_object_or_404(Complaint, pk=complaint_id)
    form = WordsForm(request.POST or None, label=_("What was done"))
    return form_page(
        request, form, lambda: acts.close_complaint(
            found.pk, how=form.cleaned_data["words"], at=request.at, actor=request.actor
        ),
        title=_("Close the complaint"), label=_("Close"), note=found.email, back=reverse("privacy:complaints"),
    )  # fmt: skip


@requires(KEEP)
@require_POST
def look(request: TenantRequest, complaint_id: uuid.UUID) -> HttpResponseBase:
    """Look for the proof once more, as the customer who has entered it meanwhile."""
    found = get_object_or_404(Complaint.received, pk=complaint_id, closed_at=None)
    acts.look_for_proof(found.pk, at=request.at, actor=request.actor)
    return redirect("privacy:complaints")


def _house(request: TenantRequest) -> None:
    if not request.tenant.is_house:
        raise Http404


def _badge(row: Complaint) -> Badge:
    if row.closed_at is not None:
        return _CLOSED
    if row.looked_at is None:
        return _LOOKED_FOR
    return _PROVED if row.proof else _UNPROVED


def _step(told: dict[str, Any]) -> dict[str, Any]:
    kind, way = ConsentStep.Kind(told["kind"]), ConsentStep.Channel(told["channel"])
    return {**told, "kind": KINDS[kind], "way": WAYS[way], "at": datetime.fromisoformat(told["at"])}
