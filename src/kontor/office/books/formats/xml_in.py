"""
Reading XML that somebody else wrote.

A document type, an entity, an inclusion or an unreasonable size is refused from the text alone, before any parser sees
it: none of the formats we read needs one, and each is a way to make a reader fetch, read or grow what it should not.
"""

import codecs
import re

from lxml import etree

from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

LIMIT = 64 * 1024 * 1024  # bytes; a bank statement of 15,000 detailed entries has about 55 MB

_DECLARED = re.compile(rb"""\A\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_DOCTYPE = re.compile(r"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_INCLUSION = "http://www.w3.org/2001/XInclude"
# Marks first, the longer before the shorter; then what a file may declare.
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_ENCODINGS = frozenset({"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "iso-8859-15", "windows-1252"})


class RefusedXmlError(RefusalError):
    """A file that is not read; `text` says why in both languages."""


def read_xml(content: bytes, *, limit: int = LIMIT) -> etree._Element:
    """
    Return the root element of a well-formed, harmless XML file without comments and processing instructions.

    Raises RefusedXmlError for anything else: too large (limit in bytes), unknown encoding, document type or entities,
    inclusions, malformed.
    """
    if len(content) > limit:
        size, most = f"{len(content) / 1e6:,.1f}", f"{limit / 1e6:,.1f}"
        raise RefusedXmlError(
            Text(
                f"Die Datei hat {_german(size)} MB; mehr als {_german(most)} MB werden nicht gelesen.",
                f"The file has {size} MB; more than {most} MB are not read.",
            )
        )
    text = _decoded(content)
    _refuse_references(text)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )
    try:
        return etree.fromstring(_DECLARATION.sub("", text, count=1).encode(), parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise RefusedXmlError(
            Text(
                f"Die Datei ist kein wohlgeformtes XML (Zeile {line}, Spalte {column}).",
                f"The file is not well-formed XML (line {line}, column {column}).",
            )
        ) from error


def _decoded(content: bytes) -> str:
    declared = _DECLARED.match(content[:200])
    encoding = declared.group(1).decode().lower() if declared else "utf-8"
    for mark, marked in _MARKS:
        if content.startswith(mark):
            encoding = marked
            break
    else:
        if encoding not in _ENCODINGS:
            raise RefusedXmlError(
                Text(
                    f"Die Zeichenkodierung „{encoding}“ wird nicht gelesen; üblich ist UTF-8.",
                    f"The encoding “{encoding}” is not read; UTF-8 is usual.",
                )
            )
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise RefusedXmlError(
            Text(
                f"Die Datei ist kein Text in {encoding} (Stelle {error.start}).",
                f"The file is not text in {encoding} (position {error.start}).",
            )
        ) from error


def _refuse_references(text: str) -> None:
    if _DOCTYPE.search(text):
        raise RefusedXmlError(
            Text(
                "Die Datei bringt einen Dokumenttyp oder Entitäten mit; solche Dateien werden nicht gelesen.",
                "The file carries a document type or entities; such files are not read.",
            )
        )
    if _INCLUSION in text:
        raise RefusedXmlError(
            Text(
                "Die Datei will andere Dateien einbinden; solche Dateien werden nicht gelesen.",
                "The file wants to include other files; such files are not read.",
            )
        )


def _german(number: str) -> str:
    return number.translate(str.maketrans(",.", ".,"))
