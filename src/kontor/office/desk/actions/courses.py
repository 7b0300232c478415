"""Writing courses: what they are called, whom they are for, their lessons with video and quiz."""

import uuid
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.office.desk.actions.videos import Video, kept_video, refuse_captions
from kontor.office.desk.formats.quiz import quiz_of, same_shape
from kontor.office.desk.models import Course, Lesson
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A course as somebody writes it; see models.Course."""

    state: str
    audience: str
    title_de: str
    title_en: str
    summary_de: str
    summary_en: str
    needs: uuid.UUID | None = None
    passed_from: int = 80
    basic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """A lesson as somebody writes it; see models.Lesson."""

    place: int
    title_de: str
    title_en: str
    text_de: str
    text_en: str
    quiz_de: str = ""
    quiz_en: str = ""
    captions_de: str = ""
    captions_en: str = ""


@transaction.atomic
def write_course(course_id: uuid.UUID | None, planned: Planned, *, at: datetime, actor: Actor) -> Course:
    """Write a course, or write it anew. RefusalError where it would need itself; DoesNotExist for a stranger's."""
    row = Course.objects.select_for_update().get(pk=course_id) if course_id else Course()
    _refuse_circle(row, planned.needs)
    told = asdict(planned)
    row.needs_id = told.pop("needs")
    for name, value in told.items():
        setattr(row, name, value)
    row.at = at
    row.save()
    record("desk.course_written", row, at=at, actor=actor, after={"state": row.state, "audience": row.audience})
    return row


@transaction.atomic
def write_lesson(
    course_id: uuid.UUID,
    lesson_id: uuid.UUID | None,
    taught: Taught,
    *,
    at: datetime,
    actor: Actor,
    video: Video | None = None,
) -> Lesson:
    """
    Write a lesson of a course, or write it anew.

    video  a new one, None to leave what is there. RefusalError for a quiz that asks something else in the other
    language, for what is no video and no captions; DoesNotExist for a stranger's course or lesson.
    """
    course = Course.objects.select_for_update().get(pk=course_id)
    row = Lesson.objects.get(pk=lesson_id, course=course) if lesson_id else Lesson(course=course)
    if not same_shape(quiz_of(taught.quiz_de), quiz_of(taught.quiz_en)):
        raise RefusalError(
            Text(
                "Beide Sprachen brauchen dieselben Fragen, mit denselben richtigen Antworten an denselben Stellen.",
                "Both languages need the same questions, with the same right choices at the same places.",
            )
        )
    for words in (taught.captions_de, taught.captions_en):
        refuse_captions(words)
    for name, value in asdict(taught).items():
        setattr(row, name, value)
    if video is not None:
        row.video = kept_video(video, at=at)
    row.save()
    record("desk.lesson_written", row, at=at, actor=actor, after={"place": row.place})
    return row


@transaction.atomic
def withdraw_lesson(lesson_id: uuid.UUID, *, at: datetime, actor: Actor) -> Lesson:
    """Take a lesson out of its course; who completed it keeps that."""
    row = Lesson.objects.select_for_update().get(pk=lesson_id, withdrawn_at=None)
    row.withdrawn_at = at
    row.save(update_fields=["withdrawn_at"])
    record("desk.lesson_withdrawn", row, at=at, actor=actor)
    return row


def _refuse_circle(row: Course, needs: uuid.UUID | None) -> None:
    before = needs
    while before is not None:
        if before == row.pk:
            raise RefusalError(Text("Ein Kurs kann sich nicht selbst voraussetzen.", "A course cannot need itself."))
        before = Course.objects.values_list("needs_id", flat=True).get(pk=before)
