"""Hostile, broken and oversized XML is refused before a parser sees it."""

import codecs
from pathlib import Path

import pytest

from kontor.office.books.formats.camt053 import read_camt053
from kontor.office.books.formats.check import check
from kontor.office.books.formats.xml_in import RefusedXmlError, read_xml

LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>
<l>&c;</l>"""
DOCUMENT_TYPE = "Die Datei bringt einen Dokumenttyp oder Entitäten mit; solche Dateien werden nicht gelesen."


def refusal(content: bytes) -> str:
    with pytest.raises(RefusedXmlError) as refused:
        read_xml(content)
    return refused.value.text.de


def test_a_plain_file_is_read_without_comments_and_instructions() -> None:
    root = read_xml(b'<?xml version="1.0" encoding="UTF-8"?><!-- a --><?b c?><a>1<!-- 2 -->3</a>')
    assert (root.tag, root.text, len(root)) == ("a", "13", 0)


@pytest.mark.parametrize(
    "content",
    [
        LAUGHS,
        LAUGHS.decode().encode("utf-16"),
        codecs.BOM_UTF8 + LAUGHS,
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        b'<!doctype a [<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]><a>&x;</a>',
        b'<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p">%p;]><a/>',
    ],
    ids=["laughs", "laughs in UTF-16", "laughs behind a mark", "outer type", "outer entity", "parameter entity"],
)
def test_a_document_type_is_refused(content: bytes) -> None:
    assert refusal(content) == DOCUMENT_TYPE


@pytest.mark.parametrize("reader", [check, read_camt053], ids=["invoice", "statement"])
def test_every_reader_refuses_it(reader: object) -> None:
    with pytest.raises(RefusedXmlError):
        reader(LAUGHS)  # type: ignore[operator]


def test_an_inclusion_is_refused_and_the_file_it_names_is_not_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    content = f'<a xmlns:x="http://www.w3.org/2001/XInclude"><x:include href="{secret}" parse="text"/></a>'
    assert refusal(content.encode()) == "Die Datei will andere Dateien einbinden; solche Dateien werden nicht gelesen."


def test_an_oversized_file_is_refused_unread() -> None:
    with pytest.raises(RefusedXmlError) as refused:
        read_xml(b"<a>" + b" " * 2_500_000 + b"</a>", limit=2_000_000)
    assert refused.value.text.de == "Die Datei hat 2,5 MB; mehr als 2,0 MB werden nicht gelesen."
    assert refused.value.text.en == "The file has 2.5 MB; more than 2.0 MB are not read."


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"<a><b></a>", "Die Datei ist kein wohlgeformtes XML (Zeile 1, Spalte 11)."),
        (b"", "Die Datei ist kein wohlgeformtes XML (Zeile 1, Spalte 1)."),
        (b"PK\x03\x04", "Die Datei ist kein wohlgeformtes XML (Zeile 1, Spalte 1)."),
        (b"<a>&lol;</a>", "Die Datei ist kein wohlgeformtes XML (Zeile 1, Spalte 9)."),
        (b"<a>\xff</a>", "Die Datei ist kein Text in utf-8 (Stelle 3)."),
        (
            b'<?xml version="1.0" encoding="UTF-7"?><a/>',
            "Die Zeichenkodierung „utf-7“ wird nicht gelesen; üblich ist UTF-8.",
        ),
        (b"<a>" * 300 + b"</a>" * 300, "Die Datei ist kein wohlgeformtes XML (Zeile 1, Spalte 771)."),
    ],
    ids=["unclosed", "empty", "a zip", "unknown entity", "not UTF-8", "odd encoding", "too deep"],
)
def test_a_broken_file_is_refused_with_the_place(content: bytes, sentence: str) -> None:
    assert refusal(content) == sentence


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "windows-1252", "utf-16"])
def test_the_usual_encodings_are_read(encoding: str) -> None:
    content = f'<?xml version="1.0" encoding="{encoding}"?><a>Größe</a>'.encode(encoding)
    assert read_xml(content).text == "Größe"
