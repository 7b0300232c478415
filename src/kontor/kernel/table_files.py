"""
Tables that people bring as a file, CSV or XLSX, read as words: nothing in them is run, fetched or unpacked unseen.

A workbook is inflated by us first, entry by entry and no further than `_INFLATED`, and handed to the reader as what was
inflated: an archive's list may lie about sizes. Cells far outside and words that repeat are counted before a reader
makes room for them.
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from lxml import etree
from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

LARGEST: Final = 5 * 2**20  # bytes of a file
MOST_ROWS: Final = 2000  # that hold something, without the heads
MOST_COLUMNS: Final = 60
LONGEST: Final = 2000  # characters of a cell
_INFLATED: Final = 40 * 2**20  # bytes of a workbook's entries together
_CHUNK: Final = 2**16
_FARTHEST: Final = (10_000, 200)  # row and column of a workbook's last cell: a reader makes room for all before it
_CHARACTERS: Final = 10 * 2**20  # of a workbook's cells, of words that several share in each of them
_ENTRIES: Final = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|xl/workbook\.xml|xl/_rels/workbook\.xml\.rels|xl/sharedStrings\.xml"
    r"|xl/styles\.xml|xl/worksheets/[\w .-]+\.xml"
)
_PLACE: Final = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_OLD: Final = b"\xd0\xcf\x11\xe0"
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff")
_DELIMITERS: Final = ";,\t|"

_UNREADABLE: Final = Text(
    "Diese Arbeitsmappe lässt sich nicht lesen. Speichern Sie sie neu als XLSX oder CSV.",
    "This workbook cannot be read. Save it anew as XLSX or CSV.",
)
_TOO_MUCH: Final = Text(
    "In dieser Arbeitsmappe steht zu viel, oder etwas weit außerhalb der Liste. Kopieren Sie die Liste in eine neue.",
    "This workbook holds too much, or something far outside the list. Copy the list into a new one.",
)


class TableRefusedError(RefusalError):
    """A file that is no table we read; its text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row that holds something: its number as a spreadsheet shows it, and its cells without space around them."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: the words of its first row that holds something, and the rows below, each as wide as these."""

    heads: tuple[str, ...]
    rows: tuple[Row, ...]


def read_table(data: bytes) -> Table:
    r"""
    Return the table in a CSV file or in the first visible sheet of an XLSX workbook; TableRefusedError.

    >>> read_table("Name;Ort\nAlder;Kiel\n".encode())
    Table(heads=('Name', 'Ort'), rows=(Row(number=2, cells=('Alder', 'Kiel')),))
    """
    if len(data) > LARGEST:
        raise TableRefusedError(Text("Die Datei ist größer als 5 MB.", "The file is larger than 5 MB."))
    if data.startswith(_OLD):
        raise TableRefusedError(
            Text(
                "Das ist eine alte oder mit Kennwort geschützte Arbeitsmappe. Speichern Sie sie als XLSX oder CSV.",
                "This is an old workbook or one with a password. Save it as XLSX or CSV.",
            )
        )
    rows = _of_workbook(data) if data.startswith(_ZIP) else _of_text(data)
    return _table((number, tuple(_clean(cell) for cell in cells)) for number, cells in enumerate(rows, 1))


def _table(rows: Iterable[tuple[int, tuple[str, ...]]]) -> Table:
    filled = ((number, cells) for number, cells in rows if any(cells))
    _, heads = next(filled, (0, ()))
    wide = max((place for place, head in enumerate(heads, 1) if head), default=0)
    found = [Row(number, (cells + ("",) * wide)[: max(wide, _last(cells))]) for number, cells in filled]
    if not found:
        raise TableRefusedError(
            Text(
                "In der Datei steht keine Liste: Die erste Zeile nennt die Spalten, darunter steht je eine Zeile.",
                "The file holds no list: its first row names the columns, below follows a row for each.",
            )
        )
    if len(found) > MOST_ROWS or wide > MOST_COLUMNS:
        raise TableRefusedError(
            Text(
                f"Eine Datei darf {MOST_ROWS} Zeilen und {MOST_COLUMNS} Spalten haben. Teilen Sie sie.",
                f"A file may have {MOST_ROWS} rows and {MOST_COLUMNS} columns. Split it.",
            )
        )
    for row in found:
        _check(row, wide)
    return Table(heads[:wide], tuple(found))


def _check(row: Row, wide: int) -> None:
    if len(row.cells) > wide:
        raise TableRefusedError(
            Text(
                f"Zeile {row.number} hat mehr Spalten als die erste. Steht ein Trennzeichen in einem Feld?",
                f"Row {row.number} has more columns than the first one. Is there a separator in a field?",
            )
        )
    if max(map(len, row.cells)) > LONGEST:
        raise TableRefusedError(
            Text(
                f"In Zeile {row.number} hat ein Feld mehr als {LONGEST} Zeichen.",
                f"In row {row.number} a field has more than {LONGEST} characters.",
            )
        )


