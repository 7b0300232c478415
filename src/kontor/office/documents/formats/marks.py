"""
The marks a template carries, and what is written in their place.

`{{ contact.name }}` is a field. `{{ if contact.vat_id }} … {{ else }} … {{ end }}` stands around what only some papers
have (`if not` turns it round), `{{ for contact.people }} … {{ end }}` around what is repeated. A field that is unknown
or empty is never passed over in silence: it is reported with its place.

>>> [(mark.kind, mark.name) for mark in marks_in("Dear {{ contact.name }},{{end}}")]
[('field', 'contact.name'), ('end', '')]
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Final, TypeAlias

from kontor.rulebook.currency import number
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

Value: TypeAlias = str | bool | int | Decimal | Money | date | datetime | None
Values: TypeAlias = Mapping[str, "Value | Sequence[Mapping[str, Value]]"]

_MARK: Final = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MONTHS_EN: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class TemplateError(RefusalError):
    """A template that cannot be filled; `text` names everything that is wrong, each with its place."""


@dataclass(frozen=True, slots=True)
class Mark:
    """
    One mark of a text.

    kind        "field", "if", "unless", "for", "else", "end" or "wrong"
    first, end  where it stands in its text, half open
    """

    kind: str
    name: str
    first: int
    end: int
    said: str

    @property
    def opens(self) -> bool:
        """Whether an end belongs to it."""
        return self.kind in {"if", "unless", "for"}


@dataclass(slots=True)
class Problems:
    """What is wrong with a template, found over the whole of it: each once, in order."""

    said: dict[Text, None] = field(default_factory=dict)

    def add(self, said: Text, place: Text) -> None:
        """Note what is wrong, and where."""
        self.said[Text(f"{place.de}: {said.de}", f"{place.en}: {said.en}")] = None

    def refuse(self) -> None:
        """Raise TemplateError where anything was found."""
        if self.said:
            raise TemplateError(Text("\n".join(one.de for one in self.said), "\n".join(one.en for one in self.said)))


def marks_in(text: str) -> list[Mark]:
    """Return the marks of a text in their order."""
    return [_mark(found) for found in _MARK.finditer(text)]


def _mark(found: re.Match[str]) -> Mark:
    words = found.group(1).split()
    kind, name = _meaning(words)
    return Mark(kind, name, found.start(), found.end(), found.group(0))


def _meaning(words: list[str]) -> tuple[str, str]:
    match words:
        case ["end"] | ["else"]:
            return words[0], ""
        case ["if", "not", name] if _NAME.fullmatch(name):
            return "unless", name
        case ["if" | "for" as kind, name] if _NAME.fullmatch(name):
            return kind, name
        case [name] if _NAME.fullmatch(name):
            return "field", name
    return "wrong", ""


def written(value: Value, language: str) -> str:  # noqa: PLR0911  one for each kind of value
    """
    Return a value as a reader of `language` ("de" or "en") writes it; "" for None.

    A moment is written on the clock it comes with: whoever hands it over has put it into the right zone.
    """
    match value:
        case None:
            return ""
        case bool():
            return Text("ja", "yes").spoken(language) if value else Text("nein", "no").spoken(language)
        case Money():
            return value.spoken(language)
        case int() | Decimal():
            return number(Decimal(value)).spoken(language)
        case datetime():
            return f"{_day(value, language)}, {value:%H:%M}"
        case date():
            return _day(value, language)
    return _FORBIDDEN.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))


def _day(value: date, language: str) -> str:
    if language == "de":
        return f"{value.day:02}.{value.month:02}.{value.year}"
    return f"{value.day} {_MONTHS_EN[value.month - 1]} {value.year}"


@dataclass(frozen=True, slots=True)
class Scope:
    """
    What may be written at a place: the values of the innermost repetition first.

    problems  takes what is missing, each with its place
    """

    layers: tuple[Values, ...]
    language: str
    problems: Problems

    def within(self, row: Values) -> "Scope":
        """Return the scope of one turn of a repetition."""
        return Scope((row, *self.layers), self.language, self.problems)

    def text(self, name: str, place: Text) -> str:
        """Return what a field says; what is unknown, empty or a list is noted as a problem."""
        found, value = self._look(name)
        if not found:
            self._unknown(name, place)
        elif isinstance(value, Sequence) and not isinstance(value, str):
            said = Text(
                f"„{name}“ ist eine Liste und braucht {{{{ for {name} }}}} … {{{{ end }}}}.",
                f"“{name}” is a list and needs {{{{ for {name} }}}} … {{{{ end }}}}.",
            )
            self.problems.add(said, place)
        elif value is None or value == "":
            said = Text(f"Das Feld „{name}“ hat hier keinen Wert.", f"The field “{name}” has no value here.")
            self.problems.add(said, place)
        else:
            return written(value, self.language)
        return ""

    def holds(self, name: str, place: Text) -> bool:
        """Tell whether a field has a value; no, empty and an empty list have none, nought is one."""
        found, value = self._look(name)
        if not found:
            self._unknown(name, place)
        return not (value is None or value is False or value in ("", (), []))

    def rows(self, name: str, place: Text) -> Sequence[Values]:
        """Return the rows of a list; what is none is noted as a problem."""
        found, value = self._look(name)
        if not found:
            self._unknown(name, place)
        elif isinstance(value, Sequence) and not isinstance(value, str):
            return value
        else:
            said = Text(f"„{name}“ ist keine Liste.", f"“{name}” is no list.")
            self.problems.add(said, place)
        return ()

    def _look(self, name: str) -> "tuple[bool, Value | Sequence[Mapping[str, Value]]]":
        for layer in self.layers:
            if name in layer:
                return True, layer[name]
        return False, None

    def _unknown(self, name: str, place: Text) -> None:
        said = Text(f"Das Feld „{name}“ gibt es nicht.", f"There is no field “{name}”.")
        self.problems.add(said, place)


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace a text's signs from `first` to before `end`."""

    first: int
    end: int
    text: str


