"""Suspensions of the processing: of either side, what it may do, and when the agreement may be ended."""

import uuid
from typing import Final

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from kontor.kernel.actions.answering import answer
from kontor.kernel.components import Badge
from kontor.kernel.requests import TenantRequest, requires
from kontor.office.privacy.actions import suspensions
from kontor.office.privacy.forms.papers import WordsForm
from kontor.office.privacy.models import ProcessingAgreement, Suspension
from kontor.office.privacy.queries.processing import right_to_end
from kontor.office.privacy.views.form_page import form_page

KEEP: Final = "privacy.keep"
DECIDE: Final = "privacy.decide"
STATES: Final = {
    Suspension.State.REPORTED: Badge(gettext_lazy("cannot comply"), "warn"),
    Suspension.State.ORDERED: Badge(gettext_lazy("processing suspended"), "bad"),
    Suspension.State.RESTORED: Badge(gettext_lazy("complied with again"), "info"),
    Suspension.State.LIFTED: Badge(gettext_lazy("lifted"), ""),
}


def suspended_context(request: TenantRequest, found: ProcessingAgreement, rows: list[Suspension]) -> dict[str, object]:
    """Return what `privacy/agreement.html` shows of suspensions to either side: each with its right to end."""
    zone, today = request.tenant.zone, timezone.localdate(request.at)
    told = sorted(rows, key=lambda row: (row.ordered_at or row.reported_at, row.pk), reverse=True)
    for row in told:
        row.agreement = found
    return {
        "suspensions": [(row, STATES[row.State(row.state)], right_to_end(row, on=today, zone=zone)) for row in told],
        "is_held": any(row.state in Suspension.HOLDS for row in rows),
    }


@requires(KEEP)
@require_http_methods(["GET", "POST"])
def report_inability(request: TenantRequest, agreement_id: uuid.UUID) -> HttpResponseBase:
    """Tell a controller that its clauses cannot be complied with."""
    found = get_object_or_404(ProcessingAgreement, pk=agreement_id)
    form = WordsForm(request.POST or None, label=_("What cannot be complied with, and why"))
    return form_page(
        request, form, lambda: suspensions.report_inability(
            found.pk, because=form.cleaned_data["words"], at=request.at, actor=request.actor
        ),
        title=_("We cannot comply"), label=_("Tell the controller"), note=found.contract_number,
        back=reverse("privacy:agreement", args=[found.pk]),
    )  # fmt: skip


@requires(KEEP)
@require_http_methods(["GET", "POST"])
def restore_compliance(request: TenantRequest, suspension_id: uuid.UUID) -> HttpResponseBase:
    """Say how the clauses are complied with again."""
    found = get_object_or_404(Suspension, pk=suspension_id)
    form = WordsForm(request.POST or None, label=_("How it was put right"))
    return form_page(
        request, form, lambda: suspensions.restore_compliance(
            found.pk, how=form.cleaned_data["words"], at=request.at, actor=request.actor
        ),
        title=_("Complied with again"), label=_("Tell the controller"), note=found.because,
        back=reverse("privacy:agreement", args=[found.agreement_id]),
    )  # fmt: skip


@requires(DECIDE)
@require_http_methods(["GET", "POST"])
def suspend(request: TenantRequest, agreement_id: uuid.UUID) -> HttpResponseBase:
    """Suspend the processing under an agreement."""
    found = get_object_or_404(ProcessingAgreement.received, pk=agreement_id)
    form = WordsForm(request.POST or None, label=_("In what the clauses are not complied with"))
    return form_page(
        request, form, lambda: answer(
            "privacy.suspended_by_customer", found.pk, because=form.cleaned_data["words"], at=request.at,
            actor=request.actor,
        ),
        title=_("Suspend the processing"), label=_("Suspend"), back=reverse("privacy-own:agreement", args=[found.pk]),
        note=_("What is stored stays; nothing else is done with it, and its pages are locked, until you lift this."),
    )  # fmt: skip


@requires(DECIDE)
@require_POST
def lift(request: TenantRequest, suspension_id: uuid.UUID) -> HttpResponseBase:
    """Let the processing go on."""
    found = get_object_or_404(Suspension.received, pk=suspension_id, state__in=Suspension.HOLDS)
    answer("privacy.lifted_by_customer", found.pk, at=request.at, actor=request.actor)
    return redirect("privacy-own:agreement", found.agreement_id)
