"""
Filling the text of a document: paragraphs, tables and lists of either format, whatever runs a mark is cut into.

Word and LibreOffice break a line of text wherever a spelling check, a cursor or a colour was: `{{ contact.name }}` may
lie in five pieces. A paragraph is therefore read as one text, and each edit put back into the pieces it covers; the
value takes the look of the piece in which its mark begins.
"""

import copy
from collections.abc import Iterator, Sequence
from typing import Final

from lxml import etree

from kontor.office.documents.formats.lines import Dialect, edit, pieces_of
from kontor.office.documents.formats.marks import Edit, Mark, Scope, Values, edits_of, marks_in
from kontor.rulebook.ruling import Text

PLACE: Final = "kontor-place"  # an attribute of a paragraph while it is worked on; copies keep it


def place_of(paragraph: etree._Element) -> Text:
    """Return where a paragraph stands."""
    de, _, en = paragraph.get(PLACE, "|").partition("|")
    return Text(de, en)


class Story:
    """One flow of text being filled, in the words of its format."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect

    def marks(self, paragraph: etree._Element) -> list[Mark]:
        """Return a paragraph's marks."""
        return marks_in("".join(piece.text for piece in pieces_of(paragraph, self._dialect)))

    def paragraphs(self, root: etree._Element) -> Iterator[etree._Element]:
        """Yield all paragraphs, those inside others too."""
        return root.iter(*self._dialect.paragraphs)

    def fill(self, blocks: Sequence[etree._Element], scope: Scope) -> None:
        """Fill neighbouring blocks in place; a mark alone in its paragraph cuts or repeats those up to its end."""
        at = 0
        while at < len(blocks):
            lone = self._lone(blocks[at])
            if lone is None or not lone.opens:
                self._block(blocks[at], scope)
                at += 1
                continue
            end, turn = self._end(blocks, at)
            if end is None:
                self._block(blocks[at], scope)  # says that its end is missing
                at += 1
                continue
            self._chosen(blocks, (at, turn or end, end), lone, scope)
            at = end + 1

    def _lone(self, block: etree._Element) -> Mark | None:
        """Return the mark that cuts or repeats blocks where it is all that its paragraph says."""
        if block.tag not in self._dialect.paragraphs:
            return None
        text = "".join(piece.text for piece in pieces_of(block, self._dialect)).strip()
        marks = marks_in(text)
        if len(marks) == 1 and marks[0].said == text and marks[0].kind not in {"field", "wrong"}:
            return marks[0]
        return None

    def _end(self, blocks: Sequence[etree._Element], start: int) -> tuple[int | None, int | None]:
        depth, turn = 0, None
        for at in range(start, len(blocks)):
            lone = self._lone(blocks[at])
            if lone is None:
                continue
            depth += lone.opens
            if lone.kind == "else" and depth == 1:
                turn = at
            if lone.kind == "end":
                depth -= 1
                if not depth:
                    return at, turn
        return None, None

    def _chosen(self, blocks: Sequence[etree._Element], cut: tuple[int, int, int], mark: Mark, scope: Scope) -> None:
        """Fill what stays between a mark and its end, as often as it says; remove the rest with the marks."""
        first, turn, end = cut
        place = place_of(blocks[first])
        kept: Sequence[etree._Element] = blocks[first + 1 : turn]
        if mark.kind == "for":
            self._repeated(kept, scope.rows(mark.name, place), scope)
            gone = [blocks[first], *blocks[turn:end], blocks[end]]
        else:
            holds = scope.holds(mark.name, place) == (mark.kind == "if")
            kept, other = (kept, blocks[turn:end]) if holds else (blocks[turn + 1 : end], blocks[first + 1 : turn])
            self.fill(kept, scope)
            gone = [blocks[first], blocks[turn], *other, blocks[end]]
        for block in dict.fromkeys(gone):
            _removed(block)

    def _repeated(self, kept: Sequence[etree._Element], rows: Sequence[Values], scope: Scope) -> None:
        """Put a filled copy before the blocks for each row, and remove the blocks."""
        if not kept:
            return
        for row in rows:
            copies = [copy.deepcopy(block) for block in kept]
            for one in copies:
                one.tail = None
                kept[0].addprevious(one)
            self.fill(copies, scope.within(row))
        for block in kept:
            _removed(block)

    def _block(self, block: etree._Element, scope: Scope) -> None:
        if block.tag in self._dialect.paragraphs:
            self._paragraph(block, scope)
        elif block.tag == self._dialect.table:
            self._rows([row for row in block.iter(self._dialect.row) if self._table_of(row) is block], scope)
            if block.find(f".//{self._dialect.row}") is None:
                _removed(block)
        else:
            self.fill(list(block.iterchildren(etree.Element)), scope)

    def _table_of(self, row: etree._Element) -> etree._Element:
        return next(row.iterancestors(self._dialect.table))

    def _rows(self, rows: Sequence[etree._Element], scope: Scope) -> None:
        """Fill a table's rows; one that begins with a mark is cut or repeated up to the row with its end."""
        at = 0
        while at < len(rows):
            opener = self._opener(rows[at])
            end = self._row_end(rows, at) if opener else None
            if opener is None or end is None:
                for cell in rows[at].iterchildren(etree.Element):
                    self.fill(list(cell.iterchildren(etree.Element)), scope)
                    self._whole(cell)
                at += 1
                continue
            paragraph, mark = opener
            self._without(paragraph, mark)
            self._without(*end[1])
            self._row_group(rows[at : end[0] + 1], mark, place_of(paragraph), scope)
            at = end[0] + 1

    def _row_group(self, rows: Sequence[etree._Element], mark: Mark, place: Text, scope: Scope) -> None:
        if mark.kind != "for":
            if scope.holds(mark.name, place) == (mark.kind == "if"):
                self._rows(rows, scope)
            else:
                for row in rows:
                    _removed(row)
            return
        for turn in scope.rows(mark.name, place):
            copies = [copy.deepcopy(row) for row in rows]
            for one in copies:
                rows[0].addprevious(one)
            self._rows(copies, scope.within(turn))
        for row in rows:
            _removed(row)

    def _loose(self, row: etree._Element) -> list[tuple[etree._Element, Mark]]:
        """Return the row's marks that open or end something beyond their own cell."""
        loose: list[tuple[etree._Element, Mark]] = []
        for cell in row:
            open_here: list[tuple[etree._Element, Mark]] = []
            for paragraph in cell.iterchildren(*self._dialect.paragraphs):
                for mark in self.marks(paragraph):
                    if mark.opens:
                        open_here.append((paragraph, mark))
                    elif mark.kind == "end" and open_here:
                        open_here.pop()
                    elif mark.kind == "end":
                        loose.append((paragraph, mark))
            loose.extend(open_here)
        return loose

    def _whole(self, cell: etree._Element) -> None:
        """A Word cell ends with a paragraph (ISO/IEC 29500-1, 17.4.65), or Word calls the file damaged."""
        if cell.tag == self._dialect.cell_ends and (not len(cell) or cell[-1].tag not in self._dialect.paragraphs):
            etree.SubElement(cell, next(iter(self._dialect.paragraphs)))

    def _opener(self, row: etree._Element) -> tuple[etree._Element, Mark] | None:
        loose = self._loose(row)
        return loose[0] if loose and loose[0][1].opens else None

    def _row_end(self, rows: Sequence[etree._Element], start: int) -> tuple[int, tuple[etree._Element, Mark]] | None:
        depth = 0
        for at in range(start, len(rows)):
            for found in self._loose(rows[at]):
                depth += 1 if found[1].opens else -1
                if depth == 0:
                    return at, found
        return None

    def _paragraph(self, paragraph: etree._Element, scope: Scope) -> None:
        for inner in paragraph.iter(*self._dialect.inner):
            if next(inner.iterancestors(*self._dialect.paragraphs)) is paragraph:
                self.fill(list(inner.iterchildren(etree.Element)), scope)
        pieces = list(pieces_of(paragraph, self._dialect))
        text = "".join(piece.text for piece in pieces)
        edits = edits_of(text, marks_in(text), scope, place_of(paragraph))
        edit(pieces, edits, self._dialect)

    def _without(self, paragraph: etree._Element, mark: Mark) -> None:
        """Take out one mark that was understood; a paragraph's last marks are taken first, so places stay right."""
        said = next(one for one in self._in_order(paragraph, mark) if one.said == mark.said)
        edit(list(pieces_of(paragraph, self._dialect)), [Edit(said.first, said.end, "")], self._dialect)

    def _in_order(self, paragraph: etree._Element, mark: Mark) -> list[Mark]:
        marks = self.marks(paragraph)
        return marks if mark.opens else marks[::-1]


def _removed(block: etree._Element) -> None:
    parent = block.getparent()
    assert parent is not None, "a block lies in a part"
    parent.remove(block)
