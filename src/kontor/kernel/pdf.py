"""
Printing documents: a Typst template and its data become a PDF/A-3, the same bytes for the same input.

Templates lie in an app's `typst/` folder and may import each other by their path inside the package
("/kernel/typst/letter.typ"). Type is Inter, from the PyPI package fontpkg-inter (OFL-1.1); nothing is taken from the
machine and nothing is fetched. A template reads its data with `json(bytes(sys.inputs.data))`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any, Literal

import pikepdf
import typst
from lxml import etree

from kontor.kernel.stages import printed_as_test
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

Standard = Literal["a-3a", "a-3b"]
Relationship = Literal["alternative", "data", "source", "supplement"]

_PACKAGE = Path(__file__).resolve().parents[1]
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_EXTENSIONS = "{http://www.aiim.org/pdfa/ns/extension/}schemas"


class PrintingError(RefusalError):
    """A document could not be printed: the template is wrong, or a text holds signs the type has no shape for."""


def _unprintable(template: Path, reason: str) -> PrintingError:
    name = template.name
    return PrintingError(Text(f"{name} lässt sich nicht drucken: {reason}", f"{name} cannot be printed: {reason}"))


@dataclass(frozen=True, slots=True)
class Attachment:
    """A text file inside the PDF, by ISO 19005-3: its name, UTF-8 content, type and what it is to the document."""

    name: str
    content: bytes
    mime: str
    relationship: Relationship
    description: str


def render(
    template: Path,
    data: Mapping[str, object],
    *,
    at: datetime,
    standard: Standard = "a-3a",
    attachments: Sequence[Attachment] = (),
) -> bytes:
    """
    Return the printed document.

    template     a .typ file inside the package
    data         anything JSON holds, besides days (written 2026-11-30) and decimals (written as text, never a float)
    at           the moment of issue, aware; it stands in the file's metadata and makes the bytes repeatable
    standard     "a-3a" is tagged for screen readers, "a-3b" is not
    attachments  handed to the template as `data.attachments`; the letter attaches them

    Raises PrintingError, with Typst's own words. Safe to call from several threads; one template prints one at a time.
    """
    attached = [
        {
            "name": each.name,
            "content": each.content.decode(),
            "mime": each.mime,
            "relationship": each.relationship,
            "description": each.description,
        }
        for each in attachments
    ]
    inputs = {
        "data": json.dumps(
            {**data, "attachments": attached, "test": printed_as_test()}, default=_written, ensure_ascii=False
        )
    }
    compiler, turn = _compiler(template.resolve())
    try:
        with turn:
            printed, warnings = compiler.compile_with_warnings(
                format="pdf", sys_inputs=inputs, timestamp=int(at.timestamp()), pdf_standards=[standard]
            )
    except typst.TypstError as error:
        raise _unprintable(template, error.message) from error
    if warnings:
        # A warning is a missing font or the like: the page would not look as it was drawn.
        raise _unprintable(template, "; ".join(warning.message for warning in warnings))
    return bytes(printed)


def with_metadata(pdf: bytes, *, extension: str, properties: str) -> bytes:
    """
    Return the PDF with further metadata.

    extension   the rdf:li that declares a schema; it joins the list the file already has, for a second list breaks the
                packet (ISO 19005-3, 6.6.2.1)
    properties  the rdf:Description that uses it
    """
    with pikepdf.open(BytesIO(pdf)) as document:
        packet = etree.fromstring(document.Root.Metadata.read_bytes())
        schemas = packet.find(f".//{_EXTENSIONS}/{_RDF}Bag")
        description = packet.find(f".//{_RDF}RDF")
        if schemas is None or description is None:
            raise PrintingError(
                Text("Dem PDF fehlt die Liste seiner Metadaten.", "The PDF has no list of metadata schemas.")
            )
        schemas.append(etree.fromstring(extension))
        description.append(etree.fromstring(properties))
        content = etree.tostring(packet, encoding="unicode")
        wrapped = f'<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n{content}\n<?xpacket end="w"?>'
        document.Root.Metadata.write(wrapped.encode())
        result = BytesIO()
        # An id made from the content keeps the bytes repeatable.
        document.save(result, deterministic_id=True, fix_metadata_version=False)
    return result.getvalue()


def _written(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"A template's data holds no {type(value).__name__}.")


@cache
def _fonts() -> Any:
    # Only the files are wanted; the package's own code looks for more fonts than we print with.
    spec = find_spec("fontpkg_inter")
    if spec is None or spec.origin is None:
        raise PrintingError(
            Text(
                "Das Paket fontpkg-inter mit der Schrift fehlt.", "The package fontpkg-inter with the type is missing."
            )
        )
    folder = Path(spec.origin).parent / "files"
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(folder)])


@cache
def _compiler(template: Path) -> tuple[Any, Lock]:
    # A compiler takes its template by path: given bytes, it fails on the second document.
    compiler = typst.Compiler(str(template), root=str(_PACKAGE), font_paths=_fonts(), ignore_system_fonts=True)
    return compiler, Lock()
