"""Filling Word and OpenDocument templates: cut marks, conditions, rows, missing values, and what is never let in."""

import re
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from lxml import etree

from kontor.office.documents.formats import package
from kontor.office.documents.formats.marks import TemplateError, Value, Values, written
from kontor.office.documents.formats.office_text import checked, fields_of, filled
from kontor.office.documents.formats.package import OfficeFileRefusedError
from kontor.rulebook.money import Money
from tests.office.documents.office_files import (
    MAIN,
    W,
    docx,
    odt,
    packed,
    part,
    relations,
    word_paragraphs,
    word_row,
)

LINES = (
    {"text": "Hosting", "amount": Money("EUR", 123450)},
    {"text": "Support", "amount": Money("EUR", 990)},
)
VALUES: Values = {
    "contact.name": "Ada <Lovelace> & Söhne {{ contact.phone }}",
    "contact.phone": None,
    "contact.city": "Hamburg",
    "today": date(2026, 11, 3),
    "lines": LINES,
}


def lines_of(file: bytes, name: str = "word/document.xml") -> list[str]:
    """Return the text of every paragraph of a filled file."""
    root = etree.fromstring(part(file, name).encode())
    return ["".join(p.itertext()) for p in root.iter("{*}p")]


@pytest.mark.parametrize(
    ("value", "german", "english"),
    [
        (date(2026, 11, 3), "03.11.2026", "3 Nov 2026"),
        (datetime(2026, 11, 3, 9, 5, tzinfo=UTC), "03.11.2026, 09:05", "3 Nov 2026, 09:05"),
        (Money("EUR", 123450), "1.234,50\xa0€", "€1,234.50"),
        (Decimal("1234.5"), "1.234,5", "1,234.5"),
        (1234, "1.234", "1,234"),
        (True, "ja", "yes"),
        (False, "nein", "no"),
        (None, "", ""),
        ("a\r\nb\x00\x1b", "a\nb", "a\nb"),
    ],
)
def test_values_are_written_as_the_reader_writes_them(value: Value, german: str, english: str) -> None:
    assert [written(value, "de").replace(" €", "\xa0€"), written(value, "en")] == [german, english]


def test_a_field_cut_into_runs_is_found_and_keeps_the_first_runs_look() -> None:
    runs = "<w:r><w:rPr><w:b/></w:rPr><w:t>Dear {</w:t></w:r><w:proofErr/><w:r><w:t>{ contact.</w:t></w:r>"
    runs += (
        "<w:hyperlink><w:r><w:t>ci</w:t></w:r></w:hyperlink><w:r><w:t>ty }</w:t></w:r><w:r><w:t>}, welcome</w:t></w:r>"
    )
    file = filled(docx(f"<w:p>{runs}</w:p>"), VALUES, language="en")
    root = etree.fromstring(part(file, "word/document.xml").encode())
    assert [one.text or "" for one in root.iter(f"{{{W}}}t")] == ["Dear Hamburg", "", "", "", ", welcome"]
    assert etree.tostring(root).count(b"kontor-place") == 0


def test_a_value_is_text_and_never_markup_nor_a_mark() -> None:
    file = filled(docx(word_paragraphs("{{ contact.name }}")), VALUES, language="de")
    assert lines_of(file) == ["Ada <Lovelace> & Söhne {{ contact.phone }}"]
    assert "&lt;Lovelace&gt; &amp; Söhne" in part(file, "word/document.xml")


