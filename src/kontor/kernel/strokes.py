"""A signature drawn by hand, as data: lines within a field, and nothing that a picture could bring along."""

import json
from typing import Any, Final

from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

WIDTH: Final = 600  # of the field that is drawn in
HEIGHT: Final = 200
INK: Final = "#0b2a31"
_STROKES: Final = 200
_POINTS: Final = 6000
_LEAST: Final = 8  # points; a dot is no signature
_UNREADABLE: Final = Text("Diese Unterschrift ist nicht lesbar.", "This signature cannot be read.")

Strokes = list[list[tuple[int, int]]]


def strokes_of(told: str) -> Strokes:
    """
    Return the strokes that a browser tells of, each a list of points in the field; RefusalError for anything else.

    >>> strokes_of("[[[10, 20], [11, 22], [12, 25], [14, 27], [15, 30], [18, 33], [20, 36], [22, 40]]]")[0][0]
    (10, 20)
    """
    try:
        found = [[_point(point) for point in stroke] for stroke in json.loads(told)]
    except (ValueError, TypeError, RecursionError) as wrong:
        raise RefusalError(_UNREADABLE) from wrong
    many = sum(map(len, found))
    if not _LEAST <= many <= _POINTS or len(found) > _STROKES:
        raise RefusalError(_UNREADABLE)
    return found


def as_svg(strokes: Strokes) -> str:
    """Return strokes as an SVG picture."""
    lines = "".join(
        f'<polyline points="{" ".join(f"{x},{y}" for x, y in stroke)}" fill="none" stroke="{INK}" stroke-width="3" '
        'stroke-linecap="round" stroke-linejoin="round"/>'
        for stroke in strokes
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">{lines}</svg>'


def _point(told: Any) -> tuple[int, int]:
    x, y = told
    if type(x) is not int or type(y) is not int or not (0 <= x <= WIDTH and 0 <= y <= HEIGHT):
        raise ValueError("is no point of the field")
    return x, y
