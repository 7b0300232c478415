"""Writing a questionnaire: its title, and one question at a time in the words of whoever asks it."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any, Final

from django import forms
from django.utils.translation import gettext, gettext_lazy as _

from kontor.kernel.wording import language, spoken
from kontor.office.questionnaires.formats.definition import (
    CHOSEN,
    KINDS,
    NUMBERS,
    WORDLESS,
    Definition,
    Option,
    Question,
    Shown,
)
from kontor.office.questionnaires.formats.people import DATA, tells
from kontor.rulebook.ruling import Text

_LETTERS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_COUNTED: Final = frozenset({"text", "long_text", "some_of", *NUMBERS})
ALWAYS: Final = "always"


class TitleForm(forms.Form):
    """How a questionnaire is called."""

    title_de = forms.CharField(label=_("Title in German"), max_length=120)
    title_en = forms.CharField(label=_("Title in English"), max_length=120)

    def title(self) -> Text:
        """Return what was typed."""
        return Text(self.cleaned_data["title_de"], self.cleaned_data["title_en"])


class ImportForm(TitleForm):
    """A questionnaire from elsewhere, and how it is called here."""

    file = forms.FileField(
        label=_("File"), widget=forms.FileInput({"accept": ".json,application/json,application/schema+json"}),
        help_text=_("JSON Schema 2020-12: one from here, or an object whose fields are text, numbers, dates, choices."),
    )  # fmt: skip


class QuestionForm(forms.Form):
    """One question of a kind; the fields are those that the kind needs."""

    label_de = forms.CharField(label=_("Question in German"), max_length=300)
    label_en = forms.CharField(label=_("Question in English"), max_length=300)
    hint_de = forms.CharField(
        label=_("Hint in German"), required=False, max_length=2000, widget=forms.Textarea({"rows": 2})
    )
    hint_en = forms.CharField(
        label=_("Hint in English"), required=False, max_length=2000, widget=forms.Textarea({"rows": 2})
    )
    options_de = forms.CharField(
        label=_("Answers in German, one a line"), max_length=4000, widget=forms.Textarea({"rows": 4})
    )
    options_en = forms.CharField(label=_("The same in English"), max_length=4000, widget=forms.Textarea({"rows": 4}))
    right = forms.CharField(
        label=_("The right answer"), max_length=300, required=False,
        help_text=_("For a quiz: one of the lines above. Any other answer is asked again."),
    )  # fmt: skip
    least = forms.IntegerField(label=_("At least"), required=False)
    most = forms.IntegerField(label=_("At most"), required=False)
    tells = forms.ChoiceField(
        label=_("What the answer tells"), required=False,
        help_text=_("Special categories, such as health, are asked only with approved safeguards."),
    )  # fmt: skip
    required = forms.BooleanField(label=_("Must be answered"), required=False)
    shown = forms.ChoiceField(label=_("Shown"), required=False)

    def __init__(
        self, kind: str, definition: Definition, given: Any = None, *, question: Question | None = None
    ) -> None:
        self.kind, self.definition, self.question = kind, definition, question
        super().__init__(given, initial=_begun(question) if question else {"required": kind not in WORDLESS})
        self.fields["tells"].choices = [(key, spoken(told)) for key, told in DATA.items()]  # type: ignore[attr-defined]
        for name in self._needless():
            del self.fields[name]
        if "shown" in self.fields:
            self.fields["shown"].choices = list(self._conditions())  # type: ignore[attr-defined]
        if kind in WORDLESS:
            self.fields["label_de"].label, self.fields["label_en"].label = (
                _("Heading in German"),
                _("Heading in English"),
            )
            self.fields["hint_de"].label, self.fields["hint_en"].label = _("Text in German"), _("Text in English")

    def clean(self) -> dict[str, Any]:
        """Hold the two languages against each other: as many answers, and the right one among them."""
        told: dict[str, Any] = super().clean() or {}
        german, english = _lines(told.get("options_de", "")), _lines(told.get("options_en", ""))
        if self.kind in CHOSEN and not self.errors and len(german) != len(english):
            self.add_error("options_en", gettext("Please give as many answers as in German."))
        if told.get("right") and told["right"] not in {*german, *english}:
            self.add_error("right", gettext("This is none of the answers above."))
        return told

    def asked(self) -> Question:
        """Return the question as it was typed."""
        told = self.cleaned_data
        options = self._options()
        right = next((each.value for each in options if told.get("right") and told["right"] in each.label), "")
        return Question(
            key=self.question.key if self.question else self._key(),
            kind=self.kind,
            label=Text(told["label_de"], told["label_en"]),
            hint=Text(told["hint_de"], told["hint_en"]),
            required=told.get("required", False),
            options=options,
            least=told.get("least"),
            most=told.get("most"),
            right=right,
            data=told.get("tells", ""),
            shown=self._shown(told.get("shown", "")),
        )

    def _needless(self) -> list[str]:
        names = []
        if self.kind not in CHOSEN:
            names += ["options_de", "options_en"]
        if self.kind != "one_of":
            names.append("right")
        if self.kind not in _COUNTED:
            names += ["least", "most"]
        if self.kind in WORDLESS:
            names += ["required", "tells"]
        if not list(self._conditions())[1:]:
            names.append("shown")
        return names

    def _conditions(self) -> Iterator[tuple[str, str]]:
        """Yield what an earlier question's answer can be, as this one's condition."""
        yield ALWAYS, gettext("always")
        speak = language()
        for each in self.definition.questions:
            if self.question is not None and each.key == self.question.key:
                return
            if each.kind == "agree":
                answers: Sequence[tuple[str, str]] = [("true", gettext("agreed"))]
            elif each.kind == "yes_no":
                answers = [("true", gettext("Yes")), ("false", gettext("No"))]
            else:
                answers = [(option.value, option.label.spoken(speak)) for option in each.options]
            for value, words in answers:
                label = {"question": each.label.spoken(speak), "answer": words}
                yield f"if {each.key} {value}", gettext("if “%(question)s” is answered “%(answer)s”") % label
                if each.kind != "yes_no":
                    yield (
                        f"unless {each.key} {value}",
                        gettext("unless “%(question)s” is answered “%(answer)s”") % label,
                    )

    def _options(self) -> tuple[Option, ...]:
        if self.kind not in CHOSEN:
            return ()
        had = {each.label: each.value for each in self.question.options} if self.question else {}
        labels = [
            Text(*both)
            for both in zip(*(_lines(self.cleaned_data[f"options_{at}"]) for at in ("de", "en")), strict=True)
        ]
        kept = {had[each] for each in labels if each in had}
        made: list[Option] = []
        for each in labels:
            taken = kept | {option.value for option in made}
            made.append(Option(value=had.get(each) or _free(_plain(each.en) or "answer", taken), label=each))
        return tuple(made)

    def _shown(self, written: str) -> Shown | None:
        if written in {"", ALWAYS}:
            return None
        how, key, value = written.split(" ", 2)
        asked = self.definition.question(key)
        said = value == "true" if asked is not None and asked.kind not in CHOSEN else value
        return Shown(question=key, value=said, unless=how == "unless")

    def _key(self) -> str:
        plain = _plain(self.cleaned_data["label_en"])[:30].strip("_") or "question"
        return _free(plain if plain[0].isalpha() else f"q_{plain}", {each.key for each in self.definition.questions})


def kinds() -> list[tuple[str, str]]:
    """Return the kinds of questions with their names in the page's language."""
    return [(kind, spoken(name)) for kind, name in KINDS.items()]


def _begun(question: Question) -> dict[str, Any]:
    right = next((each.label.spoken(language()) for each in question.options if each.value == question.right), "")
    return {
        "label_de": question.label.de, "label_en": question.label.en, "hint_de": question.hint.de,
        "hint_en": question.hint.en, "required": question.required, "least": question.least, "most": question.most,
        "options_de": "\n".join(each.label.de for each in question.options),
        "options_en": "\n".join(each.label.en for each in question.options),
        "right": right, "tells": tells(question), "shown": _written(question.shown),
    }  # fmt: skip


def _written(shown: Shown | None) -> str:
    if shown is None:
        return ALWAYS
    value = str(shown.value).lower() if isinstance(shown.value, bool) else shown.value
    return f"{'unless' if shown.unless else 'if'} {shown.question} {value}"


def _lines(text: str) -> list[str]:
    return [line for each in text.splitlines() if (line := " ".join(each.split()))]


def _plain(words: str) -> str:
    bare = unicodedata.normalize("NFKD", words.lower().translate(_LETTERS)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", bare).strip("_")[:30]


def _free(wanted: str, taken: set[str]) -> str:
    return next(each for at in count(1) if (each := wanted if at == 1 else f"{wanted}_{at}") not in taken)
