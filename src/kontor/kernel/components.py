"""What views hand to the components: plain values, no markup."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from django.utils.functional import Promise

from kontor.kernel.wording import spoken
from kontor.rulebook.ruling import Clause, Text

Tone = Literal["", "good", "warn", "bad", "info", "plain"]
Label = str | Text | Promise


@dataclass(frozen=True, slots=True)
class Badge:
    """A state: its word and what it means for the reader; `icon` replaces the tone's own sign."""

    label: Label
    tone: Tone = ""
    icon: str = ""

    def __str__(self) -> str:
        return spoken(self.label)


@dataclass(frozen=True, slots=True)
class Moment:
    """An entry of a timeline; `ruling` gives it "Why?", `clause` a plain chip."""

    on: date
    title: Label
    text: Label = ""
    tone: Tone = ""
    icon: str = "point"
    ruling: Any = None
    clause: Clause | str | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A state that a document goes through; `state` is "done", "now" or nothing."""

    label: Label
    note: Label = ""
    state: Literal["", "done", "now"] = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """
    One of several pages about one thing; `count` stands behind the word.

    parts  where the word stands for several pages: these, shown in a second row while one of them is open
    """

    label: Label
    url: str
    active: bool = False
    count: int | None = None
    parts: tuple["Tab", ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a whole: its size, how it is shown, and how many things it is made of."""

    label: Label
    value: Decimal | int
    shown: str = ""
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """A row of figures in a chart; `expected` draws it dashed, None is a gap."""

    name: Label
    values: Sequence[float | Decimal | None]
    expected: bool = False
    area: bool = False
    stack: str = ""
    colour: int | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """
    A chart and, by the same figures, its table.

    name    unique on the page
    label   what it says, for people who cannot see it
    now     place of the line "today": an index into `labels`
    days    where time runs evenly: the day of each value; those behind the last label are left out of the table
    limit   height of the load line
    unit    a word after each figure; amounts of money name their `currency` instead, by its ISO code
    """

    name: str
    label: Label
    kind: Literal["bars", "lines", "steps"]
    labels: Sequence[str]
    series: Sequence[Series]
    unit: str = ""
    now: int | None = None
    limit: Decimal | float | None = None
    limit_label: Label = ""
    caption: Label = ""
    ticks: int = 3
    size: Literal["", "s", "l"] = ""
    days: Sequence[date] = ()
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of long work; `state` is "done", "now", "bad" or nothing."""

    label: Label
    note: Label = ""
    state: Literal["", "done", "now", "bad"] = ""


@dataclass(frozen=True, slots=True)
class Run:
    """Long work as it stands: so many of so many; with `url` the box asks there for itself until it is done."""

    title: Label
    done: int
    total: int
    stages: Sequence[Stage] = field(default_factory=tuple)
    left: Label = ""
    url: str = ""
    stop_url: str = ""

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do."""
        return self.done >= self.total
