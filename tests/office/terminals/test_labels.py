"""Labels on three kinds of printers: the same symbol, the same words, and nothing typed becomes a command."""

import io
import re
from datetime import UTC, datetime

import pypdf
import pytest
from PIL import Image

from kontor.office.terminals.formats.label_picture import dots
from kontor.office.terminals.formats.label_raster import PER_MM, raster
from kontor.office.terminals.formats.label_type import set_lines, wide
from kontor.office.terminals.formats.labels import modules, one_line
from kontor.office.terminals.public import (
    SIZES,
    Bar,
    Label,
    NoPictureError,
    Picture,
    Symbol,
    Words,
    as_logo,
    label_pdf,
    svg,
    zpl,
)
from tests.office.terminals.printers import pdf_picture, raster_printed, scanned, zpl_picture

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
# 146 signs, as long as the code of an invitation: "KV1." and base64url of 106 bytes
CODE = "KV1." + "Ab-9_" * 28 + "xy"


def picture(colour="#1450c8", size=(200, 60), kind="PNG"):
    kept = io.BytesIO()
    Image.new("RGB", size, colour).save(kept, kind)
    return kept.getvalue()


def label(size="62x100", more=()):
    width, height = SIZES[size]
    side = min(34, height - 16)
    band = Bar(x=0, y=0, width=width, height=10, colour="#a3262a")
    valid = Words(x=3, y=2, width=width - 6, size=5, text="Gültig", light=True, centred=True)
    name = Words(x=3, y=12, width=width - 6, size=6, text="Jörg Özil", bold=True)
    symbol = Symbol(x=width - side - 1, y=height - side - 1, side=side, text=CODE)
    return Label(width=width, height=height, pieces=(band, valid, name, symbol, *more))


@pytest.mark.parametrize("size", list(SIZES))
def test_a_scanner_reads_the_symbol_of_each_size_from_each_kind_of_printer(size, tmp_path):
    made = label(size)
    assert scanned(pdf_picture(label_pdf(made, "Badge", at=AT))) == CODE
    assert scanned(zpl_picture(zpl(made), tmp_path, SIZES[size])) == CODE
    assert scanned(raster_printed(raster(made)).picture) == CODE


def test_a_pdf_is_as_large_as_the_label_and_its_words_can_be_read():
    (page,) = pypdf.PdfReader(io.BytesIO(label_pdf(label(), "Badge", at=AT))).pages
    # 62 mm and 100 mm in points of 1/72 inch: 62 / 25.4 * 72 = 175.75, 100 / 25.4 * 72 = 283.46
    assert [round(float(each), 2) for each in (page.mediabox.width, page.mediabox.height)] == [175.75, 283.46]
    assert page.extract_text().split("\n") == ["Gültig", "Jörg Özil"]
    assert label_pdf(label(), "Badge", at=AT) == label_pdf(label(), "Badge", at=AT)


def test_a_logo_is_printed_and_a_band_is_black_where_there_is_no_colour(tmp_path):
    made = label(more=[Picture(x=3, y=24, width=20, height=6, png=picture())])
    # in the middle of the logo, 13 mm and 27 mm, and of the band, 1 mm and 1 mm
    at_203 = [(round(x * 203 / 25.4), round(y * 203 / 25.4)) for x, y in ((13, 27), (1, 1), (60, 50))]
    seen = pdf_picture(label_pdf(made, "Badge", at=AT)).convert("RGB")
    assert [seen.getpixel(at) for at in at_203] == [(0x14, 0x50, 0xC8), (0xA3, 0x26, 0x2A), (255, 255, 255)]
    for black in (zpl_picture(zpl(made), tmp_path, (62, 100)).convert("1"), dots(made, 8)):
        assert (black.getpixel((8, 8)), black.getpixel((8 * 60, 8 * 50))) == (0, 255)
        logo = list(black.crop((8 * 4, 8 * 25, 8 * 20, 8 * 29)).convert("L").tobytes())
        # 0.299 * 0x14 + 0.587 * 0x50 + 0.114 * 0xC8 = 75.7 of 255: seven dots in ten are black
        assert 0.65 < logo.count(0) / len(logo) < 0.75


