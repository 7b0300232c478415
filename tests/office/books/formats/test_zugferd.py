"""A ZUGFeRD file is one PDF/A-3 whose data are the page's own, extractable, repeatable to the byte."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import facturx
import pikepdf
import pypdf
import pytest

from kontor.kernel.pdf import PrintingError
from kontor.office.books.formats.check import check
from kontor.office.books.formats.cii import cii
from kontor.office.books.formats.invoice import Invoice, Note, Profile
from kontor.office.books.formats.paper import Language, Letterhead
from kontor.office.books.formats.pdf_a import pdf_findings
from kontor.office.books.formats.zugferd import NAMESPACE, zugferd, zugferd_findings
from tests.office.books.formats import samples

AT = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)
LETTERHEAD = Letterhead(
    phone="+49 40 1234567",
    email="rechnung@nordkai.example",
    website="nordkai.example",
    legal=("Amtsgericht Hamburg, HRB 123456",),
    bank_name="Bank für Beispiele",
    bank_iban="DE02120300000000202051",
    bank_bic="BYLADEM1001",
)


def printed(invoice: Invoice, language: Language = "de") -> bytes:
    return zugferd(invoice, LETTERHEAD, language=language, at=AT, customer_number="K-1044")


def text(pdf: bytes) -> list[str]:
    """Return the lines on the pages, with plain spaces."""
    pages = pypdf.PdfReader(BytesIO(pdf)).pages
    lines = "\n".join(page.extract_text() for page in pages).replace("\u00a0", " ").replace("\u2009", "")
    return [" ".join(line.split()) for line in lines.splitlines()]


@pytest.fixture(scope="module")
def domestic() -> bytes:
    return printed(samples.domestic())


@pytest.mark.parametrize("situation", samples.EVERY.values(), ids=samples.EVERY)
def test_the_file_is_sound_and_gives_back_the_very_data(situation: Callable[[], Invoice]) -> None:
    pdf = printed(situation())
    assert pdf_findings(pdf) == ()
    name, data = facturx.get_xml_from_pdf(pdf, check_xsd=False)
    assert name == "factur-x.xml"
    assert data == cii(situation(), Profile.FACTUR_X)
    assert check(data) == ()


def test_the_same_invoice_gives_the_same_bytes_and_another_moment_does_not(domestic: bytes) -> None:
    assert printed(samples.domestic()) == domestic
    later = zugferd(samples.domestic(), LETTERHEAD, language="de", at=AT.replace(minute=1), customer_number="K-1044")
    assert later != domestic


def test_the_data_inside_are_held_against_the_checked_xrechnung(domestic: bytes) -> None:
    assert zugferd_findings(domestic, xrechnung=cii(samples.domestic(), Profile.XRECHNUNG)) == ()
    (other,) = zugferd_findings(domestic, xrechnung=cii(samples.direct_debit(), Profile.XRECHNUNG))
    assert other.message.en == "The data in the PDF are not those of the XRechnung."
    (broken,) = zugferd_findings(b"", xrechnung=b"")
    assert broken.rule == "PDF"


def test_the_data_are_an_alternative_and_stand_in_the_metadata_once(domestic: bytes) -> None:
    with pikepdf.open(BytesIO(domestic)) as document:
        (associated,) = document.Root.AF  # type: ignore[misc]
        assert associated.AFRelationship == pikepdf.Name.Alternative
        assert associated.EF.F.Subtype == pikepdf.Name("/text/xml")
        packet = document.Root.Metadata.read_bytes().decode()
    assert packet.count("<pdfaExtension:schemas>") == 1
    assert packet.count(f"<pdfaSchema:namespaceURI>{NAMESPACE}<") == 1
    assert packet.count("<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>") == 1
    assert packet.count("<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>") == 1


def test_the_page_says_what_the_data_say(domestic: bytes) -> None:
    lines = text(domestic)
    assert "Rechnung 2026-1284" in lines
    assert "Zu zahlen 974,61 €" in lines
    assert "Umsatzsteuer 19 % 155,61 €" in lines
    assert lines.count("01.11.2026–31.01.2027 Ziff. 7.2") == 2


def test_the_page_speaks_english() -> None:
    lines = text(printed(samples.mixed_rates(), "en"))
    assert "Invoice 2026-1284" in lines
    assert "To pay €944.37" in lines
    assert "VAT 7 % on €252.00 €17.64" in lines


@pytest.mark.trap(27)
def test_a_cancellation_says_what_it_is_and_what_it_takes_back() -> None:
    lines = text(printed(samples.cancellation()))
    assert "Stornorechnung 2026-1301" in lines
    assert "Diese Stornorechnung hebt die Rechnung 2026-1284 vom 02.11.2026 auf." in lines
    assert "Gutgeschrieben 974,61 €" in lines
    assert not any("Gutschrift" in line for line in lines)


@pytest.mark.trap(28)
def test_reverse_charge_prints_its_reason_and_the_country_across_the_border() -> None:
    lines = text(printed(samples.reverse_charge()))
    assert "Steuerschuldnerschaft des Leistungsempfängers" in lines
    assert "ÖSTERREICH" in lines


def test_a_direct_debit_names_mandate_and_day() -> None:
    said = " ".join(text(printed(samples.direct_debit())))
    assert (
        "Eingezogen wird per SEPA-Lastschrift von DE02 1203 0000 0000 2020 51: Mandat M-2025-0208, Gläubiger-ID "
        "DE98ZZZ09999999999. Wir ziehen am 17.11.2026 ein."
    ) in said


def test_a_long_invoice_counts_its_pages_and_repeats_its_head() -> None:
    many = tuple(replace(samples.domestic().lines[0], number=str(at)) for at in range(1, 31))
    lines = text(printed(replace(samples.domestic(), lines=many)))
    assert [line for line in lines if line.startswith("Seite ")] == ["Seite 1 von 3"]
    assert lines.count("Position Menge Einzelpreis Netto") == 3


def test_a_sign_without_a_shape_is_refused_rather_than_left_out() -> None:
    with pytest.raises(PrintingError) as refused:
        printed(replace(samples.domestic(), notes=(Note("東京"),)))
    assert refused.value.text.de.startswith('invoice.typ lässt sich nicht drucken: PDF/A-3a error: the text `"東"`')


@pytest.mark.parametrize(
    ("damage", "rule"),
    [
        (lambda document: document.Root.__delattr__("AF"), "PDF-AF"),
        (lambda document: document.Root.__delattr__("OutputIntents"), "PDF-INTENT"),
        (lambda document: document.Root.__delattr__("Metadata"), "PDF-XMP"),
        (lambda document: document.Root.AF[0].__delattr__("AFRelationship"), "PDF-AF"),
        (lambda document: document.attachments.__delitem__("factur-x.xml"), "PDF-XMP"),
    ],
    ids=["no association", "no intent", "no metadata", "no relationship", "no file"],
)
def test_a_damaged_file_is_told_apart(domestic: bytes, damage: Callable[[pikepdf.Pdf], None], rule: str) -> None:
    with pikepdf.open(BytesIO(domestic)) as document:
        damage(document)
        changed = BytesIO()
        document.save(changed)
    assert {finding.rule for finding in pdf_findings(changed.getvalue())} >= {rule}


def test_metadata_that_contradict_themselves_are_told(domestic: bytes) -> None:
    def with_packet(old: bytes, new: bytes) -> list[str]:
        with pikepdf.open(BytesIO(domestic)) as document:
            document.Root.Metadata.write(document.Root.Metadata.read_bytes().replace(old, new))
            changed = BytesIO()
            document.save(changed, fix_metadata_version=False)
        return [finding.message.en for finding in pdf_findings(changed.getvalue())]

    assert with_packet(b"<pdfaid:part>3<", b"<pdfaid:part>2<") == ["The file calls itself PDF/A-2."]
    assert with_packet(b"<fx:DocumentFileName>factur-x.xml", b"<fx:DocumentFileName>other.xml") == [
        "The file other.xml is not attached."
    ]
    uri = NAMESPACE.encode()
    assert (
        with_packet(b"namespaceURI>" + uri, b"namespaceURI>urn:other#")
        == [f"The schema {NAMESPACE} is not declared."] * 4
    )
    assert with_packet(
        b"</rdf:RDF>",
        b"<rdf:Description><pdfaExtension:schemas xmlns:pdfaExtension='http://www.aiim.org/pdfa/ns/extension/'/></rdf:Description></rdf:RDF>",
    ) == ["2 lists of metadata schemas."]


def test_a_font_left_out_and_no_pdf_at_all_are_told() -> None:
    document = pikepdf.new()
    document.add_blank_page()
    document.Root.Font = document.make_indirect(
        pikepdf.Dictionary(Type=pikepdf.Name.FontDescriptor, FontName=pikepdf.Name.Helvetica)
    )
    plain = BytesIO()
    document.save(plain)
    rules = {finding.rule for finding in pdf_findings(plain.getvalue())}
    assert rules == {"PDF-FONT", "PDF-INTENT", "PDF-XMP"}
    assert [finding.rule for finding in pdf_findings(b"%PDF-nothing")] == ["PDF"]
