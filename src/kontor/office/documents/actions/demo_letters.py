"""A template and a letter for the demo: what a salesperson writes after a first talk."""

from datetime import datetime
from typing import Final

from kontor.kernel.actor import MACHINE
from kontor.office.documents.actions.letters import NewTemplate, add_template, write_letter
from kontor.office.documents.formats.package import DOCX, OfficeFile, closed
from kontor.office.documents.models import Template
from kontor.office.parties import public as parties

_W: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_MAIN: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
_LINES: Final = (
    "{{ own.name }}",
    "{{ contact.address }}",
    "{{ today }}",
    "Danke für das Gespräch",
    "Guten Tag,",
    "vielen Dank für Ihr Interesse. Unsere Unterlagen gehen heute an {{ contact.email }}.",
    "{{ if contact.vat_id }}",
    "Ihre USt-IdNr. {{ contact.vat_id }} steht bei uns schon richtig.",
    "{{ end }}",
    "Mit freundlichen Grüßen",
    "{{ own.name }}",
)


def make_letters_demo(at: datetime) -> None:
    """Add a template and write a letter to the first customer; a second run adds nothing."""
    if Template.objects.exists():
        return
    new = NewTemplate(
        data=_docx(), name="Nach dem Gespräch.docx", title="Nach dem Gespräch", kind="parties.Party", language="de"
    )
    template = add_template(new, at=at, actor=MACHINE)
    for key, _ in parties.listed()[:1]:
        write_letter(template.pk, key, today=at.date(), at=at, actor=MACHINE)


def _docx() -> bytes:
    """Return a small Word file."""
    body = "".join(f'<w:p><w:r><w:t xml:space="preserve">{line}</w:t></w:r></w:p>' for line in _LINES)
    types = (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{DOCX}.main+xml"/></Types>'
    )
    relation = f'<Relationship Id="r1" Type="{_MAIN}" Target="word/document.xml"/>'
    parts = {
        "[Content_Types].xml": types,
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{relation}</Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{_W}"><w:body>{body}</w:body></w:document>',
    }
    return closed(OfficeFile(DOCX, {name: text.encode() for name, text in parts.items()}))
