"""
What can be told about a PDF/A-3 without a full validator: its parts are there, once, and agree.

The pages themselves come from Typst's own PDF/A export; what can go wrong afterwards is the attachment and the
metadata we add, and that is what is looked at.
"""

from collections.abc import Iterator
from io import BytesIO

import pikepdf
from lxml import etree

from kontor.office.books.formats.finding import Finding, fatal

_PDFA = "{http://www.aiim.org/pdfa/ns/id/}"
_EXTENSIONS = "{http://www.aiim.org/pdfa/ns/extension/}schemas"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_SCHEMA = "{http://www.aiim.org/pdfa/ns/schema#}namespaceURI"
_FONT_FILES = ("/FontFile", "/FontFile2", "/FontFile3")
_DECLARED = ("http://www.aiim.org/", "http://purl.org/dc/", "http://ns.adobe.com/", "http://www.w3.org/")


def pdf_findings(content: bytes) -> tuple[Finding, ...]:
    """Return where a PDF is no PDF/A-3; a file that is no PDF at all is one finding."""
    try:
        with pikepdf.open(BytesIO(content)) as document:
            return (*_frame(document), *_fonts(document), *_files(document), *_metadata(document))
    except pikepdf.PdfError:
        return (fatal("PDF", "Die Datei ist kein lesbares PDF.", "The file is no readable PDF."),)


def _frame(document: pikepdf.Pdf) -> Iterator[Finding]:
    intents = document.Root.get("/OutputIntents", pikepdf.Array())
    if len(list(intents)) != 1:
        yield fatal("PDF-INTENT", "Die Farbangabe (OutputIntent) fehlt.", "The output intent is missing.")
    if "/ID" not in document.trailer:
        yield fatal("PDF-ID", "Die Kennung der Datei fehlt.", "The file's identifier is missing.")
    if document.is_encrypted:
        yield fatal("PDF-ENCRYPTED", "Die Datei ist verschlüsselt.", "The file is encrypted.")


def _fonts(document: pikepdf.Pdf) -> Iterator[Finding]:
    for each in document.objects:
        if not isinstance(each, pikepdf.Dictionary) or each.get("/Type") != pikepdf.Name.FontDescriptor:
            continue
        if not any(name in each for name in _FONT_FILES):
            name = str(each.get("/FontName", ""))
            yield fatal("PDF-FONT", f"Die Schrift {name} ist nicht eingebettet.", f"The font {name} is not embedded.")


def _files(document: pikepdf.Pdf) -> Iterator[Finding]:
    named = [str(name) for name in document.attachments]
    associated = [str(each.get("/UF", each.get("/F", ""))) for each in _associated(document)]
    if sorted(named) != sorted(associated):
        yield fatal(
            "PDF-AF",
            f"Eingebettet sind {named}, zugeordnet sind {associated}.",
            f"Embedded are {named}, associated are {associated}.",
        )
    for each in _associated(document):
        if "/AFRelationship" not in each:
            yield fatal("PDF-AF", "Einem Anhang fehlt die Beziehung.", "An attachment lacks its relationship.")
        if "/Subtype" not in each.EF.F:
            yield fatal("PDF-AF", "Einem Anhang fehlt die Art.", "An attachment lacks its type.")


def _associated(document: pikepdf.Pdf) -> list[pikepdf.Object]:
    return list(document.Root.get("/AF", pikepdf.Array()))


def _metadata(document: pikepdf.Pdf) -> Iterator[Finding]:
    if "/Metadata" not in document.Root:
        yield fatal("PDF-XMP", "Die Metadaten fehlen.", "The metadata is missing.")
        return
    packet = etree.fromstring(document.Root.Metadata.read_bytes())
    part = "".join(str(text) for each in packet.iter(f"{_PDFA}part") for text in each.itertext())
    part = part or "".join(str(each.get(f"{_PDFA}part", "")) for each in packet.iter(f"{_RDF}Description"))
    if part != "3":
        yield fatal(
            "PDF-XMP", f"Die Datei nennt sich PDF/A-{part or '?'}.", f"The file calls itself PDF/A-{part or '?'}."
        )
    lists = sum(1 for _ in packet.iter(_EXTENSIONS))
    if lists > 1:
        yield fatal("PDF-XMP", f"{lists} Listen von Metadaten-Schemata.", f"{lists} lists of metadata schemas.")
    declared = {each.text for each in packet.iter(_SCHEMA)}
    for each in packet.iter(f"{_RDF}Description"):
        for child in each:
            space = etree.QName(child).namespace or ""
            if not space.startswith(_DECLARED) and space not in declared:
                yield fatal("PDF-XMP", f"Das Schema {space} ist nicht erklärt.", f"The schema {space} is not declared.")
            if etree.QName(child).localname == "DocumentFileName" and child.text not in document.attachments:
                yield fatal(
                    "PDF-XMP", f"Die Datei {child.text} ist nicht angehängt.", f"The file {child.text} is not attached."
                )
