"""How much there is about a contract, of all that its page may have to read, asked in one query."""

import uuid
from functools import cache

from kontor.kernel.statements import Counts
from kontor.office.contracts.queries.happened import kinds_counted
from kontor.office.contracts.queries.next_steps import SOURCES
from kontor.office.contracts.queries.step_sources import counts_of


def counted_about(contract: uuid.UUID) -> dict[str, int]:
    """Return how many rows each source of next steps and each kind of what happened has, as the reader may see them."""
    return _counts().of(contract)


@cache
def _counts() -> Counts:
    return Counts({**counts_of(SOURCES), **kinds_counted()})
