"""
A decision that can be asked "why?": its value, the clauses that gave it, the inputs and the working.

>>> from datetime import date
>>> why = Clause("visitor", "4.6.1")
>>> ruling = Ruling(date(2026, 9, 30), (why,), (("end", "2026-12-31"),), (Text("3 Monate vorher", "3 months before"),))
>>> ruling.value, [str(clause) for clause in ruling.clauses]
(datetime.date(2026, 9, 30), ['4.6.1'])
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Generic, NamedTuple, Self, TypeVar

T = TypeVar("T")
U = TypeVar("U")

LANGUAGES = ("de", "en")


class Text(NamedTuple):
    """A sentence in both languages."""

    de: str
    en: str

    def spoken(self, language: str) -> str:
        """Return the sentence in `language`, "de" or "en"; any other raises KeyError."""
        return {"de": self.de, "en": self.en}[language]


@dataclass(frozen=True, slots=True, order=True)
class Clause:
    """
    A place in a terms pack or a law.

    source   the pack's key: "visitor", "leisure", ... or a law pack's, "law-de", "law-fr"
    number   as the text counts: "4.6.1", "§13", "Anhang 1, 1.3 (i)", "BGB § 288 (2)"
    version  the pack's version, "" where the caller works with plain values
    """

    source: str
    number: str
    version: str = ""

    def __str__(self) -> str:
        return self.number


@dataclass(frozen=True, slots=True)
class Ruling(Generic[T]):
    """
    What was decided and why.

    value    the answer
    clauses  the clauses that gave it, most important first, each once
    inputs   (name, value as text) in the order they were used
    working  short sentences, one step each, German and English
    """

    value: T
    clauses: tuple[Clause, ...] = ()
    inputs: tuple[tuple[str, str], ...] = ()
    working: tuple[Text, ...] = ()

    def map(self, change: Callable[[T], U]) -> "Ruling[U]":
        """Return the same ruling with its value changed by a function that decides nothing new."""
        return Ruling(change(self.value), self.clauses, self.inputs, self.working)

    def because(self, *, clauses: Iterable[Clause] = (), working: Iterable[Text] = ()) -> Self:
        """Return this ruling with further clauses and steps behind those it has."""
        more = dict.fromkeys((*self.clauses, *clauses))
        return replace(self, clauses=tuple(more), working=(*self.working, *working))


def combined(value: T, *rulings: "Ruling[Any]", working: Iterable[Text] = ()) -> Ruling[T]:
    """Return a ruling on `value` that rests on other rulings: their clauses, inputs and steps in order, each once."""
    clauses = dict.fromkeys(clause for ruling in rulings for clause in ruling.clauses)
    inputs = dict.fromkeys(pair for ruling in rulings for pair in ruling.inputs)
    steps = dict.fromkeys(step for ruling in rulings for step in ruling.working)
    return Ruling(value, tuple(clauses), tuple(inputs), (*steps, *working))
