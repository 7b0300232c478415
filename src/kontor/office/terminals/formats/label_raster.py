"""
A label as raster data for Brother's QL printers.

Source: Brother, "Software Developer's Manual, Raster Command Reference QL-800/810W/820NWB", chapters 2 and 4. A line is
720 pins in 90 bytes; the first byte is at the right edge of what the reader sees, so that each line is sent mirrored.
"""

import struct
from dataclasses import dataclass
from typing import Final, Literal

from PIL import Image, ImageOps

from kontor.office.terminals.formats.label_picture import dots
from kontor.office.terminals.formats.labels import Label

PER_MM: Final = 300 / 25.4
PINS: Final = 720
_INVALIDATE, _INITIALISE, _RASTER_MODE = bytes(200), b"\x1b@", b"\x1bia\x01"
_CUT_EACH, _AUTO_CUT, _CUT_AT_END = b"\x1biA\x01", b"\x1biM\x40", b"\x1biK\x08"
_UNCOMPRESSED, _PRINT_AND_FEED = b"M\x00", b"\x1a"
_KIND, _WIDTH, _LENGTH, _QUALITY, _RECOVER = 0x02, 0x04, 0x08, 0x40, 0x80

Roll = Literal["62", "54", "62x100"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """
    What lies in the printer.

    kind     0x0A a continuous roll, 0x0B labels of one length
    width, length  in millimetres; a continuous roll has no length
    printed  pins across that print, `offset` so many pins from the right
    lines    that print down a label of one length
    feed     lines of white before and after, on a continuous roll
    """

    kind: int
    width: int
    length: int
    printed: int
    offset: int
    lines: int
    feed: int


MEDIA: Final[dict[Roll, Media]] = {
    "62": Media(kind=0x0A, width=62, length=0, printed=696, offset=12, lines=0, feed=35),
    "54": Media(kind=0x0A, width=54, length=0, printed=590, offset=0, lines=0, feed=35),
    "62x100": Media(kind=0x0B, width=62, length=100, printed=696, offset=12, lines=1109, feed=0),
}
SUITED: Final[dict[int, Roll]] = {62: "62x100", 54: "54"}


def raster(label: Label, roll: Roll | None = None) -> bytes:
    """
    Return a label for a printer with this roll; without one, for the roll that its size suits.

    A label that lies on its side is printed upright. What the printer cannot reach at the edges is left out.
    """
    picture = dots(label, PER_MM)
    if picture.width > picture.height:
        picture = picture.transpose(Image.Transpose.ROTATE_90)
    media = MEDIA[roll or SUITED[min(round(label.width), round(label.height))]]
    lines = media.lines or picture.height - 2 * media.feed
    seen = _cropped(picture, media.printed, lines)
    flags = _KIND | _WIDTH | _QUALITY | _RECOVER | (_LENGTH if media.length else 0)
    said = struct.pack("<BBBBIBB", flags, media.kind, media.width, media.length, lines, 0, 0)
    head = _INVALIDATE + _INITIALISE + _RASTER_MODE + b"\x1biz" + said + _AUTO_CUT + _CUT_EACH + _CUT_AT_END
    head += b"\x1bid" + struct.pack("<H", media.feed) + _UNCOMPRESSED
    return head + b"".join(_lines(seen, media)) + _PRINT_AND_FEED


def _cropped(picture: Image.Image, width: int, height: int) -> Image.Image:
    """Return the middle of a picture."""
    left, top = (picture.width - width) // 2, (picture.height - height) // 2
    paper = Image.new("1", (width, height), 255)
    paper.paste(picture, (-left, -top))
    return paper


def _lines(seen: Image.Image, media: Media) -> list[bytes]:
    """Return each line as it is sent: mirrored, a set bit for each black dot."""
    head = Image.new("1", (PINS, seen.height), 0)
    head.paste(ImageOps.mirror(ImageOps.invert(seen)), (media.offset, 0))
    data, row = head.tobytes(), PINS // 8
    return [b"g\x00" + bytes([row]) + data[begin : begin + row] for begin in range(0, len(data), row)]