def test_new_lines_of_a_value_are_the_formats_own() -> None:
    values: Values = {"address": "Weg 1\n20095 Hamburg\nDE"}
    word = part(filled(docx(word_paragraphs("An {{ address }}!")), values, language="de"), "word/document.xml")
    texts = re.findall(r"<w:t[^>]*>([^<]*)</w:t>|(<w:br/>)", word)
    assert [a or b for a, b in texts] == ["An Weg 1", "<w:br/>", "20095 Hamburg", "<w:br/>", "DE!"]
    body = "<text:p>An {{ add<text:span>ress }}</text:span>!</text:p><text:p><text:s/>{{ address }}.</text:p>"
    open_text = part(filled(odt(body), values, language="de"), "content.xml")
    assert open_text.count("An Weg 1<text:line-break/>20095 Hamburg<text:line-break/>DE<text:span></text:span>!") == 1
    assert open_text.count("<text:s/>Weg 1<text:line-break/>20095 Hamburg<text:line-break/>DE.") == 1


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("A{{ if contact.phone }} Tel. {{ contact.phone }}{{ end }}B", "AB"),
        ("A{{ if contact.city }} in {{ contact.city }}{{ else }} anywhere{{ end }}B", "A in HamburgB"),
        ("A{{ if not contact.city }}x{{ else }}y{{ end }}B", "AyB"),
        ("A{{ if contact.phone }}x{{ if contact.city }}y{{ else }}z{{ end }}{{ else }}w{{ end }}B", "AwB"),
        ("A{{ if contact.city }}x{{ if contact.phone }}y{{ end }}z{{ end }}B", "AxzB"),
        ("{{ if lines }}some{{ end }} on {{ today }}", "some on 03.11.2026"),
    ],
)
def test_conditions_in_a_line(line: str, said: str) -> None:
    assert lines_of(filled(docx(word_paragraphs(line)), VALUES, language="de")) == [said]


def test_conditions_and_repetitions_over_paragraphs() -> None:
    body = word_paragraphs(
        "{{ for lines }}", "- {{ text }}", "{{ if contact.phone }}", "never", "{{ else }}", "in {{ contact.city }}",
        "{{ end }}", "{{ end }}", "{{ if contact.city }}", "stays", "{{ end }}", "{{ if contact.phone }}", "goes",
        "{{ end }}", "{{ if contact.city }}", "yes", "{{ else }}", "no", "{{ end }}", "{{ for lines }}", "{{ end }}",
    )  # fmt: skip
    file = filled(docx(body), VALUES, language="en")
    assert lines_of(file) == ["- Hosting", "in Hamburg", "- Support", "in Hamburg", "stays", "yes"]


def test_rows_are_repeated_cut_and_kept_whole() -> None:
    table = (
        word_row("Item", "Amount")
        + word_row("{{ for lines }}{{ text }}", "{{ amount }}{{ end }}")
        + word_row("{{ if contact.phone }}never", "{{ end }}")
        + word_row("{{ if contact.city }}{{ contact.city }}", "x")
        + word_row("second", "{{ end }}")
        + "<w:tr><w:tc>"
        + word_paragraphs("{{ if contact.phone }}", "gone", "{{ end }}")
        + "</w:tc></w:tr>"
    )
    file = filled(docx(f"<w:tbl>{table}</w:tbl>" + word_paragraphs("end")), VALUES, language="de")
    said = [line.replace(" ", "\xa0") for line in lines_of(file)]
    expected = ["Item", "Amount", "Hosting", "1.234,50 €", "Support", "9,90 €", "Hamburg", "x", "second", "", "", "end"]
    assert said == [line.replace(" ", "\xa0") for line in expected]
    empty = filled(
        docx(f"<w:tbl>{table[len(word_row('Item', 'Amount')) :]}</w:tbl>"), {**VALUES, "lines": ()}, language="de"
    )
    assert lines_of(empty) == ["Hamburg", "x", "second", "", ""]
    gone = filled(docx(f"<w:tbl>{word_row('{{ for lines }}a', '{{ end }}')}</w:tbl>"), {"lines": ()}, language="de")
    assert part(gone, "word/document.xml").count("<w:tbl>") == 0


def test_rows_of_an_open_document_with_a_note_and_a_frame() -> None:
    row = "<table:table-row><table:table-cell><text:p>{}</text:p></table:table-cell>"
    row += "<table:table-cell><text:p>{}</text:p></table:table-cell></table:table-row>"
    body = f"<table:table>{row.format('{{ for lines }}{{ text }}', '{{ amount }}{{ end }}')}</table:table>"
    body += (
        "<text:p>See<text:note><text:note-body><text:p>in {{ contact.city }}</text:p></text:note-body></text:note> on "
    )
    body += (
        "<draw:frame><draw:text-box><text:p>box {{ today }}</text:p></draw:text-box></draw:frame>{{ today }}</text:p>"
    )
    said = lines_of(filled(odt(body), VALUES, language="en"), "content.xml")
    assert said == [
        "Hosting",
        "€1,234.50",
        "Support",
        "€9.90",
        "Seein Hamburg on box 3 Nov 20263 Nov 2026",
        "in Hamburg",
        "box 3 Nov 2026",
    ]


