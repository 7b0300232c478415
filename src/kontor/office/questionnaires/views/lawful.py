"""Why people may be asked: the legal basis, and the safeguards of what is specially protected."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import language, spoken
from kontor.office.questionnaires.actions import lawful
from kontor.office.questionnaires.formats.people import SENSITIVE, sensitive
from kontor.office.questionnaires.forms.lawful import BasisForm, SafeguardForm
from kontor.office.questionnaires.models import Questionnaire, Safeguard
from kontor.office.questionnaires.queries import draft_of
from kontor.office.questionnaires.views.questionnaires import WRITE, crumbs

APPROVE = "questionnaires.approve"


@requires(WRITE)
@require_http_methods(["GET", "POST"])
def basis(request: TenantRequest, questionnaire_id: uuid.UUID) -> HttpResponseBase:
    """Say on what legal basis people are asked."""
    row = get_object_or_404(Questionnaire, pk=questionnaire_id, archived_at=None)
    now = draft_of(row)
    begun = {"basis": now.basis or "interest", "consent_de": now.consent.de, "consent_en": now.consent.en}
    form = BasisForm(request.POST if request.method == "POST" else None, initial=begun)
    if request.method == "POST" and form.is_valid():
        lawful.declare_basis(
            row.pk, form.cleaned_data["basis"], consent=form.consent(), at=request.at, actor=request.actor
        )
        return redirect("questionnaires:editor", row.pk)
    note = _("Data of people are asked only with their explicit consent or a legal permission (visitor 6.4.1).")
    return _page(request, row, form, title=_("Legal basis"), note=note)


@requires(WRITE)
@require_http_methods(["GET", "POST"])
def safeguard(request: TenantRequest, questionnaire_id: uuid.UUID, key: str) -> HttpResponseBase:
    """Record why a question of a special category is asked all the same."""
    row = get_object_or_404(Questionnaire, pk=questionnaire_id, archived_at=None)
    found = next(((each, kind) for each, kind in sensitive(draft_of(row)) if each.key == key), None)
    if found is None:
        raise Http404(key)
    kept = Safeguard.objects.filter(questionnaire=row, question=key).first()
    begun = {name: getattr(kept, name, "") for name in SafeguardForm.base_fields}
    form = SafeguardForm(request.POST if request.method == "POST" else None, initial=begun)
    if request.method == "POST" and form.is_valid():
        lawful.record_safeguard(row.pk, key, form.grounds(), at=request.at, actor=request.actor)
        return redirect("questionnaires:editor", row.pk)
    words = {"label": found[0].label.spoken(language()), "category": spoken(SENSITIVE[found[1]])}
    note = _("“%(label)s” asks for a special category: %(category)s. It is asked only once this is approved.") % words
    return _page(request, row, form, title=_("Safeguards"), note=note)


@requires(APPROVE)
@require_POST
def approve(request: TenantRequest, safeguard_id: uuid.UUID) -> HttpResponseBase:
    """Approve the safeguards of a question."""
    row = get_object_or_404(Safeguard, pk=safeguard_id)
    try:
        lawful.approve_safeguard(row.pk, at=request.at, actor=request.actor)
    except lawful.QuestionnaireRefusedError as refused:
        messages.error(request, spoken(refused.text))
    return redirect("questionnaires:editor", row.questionnaire_id)


def _page(request: TenantRequest, row: Questionnaire, form: Any, *, title: str, note: str) -> HttpResponseBase:
    back = reverse("questionnaires:editor", args=(row.pk,))
    name = row.title_de if language() == "de" else row.title_en
    context = {"form": form, "title": title, "note": note, "crumbs": [*crumbs(), (name, back)], "back": back}
    return render(request, "questionnaires/lawful.html", context, status=422 if form.errors else 200)
