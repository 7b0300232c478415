"""The data map: whose data goes through which activities to whom, laid out as a picture."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from kontor.kernel.personal_data import PERSONS
from kontor.office.privacy.queries.register import Entry

WIDTH: Final = 912
_ROW: Final = 44
_TOP: Final = 44
_BOX: Final = 34
_LEFT: Final = (1, 300, 591)
_WIDE: Final = (170, 222, 320)
_LETTERS: Final = 44


@dataclass(frozen=True, slots=True)
class Box:
    """A box of the picture: its place, its lines of text, each with its height, and whether it is an activity."""

    key: str
    x: int
    y: int
    width: int
    height: int
    lines: tuple[tuple[int, str], ...]
    activity: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """All boxes, and the curves between them as the `d` of a path."""

    height: int
    boxes: tuple[Box, ...]
    curves: tuple[str, ...]


def draw(entries: Sequence[Entry], language: str) -> Picture:
    """Return the map of these activities in a language: persons, activities, recipients, from left to right."""
    recipients = list(dict.fromkeys(entry.processing.recipients.spoken(language) for entry in entries))
    rows = max(len(entries), len(recipients), len(PERSONS))
    people = _column(0, [(key, text.spoken(language)) for key, text in PERSONS.items()], rows)
    middle = _column(1, [(entry.key, entry.processing.title.spoken(language)) for entry in entries], rows)
    right = _column(2, [(text, text) for text in recipients], rows)
    curves = [_curve(people[person], middle[entry.key]) for entry in entries for person in entry.processing.persons]
    curves += [_curve(middle[entry.key], right[entry.processing.recipients.spoken(language)]) for entry in entries]
    boxes = (*people.values(), *middle.values(), *right.values())
    return Picture(_TOP + rows * _ROW, boxes, tuple(curves))


def _column(place: int, told: Sequence[tuple[str, str]], rows: int) -> dict[str, Box]:
    """Spread a column's boxes over the height of the longest."""
    step = rows * _ROW / len(told) if told else 0
    found = {}
    for number, (key, words) in enumerate(told):
        y = round(_TOP + step * number + (step - _BOX) / 2)
        lines = tuple(_wrapped(words))
        first = y + _BOX // 2 + 5 - 7 * (len(lines) - 1)
        placed = tuple((first + 14 * row, line) for row, line in enumerate(lines))
        found[key] = Box(key, _LEFT[place], y, _WIDE[place], _BOX, placed, activity=place == 1)
    return found


def _wrapped(words: str) -> Iterable[str]:
    """Break a text into at most two lines."""
    if len(words) <= _LETTERS:
        return (words,)
    cut = words.rfind(" ", 0, _LETTERS)
    return words[:cut], words[cut + 1 :]


def _curve(left: Box, right: Box) -> str:
    x, y, to_x, to_y = left.x + left.width, left.y + _BOX // 2, right.x, right.y + _BOX // 2
    half = (x + to_x) // 2
    return f"M{x} {y}C{half} {y} {half} {to_y} {to_x} {to_y}"
