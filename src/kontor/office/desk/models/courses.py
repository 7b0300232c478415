"""Courses: lessons to read, watch and answer, how far each person is, and what they completed."""

from django.db import models

from kontor.kernel.rows import FinalRow, ReadersWall, TenantForeignKey, TenantOwned
from kontor.office.desk.models.articles import Article
from kontor.office.desk.models.centre import CentrePerson


class Course(TenantOwned):
    """
    Something to learn in several lessons, in both languages.

    basic        whoever works with the software completes it; who has not is shown to whoever teaches
    needs        the course that is completed first; null for none
    passed_from  per cent of a quiz's questions that are to be answered rightly
    """

    state = models.CharField(max_length=10, choices=Article.State.choices, default=Article.State.DRAFT)
    audience = models.CharField(max_length=10, choices=Article.Audience.choices, default=Article.Audience.CUSTOMERS)
    title_de = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    summary_de = models.CharField(max_length=500)
    summary_en = models.CharField(max_length=500)
    needs = TenantForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    passed_from = models.PositiveSmallIntegerField(default=80)
    basic = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [ReadersWall(name="course_readers", field="audience", part_of="")]


class Lesson(TenantOwned):
    """
    One lesson: text that is also its video's transcript, a video kept with us, a quiz.

    quiz      as `formats.quiz` reads it; "" for none, and then reading it is enough
    captions  WebVTT
    """

    course = TenantForeignKey(Course, models.PROTECT, related_name="lessons")
    place = models.PositiveSmallIntegerField()
    title_de = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    text_de = models.TextField()
    text_en = models.TextField()
    quiz_de = models.TextField(blank=True)
    quiz_en = models.TextField(blank=True)
    video = TenantForeignKey("kernel.Blob", models.PROTECT, null=True, blank=True, related_name="+")
    captions_de = models.TextField(blank=True)
    captions_en = models.TextField(blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [ReadersWall(name="lesson_readers", field="", part_of="course")]


class Enrolment(TenantOwned):
    """
    Somebody takes a course: an end customer, or one of our own people.

    person        the end customer; member, name, email  one of our own people: the user, and who they are
    lesson        where they are, to go on there; percent  how far they are
    completed_at  from then on they have it, whatever is added to the course later
    """

    course = TenantForeignKey(Course, models.PROTECT, related_name="enrolments")
    person = TenantForeignKey(CentrePerson, models.PROTECT, null=True, blank=True, related_name="+")
    member = models.UUIDField(null=True, blank=True)
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(max_length=320, blank=True)
    lesson = TenantForeignKey(Lesson, models.PROTECT, null=True, blank=True, related_name="+")
    percent = models.PositiveSmallIntegerField(default=0)
    completed_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField()
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "course", "person"], name="enrolment_once"),
            models.UniqueConstraint(fields=["tenant", "course", "member"], name="enrolment_of_member_once"),
            models.CheckConstraint(
                condition=models.Q(person=None, member__isnull=False) | models.Q(person__isnull=False, member=None),
                name="enrolment_of_one",
            ),
        ]

    @property
    def learner(self) -> str:
        """Who it is."""
        return str(self.person) if self.person else self.name or self.email


class LessonDone(TenantOwned):
    """That a lesson was completed, with how many of its questions answered rightly at the first good try."""

    enrolment = TenantForeignKey(Enrolment, models.PROTECT, related_name="done")
    lesson = TenantForeignKey(Lesson, models.PROTECT, related_name="+")
    right = models.PositiveSmallIntegerField()
    asked = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "enrolment", "lesson"], name="lesson_done_once")]


class Certificate(FinalRow):
    """That somebody completed a course, as it was called then."""

    enrolment = TenantForeignKey(Enrolment, models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    title_de = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    lessons = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="certificate_number"),
            models.UniqueConstraint(fields=["tenant", "enrolment"], name="certificate_once"),
        ]
