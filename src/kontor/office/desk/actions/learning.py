"""Taking a course: joining, going through its lessons, completing it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Max

from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.tenancy import current_tenant
from kontor.office.desk.actions.centre_door import actor_of
from kontor.office.desk.formats.quiz import marked, passes, quiz_of
from kontor.office.desk.models import CentrePerson, Certificate, Course, Enrolment, Lesson, LessonDone
from kontor.office.desk.queries.courses import taken_by
from kontor.office.desk.queries.staff import Colleague
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

_WHOLE = 100


@dataclass(frozen=True, slots=True)
class Tried:
    """How a try at a lesson went: so many of so many questions right, and whether that is enough."""

    right: int
    asked: int
    passed: bool


@transaction.atomic
def join_course(course: Course, learner: CentrePerson | Colleague, *, at: datetime) -> Enrolment:
    """
    Begin a course, or go on with it where one was, as an end customer or as one of our own people.

    RefusalError while the course that is needed first is not completed.
    """
    needs = course.needs_id
    if needs is not None and not taken_by(learner).exclude(completed_at=None).filter(course_id=needs).exists():
        raise RefusalError(
            Text("Schließen Sie zuerst den vorausgesetzten Kurs ab.", "Complete the course that is needed first.")
        )
    start: dict[str, object] = {"at": at, "seen_at": at}
    if isinstance(learner, Colleague):
        start |= {"name": learner.name, "email": learner.email}
        row, made = Enrolment.objects.get_or_create(course=course, member=learner.id, defaults=start)
    else:
        row, made = Enrolment.objects.get_or_create(course=course, person=learner, defaults=start)
    if made:
        record("desk.course_joined", row, at=at, actor=_actor_of(row))
    return row


@transaction.atomic
def stand_at(enrolment: Enrolment, lesson: Lesson, *, at: datetime) -> None:
    """Note at which lesson somebody is, to go on there."""
    if enrolment.lesson_id != lesson.pk:
        Enrolment.objects.filter(pk=enrolment.pk).update(lesson=lesson, seen_at=at)


@transaction.atomic
def try_lesson(enrolment: Enrolment, lesson: Lesson, answers: Mapping[int, Collection[int]], *, at: datetime) -> Tried:
    """
    Complete a lesson if enough of its quiz is answered rightly; with the last lesson the course is completed.

    answers  place of the question -> places of the choices taken
    DoesNotExist for a lesson of another course. What was completed stays so, however often it is tried again.
    """
    row = Enrolment.objects.select_for_update(of=("self",)).select_related("course", "person").get(pk=enrolment.pk)
    lesson = Lesson.objects.get(pk=lesson.pk, course_id=row.course_id, withdrawn_at=None)
    questions = quiz_of(lesson.quiz_de)
    right = marked(questions, answers)
    tried = Tried(right, len(questions), passes(right, len(questions), from_percent=row.course.passed_from))
    if tried.passed:
        LessonDone.objects.get_or_create(
            enrolment=row, lesson=lesson, defaults={"right": right, "asked": len(questions), "at": at}
        )
        _count(row, at=at)
    return tried


def _count(row: Enrolment, *, at: datetime) -> None:
    """Count how far somebody is; once the course is completed it stays completed."""
    if row.completed_at is not None:
        return
    lessons = set(Lesson.objects.filter(course_id=row.course_id, withdrawn_at=None).values_list("pk", flat=True))
    done = lessons & set(row.done.values_list("lesson_id", flat=True))
    row.percent, row.seen_at = _WHOLE * len(done) // len(lessons), at
    if done == lessons:
        row.completed_at = at
    row.save(update_fields=["percent", "completed_at", "seen_at"])
    if row.completed_at is not None:
        _certify(row, len(lessons), at=at)


def _certify(row: Enrolment, lessons: int, *, at: datetime) -> None:
    certificate = Certificate.objects.create(
        enrolment=row,
        number=_next_number(),
        name=row.learner,
        title_de=row.course.title_de,
        title_en=row.course.title_en,
        lessons=lessons,
        at=at,
    )
    record("desk.course_completed", row, at=at, actor=_actor_of(row), after={"certificate": certificate.number})


def _actor_of(row: Enrolment) -> Actor:
    """Return who learns, as whoever does something."""
    return actor_of(row.person) if row.person else Actor.outside(row.pk, row.learner)


def _next_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"certificate {current_tenant()}"])
    return (Certificate.objects.aggregate(last=Max("number"))["last"] or 0) + 1
