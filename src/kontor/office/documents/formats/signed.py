"""A signature drawn by hand as data, and a PDF with its sheet of evidence behind it."""

import json
from io import BytesIO
from typing import Any, Final

import pikepdf

from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

LARGEST: Final = 25 * 10**6  # bytes of a paper that is to be signed
WIDTH, HEIGHT = 600, 200  # of the field that is drawn in
_STROKES: Final = 200
_POINTS: Final = 6000
_LEAST: Final = 8  # points; a dot is no signature
_NO_PDF: Final = Text(
    "Unterschrieben wird ein PDF ohne Kennwort, höchstens 25 MB groß.",
    "What is signed is a PDF without a password, of 25 MB at most.",
)
_NO_DRAWING: Final = Text("Diese Unterschrift ist nicht lesbar.", "This signature cannot be read.")

Strokes = list[list[tuple[int, int]]]


def refuse_unsignable(data: bytes) -> None:
    """Raise RefusalError for what no sheet can be put behind: no PDF, locked, broken, too large."""
    if len(data) > LARGEST:
        raise RefusalError(_NO_PDF)
    try:
        with pikepdf.open(BytesIO(data)) as paper:
            readable = bool(paper.pages)
    except (pikepdf.PdfError, pikepdf.PasswordError) as error:
        raise RefusalError(_NO_PDF) from error
    if not readable:
        raise RefusalError(_NO_PDF)


def with_sheet(paper: bytes, sheet: bytes) -> bytes:
    """Return a PDF with the pages of another one behind it, the same bytes for the same two."""
    with pikepdf.open(BytesIO(paper)) as whole, pikepdf.open(BytesIO(sheet)) as more:
        whole.pages.extend(more.pages)
        made = BytesIO()
        whole.save(made, deterministic_id=True)
    return made.getvalue()


def strokes_of(told: str) -> Strokes:
    """
    Return the strokes that a browser tells of, each a list of points in the field; RefusalError for anything else.

    >>> strokes_of("[[[10, 20], [11, 22], [12, 25], [14, 27], [15, 30], [18, 33], [20, 36], [22, 40]]]")[0][0]
    (10, 20)
    """
    try:
        found = [[_point(point) for point in stroke] for stroke in json.loads(told)]
    except (ValueError, TypeError, RecursionError) as wrong:
        raise RefusalError(_NO_DRAWING) from wrong
    many = sum(map(len, found))
    if not _LEAST <= many <= _POINTS or len(found) > _STROKES:
        raise RefusalError(_NO_DRAWING)
    return found


def drawing(strokes: Strokes) -> str:
    """Return strokes as an SVG picture."""
    lines = "".join(
        f'<polyline points="{" ".join(f"{x},{y}" for x, y in stroke)}" fill="none" stroke="#0b2a31" stroke-width="3" '
        'stroke-linecap="round" stroke-linejoin="round"/>'
        for stroke in strokes
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">{lines}</svg>'


def _point(told: Any) -> tuple[int, int]:
    x, y = told
    if type(x) is not int or type(y) is not int or not (0 <= x <= WIDTH and 0 <= y <= HEIGHT):
        raise ValueError("is no point of the field")
    return x, y
