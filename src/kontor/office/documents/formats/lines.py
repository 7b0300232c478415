"""
The text of one paragraph, whatever pieces a format cuts it into, and putting edits back into the pieces they cover.

The value takes the look of the piece in which its mark begins.
"""

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from lxml import etree

from kontor.office.documents.formats.marks import Edit

_LINE: Final = "\N{LINE SEPARATOR}"  # a value's new line, until the format's own element stands there
_SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"


@dataclass(frozen=True, slots=True)
class Dialect:
    """
    How a format names what a text is made of, as lxml writes names.

    text        elements whose text is shown; empty where a paragraph's own text and tails are (OpenDocument)
    line_break  the element that begins a new line
    cell_ends   the cell that must end with a paragraph
    inner       elements inside a paragraph that hold paragraphs of their own: text boxes, notes
    """

    paragraphs: frozenset[str]
    table: str
    row: str
    text: frozenset[str]
    line_break: str
    inner: frozenset[str]
    cell_ends: str = ""


@dataclass(slots=True)
class Piece:
    """A piece of shown text: an element's own, or what follows it."""

    element: etree._Element
    tail: bool

    @property
    def text(self) -> str:
        return (self.element.tail if self.tail else self.element.text) or ""

    @text.setter
    def text(self, value: str) -> None:
        if self.tail:
            self.element.tail = value
        else:
            self.element.text = value


def pieces_of(element: etree._Element, dialect: Dialect) -> Iterator[Piece]:
    """Yield the pieces of a paragraph's own text in order, without those of paragraphs inside it."""
    flat = not dialect.text
    if flat or element.tag in dialect.text:
        yield Piece(element, tail=False)
    for child in element.iterchildren(etree.Element):
        if child.tag not in dialect.inner:
            yield from pieces_of(child, dialect)
        if flat:
            yield Piece(child, tail=True)


def edit(pieces: Sequence[Piece], edits: Sequence[Edit], dialect: Dialect) -> None:
    """Make these edits, which count over all the pieces together; they are in order and apart."""
    for one in reversed(edits):
        _one_edit(pieces, one)
    if edits:
        for piece in pieces:
            _broken(piece, dialect)


def _one_edit(pieces: Sequence[Piece], edit: Edit) -> None:
    begins, put = 0, False
    for piece in pieces:
        said = piece.text
        ends = begins + len(said)
        if edit.first < ends and begins < edit.end:
            head, rest = said[: max(edit.first - begins, 0)], said[max(edit.end - begins, 0) :]
            piece.text = head + ("" if put else edit.text.replace("\n", _LINE)) + rest
            put = True
        begins = ends


def _broken(piece: Piece, dialect: Dialect) -> None:
    """Write a value's new lines as the format does, and keep the spaces at a piece's ends."""
    first, *lines = piece.text.split(_LINE)
    if dialect.text:
        piece.element.set(_SPACE, "preserve")
    if not lines:
        return
    piece.text = first
    after: etree._Element | None = piece.element if piece.tail or dialect.text else None
    for line in lines:
        pause = etree.Element(dialect.line_break)
        if after is None:
            piece.element.insert(0, pause)
        else:
            _put_after(after, pause)
        after = pause
        if dialect.text:
            after = copy.copy(piece.element)
            after.text, after.tail = line, None
            _put_after(pause, after)
        else:
            pause.tail = line


def _put_after(one: etree._Element, other: etree._Element) -> None:
    parent = one.getparent()
    assert parent is not None, "a piece lies in a paragraph"
    parent.insert(parent.index(one) + 1, other)
