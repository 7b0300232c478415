"""
Reading a questionnaire that comes from elsewhere: one that was written down here, or any JSON Schema of flat answers.

Whatever it says that cannot be asked is refused with the place where it stands; nothing is passed over, so that nobody
is later held to less than the file says. Texts end where all texts here end.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NoReturn

from kontor.office.questionnaires.formats.checking import read
from kontor.office.questionnaires.formats.definition import TEXTS, Definition, Option, Question
from kontor.office.questionnaires.formats.schema import ANNOTATIONS, refuse_place, refuse_unknown
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

LARGEST: Final = 256 * 1024  # bytes: a hundred questions in two languages with long notices are half of it
ADDRESS: Final = 254  # characters of the longest e-mail address
_DEEPEST: Final = 12
_LONGEST: Final[Mapping[str, int]] = {"label": 300, "hint": 2000, "options": 100}  # as the editor takes them
_ASKABLE: Final = frozenset({"type", "properties", "required", "additionalProperties", *ANNOTATIONS})
_UNSPEAKABLE: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_HUMPS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def questions_from(data: bytes) -> Definition:
    """Return the questions of a file; RefusalError for one that is too large, is no JSON or asks what nobody can."""
    if len(data) > LARGEST:
        _refuse("Die Datei ist größer als 256 KiB.", "The file is larger than 256 KiB.")
    try:
        document = json.loads(
            data.decode("utf-8-sig"), object_pairs_hook=_once, parse_constant=_no_number, parse_float=_finite
        )
    except (UnicodeDecodeError, ValueError, RecursionError) as broken:
        raise RefusalError(_NO_JSON) from broken
    return questions_of(document)


def questions_of(document: Any) -> Definition:
    """
    Return the questions of a schema, each with its words in both languages; RefusalError says what cannot be asked.

    A foreign schema has words in one language: they stand in both until somebody translates them.
    """
    _refuse_hostile(document)
    if isinstance(document, dict) and "x-kontor" in document:
        found = read(document)
    else:
        refuse_unknown(document)
        found = Definition(tuple(_asked(document)))
        read(found.schema())  # a question without words, two of one key: said as the editor says it
    for each in found.questions:
        name = each.label.en
        if max(map(len, each.label)) > _LONGEST["label"] or max(map(len, each.hint)) > _LONGEST["hint"]:
            _refuse(f"„{each.label.de[:40]}…“ ist zu lang.", f"“{name[:40]}…” is too long.")
        if len(each.options) > _LONGEST["options"] or any(
            len(one.label.en) > _LONGEST["label"] for one in each.options
        ):
            _refuse(f"Die Antworten auf „{each.label.de}“ sind zu viele oder zu lang.",
                    f"The answers to “{name}” are too many or too long.")  # fmt: skip
    return found


def _asked(document: Any) -> Iterator[Question]:
    if not isinstance(document, dict) or document.get("type") != "object" or not document.get("properties"):
        _refuse(
            "Das ist kein JSON Schema eines Objekts mit Feldern.", "This is no JSON Schema of an object with fields."
        )
    for keyword in document:
        if keyword not in _ASKABLE and not keyword.startswith("x-"):
            refuse_place(f"#/{keyword}", "lässt sich nicht als Fragen stellen", "cannot be asked as questions")
    if document.get("additionalProperties") not in (None, True, False):
        refuse_place("#/additionalProperties", "lässt sich nicht als Fragen stellen", "cannot be asked as questions")
    required = document.get("required", [])
    for name in required:
        if name not in document["properties"]:
            refuse_place(
                "#/required", f"verlangt „{name[:40]}“, das es nicht gibt", f"demands “{name[:40]}”, not there"
            )
    taken: set[str] = set()
    for name, demand in document["properties"].items():
        key = _key(name, taken)
        taken.add(key)
        yield _question(key, name, demand, required=name in required)


def _question(key: str, name: str, demand: Any, *, required: bool) -> Question:
    place = f"#/properties/{name}"
    if not isinstance(demand, dict):
        refuse_place(place, "sagt nicht, was gefragt ist", "does not say what is asked")
    said = {word: value for word, value in demand.items() if word not in ANNOTATIONS and not word.startswith("x-")}
    words, hint = demand.get("title", _HUMPS.sub(" ", name).replace("_", " ")), demand.get("description", "")
    if not isinstance(words, str) or not isinstance(hint, str):
        refuse_place(place, "hat als Worte keinen Text", "has words that are no text")
    kind, more = _kind_of(place, said)
    return Question(key=key, kind=kind, label=Text(words, words), hint=Text(hint, hint), required=required, **more)


def _kind_of(place: str, said: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the kind of a question and what else its schema says; RefusalError for what no kind has."""
    for kind, fits, take in _KINDS:
        if fits(said):
            rest = dict(said)
            rest.pop("type", None)
            more = take(rest, place)
            for keyword in rest:
                refuse_place(f"{place}/{keyword}", "gibt es bei dieser Art von Frage nicht",
                           "is not known for this kind of question")  # fmt: skip
            return kind, more
    return refuse_place(place, "fragt etwas, das niemand beantworten kann", "asks what nobody can answer")


