"""The type of labels, Inter from the package fontpkg-inter: how wide a text is, and making it fit."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from PIL import ImageFont

ASCENT: Final = 0.97  # of Inter, in heights of type
LINE: Final = 1.21
_REGULAR, _BOLD = 450, 650
_MEASURED_AT: Final = 100
_SMALLEST: Final = 0.6  # a text is set no smaller than this part of its size,
_SMALLEST_OF_TWO: Final = 0.45  # and no smaller than this in two lines


@cache
def _file() -> str:
    spec = find_spec("fontpkg_inter")
    assert spec is not None, "declared in pyproject.toml"
    assert spec.origin is not None, "it is an ordinary package"
    return (Path(spec.origin).parent / "files" / "Inter[opsz,wght].ttf").as_posix()


@cache
def face(pixels: int, *, bold: bool) -> ImageFont.FreeTypeFont:
    """Return the type at a height in pixels."""
    font = ImageFont.truetype(_file(), pixels)
    font.set_variation_by_axes([14, _BOLD if bold else _REGULAR])
    return font


def wide(text: str, size: float, *, bold: bool) -> float:
    """Return how wide a text is at a size, in the size's unit."""
    return face(_MEASURED_AT, bold=bold).getlength(text) * size / _MEASURED_AT


def set_lines(text: str, size: float, width: float, *, bold: bool) -> list[tuple[str, float]]:
    """
    Return a text as one line or two, each with the size at which it fits into a width.

    It is set smaller, down to 60 %; then in two lines, parted at the blank nearest its middle, down to 45 %; only then
    cut short.
    """
    needed = wide(text, size, bold=bold)
    if needed * _SMALLEST <= width:
        return [(text, size * min(1, width / needed) if text else size)]
    blanks = [place for place, sign in enumerate(text) if sign == " "]
    if not blanks:
        return [(_cut(text, size * _SMALLEST, width, bold=bold), size * _SMALLEST)]
    middle = min(blanks, key=lambda place: abs(2 * place - len(text)))
    parts = (text[:middle], text[middle + 1 :])
    both = max(size * _SMALLEST_OF_TWO, min(size * width / wide(part, size, bold=bold) for part in parts))
    return [(_cut(part, both, width, bold=bold), both) for part in parts]


def _cut(text: str, size: float, width: float, *, bold: bool) -> str:
    if wide(text, size, bold=bold) <= width:
        return text
    while text and wide(f"{text}…", size, bold=bold) > width:
        text = text[:-1].rstrip()
    return f"{text}…"
