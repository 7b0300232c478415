"""
What a register is: facts that people enter about a thing a contract regulates, and how these stand under its terms.

A register belongs to a contract where its terms say something about it; `clauses` of the pack tell.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Literal

from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.terms import TermsPack
from kontor.rulebook.terms.units import Item

Tone = Literal["", "good", "warn", "bad"]
Facts = Mapping[str, Any]


class Kind(StrEnum):
    """What may be entered: `day` a date, `money` a Money, `choice` a key, `yes` true or false, `text` words."""

    DAY = "day"
    TEXT = "text"
    MONEY = "money"
    CHOICE = "choice"
    YES = "yes"


@dataclass(frozen=True, slots=True)
class Field:
    """One fact; `required` from the beginning, all others as they become known."""

    key: str
    label: Text
    kind: Kind
    required: bool = False
    choices: tuple[tuple[str, Text], ...] = ()


@dataclass(frozen=True, slots=True)
class Circumstances:
    """
    What a register is told of its contract.

    ends        the contract's last day, None while it has no known end
    fees        what is to be paid, net, for the service days of a period (first day, end exclusive)
    term        the term that runs on a day: first day, end exclusive
    recognised  liability recognised in other entries that share a cap, by the first day of what caps it
    proved      the facts, by their keys, that came with a paper which proves them
    """

    pack: TermsPack
    today: date
    currency: str
    fees: Callable[[date, date], Money]
    term: Callable[[date], tuple[date, date] | None]
    ends: date | None = None
    recognised: Mapping[date, Money] = field(default_factory=dict)
    proved: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day to watch, and what happens on it."""

    on: date
    what: Text


@dataclass(frozen=True, slots=True)
class Standing:
    """
    How an entry stands.

    state      in a few words
    deadlines  what lies ahead or has passed, in order
    amount     what the terms give as an amount: a penalty, what is recognised of a claim
    lacks      what must be entered before it can be closed
    refused    why these facts must not be entered so at all, None where they may
    """

    state: Text
    tone: Tone = ""
    deadlines: tuple[Deadline, ...] = ()
    amount: Money | None = None
    lacks: tuple[Text, ...] = ()
    refused: Text | None = None

    @property
    def can_close(self) -> bool:
        """Whether nothing is lacking."""
        return not self.lacks


@dataclass(frozen=True, slots=True)
class Register:
    """
    One kind of thing that a contract keeps a register of.

    fields   what is entered, under a pack
    clauses  of a pack that regulate it; none means that contracts under the pack have no such register
    decide   how facts stand; called only where the required ones are there
    """

    key: str
    title: Text
    about: Text
    fields: Callable[[TermsPack], tuple[Field, ...]]
    clauses: Callable[[TermsPack], tuple[Clause, ...]]
    decide: Callable[[Facts, Circumstances], Ruling[Standing]]


def clauses_of(*values: Any) -> tuple[Clause, ...]:
    """Return the clauses of those values that a pack has, each once, in their order."""
    return tuple(dict.fromkeys(clause for value in values if value for clause in value.clauses))


def choices(items: tuple[Item, ...]) -> tuple[tuple[str, Text], ...]:
    """Return a pack's list as choices."""
    return tuple((item.key, Text(item.de, item.en)) for item in items)


def stood(standing: Standing, clauses: tuple[Clause, ...], facts: Facts, *steps: Text) -> Ruling[Standing]:
    """Return the ruling: what was entered is what it rests on."""
    inputs = tuple((key, _plain(value)) for key, value in sorted(facts.items()) if value not in (None, "", False))
    return Ruling(standing, clauses, inputs, (*steps, standing.state))


def _plain(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return value.bare() if isinstance(value, Money) else str(value)
