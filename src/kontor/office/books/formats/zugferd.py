"""
A ZUGFeRD invoice: the printed page as PDF/A-3 with the Factur-X file inside, profile EN 16931.

The page and the data come from one model in one call, so they cannot disagree.
"""

from datetime import datetime
from io import BytesIO
from pathlib import Path

import pikepdf

from kontor.kernel.pdf import Attachment, render, with_metadata
from kontor.office.books.formats.cii import cii
from kontor.office.books.formats.finding import Finding, fatal
from kontor.office.books.formats.invoice import Invoice, Profile
from kontor.office.books.formats.paper import Language, Letterhead, invoice_paper
from kontor.office.books.formats.pdf_a import pdf_findings

FILE = "factur-x.xml"
NAMESPACE = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
TEMPLATE = Path(__file__).resolve().parents[1] / "typst" / "invoice.typ"
_RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
_PROPERTIES = (
    ("DocumentFileName", FILE, "name of the embedded XML invoice file"),
    ("DocumentType", "INVOICE", "INVOICE"),
    ("Version", "1.0", "version of the embedded XML data"),
    ("ConformanceLevel", "EN 16931", "conformance level of the embedded XML data"),
)
_EXTENSION = (
    f'<rdf:li {_RDF} xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"'
    ' xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#" rdf:parseType="Resource">'
    "<pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>"
    f"<pdfaSchema:namespaceURI>{NAMESPACE}</pdfaSchema:namespaceURI>"
    "<pdfaSchema:prefix>fx</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>"
    + "".join(
        '<rdf:li rdf:parseType="Resource">'
        f"<pdfaProperty:name>{name}</pdfaProperty:name><pdfaProperty:valueType>Text</pdfaProperty:valueType>"
        f"<pdfaProperty:category>external</pdfaProperty:category>"
        f"<pdfaProperty:description>{description}</pdfaProperty:description></rdf:li>"
        for name, _, description in _PROPERTIES
    )
    + "</rdf:Seq></pdfaSchema:property></rdf:li>"
)
_DESCRIPTION = (
    f'<rdf:Description {_RDF} xmlns:fx="{NAMESPACE}" rdf:about="">'
    + "".join(f"<fx:{name}>{value}</fx:{name}>" for name, value, _ in _PROPERTIES)
    + "</rdf:Description>"
)


def zugferd(
    invoice: Invoice,
    letterhead: Letterhead,
    *,
    language: Language,
    at: datetime,
    customer_number: str = "",
    in_part: bool = False,
) -> bytes:
    """
    Return the invoice as a PDF/A-3a that carries factur-x.xml, the same bytes for the same invoice and moment.

    at       the moment of issue, aware; it stands in the metadata
    in_part  a 381 that credits a part of its invoice

    Raises PrintingError, UnwritableTextError, and ValueError for an amount with a part of a cent.
    """
    data = Attachment(
        name=FILE,
        content=cii(invoice, Profile.FACTUR_X),
        mime="text/xml",
        relationship="alternative",
        description="Rechnung als Daten (EN 16931)" if language == "de" else "Invoice as data (EN 16931)",
    )
    paper = invoice_paper(invoice, letterhead, language=language, customer_number=customer_number, in_part=in_part)
    page = render(TEMPLATE, paper, at=at, attachments=(data,))
    return with_metadata(page, extension=_EXTENSION, properties=_DESCRIPTION)


def zugferd_findings(content: bytes, *, xrechnung: bytes) -> tuple[Finding, ...]:
    """
    Return where a finished file is no PDF/A-3, or where the data in it are not those of the XRechnung.

    xrechnung  the CII file that `check` found sound; the data in the PDF may differ from it in the profile alone, so
               that what was proved of the one holds for the other
    """
    found = pdf_findings(content)
    if found:
        return found
    with pikepdf.open(BytesIO(content)) as document:
        inside = document.attachments[FILE].get_file().read_bytes() if FILE in document.attachments else b""
    if inside != xrechnung.replace(Profile.XRECHNUNG.encode(), Profile.FACTUR_X.encode(), 1):
        return (
            fatal(
                "PDF-DATA",
                "Die Daten im PDF sind nicht die der XRechnung.",
                "The data in the PDF are not those of the XRechnung.",
            ),
        )
    return ()
