"""Competitors of the house, and their registrations that wait for its written consent."""

import uuid
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.actions.blobs import QuotaExceededError
from kontor.kernel.queries.rulings import reasons_by_id
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.contracts.actions import competitors, trials
from kontor.office.contracts.forms.competitors import CompetitorForm, ConsentForm, RefusalForm
from kontor.office.contracts.models import Competitor, HeldRegistration
from kontor.office.contracts.queries.competitors import held_registrations
from kontor.office.contracts.views.offers import sent_file
from kontor.rulebook.refusal import RefusalError

OFFER = "contracts.offer"


@requires(OFFER)
@require_http_methods(["GET", "POST"])
def overview(request: TenantRequest) -> HttpResponseBase:
    """Show who is listed and what waits for a consent; list another."""
    form = CompetitorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            competitors.note_competitor(**form.cleaned_data, at=request.at, actor=request.actor)
        except RefusalError as refused:
            form.add_error("domain", spoken(refused.text))
        else:
            return redirect("contracts:competitors")
    context = {
        "form": form, "listed": Competitor.objects.order_by("domain"), "held": held_registrations(),
    }  # fmt: skip
    return render(request, "contracts/competitors.html", context, status=422 if form.errors else 200)


@requires(OFFER)
@require_POST
def drop(request: TenantRequest, row_id: uuid.UUID) -> HttpResponseBase:
    """Take a company off the list."""
    get_object_or_404(Competitor, pk=row_id)
    competitors.drop_competitor(row_id, at=request.at, actor=request.actor)
    return redirect("contracts:competitors")


@requires(OFFER)
@require_http_methods(["GET", "POST"])
def held(request: TenantRequest, held_id: uuid.UUID) -> HttpResponseBase:
    """Show a held registration, and let it in once the written consent is attached."""
    get_object_or_404(HeldRegistration, pk=held_id)
    form = ConsentForm(request.POST, request.FILES) if request.method == "POST" else ConsentForm()
    if request.method == "POST" and form.is_valid():
        paper = form.cleaned_data["paper"]
        try:
            trials.let_in(held_id, name=paper.name, paper=paper.read(), at=request.at, actor=request.actor)
        except RefusalError as refused:
            form.add_error("paper", spoken(refused.text))
        except QuotaExceededError as full:
            form.add_error("paper", str(full))
        else:
            return redirect("contracts:held-registration", held_id)
    return _page(request, held_id, consent_form=form)


@requires(OFFER)
@require_POST
def refuse(request: TenantRequest, held_id: uuid.UUID) -> HttpResponseBase:
    """Refuse a held registration: its person is told, and what they typed goes."""
    get_object_or_404(HeldRegistration, pk=held_id)
    form = RefusalForm(request.POST)
    if form.is_valid():
        try:
            competitors.refuse_held(held_id, **form.cleaned_data, at=request.at, actor=request.actor)
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        else:
            return redirect("contracts:competitors")
    return _page(request, held_id, refusal_form=form)


@requires(OFFER)
@require_GET
def consent(request: TenantRequest, held_id: uuid.UUID) -> HttpResponseBase:  # noqa: ARG001  a view's signature
    """Give the written consent that was attached."""
    found = get_object_or_404(HeldRegistration.objects.exclude(consent=None).select_related("consent"), pk=held_id)
    assert found.consent is not None, "asked for above"
    return sent_file(found.consent)


def _page(
    request: TenantRequest, held_id: uuid.UUID, *, consent_form: Any = None, refusal_form: Any = None
) -> HttpResponseBase:
    found = HeldRegistration.objects.select_related("consent", "trial").get(pk=held_id)
    context = {
        "held": found,
        "open": found.state == HeldRegistration.State.HELD,
        "why": reasons_by_id({found.ruling}).get(found.ruling),
        "consent_form": consent_form or ConsentForm(),
        "refusal_form": refusal_form or RefusalForm(),
        "crumbs": [(_("Competitors"), reverse("contracts:competitors"))],
    }
    wrong = any(form is not None and form.errors for form in (consent_form, refusal_form))
    return render(request, "contracts/held_registration.html", context, status=422 if wrong else 200)
