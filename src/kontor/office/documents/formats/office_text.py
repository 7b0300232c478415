"""
A tenant's own letter, written in Word or LibreOffice, filled with values.

Only the text parts are touched: body, heads and feet, notes. All else in the file stays the bytes it was.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from lxml import etree

from kontor.office.documents.formats.harmless import refuse_harmful
from kontor.office.documents.formats.lines import Dialect
from kontor.office.documents.formats.marks import Problems, Scope, Values
from kontor.office.documents.formats.package import (
    DOCX,
    OfficeFile,
    closed,
    content_types,
    opened,
    read_part,
    written_part,
)
from kontor.office.documents.formats.stories import PLACE, Story
from kontor.rulebook.ruling import Text

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_T: Final = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_DRAW: Final = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_OFFICE: Final = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_STYLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"

_WORD: Final = Dialect(
    paragraphs=frozenset({f"{_W}p"}),
    table=f"{_W}tbl",
    row=f"{_W}tr",
    text=frozenset({f"{_W}t"}),
    line_break=f"{_W}br",
    inner=frozenset({f"{_W}txbxContent"}),
    cell_ends=f"{_W}tc",
)
_ODF: Final = Dialect(
    paragraphs=frozenset({f"{_T}p", f"{_T}h"}),
    table=f"{_TABLE}table",
    row=f"{_TABLE}table-row",
    text=frozenset(),
    line_break=f"{_T}line-break",
    inner=frozenset({f"{_DRAW}frame", f"{_T}note", f"{_OFFICE}annotation", f"{_DRAW}custom-shape"}),
)
_DOCX_PARTS: Final = {
    "main": Text("Text", "Text"),
    "header": Text("Kopfzeile", "Header"),
    "footer": Text("Fußzeile", "Footer"),
    "footnotes": Text("Fußnoten", "Footnotes"),
    "endnotes": Text("Endnoten", "Endnotes"),
}
_WORDS: Final = DOCX.removesuffix("document")
_SHOWN: Final = 40  # signs of a paragraph by which a person finds it


def checked(template: bytes) -> OfficeFile:
    """Return the template opened; OfficeFileRefusedError where it is no harmless .odt or .docx."""
    file = opened(template)
    refuse_harmful(file)
    return file


def fields_of(template: bytes) -> list[str]:
    """Return every field that the template names, in its conditions and repetitions too, sorted."""
    file = checked(template)
    dialect = _WORD if file.media_type == DOCX else _ODF
    names: set[str] = set()
    story = Story(dialect)
    for name, _ in _texts(file):
        for paragraph in story.paragraphs(read_part(file.parts[name])):
            names |= {mark.name for mark in story.marks(paragraph) if mark.name}
    return sorted(names)


def filled(template: bytes, values: Values, *, language: str) -> bytes:
    """
    Return the document.

    values    by field; a list of rows for what is repeated, whose fields are found first inside it
    language  "de" or "en": how days, amounts and numbers are written

    Raises OfficeFileRefusedError for a file that is not taken, TemplateError that names everything missing.
    """
    file = checked(template)
    problems = Problems()
    scope = Scope((values,), language, problems)
    parts = dict(file.parts)
    for name, said in _texts(file):
        root = read_part(parts[name])
        _fill_part(root, said, file.media_type, scope)
        parts[name] = written_part(root)
    problems.refuse()
    return closed(replace(file, parts=parts))


def _texts(file: OfficeFile) -> Iterator[tuple[str, Text]]:
    """Yield the parts that hold text, and what a person calls each."""
    if file.media_type != DOCX:
        yield "content.xml", Text("Text", "Text")
        if "styles.xml" in file.parts:
            yield "styles.xml", Text("Kopf- oder Fußzeile", "Header or footer")
        return
    for name, kind in content_types(file.parts).items():
        word = kind.removesuffix("+xml").rpartition(".")[2]
        if name in file.parts and word in _DOCX_PARTS and kind.startswith(_WORDS):
            yield name, _DOCX_PARTS[word]


def _fill_part(root: etree._Element, said: Text, media_type: str, scope: Scope) -> None:
    story = Story(_WORD if media_type == DOCX else _ODF)
    _name_places(story, root, said)
    for begin in _beginnings(root, media_type):
        story.fill(list(begin.iterchildren(etree.Element)), scope)
    for paragraph in story.paragraphs(root):
        paragraph.attrib.pop(PLACE, "")


def _beginnings(root: etree._Element, media_type: str) -> list[etree._Element]:
    if media_type == DOCX:
        bodies = list(root.iter(f"{_W}body"))
        return bodies or [root]
    wanted = (f"{_OFFICE}text", f"{_STYLE}header", f"{_STYLE}footer", f"{_STYLE}header-left", f"{_STYLE}footer-left")
    return list(root.iter(*wanted))


def _name_places(story: Story, root: etree._Element, said: Text) -> None:
    for at, paragraph in enumerate(story.paragraphs(root), 1):
        words = " ".join("".join(map(str, paragraph.itertext())).split())[:_SHOWN].replace("|", "/")
        words = "".join(sign for sign in words if sign.isprintable())
        paragraph.set(PLACE, f"{said.de}, Absatz {at} („{words}“)|{said.en}, paragraph {at} (“{words}”)")
