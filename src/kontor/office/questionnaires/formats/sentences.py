"""What is wrong with an answer, said to whoever gives it."""

from typing import Any, Final

from kontor.office.questionnaires.formats.definition import Question
from kontor.office.questionnaires.formats.schema import Shortfall
from kontor.rulebook.ruling import Text

_MISSING: Final = {
    "agree": Text("Ohne Ihre Zustimmung geht es nicht weiter.", "It does not go on without your agreement."),
    "signature": Text("Bitte unterschreiben Sie hier.", "Please sign here."),
    "photo": Text("Bitte nehmen Sie ein Foto auf.", "Please take a photo."),
    "one_of": Text("Bitte wählen Sie eine Antwort.", "Please choose an answer."),
    "some_of": Text("Bitte wählen Sie mindestens eine Antwort.", "Please choose at least one answer."),
}
_ANSWER: Final = Text("Bitte beantworten Sie diese Frage.", "Please answer this question.")
_RIGHT: Final = Text(
    "Das ist noch nicht richtig. Bitte lesen Sie den Hinweis dazu noch einmal.",
    "That is not right yet. Please read the notice about it once more.",
)
_OF_KIND: Final = {
    "email": Text("Bitte geben Sie eine E-Mail-Adresse an: name@firma.de.",
                  "Please give an e-mail address: name@company.com."),
    "day": Text("Bitte geben Sie ein Datum an.", "Please give a date."),
    "number": Text("Bitte geben Sie eine Zahl an.", "Please give a number."),
    "whole": Text("Bitte geben Sie eine ganze Zahl an.", "Please give a whole number."),
}  # fmt: skip


def said(question: Question, short: Shortfall) -> Text:
    """Return in a sentence where an answer falls short, and what mends it."""
    if short.keyword in {"required", "false"} or (question.kind == "agree" and short.keyword == "const"):
        return _MISSING.get(question.kind, _ANSWER)
    if short.keyword == "const":
        return _RIGHT
    if short.keyword in _LIMITS:
        german, english = _LIMITS[short.keyword]
        return _limit(question, short, german, english)
    return _OF_KIND.get(question.kind, _MISSING.get(question.kind, _ANSWER))


_LIMITS: Final = {
    "minLength": ("Bitte mindestens {0} Zeichen.", "Please write at least {0} characters."),
    "maxLength": ("Bitte höchstens {0} Zeichen.", "Please write at most {0} characters."),
    "minimum": ("Bitte mindestens {0}.", "Please give at least {0}."),
    "maximum": ("Bitte höchstens {0}.", "Please give at most {0}."),
    "minItems": ("Bitte wählen Sie mindestens {0}.", "Please choose at least {0}."),
    "maxItems": ("Bitte wählen Sie höchstens {0}.", "Please choose at most {0}."),
}


def _limit(question: Question, short: Shortfall, german: str, english: str) -> Text:
    demand: Any = short.demand
    if (short.keyword, demand) in {("minLength", 1), ("minItems", 1)}:
        return _MISSING.get(question.kind, _ANSWER)
    return Text(german.format(demand), english.format(demand))
