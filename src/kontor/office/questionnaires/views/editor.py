"""Writing a questionnaire question by question, with the form beside it as people will see it."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import language, spoken
from kontor.office.questionnaires.actions import writing
from kontor.office.questionnaires.actions.lawful import QuestionnaireRefusedError
from kontor.office.questionnaires.formats.checking import digest
from kontor.office.questionnaires.formats.definition import BASES, KINDS
from kontor.office.questionnaires.formats.people import SENSITIVE, asks_people, sensitive
from kontor.office.questionnaires.forms.editing import QuestionForm, TitleForm, kinds
from kontor.office.questionnaires.models import Questionnaire, Safeguard
from kontor.office.questionnaires.public.asking import AnswerForm
from kontor.office.questionnaires.queries import draft_of, newest
from kontor.office.questionnaires.views.questionnaires import SEE, WRITE, badge, crumbs
from kontor.rulebook.refusal import RefusalError


@requires(SEE)
@require_GET
def editor(request: TenantRequest, questionnaire_id: uuid.UUID) -> HttpResponseBase:
    """Show the questions in their order, and the form that they make."""
    row = get_object_or_404(Questionnaire, pk=questionnaire_id)
    definition, last = draft_of(row), newest(row.pk)
    titles = (row.title_de, row.title_en)
    context = {
        "questionnaire": row,
        "title": title_of(row),
        "state": badge(row),
        "rows": [(each, spoken(KINDS[each.kind]), _condition(definition, each)) for each in definition.questions],
        "basis": spoken(BASES[definition.basis]) if definition.basis else "",
        "about_people": asks_people(definition),
        "sensitive": _sensitive(row, definition),
        "may_approve": request.standing.may("questionnaires.approve"),
        "preview": AnswerForm(definition, row.draft, prefix="preview"),
        "kinds": kinds(),
        "changed": last is None or (bytes(last.sha256), last.title_de, last.title_en) != (digest(row.draft), *titles),
        "may_write": request.standing.may(WRITE) and row.archived_at is None,
        "may_answer": row.number > 0 and row.archived_at is None and request.standing.may("questionnaires.answers"),
        "may_read": request.standing.may("questionnaires.answers"),
        "crumbs": crumbs(),
    }
    return render(request, "questionnaires/editor.html", context)


@requires(WRITE)
@require_http_methods(["GET", "POST"])
def title(request: TenantRequest, questionnaire_id: uuid.UUID) -> HttpResponseBase:
    """Call a questionnaire otherwise."""
    row = _open(questionnaire_id)
    begun = {"title_de": row.title_de, "title_en": row.title_en}
    form = TitleForm(request.POST if request.method == "POST" else None, initial=begun)
    if request.method == "POST" and form.is_valid():
        try:
            writing.rename(row.pk, form.title(), at=request.at, actor=request.actor)
        except QuestionnaireRefusedError as refused:
            form.add_error("title_de", spoken(refused.text))
        else:
            return redirect("questionnaires:editor", row.pk)
    context = {"form": form, "title": _("Change the title"), **_way(row)}
    return render(request, "questionnaires/title.html", context, status=422 if form.errors else 200)


@requires(WRITE)
@require_http_methods(["GET", "POST"])
def add(request: TenantRequest, questionnaire_id: uuid.UUID, kind: str) -> HttpResponseBase:
    """Add a question of a kind at the end."""
    if kind not in KINDS:
        raise Http404(kind)
    row = _open(questionnaire_id)
    form = QuestionForm(kind, draft_of(row), request.POST if request.method == "POST" else None)
    return _question(request, row, form, title=_("New: %(kind)s") % {"kind": spoken(KINDS[kind])})


@requires(WRITE)
@require_http_methods(["GET", "POST"])
def change(request: TenantRequest, questionnaire_id: uuid.UUID, key: str) -> HttpResponseBase:
    """Write a question anew; its kind stays, so that answers to it mean the same."""
    row = _open(questionnaire_id)
    definition = draft_of(row)
    question = definition.question(key)
    if question is None:
        raise Http404(key)
    given = request.POST if request.method == "POST" else None
    form = QuestionForm(question.kind, definition, given, question=question)
    return _question(request, row, form, title=question.label.spoken(language()))


@requires(WRITE)
@require_POST
def move(request: TenantRequest, questionnaire_id: uuid.UUID, key: str) -> HttpResponseBase:
    """Move a question up or down by one place."""
    row = _open(questionnaire_id)
    step = writing.UP if request.POST.get("to") == "up" else writing.DOWN
    _tried(request, lambda: writing.move_question(row.pk, key, step, at=request.at, actor=request.actor))
    return redirect(reverse("questionnaires:editor", args=(row.pk,)) + f"#q-{key}")


@requires(WRITE)
@require_POST
def drop(request: TenantRequest, questionnaire_id: uuid.UUID, key: str) -> HttpResponseBase:
    """Leave a question out."""
    row = _open(questionnaire_id)
    _tried(request, lambda: writing.drop_question(row.pk, key, at=request.at, actor=request.actor))
    return redirect("questionnaires:editor", row.pk)


@requires(WRITE)
@require_POST
def publish(request: TenantRequest, questionnaire_id: uuid.UUID) -> HttpResponseBase:
    """Ask people by what is written, from now on."""
    row = _open(questionnaire_id)
    if _tried(request, lambda: writing.publish(row.pk, at=request.at, actor=request.actor)):
        messages.success(request, _("From now on people are asked by this version."))
    return redirect("questionnaires:editor", row.pk)


@requires(WRITE)
@require_POST
def archive(request: TenantRequest, questionnaire_id: uuid.UUID) -> HttpResponseBase:
    """Ask nobody by it any more."""
    row = _open(questionnaire_id)
    writing.archive(row.pk, at=request.at, actor=request.actor)
    messages.success(request, _("Nobody is asked by it any more. What was answered stays."))
    return redirect("questionnaires:questionnaires")


def _sensitive(row: Questionnaire, definition: Any) -> list[tuple[Any, str, Safeguard | None]]:
    """Return the questions of a special category with its name and what secures them, None for nothing yet."""
    found = list(sensitive(definition))
    kept = {each.question: each for each in Safeguard.objects.filter(questionnaire=row)} if found else {}
    return [
        (each, spoken(SENSITIVE[kind]), had if (had := kept.get(each.key)) and had.category == kind else None)
        for each, kind in found
    ]


def title_of(row: Any) -> str:
    """Return a title in the page's language."""
    return str(row.title_de if language() == "de" else row.title_en)


