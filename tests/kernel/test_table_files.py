"""Tables from files: what people's programs write is read as they see it, and what would hurt is refused in words."""

import io
import struct
import zipfile
from datetime import date

import pytest
import xlsxwriter

from kontor.kernel.table_files import Row, TableRefusedError, read_table


def workbook(*rows: list[object], hidden: bool = False, **formats: str) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        if hidden:
            first, second = book.add_worksheet("Alt"), book.add_worksheet("Leute")
            first.write(0, 0, "geheim")
            second.activate()
            second.set_first_sheet()
            first.hide()
        sheet = book.get_worksheet_by_name("Leute") or book.add_worksheet("Leute")
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        for place, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(place, column, value, day)
                else:
                    sheet.write(place, column, value)
    return file.getvalue()


def changed(data: bytes, name: str, old: bytes, new: bytes) -> bytes:
    """Return a workbook in one of whose entries something stands instead."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as after:
        for info in before.infolist():
            content = before.read(info)
            assert info.filename != name or old in content
            after.writestr(info.filename, content.replace(old, new) if info.filename == name else content)
    return file.getvalue()


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("sign", [";", ",", "\t"])
def test_lists_are_read_as_programs_write_them(code, sign):
    text = (
        "\r\nName;Straße;Ort\r\n\r\n Größe \r\n".replace(";", sign)
        + f'"Alder{sign} ""Süd""\r\nGmbH"{sign}Hafen\u00a09{sign}'
    )
    table = read_table(text.encode(code))
    assert table.heads == ("Name", "Straße", "Ort")
    assert table.rows == (
        Row(4, ("Größe", "", "")),
        Row(5, (" ".join(f'Alder{sign} "Süd" GmbH'.split()), "Hafen 9", "")),
    )


def test_workbooks_are_read_as_they_are_seen():
    rows = (
        ["Name", "PLZ", "Tag", "Wert", "Ja"],
        [],
        ["Ä b", 1067, date(2026, 5, 9), 1.5, True],
        ["=1+1", "", "", "", ""],
    )
    for hidden in (False, True):
        table = read_table(workbook(*rows, hidden=hidden))
        assert table.heads == ("Name", "PLZ", "Tag", "Wert", "Ja")
        assert table.rows[0] == Row(3, ("Ä b", "1067", "2026-05-09", "1.5", "True"))
        assert table.rows[1] == Row(4, ("0", "", "", "", ""))  # what the program that saved it had reckoned, not ours


def liar() -> bytes:
    """A workbook whose list says that its strings have 10 bytes where they inflate to more."""
    data = workbook(["Name"], ["Alder"])
    place = data.index(b"PK\x01\x02", data.index(b"xl/sharedStrings.xml") + 30)
    while data[place + 46 :][:20] != b"xl/sharedStrings.xml":
        place = data.index(b"PK\x01\x02", place + 4)
    return data[: place + 24] + struct.pack("<I", 10) + data[place + 28 :]


SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
PLAIN = workbook(["Name"], ["Alder"])


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "holds no list"),
        (b"\n ; ;\n", "holds no list"),
        (b"Name;Ort\n", "holds no list"),
        (b"Name;Ort\nAlder;Kiel;DE\n", "Row 2 has more columns"),
        (b'Name;Ort\nAlder;"Kiel\nEva;Bonn\n', "quotation mark"),
        (b'Name;Ort\nAlder;"Kiel" Nord\n', "From line 2 on"),
        (b"Name\n" + b"x" * 2001, "In row 2 a field"),
        (b"Name\n" + b"x\n" * 2001, "2000 rows"),
        (b";".join([b"x"] * 61) + b"\nx\n", "60 columns"),
        (b"Name\nAl\0der\n", "no list as text"),
        (b"Name\nAl\x81der\n", "no list as text"),
        (b"\xff\xfeN", "no list as text"),
        (b"x" * (5 * 2**20 + 1), "larger than 5 MB"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 100, "old workbook"),
        (b"PK\x03\x04kaputt", "cannot be read"),
        (b"PK\x05\x06" + b"\0" * 18, "cannot be read"),
        (liar(), "cannot be read"),
        (changed(PLAIN, SHEET, b'r="A2"', b'r="XFD1048576"'), "too much"),
        (changed(PLAIN, SHEET, b'r="A2"', b"r='&#88;FD2'"), "too much"),
        (changed(PLAIN, SHEET, b'r="2"', b'r="1048576"'), "too much"),
        (changed(PLAIN, SHEET, b'r="A2"', b'r="2A"'), "cannot be read"),
        (changed(PLAIN, SHEET, b"<sheetData>", b"<sheetData><"), "cannot be read"),
        (changed(PLAIN, STRINGS, b"Alder", b"x" * (41 * 2**20)), "too much"),
        (
            changed(changed(PLAIN, STRINGS, b"Alder", b"x" * 10**6), SHEET, b"</row></sheetData>",
                    b"</row>" + b'<row><c t="s"><v>1</v></c></row>' * 11 + b"</sheetData>"),
            "too much",
        ),
    ],
)  # fmt: skip
def test_what_is_no_list_or_would_hurt_is_refused(data, says):
    with pytest.raises(TableRefusedError) as refused:
        read_table(data)
    assert says in refused.value.text.en


def test_words_that_look_like_markup_stay_words_and_an_empty_sheet_is_no_list():
    table = read_table(changed(PLAIN, STRINGS, b"Alder", b"&lt;b&gt;"))
    assert table.rows == (Row(2, ("<b>",)),)
    with pytest.raises(TableRefusedError, match="no list"):
        read_table(workbook())
