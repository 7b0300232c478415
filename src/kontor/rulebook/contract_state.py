"""
What a contract is on a day, and the kinds of change that make it so.

>>> users = AddItem("basic", quantity=10, price=Decimal("60.00"), per=Per.MONTH)
>>> state = users.applied(ContractState(), date(2026, 7, 1))
>>> ChangeQuantity("basic", by=2).applied(state, date(2026, 9, 1)).quantity("basic")
12
"""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from kontor.rulebook.currency import number
from kontor.rulebook.duration import Duration
from kontor.rulebook.period import Interval, Period
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from kontor.rulebook.wording import day, said

Quantity = int | Decimal  # whole for all but hours and services; `exact` keeps whole ones as int


def exact(quantity: Quantity) -> Quantity:
    """
    Return a quantity as it is kept and compared: a whole number as an int, any other without noughts at its end.

    >>> exact(Decimal("10.000000")), exact(Decimal("1.500000")), exact(-2)
    (10, Decimal('1.5'), -2)
    """
    whole = int(quantity)
    return whole if whole == quantity else Decimal(quantity).normalize()


def counted(quantity: Quantity) -> Text:
    """
    Write a quantity in words' company: "1,5", "1.5".

    >>> counted(Decimal("1.5"))
    Text(de='1,5', en='1.5')
    """
    return number(Decimal(quantity))


