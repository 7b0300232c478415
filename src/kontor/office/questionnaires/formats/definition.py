"""
What a questionnaire asks: its questions in order, when each is shown, and the JSON Schema that its answers must meet.

The schema is written as any validator of JSON Schema 2020-12 reads it; what it has no words for (German and English,
order, the kind of control) stands under `x-kontor`. A question that is not shown must have no answer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from kontor.office.questionnaires.formats.schema import DIALECT, is_valid
from kontor.rulebook.ruling import Text

TEXTS: Final = {"text": 200, "long_text": 4000}
_PICTURE: Final = 64  # characters: the SHA-256 of a picture in hexadecimal
CHOSEN: Final = frozenset({"one_of", "some_of"})
NUMBERS: Final = frozenset({"number", "whole"})
PICTURES: Final = frozenset({"signature", "photo"})
NO_WORDS: Final = Text("", "")
CONSENT: Final = "consent"
CONSENT_KEY: Final = "consent_given"
BASES: Final[Mapping[str, Text]] = {  # explicit consent or a legal permission (visitor 6.4.1; GDPR Art. 6 (1))
    CONSENT: Text("Einwilligung, DSGVO Art. 6 Abs. 1 a", "Consent, GDPR Art. 6 (1) (a)"),
    "contract": Text("Vertrag, DSGVO Art. 6 Abs. 1 b", "Contract, GDPR Art. 6 (1) (b)"),
    "duty": Text("Rechtliche Pflicht, DSGVO Art. 6 Abs. 1 c", "Legal obligation, GDPR Art. 6 (1) (c)"),
    "interest": Text("Berechtigtes Interesse, DSGVO Art. 6 Abs. 1 f", "Legitimate interest, GDPR Art. 6 (1) (f)"),
}
WORDLESS: Final = frozenset({"notice"})  # only read, never answered
KINDS: Final[Mapping[str, Text]] = {
    "text": Text("Kurzer Text", "Short text"),
    "long_text": Text("Langer Text", "Long text"),
    "email": Text("E-Mail-Adresse", "E-mail address"),
    "phone": Text("Telefonnummer", "Telephone number"),
    "whole": Text("Ganze Zahl", "Whole number"),
    "number": Text("Zahl mit Komma", "Number with decimals"),
    "day": Text("Datum", "Date"),
    "yes_no": Text("Ja oder nein", "Yes or no"),
    "one_of": Text("Eine Auswahl", "One choice"),
    "some_of": Text("Mehrere Auswahlen", "Several choices"),
    "agree": Text("Zustimmung", "Agreement"),
    "signature": Text("Unterschrift", "Signature"),
    "photo": Text("Foto", "Photo"),
    "notice": Text("Hinweis zum Lesen", "Notice to read"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One answer among several: what is kept, and how it is called."""

    value: str
    label: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """When a question is shown: an earlier one has this answer, or, `unless`, has it not."""

    question: str
    value: str | bool
    unless: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """
    One question, or a notice between them.

    key       under which its answer is kept; it stays as it is for good
    least     characters of a text, value of a number, how many of several choices; None for no such limit
    data      what the answer tells of somebody, a key of `people.DATA`
    right     the option that is right, where the question is one of a quiz: any other is asked again
    """

    key: str
    kind: str
    label: Text
    hint: Text = NO_WORDS
    required: bool = False
    options: tuple[Option, ...] = ()
    least: int | None = None
    most: int | None = None
    right: str = ""
    data: str = ""
    shown: Shown | None = None