def test_all_that_is_missing_is_said_at_once_with_its_place() -> None:
    body = word_paragraphs(
        "Dear {{ contact.nickname }}", "{{ contact.phone }}", "{{ lines }} {{ if x }}", "{{ a b c }}", "{{ end }}"
    )
    body += f"<w:tbl>{word_row('{{ for contact.city }}', '{{ end }}')}</w:tbl>" + word_paragraphs("x {{ for lines }}")
    body += word_paragraphs("{{ for gone }}", "{{ end }}")
    with pytest.raises(TemplateError) as refusal:
        filled(docx(body), VALUES, language="en")
    assert refusal.value.text.en.split("\n") == [
        "Text, paragraph 1 (“Dear {{ contact.nickname }}”): There is no field “contact.nickname”.",
        "Text, paragraph 2 (“{{ contact.phone }}”): The field “contact.phone” has no value here.",
        "Text, paragraph 3 (“{{ lines }} {{ if x }}”): “lines” is a list and needs {{ for lines }} … {{ end }}.",
        "Text, paragraph 3 (“{{ lines }} {{ if x }}”): There is no field “x”.",
        "Text, paragraph 3 (“{{ lines }} {{ if x }}”): {{ if x }} lacks its {{ end }}.",
        "Text, paragraph 4 (“{{ a b c }}”): {{ a b c }} is no mark.",
        "Text, paragraph 5 (“{{ end }}”): {{ end }} has no beginning.",
        "Text, paragraph 6 (“{{ for contact.city }}”): “contact.city” is no list.",
        "Text, paragraph 8 (“x {{ for lines }}”): {{ for lines }} and its {{ end }} stand alone in their paragraphs, "
        "or first and last in a table’s row.",
        "Text, paragraph 9 (“{{ for gone }}”): There is no field “gone”.",
    ]
    assert refusal.value.text.de.split("\n")[0] == (
        "Text, Absatz 1 („Dear {{ contact.nickname }}“): Das Feld „contact.nickname“ gibt es nicht."
    )


def test_heads_feet_and_text_boxes_are_filled_and_the_rest_stays_the_bytes_it_was() -> None:
    head = f'<w:hdr xmlns:w="{W}">{word_paragraphs("{{ contact.city }}")}</w:hdr>'
    kind = MAIN.replace("document.main+xml", "header+xml")
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="/word/document.xml" ContentType="{MAIN}"/>'
        f'<Override PartName="/word/header1.xml" ContentType="{kind}"/></Types>'
    )
    box = f"<w:p><w:r><w:txbxContent>{word_paragraphs('{{ today }}')}</w:txbxContent></w:r></w:p>"
    picture = bytes(range(256))
    more = {"[Content_Types].xml": types, "word/header1.xml": head, "word/media/image1.png": picture}
    file = filled(docx(box, more=more), VALUES, language="de")
    assert lines_of(file, "word/header1.xml") == ["Hamburg"]
    assert lines_of(file) == ["03.11.2026", "03.11.2026"]
    with zipfile.ZipFile(BytesIO(file)) as archive:
        assert archive.read("word/media/image1.png") == picture
    assert filled(docx(box, more=more), VALUES, language="de") == file
    style = '<s xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'  # noqa: E501  a name of the standard
    style += "<style:footer><text:p>{{ contact.city }}</text:p></style:footer></s>"
    open_text = filled(odt("<text:h>x</text:h>", more={"styles.xml": style}), VALUES, language="de")
    assert lines_of(open_text, "styles.xml") == ["Hamburg"]
    with zipfile.ZipFile(BytesIO(open_text)) as archive:
        assert (archive.infolist()[0].filename, archive.infolist()[0].compress_type) == ("mimetype", zipfile.ZIP_STORED)


def test_the_fields_of_a_template_are_listed() -> None:
    template = docx(word_paragraphs("{{ b.c }} {{ if a }}x{{ end }}", "{{ for rows }}", "{{ b.c }}", "{{ end }}"))
    assert fields_of(template) == ["a", "b.c", "rows"]


