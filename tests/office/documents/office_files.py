"""Small word processor files, written here sign by sign."""

import io
import zipfile
from collections.abc import Mapping

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
ODT = "application/vnd.oasis.opendocument.text"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    """Return a zip of these parts."""
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return result.getvalue()


def docx(body: str, *, main: str = MAIN, more: Mapping[str, str | bytes] | None = None) -> bytes:
    """Return a .docx whose body is this WordprocessingML."""
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{main}"/></Types>'
    )
    document = f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
    return packed({"[Content_Types].xml": types, "word/document.xml": document, **(more or {})})


def relations(kind: str, target: str, mode: str = "External") -> Mapping[str, str]:
    """Return a relationships part with one relation."""
    one = f'<Relationship Id="r1" Type="{KINDS}/{kind}" Target="{target}" TargetMode="{mode}"/>'
    return {"word/_rels/document.xml.rels": f'<Relationships xmlns="{RELATIONS}">{one}</Relationships>'}


def odt(body: str, *, more: Mapping[str, str | bytes] | None = None) -> bytes:
    """Return an .odt whose text is this."""
    spaces = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for prefix, name in (
            ("office", "office"),
            ("text", "text"),
            ("table", "table"),
            ("draw", "drawing"),
            ("script", "script"),
        )
    )
    content = (
        f'<office:document-content {spaces} xmlns:xlink="http://www.w3.org/1999/xlink">'
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    return packed({"mimetype": ODT, "content.xml": content, **(more or {})})


def part(file: bytes, name: str) -> str:
    """Return a part's text."""
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        return archive.read(name).decode()


def word_paragraphs(*lines: str) -> str:
    """Return Word paragraphs, one run each."""
    return "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in lines)


def word_row(*cells: str) -> str:
    """Return a Word table's row."""
    return f"<w:tr>{''.join(f'<w:tc>{word_paragraphs(cell)}</w:tc>' for cell in cells)}</w:tr>"