class Per(StrEnum):
    """What a price is for; ONCE for hardware and services."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    ONCE = "once"


@dataclass(frozen=True, slots=True)
class Position:
    """
    A position of a contract on a day; one whose quantity fell to nothing stays, so that it can grow again.

    key    names it in its contract
    price  one of it, net, an exact decimal in the contract's currency
    per    the time the price is for
    """

    key: str
    quantity: Quantity
    price: Decimal
    per: Per


@dataclass(frozen=True, slots=True)
class ContractState:
    """
    A contract on a day.

    positions  in the order they were added
    interval   how often is billed
    term       the initial term
    notice     the notice period
    ends       its last day, once that is known
    terms      the version of the terms that a change of terms has put in force, None: those it was concluded under
    """

    positions: tuple[Position, ...] = ()
    interval: Interval | None = None
    term: Period | None = None
    notice: Duration | None = None
    ends: date | None = None
    terms: str | None = None

    def position(self, key: str) -> Position | None:
        """Return a position, or None where the contract has none of that key."""
        return next((position for position in self.positions if position.key == key), None)

    def quantity(self, key: str) -> Quantity:
        """Return how many of a position the contract has, 0 where it has none of that key."""
        position = self.position(key)
        return position.quantity if position else 0

    def runs_on(self, when: date) -> bool:
        """Say whether the contract has not ended before a day."""
        return self.ends is None or when <= self.ends

    def existing(self, key: str, when: date) -> Position:
        """Return a position; RefusalError where the contract has none of that key on that day."""
        position = self.position(key)
        if position is None:
            raise RefusalError(
                said(
                    "Am {when} hat der Vertrag keine Position „{key}“.",
                    "On {when} the contract has no position “{key}”.",
                    when=day(when),
                    key=key,
                )
            )
        return position

    def with_position(self, changed: Position) -> "ContractState":
        """Return the state with one position changed in its place."""
        return replace(self, positions=tuple(changed if it.key == changed.key else it for it in self.positions))


@dataclass(frozen=True, slots=True)
class AddItem:
    """A new position: its key is used once in a contract, its quantity is more than nothing."""

    key: str
    quantity: Quantity
    price: Decimal
    per: Per

    def applied(self, state: ContractState, when: date) -> ContractState:
        """Return the state with the position behind those it has; RefusalError where it cannot be added."""
        if state.position(self.key) or self.quantity <= 0:
            raise RefusalError(
                said(
                    "Am {when} lässt sich „{key}“ nicht hinzufügen: Die Position besteht, oder die Menge ist null.",
                    "On {when} “{key}” cannot be added: the position exists, or the quantity is nought.",
                    when=day(when),
                    key=self.key,
                )
            )
        added = Position(self.key, self.quantity, self.price, self.per)
        return replace(state, positions=(*state.positions, added))

    @property
    def text(self) -> Text:
        """The change in words."""
        german, english = "{quantity} × „{key}“ kommt hinzu", "{quantity} × “{key}” is added"
        return said(german, english, quantity=counted(self.quantity), key=self.key)


@dataclass(frozen=True, slots=True)
class ChangeQuantity:
    """More (positive) or fewer (negative) of a position; the number never falls below nothing."""

    key: str
    by: Quantity

    def applied(self, state: ContractState, when: date) -> ContractState:
        """Return the state with the new quantity; RefusalError where the position or so many of it do not exist."""
        position = state.existing(self.key, when)
        quantity = exact(position.quantity + self.by)
        if quantity < 0:
            raise RefusalError(
                said(
                    "Am {when} hat „{key}“ die Menge {has}; {fewer} weniger geht nicht.",
                    "On {when} “{key}” has the quantity {has}; {fewer} fewer is not possible.",
                    when=day(when),
                    key=self.key,
                    has=counted(position.quantity),
                    fewer=counted(-self.by),
                )
            )
        return state.with_position(replace(position, quantity=quantity))

    @property
    def text(self) -> Text:
        """The change in words."""
        german, english = "„{key}“ ändert sich um {by}", "“{key}” changes by {by}"
        by = counted(self.by)
        return said(german, english, key=self.key, by=Text(f"+{by.de}", f"+{by.en}") if self.by > 0 else by)


@dataclass(frozen=True, slots=True)
class ChangePrice:
    """A new price of a position, for the same time as before."""

    key: str
    price: Decimal

    def applied(self, state: ContractState, when: date) -> ContractState:
        """Return the state with the new price; RefusalError where the position does not exist."""
        return state.with_position(replace(state.existing(self.key, when), price=self.price))

    @property
    def text(self) -> Text:
        """The change in words."""
        german, english = "„{key}“ kostet {price}", "“{key}” costs {price}"
        return said(german, english, key=self.key, price=number(self.price))


@dataclass(frozen=True, slots=True)
class SetInterval:
    """How often is billed."""

    interval: Interval

    def applied(self, state: ContractState, when: date) -> ContractState:  # noqa: ARG002 - all changes are asked alike
        """Return the state with the new interval."""
        return replace(state, interval=self.interval)

    @property
    def text(self) -> Text:
        """The change in words."""
        return said("Abrechnung je {every}", "Billed by {every}", every=self.interval.spoken)


@dataclass(frozen=True, slots=True)
class SetTerm:
    """The initial term."""

    term: Period

    def applied(self, state: ContractState, when: date) -> ContractState:  # noqa: ARG002 - all changes are asked alike
        """Return the state with the term."""
        return replace(state, term=self.term)

    @property
    def text(self) -> Text:
        """The change in words."""
        return said("Laufzeit {term}", "Term {term}", term=self.term.spoken)


@dataclass(frozen=True, slots=True)
class SetNotice:
    """The notice period."""

    notice: Duration

    def applied(self, state: ContractState, when: date) -> ContractState:  # noqa: ARG002 - all changes are asked alike
        """Return the state with the notice period."""
        return replace(state, notice=self.notice)

    @property
    def text(self) -> Text:
        """The change in words."""
        return said("Kündigungsfrist {notice}", "Notice period {notice}", notice=self.notice.spoken)


@dataclass(frozen=True, slots=True)
class End:
    """The contract ends with this day; the earlier of two ends counts."""

    last_day: date

    def applied(self, state: ContractState, when: date) -> ContractState:  # noqa: ARG002 - all changes are asked alike
        """Return the state with its last day."""
        return replace(state, ends=self.last_day if state.ends is None else min(state.ends, self.last_day))

    @property
    def text(self) -> Text:
        """The change in words."""
        return said("Ende mit dem {last}", "Ends with {last}", last=day(self.last_day))


@dataclass(frozen=True, slots=True)
class SetTerms:
    """Another version of the terms applies."""

    version: str

    def applied(self, state: ContractState, when: date) -> ContractState:  # noqa: ARG002 - all changes are asked alike
        """Return the state with the version."""
        return replace(state, terms=self.version)

    @property
    def text(self) -> Text:
        """The change in words."""
        return said("Bedingungen in der Fassung {version}", "Terms in the version {version}", version=self.version)


Change = AddItem | ChangeQuantity | ChangePrice | SetInterval | SetTerm | SetNotice | SetTerms | End