def _open(questionnaire_id: uuid.UUID) -> Questionnaire:
    return get_object_or_404(Questionnaire, pk=questionnaire_id, archived_at=None)


def _question(request: TenantRequest, row: Questionnaire, form: QuestionForm, *, title: str) -> HttpResponseBase:
    if request.method == "POST" and form.is_valid():
        try:
            writing.put_question(row.pk, form.asked(), at=request.at, actor=request.actor)
        except QuestionnaireRefusedError as refused:
            form.add_error(None, spoken(refused.text))
        else:
            return redirect("questionnaires:editor", row.pk)
    context = {"form": form, "title": title, **_way(row)}
    return render(request, "questionnaires/question.html", context, status=422 if form.errors else 200)


def _tried(request: TenantRequest, step: Any) -> bool:
    try:
        step()
    except RefusalError as refused:
        messages.error(request, spoken(refused.text))
        return False
    return True


def _way(row: Questionnaire) -> dict[str, Any]:
    back = reverse("questionnaires:editor", args=(row.pk,))
    return {"crumbs": [*crumbs(), (title_of(row), back)], "back": back}


def _condition(definition: Any, question: Any) -> str:
    """Say when a question is shown, "" where always."""
    if question.shown is None:
        return ""
    asked, speak = definition.question(question.shown.question), language()
    labels = {each.value: each.label.spoken(speak) for each in asked.options}
    value = question.shown.value
    told = (_("Yes") if value else _("No")) if isinstance(value, bool) else labels[value]
    words = {"question": asked.label.spoken(speak), "answer": told}
    if question.shown.unless:
        return _("unless “%(question)s” is answered “%(answer)s”") % words
    return _("if “%(question)s” is answered “%(answer)s”") % words