P = word_paragraphs("x")
OBJECT = "The template has a macro or an embedded object ({})."
FETCHED = "The template fetches something from elsewhere when opened ({})."
FIELD = "<w:p><w:r><w:instrText>{}</w:instrText></w:r><w:r><w:instrText>{}</w:instrText></w:r></w:p>"
VML = '<w:p><v:imagedata xmlns:v="urn:schemas-microsoft-com:vml" src="http://evil.example/x.png"/></w:p>'
ENTITY = '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'
REFUSED = {
    "no zip": (b"PK no", "This is no .odt or .docx file."),
    "another zip": (packed({"a.txt": "x"}), "This is no .odt or .docx file."),
    "a .docm": (docx(P, main="application/vnd.ms-word.document.macroEnabled.main+xml"), "The template has macros."),
    "a hidden macro": (docx(P, more={"word/vbaProject.bin": b"x"}), OBJECT.format("word/vbaProject.bin")),
    "embedded": (docx(P, more={"word/embeddings/a.xlsx": b"x"}), OBJECT.format("word/embeddings/a.xlsx")),
    "inner object": (docx(P, more=relations("oleObject", "a.xml", "Internal")), OBJECT.format("a.xml")),
    "object element": (docx("<w:p><w:object/></w:p>"), OBJECT.format("object")),
    "remote image": (docx(P, more=relations("image", "http://evil.example/x.png")), FETCHED.format("http://evil.example/x.png")),
    "remote template": (docx(P, more=relations("attachedTemplate", "file:///x.dotm")), FETCHED.format("file:///x.dotm")),
    "script link": (docx(P, more=relations("hyperlink", "javascript:x()")), FETCHED.format("javascript:x()")),
    "cut field": (docx(FIELD.format("INCLUDE", "PICTURE x")), FETCHED.format("INCLUDEPICTURE")),
    "simple field": (docx(f'<w:p><w:fldSimple xmlns:w="{W}" w:instr="DDEAUTO c"/></w:p>'), FETCHED.format("DDEAUTO")),
    "old drawing": (docx(VML), FETCHED.format("http://evil.example/x.png")),
    "entity": (docx(P, more={"word/x.xml": ENTITY}), "The file has a document type."),
    "broken": (docx("<w:p>"), "A part of the file is no XML."),
    "path": (docx(P, more={"../x": "y"}), "The file has parts with forbidden names."),
    "bomb": (docx(P, more={"x.txt": "0" * 5_000_000}), "The file is too large once unpacked."),
    "odf script": (odt("<text:script>x</text:script>"), OBJECT.format("script")),
    "odf basic": (odt("", more={"Basic/a.xml": "<a/>"}), OBJECT.format("Basic/a.xml")),
    "odf image": (odt('<draw:image xlink:href="https://evil.example/x"/>'), FETCHED.format("https://evil.example/x")),
    "odf link": (odt('<text:a xlink:href="vnd.sun.star.script:x">a</text:a>'), FETCHED.format("vnd.sun.star.script:x")),
    "odf section": (odt('<text:section-source xlink:href="a.odt"/>'), FETCHED.format("a.odt")),
    "odf encrypted": (odt("", more={"META-INF/manifest.xml": "<encryption-data/>"}), "The file is encrypted."),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_harmless_text_is_refused(name: str) -> None:
    file, sentence = REFUSED[name]
    with pytest.raises(OfficeFileRefusedError) as refusal:
        checked(file)
    assert refusal.value.text.en == sentence


def test_what_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "LARGEST", 100)
    with pytest.raises(OfficeFileRefusedError) as refusal:
        checked(docx(P))
    assert refusal.value.text.en == "The template is larger than 20 MB."
    monkeypatch.setattr(package, "LARGEST", 10**6)
    monkeypatch.setattr(package, "PARTS", 1)
    with pytest.raises(OfficeFileRefusedError) as refusal:
        checked(docx(P))
    assert refusal.value.text.en == "The file is too large once unpacked."


def test_links_to_click_and_pictures_inside_stay() -> None:
    assert checked(docx(P, more=relations("hyperlink", "https://kontor.example/?a=b"))).media_type.endswith(".document")
    picture = (
        '<text:p><draw:image xlink:href="Pictures/a.png"/><text:a xlink:href="mailto:a@b.example">a</text:a></text:p>'
    )
    assert checked(odt(picture, more={"Pictures/a.png": b"x"})).media_type.endswith(".text")
