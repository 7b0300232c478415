"""What gives the next steps of contracts: the shape of a step, and of a function that yields some."""

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from django.db.models import QuerySet

from kontor.kernel.components import Tone
from kontor.office.contracts.models import Amendment, Contract
from kontor.rulebook.ruling import Clause, Ruling, Text


@dataclass(frozen=True, slots=True)
class NextStep:
    """A dated step: the day, what happens, and the decision or the clause behind it; `tone` "bad" needs a hand."""

    on: date
    title: Text
    text: Text | str = ""
    ruling: Ruling[Any] | None = None
    clause: Clause | None = None
    icon: str = "flag"
    tone: Tone = ""

    def left(self, today: date) -> int:
        """Return the days from today to the step."""
        return (self.on - today).days


class Steps(Protocol):
    """Yields the steps of one contract."""

    __name__: str

    def __call__(
        self, contract: Contract, rows: Sequence[Amendment], *, today: date, read: Any
    ) -> Iterable[NextStep]: ...


RowsOf = Callable[[Collection[uuid.UUID]], QuerySet[Any]]


@dataclass(frozen=True, slots=True)
class Source:
    """
    One function that yields steps.

    read     fetches what it needs for many contracts in one query
    rows     makes the queries of what is read, so that rows can be counted before any is read
    counted  the number of rows is all that the steps are given
    about    tells whether a contract's terms know such steps at all; of others nothing is read
    """

    steps: Steps
    read: Callable[[Collection[uuid.UUID]], Mapping[uuid.UUID, Any]] | None = None
    rows: tuple[RowsOf, ...] = ()
    counted: bool = False
    often: bool = True
    about: Callable[[Contract], bool] = lambda _contract: True

    @property
    def key(self) -> str:
        """What tells the source from all others."""
        return self.steps.__name__

    def found(self, contracts: Sequence[uuid.UUID], counts: Mapping[str, int] | None) -> Mapping[uuid.UUID, Any]:
        """
        Return what the steps are given, by contract; at most one query.

        counts  how many rows each source has, where one contract is asked about and they were counted
        """
        if self.read is None or not contracts:
            return {}
        if counts is None:
            return self.read(contracts)
        if self.counted:
            return {contracts[0]: counts[self.key]}
        return self.read(contracts) if counts[self.key] else {}


def counts_of(sources: Sequence[Source]) -> dict[str, Sequence[Callable[[uuid.UUID], QuerySet[Any]]]]:
    """Return what `Counts` needs to count the rows of sources about one contract, all in one query."""

    def about(rows: RowsOf) -> Callable[[uuid.UUID], QuerySet[Any]]:
        return lambda contract: rows([contract])

    return {source.key: [about(rows) for rows in source.rows] for source in sources if source.read}
