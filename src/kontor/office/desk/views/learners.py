"""Courses as our own people take them: what can be learned, a lesson with its quiz, the certificate."""

import uuid
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import language, spoken
from kontor.office.desk.actions.learning import join_course, stand_at, try_lesson
from kontor.office.desk.formats.quiz import quiz_of
from kontor.office.desk.forms.courses import QuizForm
from kontor.office.desk.models import Course, Enrolment, Lesson
from kontor.office.desk.queries.articles import STAFF, articles_for
from kontor.office.desk.queries.courses import certificate_of, open_courses, shelf, steps_of, taken_by, where_to_go_on
from kontor.office.desk.queries.staff import Colleague
from kontor.office.desk.views.learning import certificate_paper
from kontor.office.desk.views.playing import captioned, played
from kontor.rulebook.refusal import RefusalError

LEARN = "desk.learn"


@requires(LEARN)
@require_GET
def courses(request: TenantRequest) -> HttpResponseBase:
    """Show what one can learn here, and how far one is."""
    context = {"shelf": shelf(_me(request))}
    return render(request, "desk/learn.html", context)


@requires(LEARN)
@require_GET
def course(request: TenantRequest, course_id: uuid.UUID) -> HttpResponseBase:
    """Show a course with its lessons, and where one goes on."""
    found = next((each for each in shelf(_me(request)) if each.course.pk == course_id), None)
    if found is None:
        raise Http404
    steps = steps_of(found.course, found.enrolment)
    context = {
        "found": found, "steps": steps, "next": where_to_go_on(steps, found.enrolment), "crumbs": _crumbs(),
        "certificate": certificate_of(found.enrolment),
    }  # fmt: skip
    return render(request, "desk/learn_course.html", context)


@requires(LEARN)
@require_POST
def join(request: TenantRequest, course_id: uuid.UUID) -> HttpResponseBase:
    """Begin a course, or go on with it."""
    row = get_object_or_404(open_courses(STAFF), pk=course_id)
    try:
        enrolment = join_course(row, _me(request), at=request.at)
    except RefusalError as refused:
        return HttpResponse(spoken(refused.text), status=422, content_type="text/plain; charset=utf-8")
    return _onwards(row, enrolment)


@requires(LEARN)
@require_http_methods(["GET", "POST"])
def lesson(request: TenantRequest, course_id: uuid.UUID, lesson_id: uuid.UUID) -> HttpResponseBase:
    """Show a lesson to somebody who takes the course; take their answers to its quiz."""
    row, enrolment = _mine(request, course_id)
    shown = get_object_or_404(row.lessons.filter(withdrawn_at=None), pk=lesson_id)
    questions = quiz_of(shown.quiz_de if language() == "de" else shown.quiz_en)
    form = QuizForm(request.POST or None, questions=questions)
    tried = None
    if request.method == "POST" and (form.is_valid() or not questions):
        tried = try_lesson(enrolment, shown, form.answers() if questions else {}, at=request.at)
        if tried.passed:
            return _onwards(row, Enrolment.objects.get(pk=enrolment.pk))
    stand_at(enrolment, shown, at=request.at)
    steps = steps_of(row, enrolment)
    place = next(number for number, each in enumerate(steps, 1) if each.lesson.pk == shown.pk)
    title = row.title_de if language() == "de" else row.title_en
    context = {
        "course": row, "lesson": shown, "form": form if questions else None, "tried": tried, "steps": steps,
        "place": place, "done": steps[place - 1].done,
        "crumbs": [*_crumbs(), (title, reverse("desk:learn-course", args=[row.pk]))],
    }  # fmt: skip
    return render(request, "desk/learn_lesson.html", context, status=422 if form.errors or tried else 200)


@requires(LEARN)
@require_GET
def certificate(request: TenantRequest, course_id: uuid.UUID) -> HttpResponseBase:
    """Print the certificate of a completed course."""
    _row, enrolment = _mine(request, course_id)
    found = certificate_of(enrolment)
    if found is None:
        raise Http404
    return certificate_paper(found, request.tenant)


@requires(LEARN)
@require_GET
def video(request: TenantRequest, kind: str, row_id: uuid.UUID) -> HttpResponseBase:
    """Play the video of an article or a lesson."""
    found = _told(kind, row_id)
    if found.video is None:
        raise Http404
    return played(request, found.video)


@requires(LEARN)
@require_GET
def captions(request: TenantRequest, kind: str, row_id: uuid.UUID, tongue: str) -> HttpResponseBase:  # noqa: ARG001  a view's signature
    """Give a video's captions in one language."""
    found = _told(kind, row_id)
    return captioned(found.captions_de if tongue == "de" else found.captions_en)


def _told(kind: str, row_id: uuid.UUID) -> Any:
    if kind == "article":
        return get_object_or_404(articles_for(STAFF).select_related("video"), pk=row_id)
    rows = Lesson.objects.filter(withdrawn_at=None, course__in=open_courses(STAFF)).select_related("video")
    return get_object_or_404(rows, pk=row_id)


def _mine(request: TenantRequest, course_id: uuid.UUID) -> tuple[Course, Enrolment]:
    """Return a course that one takes; Http404 for any other."""
    row = get_object_or_404(open_courses(STAFF), pk=course_id)
    return row, get_object_or_404(taken_by(_me(request)), course=row)


def _onwards(row: Course, enrolment: Enrolment) -> HttpResponseBase:
    going = where_to_go_on(steps_of(row, enrolment), enrolment)
    if going is None or enrolment.completed_at is not None:
        return redirect("desk:learn-course", row.pk)
    return redirect("desk:learn-lesson", row.pk, going.pk)


def _me(request: TenantRequest) -> Colleague:
    return Colleague(request.user.pk, str(request.user), request.user.email)


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Learn"), reverse("desk:learn"))]
