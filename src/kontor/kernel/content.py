"""What a module says of what it keeps for a tenant."""

from dataclasses import dataclass

from kontor.rulebook.ruling import Text


@dataclass(frozen=True, slots=True)
class Content:
    """Something of a tenant that goes with a module: what it is, "visits", and how many there are."""

    key: str
    label: Text
    count: int
