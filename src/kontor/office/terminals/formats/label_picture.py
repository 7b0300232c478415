"""A label as dots, each black or white, for printers that are sent a picture."""

import io
from typing import Final

from PIL import Image, ImageDraw

from kontor.office.terminals.formats.label_type import ASCENT, face
from kontor.office.terminals.formats.labels import QUIET, Bar, Label, Picture, Symbol, Words, modules

_BLACK, _WHITE = 0, 255
_MOST_PIXELS: Final = 25_000_000
_LOGO: Final = (720, 240)  # 56 mm at 300 dots to the inch are 661 dots


class NoPictureError(ValueError):
    """These bytes are no picture that can be printed."""


def as_logo(data: bytes) -> bytes:
    """Return a PNG or JPEG as a PNG of at most 720 by 240 pixels; NoPictureError for anything else."""
    try:
        with Image.open(io.BytesIO(data), formats=["PNG", "JPEG"]) as found:
            if found.width * found.height > _MOST_PIXELS:
                raise NoPictureError("too many pixels")
            seen = found.convert("RGBA")
    except (OSError, SyntaxError, Image.DecompressionBombError) as broken:
        raise NoPictureError(str(broken)) from broken
    seen.thumbnail(_LOGO)
    kept = io.BytesIO()
    seen.save(kept, "PNG", optimize=True)
    return kept.getvalue()


def dots(label: Label, per_mm: float) -> Image.Image:
    """Return the label as a picture of one bit per dot, black on white."""
    paper = Image.new("1", (round(label.width * per_mm), round(label.height * per_mm)), _WHITE)
    pen = ImageDraw.Draw(paper)
    for piece in label.pieces:
        match piece:
            case Words():
                _words(pen, piece, per_mm)
            case Symbol():
                _symbol(pen, piece, per_mm)
            case Bar():
                right, low = (piece.x + piece.width) * per_mm - 1, (piece.y + piece.height) * per_mm - 1
                pen.rectangle((piece.x * per_mm, piece.y * per_mm, right, low), fill=_BLACK)
            case Picture():
                box = (round(piece.width * per_mm), round(piece.height * per_mm))
                paper.paste(dithered(piece.png, box), (round(piece.x * per_mm), round(piece.y * per_mm)))
    return paper


def dithered(png: bytes, box: tuple[int, int]) -> Image.Image:
    """Return a PNG as black and white dots, as large as the box lets it be; what is clear in it is white."""
    with Image.open(io.BytesIO(png), formats=["PNG"]) as found:
        seen = found.convert("RGBA")
    scale = min(box[0] / seen.width, box[1] / seen.height)
    seen = seen.resize((max(1, round(seen.width * scale)), max(1, round(seen.height * scale))))
    paper = Image.new("RGBA", seen.size, "white")
    paper.alpha_composite(seen)
    return paper.convert("1")


def module_dots(text: str, side: float, per_mm: float) -> int:
    """Return how many dots wide a symbol's modules are so that it fits with its quiet zone; at least one."""
    return max(1, int(side * per_mm) // (len(modules(text)) + 2 * QUIET))


def _words(pen: ImageDraw.ImageDraw, piece: Words, per_mm: float) -> None:
    height = max(1, round(piece.size * per_mm))
    across = piece.x + (piece.width / 2 if piece.centred else 0)
    pen.text(
        (across * per_mm, (piece.y + ASCENT * piece.size) * per_mm), piece.text,
        fill=_WHITE if piece.light else _BLACK, font=face(height, bold=piece.bold),
        anchor="ms" if piece.centred else "ls",
    )  # fmt: skip


def _symbol(pen: ImageDraw.ImageDraw, piece: Symbol, per_mm: float) -> None:
    rows = modules(piece.text)
    one = module_dots(piece.text, piece.side, per_mm)
    begin = (piece.side * per_mm - one * len(rows)) / 2
    left, top = round(piece.x * per_mm + begin), round(piece.y * per_mm + begin)
    for down, row in enumerate(rows):
        for across, dark in enumerate(row):
            if dark:
                x, y = left + across * one, top + down * one
                pen.rectangle((x, y, x + one - 1, y + one - 1), fill=_BLACK)
