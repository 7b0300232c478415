"""A label as a PDF of its own size, for any printer that the system knows."""

import base64
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import segno

from kontor.kernel import pdf
from kontor.office.terminals.formats.labels import QUIET, Label, Picture, Piece, Symbol

_TEMPLATE: Final = Path(__file__).parents[1] / "typst" / "label.typ"


def label_pdf(label: Label, title: str, *, at: datetime) -> bytes:
    """Return the label as PDF/A-3b; PrintingError where a text holds signs that the type has no shape for."""
    told = {
        "title": title, "width": label.width, "height": label.height, "pieces": [_told(each) for each in label.pieces]
    }  # fmt: skip
    return pdf.render(_TEMPLATE, told, at=at, standard="a-3b")


def _told(piece: Piece) -> dict[str, Any]:
    told: dict[str, Any] = {"is": type(piece).__name__.lower(), **asdict(piece)}
    if isinstance(piece, Symbol):
        symbol = segno.make(told.pop("text"), error="m", micro=False)
        told["svg"] = symbol.svg_inline(border=QUIET, dark="#000", light="#fff", omitsize=True)
    elif isinstance(piece, Picture):
        # Typst reads a picture from bytes; JSON has none, SVG carries it as text.
        data = base64.b64encode(told.pop("png")).decode()
        told["svg"] = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {piece.width} {piece.height}"><image width='
            f'"{piece.width}" height="{piece.height}" preserveAspectRatio="xMinYMin meet" '
            f'href="data:image/png;base64,{data}"/></svg>'
        )
    return told
