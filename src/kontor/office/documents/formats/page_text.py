"""
A template written on our own page: plain lines, printed as a letter.

`> ` begins a line of the address window, `# ` the subject, `## ` a heading, `- ` an item of a list; an empty line ends
a paragraph, and a mark that stands alone in its line cuts or repeats the lines up to its end. What a line is, the
template says and never a value: an address that begins with `#` stays an address.

>>> [(block.kind, block.lines) for block in filled_page("# Re: {{ a }}", {"a": "# x"}, language="en")]
[('subject', ('Re: # x',))]
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from lxml import etree

from kontor.office.documents.formats.lines import Dialect
from kontor.office.documents.formats.marks import Problems, Scope, Values, marks_in
from kontor.office.documents.formats.package import refused
from kontor.office.documents.formats.stories import PLACE, Story

MEDIA_TYPE: Final = "text/plain"
LONGEST: Final = 40_000  # characters
_LINE: Final = "line"
_BREAK: Final = "break"
_KIND: Final = "kind"
_SHOWN: Final = 40  # signs of a line by which a person finds it
_BEGINNINGS: Final = (("> ", "window"), ("## ", "heading"), ("# ", "subject"), ("- ", "item"))
_TOGETHER: Final = frozenset({"text", "window"})  # neighbouring lines are one block
_UNSEEN: Final = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_PLAIN: Final = Dialect(
    paragraphs=frozenset({_LINE}),
    table="table",
    row="row",
    text=frozenset(),
    line_break=_BREAK,
    inner=frozenset({"inside"}),
)


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the letter: kind "window", "subject", "heading", "item" or "text", and its lines."""

    kind: str
    lines: tuple[str, ...]


def read_page(data: bytes) -> str:
    """Return a template's text; OfficeFileRefusedError where it is too long or has no subject."""
    text = _UNSEEN.sub("", data.decode(errors="replace").replace("\r\n", "\n").replace("\r", "\n")).strip()
    if len(text) > LONGEST:
        raise refused("Die Vorlage ist länger als 40.000 Zeichen.", "The template is longer than 40,000 characters.")
    if sum(line.startswith("# ") for line in text.split("\n")) != 1:
        raise refused(
            "Genau eine Zeile beginnt mit „# “: der Betreff.", "Exactly one line begins with “# ”: the subject."
        )
    return text


def page_fields(text: str) -> list[str]:
    """Return every field that the text names, in its conditions and repetitions too, sorted."""
    return sorted({mark.name for mark in marks_in(text) if mark.name})


def filled_page(text: str, values: Values, *, language: str) -> list[Block]:
    """Return the letter's blocks; TemplateError that names everything missing, each with its line."""
    problems = Problems()
    root = _tree(text)
    Story(_PLAIN).fill(list(root), Scope((values,), language, problems))
    problems.refuse()
    return list(_blocks(root))


def _tree(text: str) -> etree._Element:
    root = etree.Element("page")
    for at, said in enumerate(text.split("\n"), 1):
        begins, kind = next(
            ((begins, kind) for begins, kind in _BEGINNINGS if said.startswith(begins)),
            ("", "text" if said.strip() else "gap"),
        )
        line = etree.SubElement(root, _LINE)
        line.text = said[len(begins) :].strip()
        line.set(_KIND, kind)
        words = " ".join(said.split())[:_SHOWN].replace("|", "/")
        line.set(PLACE, f"Zeile {at} („{words}“)|Line {at} (“{words}”)")
    return root


def _blocks(root: etree._Element) -> Iterator[Block]:
    """Yield what the lines make together; a line that a condition left empty is none."""
    for kind, lines in groupby(root, key=lambda line: str(line.get(_KIND))):
        said = [shown for line in lines if any(shown := _shown(line))]
        if kind in _TOGETHER and said:
            yield Block(kind, tuple(one for shown in said for one in shown))
        elif kind != "gap":
            yield from (Block(kind, shown) for shown in said)


def _shown(line: etree._Element) -> tuple[str, ...]:
    return (line.text or "", *(one.tail or "" for one in line))
