"""What a list shows of a row, on the page and in a file."""

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from django.utils.safestring import SafeString

from kontor.kernel import wording
from kontor.kernel.components import Label
from kontor.kernel.templatetags import chips

Kind = Literal["text", "day", "moment", "money", "number", "share", "badge", "clause"]
Slot = Literal["", "title", "money", "meta", "state", "more"]
Row = Any
_CLASSES: Final = {"money": "money", "number": "num", "share": "num", "day": "date", "moment": "date"}
_WRITTEN: Final[dict[str, Callable[[Any], str]]] = {
    "moment": wording.moment,
    "number": wording.number,
    "share": wording.share,
}


@dataclass(frozen=True, slots=True)
class Column:
    """
    One column of a list.

    name   attribute that is read where `value` is absent; dots go deeper
    value  what the row shows here, of the kind `kind` names
    url    makes the cell a link; sub  a second, muted line
    html   safe HTML for the page, while `value` still feeds the export
    sort   field or attribute to order by; "" leaves the head without a button
    slot   place on a phone's card: title, money, meta, state, more; "" leaves it off
    late   leaves first where room is short
    """

    name: str
    label: Label
    kind: Kind = "text"
    value: Callable[[Row], Any] | None = None
    url: Callable[[Row], str] | None = None
    sort: str = ""
    slot: Slot = ""
    late: bool = False
    sub: Callable[[Row], Any] | None = None
    html: Callable[[Row], SafeString] | None = None

    def read(self, row: Row) -> Any:
        """Return what the row holds for this column."""
        if self.value is not None:
            return self.value(row)
        return attribute(row, self.name)

    @property
    def classes(self) -> str:
        """Class of head and cells: figures stand to the right."""
        return _CLASSES.get(self.kind, "")


@dataclass(frozen=True, slots=True)
class Choice:
    """
    One filter.

    options  (value, label) in the order they are offered
    field    what must equal the value, default `name`; apply(rows, value) instead where that is not enough
    """

    name: str
    label: Label
    options: Sequence[tuple[str, Label]]
    field: str = ""
    apply: Callable[[Any, str], Any] | None = None


def attribute(row: Row, path: str) -> Any:
    """Return what stands at a dotted path; None where a step is None."""
    for step in path.replace("__", ".").split("."):
        row = getattr(row, step, None)
    return row


def cell_writer(column: Column, *, first: bool) -> Callable[[Row], str]:
    """
    Return what writes this column's cell of each row; the first column's link is a stop for j and k.

    What is the same in every row is settled here, once: a page has hundreds of cells. They are written without
    format_html, and each part is escaped here.
    """
    start = opening("td", {"data-slot": column.slot, "class": column.classes, "data-col": "late" * column.late})
    if (made := column.html) is not None:
        return lambda row: f"{start}{made(row)}</td>"
    read, show, url, sub = _reader(column), _shown_as(column.kind), column.url, column.sub
    stop = " data-k-stop" if first else ""

    def written(row: Row) -> str:
        shown = show(read(row))
        if url is not None and (target := url(row)):
            whole = "" if " " in shown else ' class="k-nowrap"'  # a number is not broken at its hyphens
            shown = f'<a href="{escaped(target)}"{whole}{stop}>{shown}</a>'
        if sub is not None and (below := sub(row)):
            shown = f'{shown}<span class="k-sub">{escaped(wording.spoken(below))}</span>'
        return f"{start}{shown}</td>"

    return written


def opening(element: str, attributes: Mapping[str, str]) -> str:
    """Return an element's first tag with those attributes that have a value."""
    said = "".join(f' {name}="{html.escape(value)}"' for name, value in attributes.items() if value)
    return f"<{element}{said}>"


def escaped(value: Any) -> str:
    """Do what conditional_escape does, at a third of its cost."""
    return str(value.__html__()) if hasattr(value, "__html__") else html.escape(str(value))


def _reader(column: Column) -> Callable[[Row], Any]:
    """Do what `column.read` does; most columns read one attribute."""
    if column.value is not None:
        return column.value
    name = column.name
    return column.read if "." in name or "__" in name else lambda row: getattr(row, name, None)


def _shown_as(kind: Kind) -> Callable[[Any], str]:
    """Return what writes a value of this kind as HTML in the page's language."""
    lang = wording.language()
    if kind == "badge":
        return lambda value: chips.badge(value) if value else ""
    if kind == "clause":
        return chips.clause
    if kind == "money":
        return lambda value: escaped(wording.money(value, lang=lang))
    if kind == "day":
        return lambda value: wording.day(value, lang)
    write = _WRITTEN.get(kind, wording.spoken)
    return lambda value: escaped(value if isinstance(value, str) else write(value))
