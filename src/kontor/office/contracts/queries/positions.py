"""Positions of an offer as readers want them: what is paid each month apart from what is paid once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Protocol

from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Text

UNITS: Final[Mapping[str, Text]] = {
    "USER": Text("Nutzer", "users"),
    "CUSTOMER": Text("Kunde", "customer"),
    "SITE": Text("Standorte", "sites"),
    "BLOCK": Text("Blöcke", "blocks"),
    "GB": Text("GB", "GB"),
    "PIECE": Text("Stück", "pieces"),
    "HOUR": Text("Stunden", "hours"),
}
SINGLE: Final[Mapping[str, Text]] = {
    "USER": Text("Nutzer", "user"),
    "CUSTOMER": Text("Kunde", "customer"),
    "SITE": Text("Standort", "site"),
    "BLOCK": Text("Block", "block"),
    "GB": Text("GB", "GB"),
    "PIECE": Text("Stück", "piece"),
    "HOUR": Text("Stunde", "hour"),
}
PER: Final[Mapping[str, Text]] = {
    "MONTH": Text("im Monat", "a month"),
    "QUARTER": Text("im Quartal", "a quarter"),
    "YEAR": Text("im Jahr", "a year"),
    "ONCE": Text("einmalig", "once"),
}
KINDS: Final[Mapping[str, Text]] = {
    "PLAN": Text("Tarife", "Plans"),
    "MODULE": Text("Module", "Modules"),
    "STORAGE": Text("Speicher", "Storage"),
    "HARDWARE": Text("Geräte", "Hardware"),
    "SERVICE": Text("Leistungen", "Services"),
    "USAGE": Text("Verbrauch", "Use"),
}
_INTERVALS: Final[Mapping[str, Text]] = {
    "MONTH": Text("Monatlich", "Each month"),
    "QUARTER": Text("Vierteljährlich", "Each quarter"),
    "YEAR": Text("Jährlich", "Each year"),
    "ONCE": Text("Einmalig", "Once"),
}
_TOTALS: Final[Mapping[str, Text]] = {
    "MONTH": Text("Netto je Monat", "Net per month"),
    "QUARTER": Text("Netto je Quartal", "Net per quarter"),
    "YEAR": Text("Netto je Jahr", "Net per year"),
    "ONCE": Text("Netto einmalig", "Net, once"),
}


class PrintedLine(Protocol):
    """A position as it is shown, before or after the quote is issued."""

    @property
    def name(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def interval(self) -> str: ...
    @property
    def quantity(self) -> Decimal: ...
    @property
    def price(self) -> Decimal: ...
    @property
    def amount(self) -> Money: ...


@dataclass(frozen=True, slots=True)
class Row:
    """One position: how many of what, in which unit, at which price."""

    name: str
    unit: Text
    quantity: Decimal
    price: Decimal
    amount: Money


@dataclass(frozen=True, slots=True)
class Group:
    """The positions that are paid in one interval, and their sum."""

    title: Text
    total_label: Text
    rows: tuple[Row, ...]
    total: Money


def by_interval(lines: Iterable[PrintedLine], *, currency: str) -> list[Group]:
    """Return one group per interval that occurs, the shortest first, what is paid once last."""
    every: Sequence[PrintedLine] = list(lines)
    return [
        Group(
            title,
            _TOTALS[interval],
            tuple(_row(line) for line in chosen),
            Money.total([line.amount for line in chosen], currency),
        )
        for interval, title in _INTERVALS.items()
        if (chosen := [line for line in every if line.interval == interval])
    ]


def _row(line: PrintedLine) -> Row:
    return Row(line.name, UNITS[line.unit], line.quantity.normalize(), line.price, line.amount)
