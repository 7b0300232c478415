"""A label as SVG, to be seen on a page before it is printed."""

import base64

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from kontor.office.terminals.formats.label_type import ASCENT
from kontor.office.terminals.formats.labels import QUIET, Bar, Label, Picture, Piece, Symbol, Words, modules


def svg(label: Label, title: str) -> SafeString:
    """Return the label as an SVG element whose units are millimetres; `title` says what it shows."""
    body = format_html_join("", "{}", ((_drawn(piece),) for piece in label.pieces))
    return format_html(
        '<svg class="k-label" viewBox="0 0 {w} {h}" role="img" aria-label="{t}"><rect width="{w}" height="{h}"'
        ' fill="#fff"/>{b}</svg>',
        w=label.width, h=label.height, t=title, b=body,
    )  # fmt: skip


def _drawn(piece: Piece) -> SafeString:
    match piece:
        case Words():
            return format_html(
                '<text x="{}" y="{}" font-size="{}" font-weight="{}" text-anchor="{}" fill="{}">{}</text>',
                _mm(piece.x + (piece.width / 2 if piece.centred else 0)), _mm(piece.y + ASCENT * piece.size),
                _mm(piece.size), "650" if piece.bold else "450", "middle" if piece.centred else "start",
                "#fff" if piece.light else "#000", piece.text,
            )  # fmt: skip
        case Symbol():
            return _symbol(piece)
        case Bar():
            return format_html(
                '<rect x="{}" y="{}" width="{}" height="{}" fill="{}"/>',
                _mm(piece.x), _mm(piece.y), _mm(piece.width), _mm(piece.height), piece.colour,
            )  # fmt: skip
        case Picture():
            return format_html(
                '<image x="{}" y="{}" width="{}" height="{}" preserveAspectRatio="xMinYMin meet"'
                ' href="data:image/png;base64,{}"/>',
                _mm(piece.x), _mm(piece.y), _mm(piece.width), _mm(piece.height), base64.b64encode(piece.png).decode(),
            )  # fmt: skip


def _symbol(piece: Symbol) -> SafeString:
    rows = modules(piece.text)
    path = "".join(
        f"M{across + QUIET} {down + QUIET}h1v1h-1z"
        for down, row in enumerate(rows)
        for across, dark in enumerate(row)
        if dark
    )
    many = len(rows) + 2 * QUIET
    return format_html(
        '<svg x="{}" y="{}" width="{}" height="{}" viewBox="0 0 {} {}" shape-rendering="crispEdges"><path d="{}"/>'
        "</svg>",
        _mm(piece.x), _mm(piece.y), _mm(piece.side), _mm(piece.side), many, many, path,
    )  # fmt: skip


def _mm(length: float) -> str:
    return f"{length:.3f}"
