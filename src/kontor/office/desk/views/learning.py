"""Learning in the customer centre: the courses, a lesson with its quiz, the certificate."""

import uuid
from pathlib import Path
from typing import Any, Final

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel import pdf
from kontor.kernel.models import Tenant
from kontor.kernel.wording import language, spoken
from kontor.office.desk.actions.learning import join_course, stand_at, try_lesson
from kontor.office.desk.formats.quiz import quiz_of
from kontor.office.desk.forms.courses import QuizForm
from kontor.office.desk.models import Certificate, Course, Enrolment, Lesson
from kontor.office.desk.queries.articles import articles_for
from kontor.office.desk.queries.courses import certificate_of, open_courses, shelf, steps_of, where_to_go_on
from kontor.office.desk.views.centre_frame import CentreRequest, in_centre, signed_in_here
from kontor.office.desk.views.playing import captioned, played
from kontor.rulebook.refusal import RefusalError

_TYPST: Final = Path(__file__).resolve().parents[1] / "typst" / "completed.typ"


@in_centre
@require_GET
def courses(request: CentreRequest) -> HttpResponseBase:
    """Show what can be learned, and how far one is."""
    context = {"here": request.here, "shelf": shelf(request.here.person), "opened": "courses"}
    return render(request, "desk/centre_courses.html", context)


@in_centre
@require_GET
def course(request: CentreRequest, course_id: uuid.UUID) -> HttpResponseBase:
    """Show a course with its lessons, and where one goes on."""
    found = next((each for each in shelf(request.here.person) if each.course.pk == course_id), None)
    if found is None:
        raise Http404
    steps = steps_of(found.course, found.enrolment)
    context = {
        "here": request.here, "found": found, "steps": steps, "opened": "courses",
        "next": where_to_go_on(steps, found.enrolment), "certificate": certificate_of(found.enrolment),
    }  # fmt: skip
    return render(request, "desk/centre_course.html", context)


@signed_in_here
@require_POST
def join(request: CentreRequest, course_id: uuid.UUID) -> HttpResponseBase:
    """Begin a course, or go on with it."""
    row = get_object_or_404(open_courses(), pk=course_id)
    assert request.here.person is not None, "signed_in_here saw to it"
    try:
        enrolment = join_course(row, request.here.person, at=request.at)
    except RefusalError as refused:
        return HttpResponse(spoken(refused.text), status=422, content_type="text/plain; charset=utf-8")
    going = where_to_go_on(steps_of(row, enrolment), enrolment)
    if going is None:
        return redirect("centre:course", request.here.slug, course_id)
    return redirect("centre:lesson", request.here.slug, course_id, going.pk)


@signed_in_here
@require_http_methods(["GET", "POST"])
def lesson(request: CentreRequest, course_id: uuid.UUID, lesson_id: uuid.UUID) -> HttpResponseBase:
    """Show a lesson to somebody who takes the course; take their answers to its quiz."""
    row, enrolment = _mine(request, course_id)
    shown = get_object_or_404(row.lessons.filter(withdrawn_at=None), pk=lesson_id)
    questions = quiz_of(shown.quiz_de if language() == "de" else shown.quiz_en)
    form = QuizForm(request.POST or None, questions=questions)
    tried = None
    if request.method == "POST" and (form.is_valid() or not questions):
        tried = try_lesson(enrolment, shown, form.answers() if questions else {}, at=request.at)
        if tried.passed:
            return _onwards(request, row, Enrolment.objects.get(pk=enrolment.pk))
    stand_at(enrolment, shown, at=request.at)
    steps = steps_of(row, enrolment)
    place = next(number for number, each in enumerate(steps, 1) if each.lesson.pk == shown.pk)
    context = {
        "here": request.here, "course": row, "lesson": shown, "form": form if questions else None, "tried": tried,
        "steps": steps, "place": place, "done": steps[place - 1].done, "opened": "courses",
    }  # fmt: skip
    return render(request, "desk/centre_lesson.html", context, status=422 if form.errors or tried else 200)


@signed_in_here
@require_GET
def certificate(request: CentreRequest, course_id: uuid.UUID) -> HttpResponseBase:
    """Print the certificate of a completed course."""
    _row, enrolment = _mine(request, course_id)
    found = certificate_of(enrolment)
    if found is None:
        raise Http404
    return certificate_paper(found, Tenant.objects.get(pk=request.here.tenant))


def certificate_paper(found: Certificate, tenant: Tenant) -> HttpResponse:
    """Answer with a certificate as PDF, in the reader's language."""
    german = language() == "de"
    paper = {
        "language": language(), "name": found.name, "title": found.title_de if german else found.title_en,
        "lessons": found.lessons, "number": found.number, "from": tenant.name,
        "day": localdate(found.at).isoformat(),
    }  # fmt: skip
    response = HttpResponse(pdf.render(_TYPST, paper, at=found.at), content_type="application/pdf")
    name = _("certificate")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-{found.number}.pdf"'
    return response


@in_centre
@require_GET
def video(request: CentreRequest, kind: str, row_id: uuid.UUID) -> HttpResponseBase:
    """Play the video of a lesson or an article that its reader may see."""
    found = _told(request, kind, row_id)
    if found.video is None:
        raise Http404
    return played(request, found.video)


@in_centre
@require_GET
def captions(request: CentreRequest, kind: str, row_id: uuid.UUID, tongue: str) -> HttpResponseBase:
    """Give a video's captions in one language."""
    found = _told(request, kind, row_id)
    return captioned(found.captions_de if tongue == "de" else found.captions_en)


def _told(request: CentreRequest, kind: str, row_id: uuid.UUID) -> Any:
    """Return the article or lesson whose video it is; a lesson's is for who takes the course. Http404 for others."""
    if kind == "article":
        return get_object_or_404(articles_for(request.here.audiences).select_related("video"), pk=row_id)
    if request.here.person is None:
        raise Http404
    taken = Lesson.objects.filter(withdrawn_at=None, course__in=open_courses()).select_related("video")
    taken = taken.filter(course__enrolments__person=request.here.person)
    return get_object_or_404(taken, pk=row_id)


def _mine(request: CentreRequest, course_id: uuid.UUID) -> tuple[Course, Enrolment]:
    """Return a course that one takes; Http404 for any other."""
    row = get_object_or_404(open_courses(), pk=course_id)
    return row, get_object_or_404(Enrolment, course=row, person=request.here.person)


def _onwards(request: CentreRequest, row: Course, enrolment: Enrolment) -> HttpResponseBase:
    going = where_to_go_on(steps_of(row, enrolment), enrolment)
    if going is None or enrolment.completed_at is not None:
        return redirect("centre:course", request.here.slug, row.pk)
    return redirect("centre:lesson", request.here.slug, row.pk, going.pk)
