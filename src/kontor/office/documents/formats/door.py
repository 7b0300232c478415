"""
What a file is, told from its content, and whether it comes in at all; nothing is unpacked or run.

The name is only compared: a file that calls itself a PDF and is something else is refused, and so is one that is two
things at once, which programs would open in two ways.
"""

import zipfile
from io import BytesIO
from typing import Final

from kontor.kernel.hostile import BOMB, LOCKED, PROGRAM, danger_of
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

LARGEST: Final = 100 * 10**6  # bytes; what a request may bring and a worker reads at once
PDF, ZIP, TEXT, ANYTHING = "application/pdf", "application/zip", "text/plain", "application/octet-stream"
_OOXML: Final = "application/vnd.openxmlformats-officedocument."
OFFICE: Final = {
    "word/": f"{_OOXML}wordprocessingml.document",
    "xl/": f"{_OOXML}spreadsheetml.sheet",
    "ppt/": f"{_OOXML}presentationml.presentation",
}
_STARTS: Final = (
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
)
IMAGES: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_CLAIMS: Final = {
    "pdf": {PDF},
    "png": {"image/png"},
    "jpg": {"image/jpeg"},
    "jpeg": {"image/jpeg"},
    "gif": {"image/gif"},
    "webp": {"image/webp"},
    "docx": {OFFICE["word/"]},
    "xlsx": {OFFICE["xl/"]},
    "pptx": {OFFICE["ppt/"]},
    "odt": {"application/vnd.oasis.opendocument.text"},
    "ods": {"application/vnd.oasis.opendocument.spreadsheet"},
    "txt": {TEXT},
    "csv": {TEXT},
    "zip": {ZIP},
}
_MARKUP: Final = frozenset({"svg", "htm", "html", "xhtml"})  # taken as text: handed out, never shown as a page
_MIMETYPE: Final = 200  # characters of an ODF's first entry that are read


class DoorRefusedError(RefusalError):
    """A file that is not taken in; its text says why."""


def checked(name: str, data: bytes) -> str:
    """
    Return the media type of a file's content; DoorRefusedError where it stays outside.

    >>> checked("Angebot.pdf", b"%PDF-1.7 ...")
    'application/pdf'
    """
    if not data:
        raise DoorRefusedError(Text("Die Datei ist leer.", "The file is empty."))
    if len(data) > LARGEST:
        raise DoorRefusedError(Text("Die Datei ist größer als 100 MB.", "The file is larger than 100 MB."))
    ending = name.rstrip(". ").rpartition(".")[2].casefold()
    media_type = kind_of(data)
    danger = danger_of("markup.txt" if ending in _MARKUP and media_type == TEXT else name, data)
    if danger in _REFUSED:
        raise DoorRefusedError(_REFUSED[danger])
    if ending in _CLAIMS and media_type not in _CLAIMS[ending]:
        german = "Die Datei heißt „.{0}“, ihr Inhalt ist etwas anderes.".replace("{0}", ending)
        raise DoorRefusedError(Text(german, f"The file is called “.{ending}”, and its content is something else."))
    if _is_two_things(media_type, data):
        german = "Die Datei ist zugleich etwas anderes, das andere Programme öffnen würden."
        raise DoorRefusedError(Text(german, "The file is something else too, which other programs would open."))
    return media_type


def kind_of(data: bytes) -> str:
    """Return the media type that the first bytes, or an archive's list, tell of."""
    found = next((kind for start, kind in _STARTS if data.startswith(start)), "")
    if found == ZIP:
        return _kind_of_zip(data)
    if found:
        return found
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "image/webp"
    return TEXT if _is_text(data) else ANYTHING


def _kind_of_zip(data: bytes) -> str:
    """Tell office documents from other archives (ECMA-376 part 2; ODF 1.3 part 2, 3.3)."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = archive.namelist()
            if names and names[0] == "mimetype" and archive.getinfo("mimetype").file_size < _MIMETYPE:
                said = archive.read("mimetype").decode("ascii", "replace").strip()
                return said if said.startswith("application/vnd.oasis.opendocument.") else ZIP
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError, EOFError):
        return ZIP
    if "[Content_Types].xml" not in names:
        return ZIP
    return next((kind for folder, kind in OFFICE.items() if any(each.startswith(folder) for each in names)), ZIP)


def _is_text(data: bytes) -> bool:
    if b"\0" in data:
        return False
    try:
        data.decode()
    except UnicodeDecodeError:
        try:
            words = data.decode("cp1252")
        except UnicodeDecodeError:
            return False
        return all(each.isprintable() or each in "\r\n\t\f" for each in words)
    return True


def _is_two_things(media_type: str, data: bytes) -> bool:
    """Readers of PDF look for its mark in the first 1024 bytes, readers of archives from the end."""
    if media_type not in {PDF, TEXT} and b"%PDF-" in data[:1024]:
        return True
    return media_type in IMAGES | {PDF, TEXT} and zipfile.is_zipfile(BytesIO(data))


_REFUSED: Final = {
    PROGRAM: Text("Programme werden nicht abgelegt.", "Programs are not filed."),
    BOMB: Text("Das Archiv entpackt sich zu Unmengen.", "The archive unpacks into enormous amounts."),
    LOCKED: Text(
        "Das Archiv ist verschlüsselt; niemand kann prüfen, was darin ist.",
        "The archive is encrypted; nobody can check what is in it.",
    ),
}
