"""How a badge is laid out: a band that says until when it is valid, a logo, lines of text, a QR symbol."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal

from kontor.office.terminals import public as labels
from kontor.rulebook.ruling import Text
from kontor.rulebook.wording import day

What = Literal["name", "company", "host", "kind", "site", "day", "words"]
LineSize = Literal["L", "M", "S"]
MILLIMETRES: Final[dict[LineSize, float]] = {"L": 8.0, "M": 5.0, "S": 3.8}
MOST_LINES: Final = 8
# White reads on each of them (WCAG 1.4.3); by day, Monday first, so that yesterday's badge is seen from afar.
COLOURS: Final = {
    "sea": "#1f5f8b", "moss": "#2f6b3c", "plum": "#6d3480", "red": "#a3262a", "amber": "#8a5200", "teal": "#0f6b6b",
    "ink": "#2b3440",
}  # fmt: skip
BY_DAY: Final = ("sea", "moss", "plum", "red", "amber", "teal", "ink")
_WEEKDAYS: Final = (
    Text("Mo", "Mon"), Text("Di", "Tue"), Text("Mi", "Wed"), Text("Do", "Thu"), Text("Fr", "Fri"), Text("Sa", "Sat"),
    Text("So", "Sun"),
)  # fmt: skip
_MARGIN, _GAP, _SIDE, _FULL = 3.0, 2.0, 34.0, 0.98


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a badge: what stands in it and how large; `words` where it is a text of the tenant's own."""

    what: What
    size: LineSize = "M"
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """How a badge looks; band: "" for none, "day" by the day on which it ends, or a key of COLOURS."""

    size: labels.LabelSize = "62x100"
    band: str = "day"
    lines: tuple[Line, ...] = (
        Line(what="name", size="L"), Line(what="company"), Line(what="host", size="S"), Line(what="day", size="S"),
    )  # fmt: skip
    symbol: bool = True
    logo: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """What a badge says of a visit, in its visitor's language; `code` is what its symbol holds."""

    name: str
    company: str
    host: str
    kind: str
    site: str
    first_day: date
    last_day: date
    code: str
    language: str = "de"


def parts_of(design: Design) -> list[dict[str, Any]]:
    """Return a design as its template keeps it, besides the size."""
    parts: list[dict[str, Any]] = []
    if design.band:
        parts.append({"is": "band", "colour": design.band})
    if design.logo:
        parts.append({"is": "logo", "png": base64.b64encode(design.logo).decode()})
    parts += [{"is": "line", "what": each.what, "size": each.size, "words": each.words} for each in design.lines]
    return [*parts, {"is": "symbol"}] if design.symbol else parts


def design_of(size: str, parts: Sequence[Mapping[str, Any]]) -> Design:
    """Return the design that a template keeps."""
    by_kind = {each["is"]: each for each in parts}
    return Design(
        size=size,  # type: ignore[arg-type]  # one of SIZES, as the form offers them
        band=by_kind.get("band", {}).get("colour", ""),
        lines=tuple(Line(what=p["what"], size=p["size"], words=p["words"]) for p in parts if p["is"] == "line"),
        symbol="symbol" in by_kind,
        logo=base64.b64decode(by_kind.get("logo", {}).get("png", "")),
    )


def drawn(design: Design, bearer: Bearer) -> labels.Label:
    """Return the badge that somebody gets."""
    width, height = labels.SIZES[design.size]
    pieces = [*_band(design, bearer, width)]
    top = pieces[0].height + _GAP if pieces and isinstance(pieces[0], labels.Bar) else _MARGIN
    across, bottom = width - 2 * _MARGIN, height - _MARGIN
    if design.symbol:
        symbol, across, bottom = _symbol(bearer.code, width, height, top)
        pieces.append(symbol)
    if design.logo:
        tall = 10.0 if height > width else 8.0
        pieces.append(labels.Picture(x=_MARGIN, y=top, width=across, height=tall, png=design.logo))
        top += tall + _GAP
    pieces += _lines(design, bearer, top=top, across=across, bottom=bottom)
    return labels.Label(width=width, height=height, pieces=tuple(pieces))


def valid(first: date, last: date) -> Text:
    """Say on which day or until which a badge is good."""
    shown, weekday = day(last), _WEEKDAYS[last.weekday()]
    if first == last:
        return Text(f"Gültig am {weekday.de}, {shown.de}", f"Valid on {weekday.en}, {shown.en}")
    return Text(f"Gültig bis {weekday.de}, {shown.de}", f"Valid until {weekday.en}, {shown.en}")


def _band(design: Design, bearer: Bearer, width: float) -> list[labels.Piece]:
    if not design.band:
        return []
    colour = COLOURS[BY_DAY[bearer.last_day.weekday()] if design.band == "day" else design.band]
    text = valid(bearer.first_day, bearer.last_day).spoken(bearer.language)
    ((shown, size), *_) = labels.set_lines(text, 5.0, _FULL * (width - 2 * _MARGIN), bold=True)
    y = (10.0 - labels.LINE * size) / 2
    return [
        labels.Bar(x=0, y=0, width=width, height=10.0, colour=colour),
        labels.Words(
            x=_MARGIN, y=y, width=width - 2 * _MARGIN, size=size, text=shown, bold=True, centred=True, light=True
        ),
    ]


def _symbol(code: str, width: float, height: float, top: float) -> tuple[labels.Symbol, float, float]:
    """Return the symbol, below the text or beside it, and how wide and how far down text may go then."""
    if height > width:
        side = min(_SIDE, width - 2 * _MARGIN)
        found = labels.Symbol(x=(width - side) / 2, y=height - side - 1, side=side, text=code)
        return found, width - 2 * _MARGIN, found.y
    side = min(_SIDE, height - top)
    found = labels.Symbol(x=width - side - 1, y=height - side - 1, side=side, text=code)
    return found, found.x - _MARGIN, height - _MARGIN


def _lines(design: Design, bearer: Bearer, *, top: float, across: float, bottom: float) -> list[labels.Piece]:
    """Set the lines below each other, all of them smaller where they would not fit."""
    scale = 1.0
    while True:
        rows = [
            (text, size, each.size == "L")
            for each in design.lines
            if (said := _said(each, bearer))
            for text, size in labels.set_lines(
                said, scale * MILLIMETRES[each.size], _FULL * across, bold=each.size == "L"
            )
        ]
        needed = sum(labels.LINE * size for _text, size, _bold in rows)
        if needed <= bottom - top:
            break
        scale *= 0.9
    placed: list[labels.Piece] = []
    for text, size, bold in rows:
        placed.append(labels.Words(x=_MARGIN, y=top, width=across, size=size, text=text, bold=bold))
        top += labels.LINE * size
    return placed


def _said(line: Line, bearer: Bearer) -> str:
    """Return what a line says, "" where nothing is known."""
    language = bearer.language
    if line.what == "words":
        return line.words
    if line.what == "day":
        first, last = day(bearer.first_day).spoken(language), day(bearer.last_day).spoken(language)
        return first if first == last else f"{first} – {last}"
    if line.what == "host":
        return f"{Text('Zu Gast bei', 'Visiting').spoken(language)} {bearer.host}" if bearer.host else ""
    return str(getattr(bearer, line.what))
