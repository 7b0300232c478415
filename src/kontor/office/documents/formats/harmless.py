"""
What a template may not carry: programs, embedded objects, and anything fetched from elsewhere when it is opened.

A link that a reader clicks (http, https, mailto) is text and stays.
"""

import posixpath
import re
from typing import Final
from urllib.parse import unquote

from lxml import etree

from kontor.office.documents.formats.package import DOCX, OfficeFile, OfficeFileRefusedError, read_part, refused

_RELATIONS: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_WORD: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_XLINK: Final = "{http://www.w3.org/1999/xlink}href"
_IMAGE: Final = "{urn:schemas-microsoft-com:vml}imagedata"
_OFFICE_HREF: Final = "{urn:schemas-microsoft-com:office:office}href"
_CLICKED: Final = re.compile(r"(https?://|mailto:)[^\s]+|#.*", re.IGNORECASE)
_FETCHING_FIELDS: Final = re.compile(
    r"\b(INCLUDEPICTURE|INCLUDETEXT|INCLUDE|IMPORT|DDE|DDEAUTO|LINK|EMBED|DATABASE|MACROBUTTON|RD)\b", re.IGNORECASE
)
_OBJECT_KINDS: Final = (
    "oleObject",
    "package",
    "control",
    "aFChunk",
    "subDocument",
    "frame",
    "vbaProject",
    "attachedTemplate",
)
_OBJECT_FOLDERS: Final = (
    "word/embeddings/",
    "word/activeX/",
    "Basic/",
    "Scripts/",
    "Dialogs/",
    "Object",
    "ObjectReplacements/",
)
_ODF_OBJECTS: Final = frozenset(
    {"object", "object-ole", "plugin", "applet", "floating-frame", "script", "event-listener"}
)
_ODF_FETCHED: Final = frozenset({"dde-source", "dde-connection", "dde-connection-decl", "section-source"})


def refuse_harmful(file: OfficeFile) -> None:
    """Refuse (OfficeFileRefusedError) a template that carries a program or an object, or fetches something."""
    for name in file.parts:
        if name.startswith(_OBJECT_FOLDERS) or name.lower().endswith(("vbaproject.bin", ".bin", ".ole")):
            raise _object(name)
    if file.media_type == DOCX:
        _docx(file)
    else:
        _odt(file)


def _object(name: str) -> OfficeFileRefusedError:
    return refused(
        f"Die Vorlage enthält ein Makro oder ein eingebettetes Objekt ({name}).",
        f"The template has a macro or an embedded object ({name}).",
    )


def _fetched(what: str) -> OfficeFileRefusedError:
    return refused(
        f"Die Vorlage lädt beim Öffnen etwas von außen ({what[:120]}).",
        f"The template fetches something from elsewhere when opened ({what[:120]}).",
    )


def _docx(file: OfficeFile) -> None:
    for name, content in file.parts.items():
        if name.endswith(".rels"):
            for relation in read_part(content).iter(_RELATIONS):
                _relation(relation)
        elif name.endswith(".xml"):
            root = read_part(content)
            _fields(root)
            _drawings(root)


def _relation(relation: etree._Element) -> None:
    kind = relation.get("Type", "").rpartition("/")[2]
    target = relation.get("Target", "")
    if relation.get("TargetMode", "").lower() == "external" or "://" in target:
        if kind != "hyperlink" or not _CLICKED.fullmatch(target):
            raise _fetched(target)
    elif kind in _OBJECT_KINDS:
        raise _object(target)


def _fields(root: etree._Element) -> None:
    """Word cuts a field's instruction into pieces: they are read together, a paragraph at a time."""
    for paragraph in root.iter(f"{_WORD}p"):
        said = "".join(piece.text or "" for piece in paragraph.iter(f"{_WORD}instrText"))
        for simple in paragraph.iter(f"{_WORD}fldSimple"):
            said += " " + simple.get(f"{_WORD}instr", "")
        if found := _FETCHING_FIELDS.search(re.sub(r'"[^"]*"', '""', said)):
            raise _fetched(found.group(0))
    for kind in ("object", "altChunk", "control"):
        if root.find(f".//{_WORD}{kind}") is not None:
            raise _object(kind)


def _drawings(root: etree._Element) -> None:
    """An older drawing (VML) names its picture's source in the text itself."""
    for element in root.iter(_IMAGE):
        for name in ("src", _OFFICE_HREF):
            if source := element.get(name):
                raise _fetched(source)


def _odt(file: OfficeFile) -> None:
    if b"encryption-data" in file.parts.get("META-INF/manifest.xml", b""):
        raise refused("Die Datei ist verschlüsselt.", "The file is encrypted.")
    for name, content in file.parts.items():
        if not name.endswith(".xml"):
            continue
        for element in read_part(content).iter(etree.Element):
            _odf_element(element, name, file)


def _odf_element(element: etree._Element, part: str, file: OfficeFile) -> None:
    local = etree.QName(element).localname
    if local in _ODF_OBJECTS:
        raise _object(local)
    href = element.get(_XLINK)
    if local in _ODF_FETCHED and not (href or "").startswith("#"):
        raise _fetched(href or local)
    if not href:
        return
    if local == "a":
        if not _CLICKED.fullmatch(href):
            raise _fetched(href)
        return
    inside = posixpath.normpath(posixpath.join(posixpath.dirname(part), unquote(href)))
    if local == "template":
        inside = "content.xml" if "://" not in href else ""  # where it was once made from; nothing reads it
    if not href.startswith("#") and inside not in file.parts:
        raise _fetched(href)
