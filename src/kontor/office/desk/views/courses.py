"""Teaching: courses and their lessons, and how far everybody is."""

import uuid
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext as _, gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.actions.blobs import QuotaExceededError
from kontor.kernel.components import Badge
from kontor.kernel.links import addresses
from kontor.kernel.listing import Choice, Column, Listing
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.desk.actions.courses import Planned, Taught, withdraw_lesson, write_course, write_lesson
from kontor.office.desk.forms.courses import CourseForm, LessonForm
from kontor.office.desk.models import Course, Enrolment, Lesson
from kontor.office.desk.queries.courses import courses_counted, learners_of, untrained
from kontor.office.desk.views.articles import STATES, WRITE
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text


@requires(WRITE)
@require_GET
def courses(request: TenantRequest) -> HttpResponseBase:
    """List the courses, with how many people take and completed each."""
    title = _title()
    rows = Listing(
        request,
        courses_counted().order_by(title),
        name="courses",
        columns=(
            Column(
                title,
                gettext_lazy("Course"),
                url=addresses("desk:course"),
                slot="title",
                sort=title,
                sub=lambda row: row.summary_de if title == "title_de" else row.summary_en,
            ),
            Column("state", gettext_lazy("State"), kind="badge", value=lambda row: STATES[row.state], slot="state"),
            Column("many", gettext_lazy("Lessons"), kind="number", sort="many"),
            Column("taken", gettext_lazy("Learners"), kind="number", sort="taken"),
            Column("completed", gettext_lazy("Completed"), kind="number", sort="completed"),
        ),
        search=("title_de", "title_en"),
        order=title,
    )
    if rows.wants_file:
        return rows.file()
    return render(request, "desk/courses.html", {"rows": rows})


@requires(WRITE)
@require_GET
def without_basics(request: TenantRequest) -> HttpResponseBase:
    """List who works with the software without having completed the basic training."""
    titles = {course.pk: getattr(course, _title()) for course in Course.objects.filter(basic=True)}
    rows = Listing(
        request,
        untrained(at=request.at),
        name="untrained",
        columns=(
            Column("name", gettext_lazy("Name"), slot="title", sort="name", sub=lambda each: each.email),
            Column("customer", gettext_lazy("Customer"), slot="meta", sort="customer"),
            Column("missing", gettext_lazy("Not completed"), slot="more",
                   value=lambda each: ", ".join(titles[key] for key in each.missing)),
        ),
        search=("name", "email", "customer"),
    )  # fmt: skip
    if rows.wants_file:
        return rows.file()
    return render(request, "desk/untrained.html", {"rows": rows, "crumbs": _crumbs(), "asks": bool(titles)})


@requires(WRITE)
@require_GET
def course(request: TenantRequest, course_id: uuid.UUID) -> HttpResponseBase:
    """Show a course: its lessons, and how far everybody is who takes it."""
    row = get_object_or_404(Course, pk=course_id)
    people = Listing(
        request,
        learners_of(row),
        name="learners",
        columns=(
            Column("person.name", gettext_lazy("Name"), value=lambda each: each.learner, slot="title"),
            Column("person.party.name", gettext_lazy("Customer"), slot="meta", sub=_far),
            Column("percent", gettext_lazy("Per cent done"), kind="number", sort="percent"),
            Column("state", gettext_lazy("State"), kind="badge", value=_standing, slot="state"),
            Column("completed_at", gettext_lazy("Completed"), kind="moment", sort="completed_at", late=True),
            Column("seen_at", gettext_lazy("Last there"), kind="moment", sort="seen_at", late=True),
        ),
        search=("person__name", "person__email", "person__party__name", "name", "email"),
        choices=(Choice("standing", gettext_lazy("State"), _STANDINGS, apply=_by_standing),),
    )
    if people.wants_file:
        return people.file()
    lessons = row.lessons.filter(withdrawn_at=None).defer("quiz_de", "quiz_en").order_by("place", "id")
    context = {
        "course": row, "title": getattr(row, _title()), "people": people, "lessons": lessons,
        "state": STATES[row.state], "crumbs": _crumbs(),
    }  # fmt: skip
    return render(request, "desk/course.html", context)


@requires(WRITE)
@require_http_methods(["GET", "POST"])
def edit(request: TenantRequest, course_id: uuid.UUID | None = None) -> HttpResponseBase:
    """Write a course, or write it anew."""
    row = get_object_or_404(Course, pk=course_id) if course_id else None
    rows = Course.objects.exclude(pk=course_id) if course_id else Course.objects.all()
    others = rows.order_by(_title()).values_list("pk", _title())
    form = CourseForm(request.POST or None, initial=CourseForm.start(row), others=others)
    if request.method == "POST" and form.is_valid():
        try:
            made = write_course(course_id, Planned(**form.cleaned_data), at=request.at, actor=request.actor)
        except RefusalError as refused:
            form.add_error("needs", spoken(refused.text))
        else:
            return redirect("desk:course", made.pk)
    back = reverse("desk:course", args=[row.pk]) if row else reverse("desk:courses")
    title = getattr(row, _title()) if row else _("Write a course")
    return _form(request, form, title=title, back=back, crumbs=_crumbs())


@requires(WRITE)
@require_http_methods(["GET", "POST"])
def lesson(request: TenantRequest, course_id: uuid.UUID, lesson_id: uuid.UUID | None = None) -> HttpResponseBase:
    """Write a lesson, or write it anew."""
    row = get_object_or_404(Course, pk=course_id)
    shown = get_object_or_404(row.lessons.filter(withdrawn_at=None), pk=lesson_id) if lesson_id else None
    start = LessonForm.start(shown) if shown else {"place": row.lessons.filter(withdrawn_at=None).count() + 1}
    form = LessonForm(request.POST or None, request.FILES or None, initial=start)
    if request.method == "POST" and form.is_valid():
        given, video = form.split()
        try:
            write_lesson(row.pk, lesson_id, Taught(**given), video=video, at=request.at, actor=request.actor)
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        except QuotaExceededError as full:
            form.add_error("video", str(full))
        else:
            return redirect("desk:course", row.pk)
    title = getattr(shown, _title()) if shown else _("Write a lesson")
    back = reverse("desk:course", args=[row.pk])
    return _form(request, form, title=title, back=back, crumbs=[*_crumbs(), (getattr(row, _title()), back)])


@requires(WRITE)
@require_POST
def withdraw(request: TenantRequest, lesson_id: uuid.UUID) -> HttpResponseBase:
    """Take a lesson out of its course."""
    row = get_object_or_404(Lesson, pk=lesson_id, withdrawn_at=None)
    withdraw_lesson(row.pk, at=request.at, actor=request.actor)
    return redirect("desk:course", row.course_id)


_STANDINGS = (
    ("done", Text("abgeschlossen", "completed")),
    ("open", Text("unterwegs", "on the way")),
)


def _far(row: Enrolment) -> str:
    return f"{row.percent}\N{NO-BREAK SPACE}%"


def _standing(row: Enrolment) -> Badge:
    return Badge(_STANDINGS[0][1], "good") if row.completed_at else Badge(_STANDINGS[1][1], "info")


def _by_standing(rows: Any, value: str) -> Any:
    return rows.filter(completed_at__isnull=value == "open")


def _title() -> str:
    return "title_de" if get_language() == "de" else "title_en"


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Courses"), reverse("desk:courses"))]


def _form(request: TenantRequest, form: Any, **shown: Any) -> HttpResponseBase:
    return render(request, "desk/form.html", {"form": form, **shown}, status=422 if form.errors else 200)
