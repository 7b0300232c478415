"""What a module says of records that installations exchange."""

from collections.abc import Callable
from dataclasses import dataclass

from kontor.rulebook.ruling import Text


@dataclass(frozen=True, slots=True)
class Synchronised:
    """A kind of record, "timing.heat", that installations exchange; take(record, at=) is told each in order, once."""

    key: str
    meaning: Text
    take: Callable[..., None]
