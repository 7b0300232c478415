"""What a contract costs over time, from its state on every day on which it changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from kontor.office.contracts.models import Amendment, Contract
from kontor.office.contracts.queries.remembered import Remembered, history_of, mark_of
from kontor.rulebook import revenue
from kontor.rulebook.contract_state import ContractState
from kontor.rulebook.money import Money
from kontor.rulebook.period import ONE_DAY


@dataclass(frozen=True, slots=True)
class PriceStep:
    """What the recurring positions cost in a year from a day on, net; nothing after the end."""

    since: date
    yearly: Money


_steps: Final[Remembered[tuple[PriceStep, ...]]] = Remembered()


def price_steps(contract: Contract, rows: Sequence[Amendment]) -> tuple[PriceStep, ...]:
    """Return each day from which another yearly price holds, the first being the start, the known end the last."""
    return _steps.of(mark_of(contract, rows), lambda: _price_steps(contract, rows))


def yearly(state: ContractState, currency: str) -> Money:
    """
    Return what the recurring positions of a state cost in twelve months, rounded once.

    Twelve times a month's price, four times a quarter's; what is paid once is no recurring price.
    """
    return Money.rounded(revenue.monthly(state) * 12, currency)


def monthly(state: ContractState, currency: str) -> Money:
    """
    Return what the recurring positions of a state cost in a month, rounded once.

    >>> from decimal import Decimal
    >>> from kontor.rulebook.contract_state import Per, Position
    >>> plan = Position("plan", 3, Decimal("100.00"), Per.YEAR)
    >>> module = Position("module", 1, Decimal("89.00"), Per.MONTH)
    >>> monthly(ContractState((plan, module)), "EUR").bare()
    '114.00'
    """
    return Money.rounded(revenue.monthly(state), currency)


def _price_steps(contract: Contract, rows: Sequence[Amendment]) -> tuple[PriceStep, ...]:
    history, currency = history_of(contract, rows), contract.terms["currency"]
    days = sorted({max(amendment.effective, contract.start_on) for amendment in history.in_order()})
    found: list[PriceStep] = []
    for day in days:
        state = history.state(day)
        price = yearly(state, currency)
        if state.runs_on(day) and (not found or found[-1].yearly != price):
            found.append(PriceStep(day, price))
    ends = history.state(days[-1]).ends if days else None
    if ends is not None:
        found = [step for step in found if step.since <= ends]
        found.append(PriceStep(ends + ONE_DAY, Money(currency, 0)))
    return tuple(found)
