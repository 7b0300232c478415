"""
What recurs each month, how that moves, and what is contracted ahead.

A month's recurring revenue is what the recurring positions of a contract cost in a month, as they stand on the month's
last day; it moves by contracts that are new, grow, shrink or are gone.

>>> from decimal import Decimal
>>> from kontor.rulebook.contract_state import ContractState, Per, Position
>>> plan = Position("plan", 3, Decimal("100.00"), Per.YEAR)
>>> module = Position("module", 1, Decimal("89.00"), Per.MONTH)
>>> monthly(ContractState((plan, module)))
Fraction(114, 1)
>>> moved(Fraction(114), Fraction(89))
Movement(new=Fraction(0, 1), expansion=Fraction(0, 1), contraction=Fraction(25, 1), churn=Fraction(0, 1))
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from kontor.rulebook.contract_state import ContractState, Per
from kontor.rulebook.period import ONE_DAY, Period

_IN_A_YEAR: Final = {Per.MONTH: 12, Per.QUARTER: 4, Per.YEAR: 1, Per.ONCE: 0}
NOTHING: Final = Fraction(0)


@dataclass(frozen=True, slots=True)
class Movement:
    """By how much recurring revenue moved in a month; none of the four is negative."""

    new: Fraction = NOTHING
    expansion: Fraction = NOTHING
    contraction: Fraction = NOTHING
    churn: Fraction = NOTHING

    @property
    def net(self) -> Fraction:
        """The difference between the two ends of the month."""
        return self.new + self.expansion - self.contraction - self.churn

    def __add__(self, other: "Movement") -> "Movement":
        """Return both movements together."""
        return Movement(
            self.new + other.new,
            self.expansion + other.expansion,
            self.contraction + other.contraction,
            self.churn + other.churn,
        )


def monthly(state: ContractState) -> Fraction:
    """Return what the recurring positions of a state cost in a month, net and exact: a twelfth of a year's price."""
    return (
        sum((Fraction(it.price) * Fraction(it.quantity) * _IN_A_YEAR[it.per] for it in state.positions), NOTHING) / 12
    )


def monthly_on(state: Callable[[date], ContractState], day: date) -> Fraction:
    """Return what recurs a month on a day; nothing after the contract's last day. `state` is asked for days."""
    found = state(day)
    return monthly(found) if found.runs_on(day) else NOTHING


def moved(before: Fraction, after: Fraction) -> Movement:
    """Return how one contract moved between the ends of two months."""
    if not before:
        return Movement(new=after)
    if not after:
        return Movement(churn=before)
    return Movement(expansion=max(after - before, NOTHING), contraction=max(before - after, NOTHING))


def month_ends(last: date, count: int) -> tuple[date, ...]:
    """
    Return the last days of `count` months, the month of `last` being the last of them.

    >>> [str(day) for day in month_ends(date(2028, 3, 14), 3)]
    ['2028-01-31', '2028-02-29', '2028-03-31']
    """
    months = last.year * 12 + last.month - 1
    return tuple(_first_day(place) - ONE_DAY for place in range(months - count + 2, months + 2))


def _first_day(months: int) -> date:
    """Return the first day of the month that many months after January of the year nought."""
    return date(months // 12, months % 12 + 1, 1)


@dataclass(frozen=True, slots=True)
class Ahead:
    """What a month will bring: what is contracted by then, and what comes on top if contracts renew."""

    month: Period
    contracted: Fraction
    if_renewed: Fraction


def contracted_ahead(
    state: Callable[[date], ContractState], *, bound_until: date | None, first: date, months: int
) -> Iterator[Ahead]:
    """
    Yield what one contract brings in each of the coming months, by the days of the month.

    bound_until  last day of the running term, or of the contract where its end is known; None where it runs open-ended
                 and so counts as contracted in the month of `first` alone
    first        the first day of the first month
    """
    bound = bound_until if bound_until is not None else _month(first, 0).last
    for place in range(months):
        month = _month(first, place)
        ends = state(month.last).ends or date.max
        contracted = _brings(state, month, min(bound, ends))
        yield Ahead(month, contracted, max(_brings(state, month, ends) - contracted, NOTHING))


def _month(first: date, place: int) -> Period:
    """Return the month that many months after the one of `first`."""
    months = first.year * 12 + first.month - 1 + place
    return Period(_first_day(months), _first_day(months + 1))


def _brings(state: Callable[[date], ContractState], month: Period, last: date) -> Fraction:
    """Return the part of a month's fee that falls on its days until `last`, by the positions of the last such day."""
    counted = min(month.last, last)
    if counted < month.first:
        return NOTHING
    return monthly(state(counted)) * Fraction((counted - month.first).days + 1, month.days)


def fees_between(state: Callable[[date], ContractState], first: date, end: date) -> Fraction:
    """
    Return what is to be paid, net and exact, for the service days of a period, `end` exclusive; part months by days.

    >>> from decimal import Decimal
    >>> from kontor.rulebook.contract_state import ContractState, Per, Position
    >>> always = ContractState((Position("module", 1, Decimal("300.00"), Per.MONTH),))
    >>> fees_between(lambda _day: always, date(2026, 1, 1), date(2027, 1, 1))
    Fraction(3600, 1)
    """
    total, months = NOTHING, (end.year - first.year) * 12 + end.month - first.month + 1
    for place in range(months):
        month = _month(first, place)
        last = min(month.last, end - ONE_DAY, state(month.last).ends or date.max)
        if last >= max(month.first, first):
            days = (last - max(month.first, first)).days + 1
            total += monthly(state(last)) * Fraction(days, month.days)
    return total


def together(movements: Iterable[Movement]) -> Movement:
    """Return what all movements come to."""
    return sum(movements, Movement())
