"""
A label as every printer draws it: words, a QR symbol, bars and pictures at their places.

All lengths are millimetres from the upper left corner.
"""

import unicodedata
from dataclasses import dataclass
from typing import Final, Literal

import segno

QUIET: Final = 4  # modules of white around a symbol (ISO/IEC 18004, 9.1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One line of text in a box of `width`; `size` is the height of its type, whose line is 1.21 as high."""

    x: float
    y: float
    width: float
    size: float
    text: str
    bold: bool = False
    centred: bool = False
    light: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Symbol:
    """A QR symbol (ISO/IEC 18004) of level M in a square of `side`, with its quiet zone."""

    x: float
    y: float
    side: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A filled rectangle; printers of one colour make it black."""

    x: float
    y: float
    width: float
    height: float
    colour: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A PNG, as large as its box lets it be, at the box's upper left."""

    x: float
    y: float
    width: float
    height: float
    png: bytes


Piece = Words | Symbol | Bar | Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A label and what stands on it, in the order in which it is drawn."""

    width: float
    height: float
    pieces: tuple[Piece, ...]


LabelSize = Literal["62x100", "54x86", "86x54"]
SIZES: Final[dict[LabelSize, tuple[int, int]]] = {
    "62x100": (62, 100),  # Brother DK-11202 and the like
    "54x86": (54, 86),  # a card by ISO/IEC 7810 ID-1 (85.60 by 53.98), upright
    "86x54": (86, 54),
}


def one_line(text: str) -> str:
    """Return a text as one line without anything that a printer could take for a command."""
    seen = (" " if unicodedata.category(sign) in {"Cc", "Zl", "Zp"} else sign for sign in text)
    return " ".join("".join(seen).split())


def modules(text: str) -> tuple[tuple[bool, ...], ...]:
    """Return the dark and light modules of a symbol, row by row, without the quiet zone."""
    return tuple(tuple(bool(each) for each in row) for row in segno.make(text, error="m", micro=False).matrix)
