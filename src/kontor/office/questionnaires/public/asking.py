"""A questionnaire as a form: its questions as fields, and what was typed as answers that its schema accepts."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from kontor.kernel.forms import DrawingField, Drawn
from kontor.kernel.wording import language, spoken
from kontor.office.questionnaires.formats.definition import CHOSEN, WORDLESS, Definition, Question
from kontor.office.questionnaires.formats.pictures import LARGEST, drawn_by_hand, written_name
from kontor.office.questionnaires.formats.schema import shortfalls
from kontor.office.questionnaires.formats.sentences import said

_YES_NO: Final = (("yes", _("Yes")), ("no", _("No")))


class AnswerForm(forms.Form):
    """
    The questions of one version.

    `answers` and `pictures` hold what was given once the form is valid, as `actions.Given` takes them.
    """

    use_required_attribute = False

    def __init__(self, definition: Definition, schema: dict[str, Any], *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.definition = definition
        self.schema = schema
        self.answers: dict[str, Any] = {}
        self.pictures: dict[str, bytes] = {}
        for question in definition.asked:
            if question.kind not in WORDLESS:
                self.fields[question.key] = field_of(question)

    def rows(self) -> Iterator[tuple[Question, BoundField | None, str]]:
        """Yield each question with its field, None for a notice, and when the page shows it."""
        for question in self.definition.asked:
            bound = None if question.kind in WORDLESS else self[question.key]
            if bound is not None:
                bound.field.required = question.required  # as the page says it; the schema is what holds
            yield question, bound, self._when(question)

    def clean(self) -> dict[str, Any]:
        """Keep what is asked under these answers and hold it against the schema; each shortfall stands at its field."""
        typed: dict[str, Any] = {
            key: answer
            for key, value in self.cleaned_data.items()
            if (answer := _answer(self.definition.question(key), value)) is not None
        }
        visible = {each.key for each in self.definition.visible(typed)}
        for hidden in self.fields.keys() - visible:
            self.errors.pop(hidden, None)
        kept = {key: value for key, value in typed.items() if key in visible}
        self.pictures = {key: value for key, value in kept.items() if isinstance(value, bytes)}
        self.answers = {key: value for key, value in kept.items() if key not in self.pictures}
        self._hold(self.answers | dict.fromkeys(self.pictures, "0" * 64))
        return self.cleaned_data

    def _hold(self, answers: dict[str, Any]) -> None:
        for short in shortfalls(self.schema, answers):
            key = str(short.demand if short.keyword == "required" else short.path[0])
            question = self.definition.question(key)
            if question is not None and key not in self.errors:
                self.add_error(key, spoken(said(question, short)))

    def _when(self, question: Question) -> str:
        if question.shown is None:
            return ""
        value, asked = question.shown.value, self.definition.question(question.shown.question)
        agreed = asked is not None and asked.kind == "agree"  # the browser's own word for a box that is ticked
        posted = "on" if agreed else {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
        return f"{question.shown.question}{'!=' if question.shown.unless else '='}{posted}"


def field_of(question: Question) -> forms.Field:
    """Return the field of a question. None is required by itself: that is for the schema to say, once all is known."""
    told: dict[str, Any] = {
        "label": question.label.spoken(language()), "help_text": question.hint.spoken(language()), "required": False,
    }  # fmt: skip
    return _field(question, told)


def _field(question: Question, told: dict[str, Any]) -> forms.Field:
    if question.kind in CHOSEN:
        options = [(each.value, each.label.spoken(language())) for each in question.options]
        if question.kind == "one_of":
            return forms.ChoiceField(choices=options, widget=forms.RadioSelect, **told)
        return forms.MultipleChoiceField(choices=options, widget=forms.CheckboxSelectMultiple, **told)
    made, extra = _FIELDS.get(question.kind, _LINE)
    return made(**told, **extra())


_LINE: Final = (forms.CharField, dict)
_FIELDS: Final[Mapping[str, tuple[type[forms.Field], Callable[[], dict[str, Any]]]]] = {
    "long_text": (forms.CharField, lambda: {"widget": forms.Textarea(attrs={"rows": 4})}),
    "email": (forms.CharField, lambda: {"widget": forms.EmailInput(attrs={"autocomplete": "email"})}),
    "phone": (forms.CharField, lambda: {"widget": forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"})}),
    "whole": (forms.IntegerField, dict),
    "number": (forms.DecimalField, lambda: {"max_digits": 15, "decimal_places": 4, "localize": True}),
    "day": (forms.DateField, lambda: {"widget": forms.DateInput()}),
    "yes_no": (forms.ChoiceField, lambda: {"choices": _YES_NO, "widget": forms.RadioSelect}),
    "agree": (forms.BooleanField, dict),
    "signature": (DrawingField, dict),
    "photo": (forms.FileField, lambda: {"widget": forms.FileInput(attrs={"accept": "image/*", "capture": "user"})}),
}


def _answer(question: Question | None, value: Any) -> Any:
    """Return what was typed as JSON holds it, pictures as bytes; None for no answer."""
    if question is None or value in (None, "", []):
        return None
    return _ANSWERS.get(question.kind, _as_typed)(value)


def _as_typed(value: Any) -> Any:
    return value


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _signature(drawn: Drawn) -> bytes:
    return drawn_by_hand(drawn.strokes) if drawn.strokes else written_name(drawn.name)


_ANSWERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "yes_no": lambda value: value == "yes",
    "agree": lambda value: True if value else None,
    "number": _number,
    "day": lambda value: value.isoformat(),
    "signature": _signature,
    "photo": lambda value: value.read(LARGEST + 1),
}