def _last(cells: Sequence[str]) -> int:
    return max(place for place, cell in enumerate(cells, 1) if cell)


def _clean(cell: str) -> str:
    """Return a cell on one line, without signs that control something."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in cell).split())


def _of_text(data: bytes) -> Iterator[list[str]]:
    text = _decoded(data)
    head = re.sub(r'"[^"]*"', "", text.lstrip().split("\n", 1)[0])
    delimiter = max(_DELIMITERS, key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise TableRefusedError(
            Text(
                f"Ab Zeile {reader.line_num} ist die Datei nicht lesbar: Ein Anführungszeichen fehlt oder ist zu viel.",
                f"From line {reader.line_num} on the file cannot be read: a quotation mark is missing or one too many.",
            )
        ) from error


def _decoded(data: bytes) -> str:
    """Read UTF-8, UTF-16 where it says so, and what Windows programs write in Western Europe."""
    try:
        if data.startswith(_WIDE):
            return data.decode("utf-16")
        if b"\0" not in data:
            try:
                return data.decode("utf-8-sig")
            except UnicodeDecodeError:
                return data.decode("cp1252")
    except UnicodeDecodeError:
        pass
    raise TableRefusedError(
        Text(
            "Das ist keine Liste als Text und keine Arbeitsmappe. Speichern Sie sie als „CSV UTF-8“ oder XLSX.",
            "This is no list as text and no workbook. Save it as “CSV UTF-8” or XLSX.",
        )
    )


def _of_workbook(data: bytes) -> list[list[str]]:
    try:
        entries = dict(_inflated(data))
        _refuse_hostile(entries)
        with CalamineWorkbook.from_filelike(_packed(entries)) as book:
            sheets = [each.name for each in book.sheets_metadata if each.visible == SheetVisibleEnum.Visible]
            rows = book.get_sheet_by_name(sheets[0]).to_python(skip_empty_area=False) if sheets else []
    except TableRefusedError:
        raise
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, ValueError, OSError, EOFError) as error:
        raise TableRefusedError(_UNREADABLE) from error
    except (etree.XMLSyntaxError, CalamineError) as error:
        raise TableRefusedError(_UNREADABLE) from error
    return [[_word(cell) for cell in row] for row in rows]


def _inflated(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the entries that a list needs, counted while they are inflated."""
    left = _INFLATED
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            if not _ENTRIES.fullmatch(info.filename):
                continue
            parts = []
            with archive.open(info) as file:
                while part := file.read(_CHUNK):
                    if (left := left - len(part)) < 0:
                        raise TableRefusedError(_TOO_MUCH)
                    parts.append(part)
            yield info.filename, b"".join(parts)


def _packed(entries: dict[str, bytes]) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    file.seek(0)
    return file


def _refuse_hostile(entries: dict[str, bytes]) -> None:
    words = [len("".join(each.itertext())) for each in _elements(entries.get("xl/sharedStrings.xml", b""), "si")]
    left = _CHARACTERS
    for name, content in entries.items():
        for cell in _elements(content, "row", "c") if name.startswith("xl/worksheets/") else ():
            _refuse_far(cell.get("r", "1"))
            if cell.get("t") == "s":
                place = "".join(each.text or "" for each in cell.iter("{*}v"))
                left -= words[int(place)] if place.isdecimal() and int(place) < len(words) else 0
            if left < 0:
                raise TableRefusedError(_TOO_MUCH)


def _refuse_far(place: str) -> None:
    """Refuse a row "12" or a cell "B12" that is far away; a reader makes room for everything before it."""
    told = _PLACE.fullmatch(place if place[:1].isalpha() else f"A{place}")
    if told is None:
        raise TableRefusedError(_UNREADABLE)
    column = 0
    for letter in told[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    if int(told[2]) > _FARTHEST[0] or column > _FARTHEST[1]:
        raise TableRefusedError(_TOO_MUCH)


def _elements(content: bytes, *names: str) -> Iterator[Any]:
    tags = [f"{{*}}{name}" for name in names]
    reading = etree.iterparse(
        io.BytesIO(content), events=("end",), tag=tags, resolve_entities=False, no_network=True, load_dtd=False
    )
    for _, element in reading if content else ():
        yield element
        if not element.tag.endswith("c"):  # a cell goes with its row
            element.clear()


def _word(value: Any) -> str:
    """Return a cell of a workbook as it is read: 1067.0 as "1067", midnight of a day as the day."""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)  # noqa: PLR2004  exact to there
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ", "minutes")
    return value.isoformat() if isinstance(value, date) else str(value)
