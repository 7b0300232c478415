"""
A label in ZPL II (Zebra, "ZPL II Programming Guide"): texts and symbols as commands, pictures as dots.

Nothing that somebody typed can end its field or begin a command: whatever ASCII has besides letters, digits and a few
signs is written by its number (^FH).
"""

from typing import Final, Literal

from kontor.office.terminals.formats.label_picture import dithered, module_dots
from kontor.office.terminals.formats.labels import Bar, Label, Picture, Piece, Symbol, Words, modules, one_line

_HARMLESS: Final = frozenset(" .,:;-+/()=&'!?@#%*")
_CAP: Final = 0.12  # of the type's height lie above capitals in a line of ours


def zpl(label: Label, per_mm: Literal[8, 12, 24] = 8) -> bytes:
    """Return a label for a printer of 203, 300 or 600 dots to the inch (8, 12 or 24 to the millimetre)."""
    fields = "".join(_field(piece, per_mm) for piece in label.pieces)
    size = f"^PW{round(label.width * per_mm)}^LL{round(label.height * per_mm)}"
    return f"^XA^CI28{size}^LH0,0{fields}^PQ1^XZ".encode()


def _field(piece: Piece, per_mm: int) -> str:
    match piece:
        case Words():
            height, width = round(piece.size * per_mm), round(piece.width * per_mm)
            at = f"^FO{round(piece.x * per_mm)},{round((piece.y + _CAP * piece.size) * per_mm)}"
            box = f"^FB{width},1,0,{'C' if piece.centred else 'L'}"
            return f"{at}^A0N,{height},{height}{box}{'^FR' if piece.light else ''}^FH_^FD{_told(piece.text)}^FS"
        case Symbol():
            one = module_dots(piece.text, piece.side, per_mm)
            begin = (piece.side * per_mm - one * len(modules(piece.text))) / 2
            left, top = round(piece.x * per_mm + begin), round(piece.y * per_mm + begin)
            return f"^FO{left},{top}^BQN,2,{min(one, 10)}^FH_^FDMA,{_told(piece.text)}^FS"
        case Bar():
            width, height = round(piece.width * per_mm), round(piece.height * per_mm)
            at = f"^FO{round(piece.x * per_mm)},{round(piece.y * per_mm)}"
            return f"{at}^GB{width},{height},{min(width, height)}^FS"
        case Picture():
            return _picture(piece, per_mm)


def _picture(piece: Picture, per_mm: int) -> str:
    seen = dithered(piece.png, (round(piece.width * per_mm), round(piece.height * per_mm)))
    row = (seen.width + 7) // 8
    data = bytes(~each & 0xFF for each in seen.tobytes())  # in ZPL a set bit is black
    spare = 8 * row - seen.width
    if spare:
        last = 0xFF << spare & 0xFF
        data = bytes(each & last if place % row == row - 1 else each for place, each in enumerate(data))
    at = f"^FO{round(piece.x * per_mm)},{round(piece.y * per_mm)}"
    return f"{at}^GFA,{len(data)},{len(data)},{row},{data.hex().upper()}^FS"


def _told(text: str) -> str:
    return "".join(
        sign if sign.isalnum() or sign in _HARMLESS or not sign.isascii() else f"_{ord(sign):02X}"
        for sign in one_line(text)
    )
