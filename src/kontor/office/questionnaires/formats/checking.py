"""Reading a questionnaire that was written down, and what keeps questions from being asked."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from kontor.office.questionnaires.formats.definition import (
    BASES,
    CHOSEN,
    CONSENT,
    CONSENT_KEY,
    KINDS,
    NO_WORDS,
    Definition,
    Option,
    Question,
    Shown,
)
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

AT_MOST: Final = 100  # questions
_KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")


def read(document: Any) -> Definition:
    """
    Return the questions of a schema that `Definition.schema` wrote; RefusalError for any other.

    What it says of its questions and what it demands must agree, so that nobody is asked one thing and held to another.
    """
    try:
        told = document["x-kontor"]["questions"]
        kept = document["x-kontor"]
        consent = kept.get("consent")
        definition = Definition(
            tuple(_question(each) for each in told), kept.get("basis", ""), Text(**consent) if consent else NO_WORDS
        )
        _refuse_mistyped(definition)
    except (KeyError, TypeError, ValueError, AttributeError) as broken:
        raise RefusalError(_UNREADABLE) from broken
    if reasons := lacks(definition):
        raise RefusalError(reasons[0])
    if definition.schema() != document:
        raise RefusalError(_DISAGREES)
    return definition


def digest(document: Mapping[str, Any]) -> bytes:
    """Return the SHA-256 of a schema, whatever the order of its names."""
    return hashlib.sha256(json.dumps(document, sort_keys=True, ensure_ascii=False).encode()).digest()


def lacks(definition: Definition) -> list[Text]:
    """Return what keeps these questions from being asked, each in a sentence; [] where nothing does."""
    found: list[Text] = []
    if len(definition.questions) > AT_MOST:
        found.append(Text(f"Höchstens {AT_MOST} Fragen.", f"At most {AT_MOST} questions."))
    if definition.basis and definition.basis not in BASES:
        found.append(Text("Diese Rechtsgrundlage gibt es nicht.", "There is no such legal basis."))
    if definition.basis == CONSENT and not (definition.consent.de.strip() and definition.consent.en.strip()):
        found.append(
            Text(
                "Worin eingewilligt wird, steht auf Deutsch und Englisch.",
                "What is agreed to stands in both languages.",
            )
        )
    before: dict[str, Question] = {}
    for each in definition.questions:
        name = f"„{each.label.de}“", f"“{each.label.en}”"
        found += [Text(german.format(name[0]), english.format(name[1])) for german, english in _wrong(each, before)]
        before[each.key] = each
    return found


def _wrong(question: Question, before: Mapping[str, Question]) -> Iterator[tuple[str, str]]:
    if not _KEY.match(question.key) or question.key in before or question.key == CONSENT_KEY:
        yield "{0} braucht einen eigenen Schlüssel.", "{0} needs a key of its own."
    if question.kind not in KINDS:
        yield "{0} ist von keiner bekannten Art.", "{0} is of no known kind."
    if not question.label.de.strip() or not question.label.en.strip():
        yield "{0} braucht ihre Worte auf Deutsch und Englisch.", "{0} needs its words in German and English."
    yield from _wrong_options(question)
    if question.least is not None and question.most is not None and question.least > question.most:
        yield "{0} verlangt mindestens mehr als höchstens.", "{0} demands at least more than at most."
    if question.shown is not None and not _can_be(question.shown, before.get(question.shown.question)):
        yield (
            "{0} hängt an einer Antwort, die davor niemand geben kann.",
            "{0} hangs on an answer that nobody can give before it.",
        )


def _wrong_options(question: Question) -> Iterator[tuple[str, str]]:
    values = [each.value for each in question.options]
    if question.kind in CHOSEN:
        if len(values) < (2 if question.kind == "one_of" else 1) or len(set(values)) < len(values):
            yield "{0} braucht verschiedene Antworten zur Wahl.", "{0} needs different answers to choose from."
        if not all(each.value and each.label.de.strip() and each.label.en.strip() for each in question.options):
            yield "Jede Antwort auf {0} braucht Deutsch und Englisch.", "Each answer to {0} needs German and English."
    elif values:
        yield "{0} hat Antworten zur Wahl, die niemand sieht.", "{0} has answers to choose from that nobody sees."
    if question.right and (question.kind != "one_of" or question.right not in values):
        yield "Die richtige Antwort auf {0} steht nicht zur Wahl.", "The right answer to {0} is not among its choices."


def _can_be(shown: Shown, asked: Question | None) -> bool:
    if asked is None:
        return False
    if asked.kind == "agree":  # given or not there at all
        return shown.value is True
    if asked.kind == "yes_no":
        return isinstance(shown.value, bool)
    return asked.kind in CHOSEN and shown.value in {each.value for each in asked.options}


def _question(told: Mapping[str, Any]) -> Question:
    hint, shown = told.get("hint"), told.get("shown")
    return Question(
        key=told["key"],
        kind=told["kind"],
        label=Text(**told["label"]),
        hint=Text(**hint) if hint else NO_WORDS,
        required=told.get("required", False),
        options=tuple(
            Option(value=each["value"], label=Text(each["de"], each["en"])) for each in _list(told.get("options", []))
        ),
        least=told.get("least"),
        most=told.get("most"),
        right=told.get("right", ""),
        data=told.get("data", ""),
        shown=Shown(question=shown.get("unless") or shown["if"], value=shown["value"], unless="unless" in shown)
        if shown
        else None,
    )


def _refuse_mistyped(definition: Definition) -> None:
    """Raise TypeError where a word is no text, a limit no whole number or an answer neither text nor yes or no."""
    texts: list[Any] = [definition.basis, *definition.consent]
    for each in definition.questions:
        texts += [each.key, each.kind, each.right, each.data, *each.label, *each.hint]
        texts += [word for option in each.options for word in (option.value, *option.label)]
        texts += [each.shown.question] if each.shown else []
        if not isinstance(each.required, bool) or not {type(each.least), type(each.most)} <= {int, type(None)}:
            raise TypeError(each.key)
        if each.shown is not None and type(each.shown.value) not in {str, bool}:
            raise TypeError(each.key)
    if not all(isinstance(text, str) for text in texts):
        raise TypeError(texts)


def _list(told: Any) -> Sequence[Any]:
    if not isinstance(told, list):
        raise TypeError(told)
    return told


_UNREADABLE: Final = Text(
    "Das ist kein Fragebogen, wie er hier geschrieben wird.", "This is no questionnaire as it is written here."
)
_DISAGREES: Final = Text(
    "Was dieser Fragebogen fragt und was er verlangt, stimmt nicht überein.",
    "What this questionnaire asks and what it demands do not agree.",
)