def edits_of(text: str, marks: Iterable[Mark], scope: Scope, place: Text) -> list[Edit]:
    """Return what becomes of a line's marks, in order and apart; what is cut by a condition is one edit."""
    edits: list[Edit] = []
    open_now: list[tuple[Mark, bool]] = []  # each condition, and whether its present branch stays
    hidden_from: int | None = None
    for mark in marks:
        was_hidden = hidden_from is not None
        if mark.kind in {"if", "unless"}:
            stays = not was_hidden and (scope.holds(mark.name, place) == (mark.kind == "if"))
            open_now.append((mark, stays))
        elif mark.kind in {"else", "end"}:
            if not open_now:
                _stray(mark, scope, place)
                continue
            opener, stays = open_now.pop()
            if mark.kind == "else":
                open_now.append((opener, not stays))
        elif not was_hidden:
            edits.append(Edit(mark.first, mark.end, _put(mark, scope, place)))
            continue
        hidden = not all(stays for _, stays in open_now)
        if not was_hidden:
            hidden_from = mark.first
        if not hidden:
            edits.append(Edit(mark.first if hidden_from is None else hidden_from, mark.end, ""))
            hidden_from = None
    for opener, _ in open_now:
        _stray(opener, scope, place)
    return edits if hidden_from is None else [*edits, Edit(hidden_from, len(text), "")]


def _put(mark: Mark, scope: Scope, place: Text) -> str:
    if mark.kind == "field":
        return scope.text(mark.name, place)
    if mark.kind == "for":
        said = Text(
            f"{mark.said} und das {{{{ end }}}} dazu stehen allein in ihren Absätzen, "
            "oder vorn und hinten in einer Tabellenzeile.",
            f"{mark.said} and its {{{{ end }}}} stand alone in their paragraphs, or first and last in a table’s row.",
        )
        scope.problems.add(said, place)
        return ""
    scope.problems.add(Text(f"{mark.said} ist keine Marke.", f"{mark.said} is no mark."), place)
    return ""


def _stray(mark: Mark, scope: Scope, place: Text) -> None:
    if mark.opens:
        said = Text(f"Zu {mark.said} fehlt {{{{ end }}}}.", f"{mark.said} lacks its {{{{ end }}}}.")
    else:
        said = Text(f"{mark.said} steht ohne Anfang.", f"{mark.said} has no beginning.")
    scope.problems.add(said, place)
