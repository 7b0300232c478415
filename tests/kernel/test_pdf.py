"""Printing: repeatable bytes, our own type, nothing silently left out."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdf
import pytest

import kontor
from kontor.kernel.pdf import Attachment, PrintingError, render, with_metadata

AT = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)
PACKAGE = Path(kontor.__file__).parent
BODY = """
#let data = json(bytes(sys.inputs.data))
#set document(title: "Probe")
#set text(font: "Inter", lang: "de")
#for each in data.attachments {
  pdf.attach("/" + each.name, bytes(each.content), relationship: each.relationship, mime-type: each.mime,
    description: each.description)
}
#data.said
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """Give a folder inside the package, where templates must lie; it is gone afterwards."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(dir=PACKAGE / "kernel" / "typst") as name:
        yield Path(name)


@pytest.fixture
def template(folder: Path) -> Path:
    path = folder / "probe.typ"
    path.write_text(BODY)
    return path


def said(pdf: bytes) -> str:
    return pypdf.PdfReader(BytesIO(pdf)).pages[0].extract_text()


def test_the_same_input_gives_the_same_bytes(template: Path) -> None:
    one, two = (render(template, {"said": "Größe"}, at=AT) for _ in range(2))
    assert one == two
    assert said(one) == "Größe"


def test_another_document_from_the_same_template_is_another_document(template: Path) -> None:
    assert [said(render(template, {"said": word}, at=AT)) for word in ("eins", "zwei", "eins")] == [
        "eins",
        "zwei",
        "eins",
    ]


def test_days_and_decimals_arrive_as_text_and_floats_do_not_arrive_as_objects(template: Path) -> None:
    assert said(render(template, {"said": Decimal("1E+2")}, at=AT)) == "100"
    assert said(render(template, {"said": date(2026, 11, 30)}, at=AT)) == "2026-11-30"
    with pytest.raises(TypeError, match=r"^A template's data holds no object\.$"):
        render(template, {"said": object()}, at=AT)


def test_only_inter_is_used_and_it_is_embedded(template: Path) -> None:
    with pikepdf.open(BytesIO(render(template, {"said": "Łódź"}, at=AT))) as document:
        fonts = [
            each
            for each in document.objects
            if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == pikepdf.Name.FontDescriptor
        ]
        assert [str(font.FontName).partition("+")[2] for font in fonts] == ["Inter-Regular"]
        assert all("/FontFile2" in font for font in fonts)


@pytest.mark.parametrize(("standard", "conformance"), [("a-3a", "A"), ("a-3b", "B")])
def test_the_standard_asked_for_is_the_one_stated(template: Path, standard: str, conformance: str) -> None:
    with pikepdf.open(BytesIO(render(template, {"said": "x"}, at=AT, standard=standard))) as document:  # type: ignore[arg-type]
        packet = document.Root.Metadata.read_bytes().decode()
    assert packet.count(f"<pdfaid:part>3</pdfaid:part><pdfaid:conformance>{conformance}</pdfaid:conformance>") == 1


def test_an_attachment_keeps_its_name_and_bytes(template: Path) -> None:
    content = '<?xml version="1.0"?>\n<a>Größe\r\n</a>'.encode()
    file = Attachment("daten.xml", content, "text/xml", "data", "Daten")
    with pikepdf.open(BytesIO(render(template, {"said": "x"}, at=AT, attachments=(file,)))) as document:
        assert list(document.attachments) == ["daten.xml"]
        assert document.attachments["daten.xml"].get_file().read_bytes() == content


def test_threads_print_their_own_documents(template: Path) -> None:
    words = [f"Blatt {at}" for at in range(12)]
    with ThreadPoolExecutor(4) as pool:
        pages = list(pool.map(lambda word: said(render(template, {"said": word}, at=AT)), words))
    assert pages == words


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('#set text(font: "Nowhere Sans")\nx', "unknown font family: nowhere sans"),
        ("#data.said", "unknown variable: data"),
        (
            '#set document(title: "x")\n#set text(font: "Inter", lang: "de")\n東',
            'PDF/A-3a error: the text `"東"` could not be displayed',
        ),
    ],
    ids=["a type we do not have", "a slip", "a sign without shape"],
)
def test_what_cannot_be_printed_as_drawn_is_refused(folder: Path, body: str, reason: str) -> None:
    path = folder / "wrong.typ"
    path.write_text(body)
    with pytest.raises(PrintingError) as refused:
        render(path, {"said": "x"}, at=AT)
    assert refused.value.text.de.startswith(f"wrong.typ lässt sich nicht drucken: {reason}")


def test_a_template_reads_nothing_outside_the_package(folder: Path) -> None:
    path = folder / "spy.typ"
    path.write_text('#read("/../../../../../etc/passwd")')
    with pytest.raises(PrintingError):
        render(path, {}, at=AT)


def test_metadata_cannot_join_a_file_that_has_none(template: Path) -> None:
    plain = BytesIO()
    with pikepdf.open(BytesIO(render(template, {"said": "x"}, at=AT))) as document:
        document.Root.Metadata.write(b"<a xmlns:x='y'/>")
        document.save(plain, fix_metadata_version=False)
    with pytest.raises(PrintingError) as refused:
        with_metadata(plain.getvalue(), extension="<a/>", properties="<b/>")
    assert refused.value.text.en == "The PDF has no list of metadata schemas."