@dataclass(frozen=True, slots=True)
class Definition:
    """
    The questions in their order.

    basis    why people may be asked, a key of BASES; "" while nobody has said
    consent  what they agree to where that is the basis: asked last, in a box that is not ticked beforehand
    """

    questions: tuple[Question, ...] = field(default=())
    basis: str = ""
    consent: Text = NO_WORDS

    @property
    def asked(self) -> tuple[Question, ...]:
        """All that people are asked: the questions, and for their consent where that is the basis."""
        if self.basis != CONSENT:
            return self.questions
        return (*self.questions, Question(key=CONSENT_KEY, kind="agree", label=self.consent, required=True))

    def question(self, key: str) -> Question | None:
        """Return a question by its key, None where there is none."""
        return next((each for each in self.asked if each.key == key), None)

    def visible(self, answers: Mapping[str, Any]) -> list[Question]:
        """Return what is shown under these answers; an answer that is itself not shown opens nothing."""
        seen: dict[str, Any] = {}
        shown = []
        for each in self.asked:
            if each.shown is None or is_valid(self._test(each.shown), seen):
                shown.append(each)
                if each.key in answers:
                    seen[each.key] = answers[each.key]
        return shown

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the answers."""
        asked = [each for each in self.asked if each.kind not in WORDLESS]
        document: dict[str, Any] = {
            "$schema": DIALECT,
            "type": "object",
            "properties": {each.key: _value_of(each) for each in asked},
            "required": [each.key for each in asked if each.required and each.shown is None],
            "additionalProperties": False,
        }
        if branches := [self._branch(each) for each in asked if each.shown is not None]:
            document["allOf"] = branches
        document["x-kontor"] = {"questions": [_told(each) for each in self.questions]}
        if self.basis:
            document["x-kontor"]["basis"] = self.basis
        if self.basis == CONSENT:
            document["x-kontor"]["consent"] = _both(self.consent)
        return document

    def _branch(self, question: Question) -> dict[str, Any]:
        assert question.shown is not None, "only questions with a condition have a branch"
        branch: dict[str, Any] = {"if": self._test(question.shown)}
        if question.required:
            branch["then"] = {"required": [question.key]}
        branch["else"] = {"properties": {question.key: False}}
        return branch

    def _test(self, shown: Shown) -> dict[str, Any]:
        asked = self.question(shown.question)
        several = asked is not None and asked.kind == "some_of"
        demand = {"contains": {"const": shown.value}} if several else {"const": shown.value}
        test = {"properties": {shown.question: demand}, "required": [shown.question]}
        return {"not": test} if shown.unless else test


def _value_of(question: Question) -> dict[str, Any]:
    """Return what a question's answer must be, in JSON Schema."""
    return {"title": question.label.en, **_DEMANDS.get(question.kind, _picture)(question)}


def _words(question: Question) -> dict[str, Any]:
    most = TEXTS[question.kind]
    return {"type": "string", "minLength": question.least or 1, "maxLength": min(question.most or most, most)}


def _figure(question: Question) -> dict[str, Any]:
    limits = {"minimum": question.least, "maximum": question.most}
    kind = "integer" if question.kind == "whole" else "number"
    return {"type": kind} | {key: value for key, value in limits.items() if value is not None}


def _agreed(question: Question) -> dict[str, Any]:
    return {"const": True} if question.required else {"type": "boolean"}


def _one(question: Question) -> dict[str, Any]:
    chosen = {"enum": [each.value for each in question.options]}
    return chosen | ({"const": question.right} if question.right else {})


def _several(question: Question) -> dict[str, Any]:
    several: dict[str, Any] = {
        "type": "array", "items": {"enum": [each.value for each in question.options]}, "uniqueItems": True,
        "minItems": question.least or (1 if question.required else 0),
    }  # fmt: skip
    return several if question.most is None else several | {"maxItems": question.most}


def _picture(_question: Question) -> dict[str, Any]:
    return {"type": "string", "minLength": _PICTURE, "maxLength": _PICTURE}


_DEMANDS: Final[Mapping[str, Callable[[Question], dict[str, Any]]]] = {
    "text": _words,
    "long_text": _words,
    "email": lambda _question: {"type": "string", "format": "email", "maxLength": 254},
    "phone": lambda _question: {"type": "string", "minLength": 5, "maxLength": 30},
    "number": _figure,
    "whole": _figure,
    "day": lambda _question: {"type": "string", "format": "date"},
    "yes_no": lambda _question: {"type": "boolean"},
    "agree": _agreed,
    "one_of": _one,
    "some_of": _several,
}


def _told(question: Question) -> dict[str, Any]:
    """Write a question down; what it does not have is left out."""
    told: dict[str, Any] = {"key": question.key, "kind": question.kind, "label": _both(question.label)}
    if any(question.hint):
        told["hint"] = _both(question.hint)
    if question.required:
        told["required"] = True
    if question.options:
        told["options"] = [{"value": each.value, **_both(each.label)} for each in question.options]
    told |= {name: getattr(question, name) for name in ("least", "most") if getattr(question, name) is not None}
    told |= {name: getattr(question, name) for name in ("right", "data") if getattr(question, name)}
    if question.shown is not None:
        how = "unless" if question.shown.unless else "if"
        told["shown"] = {how: question.shown.question, "value": question.shown.value}
    return told


def _both(text: Text) -> dict[str, str]:
    return {"de": text.de, "en": text.en}
