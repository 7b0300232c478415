"""
Opening and closing the zip that a word processor's file is (ISO/IEC 29500-2, OpenDocument 1.3 part 2).

What is not plainly a text document is refused before a word of it is used: macros, encryption, archive bombs, names
that leave the archive, document types and entities.
"""

import io
import posixpath
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lxml import etree

from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

LARGEST: Final = 20 * 1024 * 1024  # bytes of the file
UNPACKED: Final = 100 * 1024 * 1024  # bytes of all its parts
PARTS: Final = 2000
RATIO: Final = 200  # unpacked to packed, of parts that are not tiny
_TINY: Final = 64 * 1024
ODT: Final = "application/vnd.oasis.opendocument.text"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_DOCX_MAIN: Final = f"{DOCX}.main+xml"
_CONTENT_TYPES: Final = "[Content_Types].xml"


class OfficeFileRefusedError(RefusalError):
    """A file that is not taken as a template; `text` says why."""


@dataclass(frozen=True, slots=True)
class OfficeFile:
    """
    A word processor's file.

    media_type  ODT or DOCX
    parts       content by name, in the archive's order
    """

    media_type: str
    parts: Mapping[str, bytes]


def refused(de: str, en: str) -> OfficeFileRefusedError:
    """Return the refusal that says so."""
    return OfficeFileRefusedError(Text(de, en))


def opened(data: bytes) -> OfficeFile:
    """Return the parts of a text document; OfficeFileRefusedError for everything else."""
    if len(data) > LARGEST:
        raise refused("Die Vorlage ist größer als 20 MB.", "The template is larger than 20 MB.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = _parts(archive)
    except OfficeFileRefusedError:
        raise
    except (zipfile.BadZipFile, EOFError, NotImplementedError, ValueError, OSError, zlib.error) as error:
        raise refused("Das ist keine .odt- oder .docx-Datei.", "This is no .odt or .docx file.") from error
    return OfficeFile(_kind(parts), parts)


def _parts(archive: zipfile.ZipFile) -> dict[str, bytes]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > PARTS or sum(entry.file_size for entry in entries) > UNPACKED:
        raise refused("Die Datei ist ausgepackt zu groß.", "The file is too large once unpacked.")
    parts: dict[str, bytes] = {}
    left = UNPACKED
    for entry in entries:
        _refuse_entry(entry, parts)
        with archive.open(entry) as stream:
            parts[entry.filename] = stream.read(entry.file_size + 1)
        left -= len(parts[entry.filename])
        if left < 0 or len(parts[entry.filename]) != entry.file_size:
            raise refused("Die Datei ist ausgepackt zu groß.", "The file is too large once unpacked.")
    return parts


def _refuse_entry(entry: zipfile.ZipInfo, known: Mapping[str, bytes]) -> None:
    name = entry.filename
    if (
        name.startswith("/")
        or "\\" in name
        or ".." in name.split("/")
        or posixpath.normpath(name) != name
        or name in known
    ):
        raise refused("Die Datei enthält Teile mit unerlaubten Namen.", "The file has parts with forbidden names.")
    if entry.flag_bits & 0x1:
        raise refused("Die Datei ist verschlüsselt.", "The file is encrypted.")
    if entry.file_size > _TINY and entry.file_size > RATIO * max(entry.compress_size, 1):
        raise refused("Die Datei ist ausgepackt zu groß.", "The file is too large once unpacked.")


def _kind(parts: Mapping[str, bytes]) -> str:
    if parts.get("mimetype") == ODT.encode() and "content.xml" in parts:
        return ODT
    if _CONTENT_TYPES in parts:
        types = set(content_types(parts).values())
        if any("macroEnabled" in kind or "vbaProject" in kind for kind in types):
            raise refused("Die Vorlage enthält Makros.", "The template has macros.")
        if _DOCX_MAIN in types:
            return DOCX
    raise refused("Das ist keine .odt- oder .docx-Datei.", "This is no .odt or .docx file.")


def content_types(parts: Mapping[str, bytes]) -> dict[str, str]:
    """Return the media type of each part that a DOCX declares by name, and of each ending as "*.ending"."""
    kinds: dict[str, str] = {}
    for element in read_part(parts[_CONTENT_TYPES]):
        name, kind = element.get("PartName"), element.get("ContentType", "")
        kinds[name.lstrip("/") if name else f"*.{element.get('Extension', '').lower()}"] = kind
    return kinds


def read_part(content: bytes) -> etree._Element:
    """Return the root of a part; a document type, an entity or broken XML is refused, nothing is fetched."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise refused("Ein Teil der Datei ist kein XML.", "A part of the file is no XML.") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise refused("Die Datei enthält einen Dokumenttyp.", "The file has a document type.")
    return root


def written_part(root: etree._Element) -> bytes:
    """Return a part's bytes."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def closed(file: OfficeFile) -> bytes:
    """Return the file; equal parts give equal bytes, and an ODT begins with its type, stored (part 2, 3.3)."""
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(file.parts, key=lambda name: name != "mimetype"):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(entry, file.parts[name])
    return result.getvalue()
