"""An archive is a zip file that everybody reads, however long it gets."""

import zipfile
from datetime import datetime
from pathlib import Path

import pytest

from kontor.office.privacy.formats.archive import Entry, directory, safe_name

AT = datetime(2026, 11, 22, 20, 30)
GIB = 1 << 30


@pytest.mark.trap(55)
def test_beyond_four_gigabytes_and_65535_files_zip64_says_where_things_are(tmp_path: Path) -> None:
    file = tmp_path / "long.zip"
    entries = [
        Entry(name=f"größe/{number}", offset=number * 100_000, size=5 * GIB, packed=5 * GIB + 7, crc=number, sha256=b"")
        for number in range(70_000)
    ]
    with file.open("wb") as out:
        out.truncate(7 * GIB)  # a hole: no disk is used
        out.seek(7 * GIB)
        out.writelines(directory(entries, offset=7 * GIB, at=AT))
    with zipfile.ZipFile(file) as archive:
        last = archive.infolist()[-1]
        assert len(archive.infolist()) == 70_000
    assert (last.filename, last.header_offset, last.file_size, last.compress_size, last.CRC) == (
        "größe/69999", 6_999_900_000, 5 * GIB, 5 * GIB + 7, 69_999,
    )  # fmt: skip
    assert last.date_time == (2026, 11, 22, 20, 30, 0)


@pytest.mark.trap(55)
@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("../../../etc/passwd", "documents/passwd"),
        ("C:\\\\Windows\\\\win.ini", "documents/win.ini"),
        ("..", "documents/file"),
        (".bashrc", "documents/bashrc"),
        ("a\x00b\nc.txt", "documents/a_b_c.txt"),
        ("aux.PDF", "documents/_aux.PDF"),
        ("taken.pdf", "documents/taken (3).pdf"),
        ("ä" * 200 + ".pdf", "documents/" + "ä" * 90 + ".pdf"),
    ],
)
def test_a_name_stays_inside_its_folder(name: str, path: str) -> None:
    assert safe_name(name, folder="documents", taken={"documents/taken.pdf", "documents/taken (2).pdf"}) == path
