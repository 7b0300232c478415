"""Courses for whoever learns, and how far everybody is for whoever teaches."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import models
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.timezone import localdate

from kontor.kernel.tenancy import current_tenant
from kontor.office.desk.models import Article, CentrePerson, Certificate, Course, Enrolment, Lesson
from kontor.office.desk.queries.articles import SIGNED_IN, STAFF
from kontor.office.desk.queries.staff import Colleague, colleagues

_LESSONS: Final = Lesson.objects.filter(course=OuterRef("pk"), withdrawn_at=None)
_TAKEN: Final = Enrolment.objects.filter(course=OuterRef("pk"))


@dataclass(frozen=True, slots=True)
class Shelved:
    """A course as a learner sees it: how many lessons, how far they are, and what has to be completed first."""

    course: Course
    lessons: int
    enrolment: Enrolment | None
    needs: Course | None

    @property
    def percent(self) -> int:
        """How far they are, 0 to 100."""
        return self.enrolment.percent if self.enrolment else 0


@dataclass(frozen=True, slots=True)
class Step:
    """A lesson of a course, and whether it is completed."""

    lesson: Lesson
    done: bool


def open_courses(audiences: Collection[str] = SIGNED_IN) -> QuerySet[Course]:
    """Return the courses that are published for these readers, in the order in which they were written."""
    shown = Course.objects.filter(tenant_id=current_tenant(), state=Article.State.PUBLISHED, audience__in=audiences)
    return shown.order_by("id")


def taken_by(learner: CentrePerson | Colleague) -> QuerySet[Enrolment]:
    """Return which courses somebody takes."""
    mine = {"member": learner.id} if isinstance(learner, Colleague) else {"person": learner}
    return Enrolment.objects.filter(**mine)


def shelf(learner: CentrePerson | Colleague | None) -> list[Shelved]:
    """Return every course a learner may take with how far they are; two queries, one for a visitor."""
    readers = STAFF if isinstance(learner, Colleague) else SIGNED_IN
    courses = [each for each in open_courses(readers).annotate(many=_many(_LESSONS)) if each.many]
    rows = taken_by(learner) if learner else Enrolment.objects.none()
    mine = {each.course_id: each for each in rows}
    by_id = {each.pk: each for each in courses}
    return [Shelved(each, each.many, mine.get(each.pk), _still_needed(each, by_id, mine)) for each in courses]


def _still_needed(
    course: Course, courses: Mapping[uuid.UUID, Course], mine: dict[uuid.UUID, Enrolment]
) -> Course | None:
    first = mine.get(course.needs_id) if course.needs_id else None
    return courses.get(course.needs_id) if course.needs_id and not (first and first.completed_at) else None


def steps_of(course: Course, enrolment: Enrolment | None) -> list[Step]:
    """Return the lessons of a course in order, and which of them are completed."""
    done = set(enrolment.done.values_list("lesson_id", flat=True)) if enrolment else set()
    rows = course.lessons.filter(withdrawn_at=None).defer("quiz_de", "quiz_en", "captions_de", "captions_en")
    return [Step(each, each.pk in done) for each in rows.order_by("place", "id")]


def where_to_go_on(steps: Sequence[Step], enrolment: Enrolment | None) -> Lesson | None:
    """Return where somebody goes on: where they were if that is open still, else the first open lesson, else None."""
    still_open = [each.lesson for each in steps if not each.done]
    here = enrolment.lesson_id if enrolment else None
    return next((each for each in still_open if each.pk == here), still_open[0] if still_open else None)


def certificate_of(enrolment: Enrolment | None) -> Certificate | None:
    """Return the certificate that somebody got for a course, if any."""
    return Certificate.objects.filter(enrolment=enrolment).first() if enrolment else None


def learners_of(course: Course) -> QuerySet[Enrolment]:
    """Return everybody who takes a course, with their customer."""
    return Enrolment.objects.filter(course=course).select_related("person__party").order_by("person__name", "name")


@dataclass(frozen=True, slots=True, kw_only=True)
class Untrained:
    """
    Somebody who has not completed the basic training.

    customer  whose user they are; "" for one of our own people
    missing   what they have not completed, as keys of courses
    """

    name: str
    email: str
    customer: str
    missing: tuple[uuid.UUID, ...]


def untrained(*, at: datetime) -> list[Untrained]:
    """
    Return our own people and customers' users without a completed basic course, by customer and name; four queries.

    A course for staff alone binds nobody else, and one for customers our own people too (leisure, Art. 7).
    """
    basic = list(Course.objects.filter(basic=True, state=Article.State.PUBLISHED).order_by("id"))
    done = set(
        Enrolment.objects.filter(course__in=basic)
        .exclude(completed_at=None)
        .values_list("course", Coalesce("member", "person"))
    )
    found = []
    for each in colleagues(at=at):
        missing = tuple(course.pk for course in basic if (course.pk, each.id) not in done)
        found.append(Untrained(name=each.name, email=each.email, customer="", missing=missing))
    here = models.Q(left_on=None) | models.Q(left_on__gt=localdate(at))
    for person in CentrePerson.objects.filter(here).select_related("party").order_by("party__name", "name", "pk"):
        open_to_them = (course for course in basic if course.audience in SIGNED_IN)
        missing = tuple(course.pk for course in open_to_them if (course.pk, person.pk) not in done)
        customer = person.party.name if person.party else ""
        found.append(Untrained(name=str(person), email=person.email, customer=customer, missing=missing))
    return [each for each in found if each.missing]


def courses_counted() -> QuerySet[Course]:
    """Return all courses with how many lessons they have, how many people take them and how many completed them."""
    return Course.objects.annotate(
        many=_many(_LESSONS), taken=_many(_TAKEN), completed=_many(_TAKEN.exclude(completed_at=None))
    )


def _many(rows: QuerySet[Any]) -> Coalesce:
    """Return how many rows there are of a course; counted beside it, since a row's key is tenant and id."""
    return Coalesce(Subquery(rows.order_by().values("course").annotate(count=Count("pk")).values("count")), 0)
