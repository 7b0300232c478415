"""Answering a questionnaire, and reading what was answered."""

import uuid
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from kontor.kernel import registry
from kontor.kernel.actions.blobs import QuotaExceededError
from kontor.kernel.actions.record import looked_at
from kontor.kernel.links import addresses
from kontor.kernel.listing import Column, Listing
from kontor.kernel.queries.blobs import read as read_blob
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import language, spoken
from kontor.office.questionnaires.actions import answering, lawful
from kontor.office.questionnaires.formats.checking import read
from kontor.office.questionnaires.formats.people import asks_people
from kontor.office.questionnaires.models import AnswerPicture, AnswerSheet, Questionnaire
from kontor.office.questionnaires.public.asking import AnswerForm
from kontor.office.questionnaires.queries import answered, newest
from kontor.office.questionnaires.views.editor import title_of
from kontor.office.questionnaires.views.questionnaires import crumbs
from kontor.rulebook.refusal import RefusalError

ANSWERS = "questionnaires.answers"


@requires(ANSWERS)
@require_http_methods(["GET", "POST"])
def answer(request: TenantRequest, questionnaire_id: uuid.UUID) -> HttpResponseBase:
    """Answer a questionnaire by its newest version, for somebody who is asked in person or on the telephone."""
    row = get_object_or_404(Questionnaire, pk=questionnaire_id)
    version = newest(row.pk)
    if version is None:
        raise Http404(questionnaire_id)
    sent = request.method == "POST"
    given = (request.POST, request.FILES) if sent else (None, None)
    form = AnswerForm(read(version.schema), version.schema, *given)
    if sent and form.is_valid():
        told = answering.Given(answers=form.answers, pictures=form.pictures, language=language())
        try:
            lawful.refuse_uninformed(version, at=request.at)
            made = answering.keep_answers(version.pk, told, at=request.at, actor=request.actor)
        except (RefusalError, QuotaExceededError) as refused:
            form.add_error(None, spoken(getattr(refused, "text", str(refused))))
        else:
            return redirect("questionnaires:sheet", made.pk)
    context = {
        "form": form,
        "title": title_of(version),
        "version": version,
        "notice": registry.notice(request.at),
        "about_people": asks_people(form.definition),
        **_way(row),
    }
    return render(request, "questionnaires/answer.html", context, status=422 if form.errors else 200)


@requires(ANSWERS)
@require_GET
def sheets(request: TenantRequest, questionnaire_id: uuid.UUID) -> HttpResponseBase:
    """List what was answered to a questionnaire, the newest first."""
    row = get_object_or_404(Questionnaire, pk=questionnaire_id)
    listing = Listing(
        request,
        AnswerSheet.objects.filter(version__questionnaire=row).select_related("version"),
        name="answers",
        columns=(
            Column(
                "at",
                gettext_lazy("Answered"),
                kind="moment",
                url=addresses("questionnaires:sheet"),
                sort="at",
                slot="title",
            ),
            Column("by_name", gettext_lazy("Answered by"), slot="meta"),
            Column(
                "number", gettext_lazy("Version"), kind="number", value=lambda each: each.version.number, slot="more"
            ),
        ),
        search=("by_name", "email"),
        order="-at",
    )
    if listing.wants_file:
        return listing.file()
    return render(request, "questionnaires/sheets.html", {"listing": listing, "title": title_of(row), **_way(row)})


@requires(ANSWERS)
@require_GET
def sheet(request: TenantRequest, sheet_id: uuid.UUID) -> HttpResponseBase:
    """Show what one person answered; that somebody looked is recorded."""
    row = get_object_or_404(AnswerSheet.objects.select_related("version__questionnaire"), pk=sheet_id)
    looked_at(row, at=request.at, actor=request.actor, fields=["answers"])
    context = {
        "sheet": row,
        "title": title_of(row.version),
        "answers": answered(row, AnswerPicture.objects.filter(sheet=row), language()),
        **_way(row.version.questionnaire, reverse("questionnaires:sheets", args=(row.version.questionnaire_id,))),
    }
    return render(request, "questionnaires/sheet.html", context)


@requires(ANSWERS)
@require_GET
def picture(request: TenantRequest, sheet_id: uuid.UUID, key: str) -> HttpResponseBase:  # noqa: ARG001  a view's signature
    """Show a signature or a photo."""
    row = get_object_or_404(AnswerPicture.objects.select_related("blob"), sheet=sheet_id, question=key)
    answer = HttpResponse(read_blob(row.blob), content_type=row.blob.media_type)
    answer.headers["Content-Disposition"] = "inline"
    return answer


def _way(row: Any, back: str = "") -> dict[str, Any]:
    home = reverse("questionnaires:editor", args=(row.pk,))
    way = [*crumbs(), (title_of(row), home)]
    return {"crumbs": [*way, (_("Answers"), back)] if back else way, "back": home}
