"""
A contract's amendments, read once and remembered.

Amendments are only ever added, each with an id of its own, so that the last one and their number tell the whole list;
what was read of it holds as long as the program runs, for both sides of the contract.
"""

import uuid
from collections.abc import Callable, Hashable, Sequence
from datetime import date
from typing import Final, Generic, TypeVar

from kontor.office.contracts.models import Amendment, Contract
from kontor.office.contracts.queries.state import amendments_of
from kontor.rulebook.amendments import History
from kontor.rulebook.contract_state import ContractState

T = TypeVar("T")

KEPT: Final = 2048  # of about 20 kB each


class Remembered(Generic[T]):
    """Answers of a function of amendments, forgotten all at once when there are too many."""

    def __init__(self, kept: int = KEPT) -> None:
        self._found: dict[Hashable, T] = {}
        self._kept = kept

    def of(self, key: Hashable, answer: Callable[[], T]) -> T:
        """Return what is remembered under a key, worked out now where nothing is."""
        if key not in self._found:
            if len(self._found) >= self._kept:
                self._found.clear()
            self._found[key] = answer()
        return self._found[key]


_histories: Final[Remembered[History]] = Remembered()
_states: Final[Remembered[ContractState]] = Remembered()


def mark_of(contract: Contract, rows: Sequence[Amendment]) -> tuple[uuid.UUID, uuid.UUID | None, int]:
    """Return what tells one list of amendments from every other: the contract, the last of them, how many."""
    return contract.pk, rows[-1].pk if rows else None, len(rows)


def history_of(contract: Contract, rows: Sequence[Amendment]) -> History:
    """Return a contract's amendments as the rulebook reads them; `rows` all of them, in their order."""
    return _histories.of(
        mark_of(contract, rows),
        lambda: History(amendments_of(rows, pack=contract.pack, version=contract.version)),
    )


def remembered_state(contract: Contract, rows: Sequence[Amendment], on: date) -> ContractState:
    """Return what a contract is on a day."""
    return _states.of((mark_of(contract, rows), on), lambda: history_of(contract, rows).state(on))
