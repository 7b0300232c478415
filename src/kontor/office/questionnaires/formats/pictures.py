"""Pictures that people hand in, made anew so that nothing but their pixels is kept: no place, no device, no program."""

import io
import warnings
from typing import Final

from PIL import Image, ImageDraw, ImageFont, ImageOps

from kontor.kernel.strokes import HEIGHT, WIDTH, Strokes
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

LARGEST: Final = 12 * 10**6  # bytes taken
PIXELS: Final = 40 * 10**6
PHOTO_EDGE: Final = 1280
SIGNATURE_EDGE: Final = 900
_SMALLEST: Final = 24  # points of a typed name
_FORMATS: Final = ("JPEG", "PNG", "WEBP")
_REFUSED: Final = Text(
    "Das ist kein Bild, das wir lesen können. Bitte JPEG, PNG oder WebP bis 12 MB.",
    "This is no picture that we can read. Please give a JPEG, PNG or WebP up to 12 MB.",
)


def made_anew(data: bytes, *, signature: bool = False) -> bytes:
    """
    Return a picture drawn anew: a photo as JPEG, upright, its longer edge at most 1280 pixels; a signature as PNG.

    RefusalError for what is no picture, is too large, or unfolds into too many pixels.
    """
    if len(data) > LARGEST:
        raise RefusalError(_REFUSED)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            opened = Image.open(io.BytesIO(data), formats=_FORMATS)
            if opened.width * opened.height > PIXELS:
                raise RefusalError(_REFUSED)
            picture = ImageOps.exif_transpose(opened)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as broken:
        raise RefusalError(_REFUSED) from broken
    edge = SIGNATURE_EDGE if signature else PHOTO_EDGE
    picture.thumbnail((edge, edge))
    out = io.BytesIO()
    if signature:
        on_white(picture).convert("L").save(out, "PNG", optimize=True)
    else:
        on_white(picture).save(out, "JPEG", quality=82)
    return out.getvalue()


def on_white(picture: Image.Image) -> Image.Image:
    """Return a picture without its transparency."""
    clear = picture.convert("RGBA")
    ground = Image.new("RGBA", clear.size, "white")
    return Image.alpha_composite(ground, clear).convert("RGB")


def written_name(name: str) -> bytes:
    """Return a PNG of a name, for whoever signs by typing it."""
    sheet = Image.new("RGB", (SIGNATURE_EDGE, 300), "white")
    pen = ImageDraw.Draw(sheet)
    sizes = range(64, _SMALLEST - 1, -8)
    fonts = (ImageFont.load_default(size=each) for each in sizes)
    fits = (each for each in fonts if pen.textlength(name, font=each) <= SIGNATURE_EDGE - 80)
    font = next(fits, ImageFont.load_default(size=_SMALLEST))
    pen.text((40, 180), name, fill="#10222e", font=font, anchor="ls")
    out = io.BytesIO()
    sheet.save(out, "PNG", optimize=True)
    return out.getvalue()


def drawn_by_hand(strokes: Strokes) -> bytes:
    """Return a PNG of a signature's strokes, drawn twice as large and made smaller, so that its lines are smooth."""
    sheet = Image.new("L", (WIDTH * 2, HEIGHT * 2), "white")
    pen = ImageDraw.Draw(sheet)
    for stroke in strokes:
        pen.line([(x * 2, y * 2) for x, y in stroke], fill=16, width=6, joint="curve")
    out = io.BytesIO()
    smooth = sheet.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    smooth.save(out, "PNG", optimize=True)
    return out.getvalue()