def _fixed(*keywords: str) -> Callable[[dict[str, Any], str], dict[str, Any]]:
    def take(rest: dict[str, Any], _place: str) -> dict[str, Any]:
        for each in keywords:
            rest.pop(each, None)
        return {}

    return take


def _address(rest: dict[str, Any], _place: str) -> dict[str, Any]:
    rest.pop("format")
    if rest.get("maxLength", 0) >= ADDRESS:  # none here is longer
        rest.pop("maxLength")
    return {}


def _words(rest: dict[str, Any], place: str) -> dict[str, Any]:
    return _limits(rest, place, "minLength", "maxLength")


def _figure(rest: dict[str, Any], place: str) -> dict[str, Any]:
    return _limits(rest, place, "minimum", "maximum")


def _limits(rest: dict[str, Any], place: str, least: str, most: str) -> dict[str, Any]:
    """Take both limits out; RefusalError for one with decimals, which the editor could not show."""
    found = {"least": rest.pop(least, None), "most": rest.pop(most, None)}
    for name, value in ((least, found["least"]), (most, found["most"])):
        if value is not None and (value != int(value) or abs(value) >= 10**15):
            refuse_place(f"{place}/{name}", "ist keine ganze Zahl unter 10¹⁵", "is no whole number below 10¹⁵")
    return {name: None if value is None else int(value) for name, value in found.items()}


def _one(rest: dict[str, Any], place: str) -> dict[str, Any]:
    return {"options": _options(rest.pop("enum"), place)}


def _several(rest: dict[str, Any], place: str) -> dict[str, Any]:
    items = {word: value for word, value in rest.pop("items").items() if word not in ANNOTATIONS}
    if set(items) - {"type"} != {"enum"} or items.get("type", "string") != "string":
        refuse_place(f"{place}/items", "ist keine Auswahl aus Antworten", "is no choice of answers")
    rest.pop("uniqueItems", None)  # nobody ticks one box twice
    return {"options": _options(items["enum"], f"{place}/items"), **_limits(rest, place, "minItems", "maxItems")}


def _options(values: list[Any], place: str) -> tuple[Option, ...]:
    if not all(isinstance(each, str) and each.strip() for each in values):
        refuse_place(f"{place}/enum", "hat eine Antwort, die kein Text ist", "has an answer that is no text")
    return tuple(Option(value=each, label=Text(each, each)) for each in values)


def _text(format_: str | None) -> Callable[[Mapping[str, Any]], bool]:
    return lambda said: said.get("type") == "string" and "enum" not in said and said.get("format") == format_


_KINDS: Final[
    tuple[tuple[str, Callable[[Mapping[str, Any]], bool], Callable[[dict[str, Any], str], dict[str, Any]]], ...]
] = (
    ("agree", lambda said: said.get("const") is True and said.get("type", "boolean") == "boolean", _fixed("const")),
    ("yes_no", lambda said: said.get("type") == "boolean", _fixed()),
    ("email", _text("email"), _address),
    ("day", _text("date"), _fixed("format")),
    ("one_of", lambda said: "enum" in said and said.get("type", "string") == "string", _one),
    ("long_text", lambda said: _text(None)(said) and said.get("maxLength", 0) > TEXTS["text"], _words),
    ("text", _text(None), _words),
    ("whole", lambda said: said.get("type") == "integer" and "enum" not in said, _figure),
    ("number", lambda said: said.get("type") == "number" and "enum" not in said, _figure),
    ("some_of", lambda said: said.get("type") == "array" and isinstance(said.get("items"), dict), _several),
)


def _key(name: str, taken: set[str]) -> str:
    """Return under which key an answer is kept: the field's name in small letters, with a number where it is taken."""
    plain = re.sub(r"[^a-z0-9]+", "_", _HUMPS.sub("_", name).lower()).strip("_")[:30] or "question"
    plain = plain if plain[0].isalpha() else f"q_{plain}"
    return next(key for at in range(1, len(taken) + 2) if (key := plain if at == 1 else f"{plain}_{at}") not in taken)


def _refuse_hostile(document: Any) -> None:
    """Refuse what is nested too deep and text that can be neither shown nor kept, without recursion of our own."""
    waiting: list[tuple[Any, int]] = [(document, 0)]
    while waiting:
        value, depth = waiting.pop()
        if depth > _DEEPEST:
            _refuse("Die Datei ist zu tief verschachtelt.", "The file is nested too deep.")
        if isinstance(value, str) and _UNSPEAKABLE.search(value):
            _refuse("Die Datei enthält Steuerzeichen.", "The file holds control characters.")
        if isinstance(value, dict):
            waiting += ((each, depth + 1) for pair in value.items() for each in pair)
        elif isinstance(value, list):
            waiting += ((each, depth + 1) for each in value)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands there twice")
    return found


def _no_number(written: str) -> NoReturn:
    raise ValueError(written)


def _finite(written: str) -> float:
    value = float(written)
    if abs(value) == float("inf"):
        raise ValueError(written)
    return value


def _refuse(german: str, english: str) -> NoReturn:
    raise RefusalError(Text(german, english))


_NO_JSON: Final = Text("Das ist kein JSON.", "This is no JSON.")
