"""The tenant's questionnaires: which there are, beginning one, its schema as a file."""

import json
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from kontor.kernel.components import Badge
from kontor.kernel.links import addresses
from kontor.kernel.listing import Column, Listing
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import language, spoken
from kontor.office.questionnaires.actions import importing, writing
from kontor.office.questionnaires.actions.lawful import QuestionnaireRefusedError
from kontor.office.questionnaires.formats.foreign import LARGEST
from kontor.office.questionnaires.forms.editing import ImportForm, TitleForm
from kontor.office.questionnaires.models import Questionnaire
from kontor.rulebook.refusal import RefusalError

SEE, WRITE = "questionnaires.see", "questionnaires.write"


@requires(SEE)
@require_GET
def questionnaires(request: TenantRequest) -> HttpResponseBase:
    """List the questionnaires, and whether people are asked by them."""
    title = f"title_{language()}"
    listing = Listing(
        request,
        Questionnaire.objects.filter(archived_at=None),
        name="questionnaires",
        columns=(
            Column(
                title, gettext_lazy("Questionnaire"), url=addresses("questionnaires:editor"), slot="title", sort=title
            ),
            Column("questions", gettext_lazy("Questions"), kind="number", value=_questions, slot="meta"),
            Column("state", gettext_lazy("State"), kind="badge", value=badge, slot="state"),
            Column("changed_at", gettext_lazy("Changed"), kind="moment", sort="changed_at", late=True),
        ),
        search=("title_de", "title_en"),
        order=title,
    )
    if listing.wants_file:
        return listing.file()
    context = {"listing": listing, "may_write": request.standing.may(WRITE)}
    return render(request, "questionnaires/questionnaires.html", context)


@requires(WRITE)
@require_http_methods(["GET", "POST"])
def new(request: TenantRequest) -> HttpResponseBase:
    """Begin a questionnaire."""
    form = TitleForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = writing.write(form.title(), at=request.at, actor=request.actor)
        except QuestionnaireRefusedError as refused:
            form.add_error("title_de", spoken(refused.text))
        else:
            return redirect("questionnaires:editor", made.pk)
    context = {
        "form": form,
        "title": _("New questionnaire"),
        "crumbs": crumbs(),
        "back": reverse("questionnaires:questionnaires"),
    }
    return render(request, "questionnaires/title.html", context, status=422 if form.errors else 200)


@requires(WRITE)
@require_http_methods(["GET", "POST"])
def bring_in(request: TenantRequest) -> HttpResponseBase:
    """Begin a questionnaire with the questions of a file."""
    form = ImportForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data["file"].read(LARGEST + 1)
        try:
            made = importing.bring_in(form.title(), data, at=request.at, actor=request.actor)
        except RefusalError as refused:
            field = "title_de" if isinstance(refused, QuestionnaireRefusedError) else "file"
            form.add_error(field, spoken(refused.text))
        else:
            messages.success(request, _("These are its questions. Read them, give them both languages, then publish."))
            return redirect("questionnaires:editor", made.pk)
    context = {
        "form": form,
        "title": _("Import a questionnaire"),
        "crumbs": crumbs(),
        "back": reverse("questionnaires:questionnaires"),
    }
    return render(request, "questionnaires/title.html", context, status=422 if form.errors else 200)


@requires(SEE)
@require_GET
def schema(request: TenantRequest, questionnaire_id: uuid.UUID) -> HttpResponseBase:  # noqa: ARG001  a view's signature
    """Give the questions as they are written as a JSON Schema."""
    row = get_object_or_404(Questionnaire, pk=questionnaire_id)
    answer = HttpResponse(json.dumps(row.draft, ensure_ascii=False, indent=2), content_type="application/schema+json")
    answer.headers["Content-Disposition"] = f'attachment; filename="questionnaire-{row.pk}.schema.json"'
    return answer


def badge(row: Any) -> Badge:
    """Return whether people are asked by a questionnaire."""
    if row.archived_at is not None:
        return Badge(gettext_lazy("Archived"), "")
    if not row.number:
        return Badge(gettext_lazy("Draft"), "warn")
    return Badge(_("Version %(number)s") % {"number": row.number}, "good")


def crumbs() -> list[tuple[str, str]]:
    """Return the way to a questionnaire."""
    return [(_("Questionnaires"), reverse("questionnaires:questionnaires"))]


def _questions(row: Any) -> int:
    return len(row.draft["x-kontor"]["questions"])