def test_zpl_begins_no_command_and_ends_no_field_by_what_somebody_typed():
    made = Label(width=62, height=100, pieces=(
        Words(x=3, y=3, width=56, size=6, text="^XZ^XA~JR_5E\\\n\x1bOtto 3,5 % Ü"),
        Symbol(x=3, y=30, side=34, text="^XZ~"),
    ))  # fmt: skip
    told = zpl(made).decode()
    # ^ is 5E, ~ is 7E, _ is 5F and \ is 5C in ASCII
    assert "^FH_^FD_5EXZ_5EXA_7EJR_5F5E_5C Otto 3,5 % Ü^FS" in told
    assert "^FH_^FDMA,_5EXZ_7E^FS" in told
    assert re.findall(r"[\^~][A-Z][A-Z0-9]", told) == [
        "^XA", "^CI", "^PW", "^LL", "^LH", "^FO", "^A0", "^FB", "^FH", "^FD", "^FS", "^FO", "^BQ", "^FH", "^FD", "^FS",
        "^PQ", "^XZ",
    ]  # fmt: skip
    assert one_line(" a\r\nb\u2028c\x00 ") == "a b c"


def test_a_brother_printer_is_told_its_roll_and_gets_each_line_mirrored():
    corner = Label(width=62, height=100, pieces=(Bar(x=3, y=5, width=10, height=10, colour="#000000"),))
    die_cut, roll = raster_printed(raster(corner)), raster_printed(raster(corner, "62"))
    # the command reference's table of media: 62 x 100 mm prints 696 by 1109 dots; a roll feeds 35 lines of 3 mm
    assert (die_cut.media, die_cut.feed, die_cut.cuts, die_cut.picture.size) == ((0x0B, 62, 100), 0, True, (720, 1109))
    # 100 mm at 300 dots to the inch are 1181 lines, of which 35 above and 35 below are fed
    assert (roll.media, roll.feed, roll.picture.size) == ((0x0A, 62, 0), 35, (720, 1181 - 70))
    # The square begins 35 dots from the left edge of 732; 18 of those are not printed, and 12 pins of 720 stand before
    # the 696 on either side: 35 - 18 + 12 = 29. It is 118 dots wide, and as far from the other side: it is at the left.
    left, top, right, low = roll.picture.point(lambda dot: 255 - dot).getbbox()
    assert (left, right - left, low - top) == (29, 118, 118)
    assert top == 59 - 35  # 5 mm are 59 dots
    upright = raster_printed(raster(label("86x54")))
    assert (upright.media, upright.picture.size) == ((0x0A, 54, 0), (720, 1016 - 70))


def test_a_text_is_set_smaller_then_in_two_lines_and_only_then_cut_short():
    assert set_lines("Ada", 8, 56, bold=True) == [("Ada", 8)]
    assert set_lines("", 8, 56, bold=True) == [("", 8)]
    ((whole, smaller),) = set_lines("Nele Brandt-Siemers", 8, 56, bold=True)
    assert (whole, 8 > smaller > 4.8) == ("Nele Brandt-Siemers", True)
    assert wide(whole, smaller, bold=True) == pytest.approx(56)
    two = set_lines("Maximiliane von Hohenstein-Schwarzenberg", 8, 56, bold=True)
    assert [text for text, _size in two] == ["Maximiliane von", "Hohenstein-Schwarzenberg"]
    ((cut, size),) = set_lines("X" * 200, 8, 56, bold=True)
    assert (cut[0], cut[-1], size) == ("X", "…", 8 * 0.6)
    assert wide(cut, size, bold=True) <= 56


def test_a_logo_is_a_png_or_jpeg_of_printable_size_and_nothing_else():
    kept = Image.open(io.BytesIO(as_logo(picture(size=(1440, 240), kind="JPEG"))))
    assert (kept.format, kept.size) == ("PNG", (720, 120))
    huge = io.BytesIO()
    Image.new("1", (5001, 5000)).save(huge, "PNG")
    for refused in (b"<svg/>", b"", picture(kind="GIF"), picture()[:60], huge.getvalue()):
        with pytest.raises(NoPictureError):
            as_logo(refused)


def test_a_page_shows_the_label_and_no_markup_that_somebody_typed():
    shown = svg(label("54x86", [Words(x=3, y=20, width=40, size=4, text="<script>&")]), 'A "badge"')
    assert 'viewBox="0 0 54 86" role="img" aria-label="A &quot;badge&quot;"' in shown
    assert ("&lt;script&gt;&amp;</text>" in shown, "<script" in shown) == (True, False)
    assert shown.count("h1v1h-1z") == sum(map(sum, modules(CODE)))


def test_dots_are_as_many_as_the_label_has():
    assert dots(label(), PER_MM).size == (732, 1181)  # 62 and 100 mm at 300 dots to the inch
