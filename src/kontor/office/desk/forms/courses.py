"""What is filled in for courses: by whoever teaches, and by whoever learns."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.office.desk.formats.quiz import Question
from kontor.office.desk.forms.centre import VideoForm
from kontor.office.desk.models import Article, Course, Lesson


class CourseForm(forms.Form):
    """A course in both languages."""

    state = forms.ChoiceField(
        label=_("State"), choices=[("DRAFT", _("Draft")), ("PUBLISHED", _("Published")), ("ARCHIVED", _("Archived"))]
    )
    audience = forms.ChoiceField(
        label=_("Who reads it"),
        choices=[
            (Article.Audience.PUBLIC, _("Anybody")),
            (Article.Audience.CUSTOMERS, _("Customers who are signed in")),
        ],
    )
    title_de = forms.CharField(label=_("Title, in German"), max_length=200)
    summary_de = forms.CharField(
        label=_("What one learns, in German"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    title_en = forms.CharField(label=_("Title, in English"), max_length=200)
    summary_en = forms.CharField(
        label=_("What one learns, in English"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    needs = forms.TypedChoiceField(label=_("Completed first"), required=False, coerce=UUID, empty_value=None)
    passed_from = forms.IntegerField(
        label=_("A quiz is passed from"), min_value=1, max_value=100, initial=80,
        help_text=_("Per cent of its questions"),
    )  # fmt: skip
    basic = forms.BooleanField(
        label=_("Basic training"), required=False,
        help_text=_("Whoever works with the software completes it; who has not is listed."),
    )  # fmt: skip

    def __init__(self, *args: Any, others: Iterable[tuple[Any, str]], **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["needs"].choices = [("", _("nothing")), *((str(key), name) for key, name in others)]  # type: ignore[attr-defined]

    @staticmethod
    def start(course: Course | None) -> dict[str, Any]:
        """Return what stands in the fields before anybody writes."""
        if course is None:
            return {}
        return {name: getattr(course, name) for name in CourseForm.base_fields} | {"needs": course.needs_id}


class LessonForm(VideoForm):
    """A lesson in both languages."""

    place = forms.IntegerField(label=_("Which lesson is it?"), min_value=1, max_value=200)
    title_de = forms.CharField(label=_("Title, in German"), max_length=200)
    text_de = forms.CharField(
        label=_("Text, in German"), widget=forms.Textarea(attrs={"rows": 8}), help_text=_("Also what the video says")
    )
    title_en = forms.CharField(label=_("Title, in English"), max_length=200)
    text_en = forms.CharField(label=_("Text, in English"), widget=forms.Textarea(attrs={"rows": 8}))
    quiz_de = forms.CharField(
        label=_("Quiz, in German"), required=False, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("One to a line: ? the question, + a right choice, - a wrong one"),
    )  # fmt: skip
    quiz_en = forms.CharField(label=_("Quiz, in English"), required=False, widget=forms.Textarea(attrs={"rows": 5}))
    field_order = (
        "place", "title_de", "text_de", "title_en", "text_en", "quiz_de", "quiz_en", "video", "captions_de",
        "captions_en",
    )  # fmt: skip

    @staticmethod
    def start(lesson: Lesson) -> dict[str, Any]:
        """Return what stands in the fields before anybody writes."""
        return {name: getattr(lesson, name) for name in LessonForm.base_fields if name != "video"}


class QuizForm(forms.Form):
    """The questions of a lesson; several choices may be right, so each question takes several."""

    def __init__(self, *args: Any, questions: Sequence[Question], **given: Any) -> None:
        super().__init__(*args, **given)
        for place, each in enumerate(questions):
            listed = [(str(choice), words) for choice, words in enumerate(each.choices)]
            self.fields[f"q{place}"] = forms.MultipleChoiceField(
                label=each.text, choices=listed, widget=forms.CheckboxSelectMultiple,
                help_text=_("several are right") if len(each.right) > 1 else "",
            )  # fmt: skip

    def answers(self) -> dict[int, frozenset[int]]:
        """Return which choices were taken: place of the question -> places."""
        return {int(name[1:]): frozenset(map(int, taken)) for name, taken in self.cleaned_data.items()}
