"""What a list shows of a row, on the page and in a file."""

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, Literal

from django.utils.safestring import SafeString

from kontor.kernel import wording
from kontor.kernel.components import Badge, Label
from kontor.kernel.templatetags import chips
from kontor.rulebook.money import Money

Kind = Literal["text", "day", "moment", "money", "number", "share", "badge", "clause"]
Slot = Literal["", "title", "money", "meta", "state", "more"]
Row = Any
_CLASSES: Final = {"money": "money", "number": "num", "share": "num", "day": "date", "moment": "date"}
_WRITTEN: Final[dict[str, Callable[[Any], str]]] = {
    "day": wording.day,
    "moment": wording.moment,
    "money": wording.money,
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


def cell(column: Column, row: Row, *, first: bool) -> str:
    """
    Return a cell's HTML; the first column's link is a stop for j and k.

    Written without format_html: a page has hundreds of cells, and each part is escaped here.
    """
    if column.html is not None:
        return column.html(row)
    shown = _escaped(_shown(column.kind, column.read(row)))
    if column.url is not None and (target := column.url(row)):
        shown = f'<a href="{_escaped(target)}"{" data-k-stop" if first else ""}>{shown}</a>'
    if column.sub is not None and (below := column.sub(row)):
        shown = f'{shown}<span class="k-sub">{_escaped(wording.spoken(below))}</span>'
    return shown


def _escaped(value: Any) -> str:
    """Do what conditional_escape does, at a third of its cost."""
    return str(value.__html__()) if hasattr(value, "__html__") else html.escape(str(value))


def _shown(kind: Kind, value: Any) -> Any:
    if kind == "badge":
        return chips.badge(value) if value else ""
    if kind == "clause":
        return chips.clause(value)
    return _WRITTEN.get(kind, wording.spoken)(value)


def exported(column: Column, row: Row, *, german: bool) -> str:
    """A cell for a spreadsheet: plain numbers, ISO days, and no text that a spreadsheet would run as a formula."""
    value = column.read(row)
    if isinstance(value, Money):
        value = value.amount
    if isinstance(value, bool):
        return wording.spoken(value)
    if isinstance(value, int | Decimal | Fraction):
        text = wording.number(value) if isinstance(value, Fraction) else str(value)
        return text.replace(".", ",") if german else text
    if isinstance(value, datetime | date):
        return value.isoformat()
    text = str(value) if isinstance(value, Badge) else wording.spoken(value)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
