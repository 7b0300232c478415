"""What must hold before a tenant's keys open the API."""

from collections.abc import Callable
from dataclasses import dataclass

from kontor.rulebook.ruling import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiCondition:
    """
    What a tenant's contract must hold before any of its keys opens the API.
    key    the kind of the refusal, "expander-required"
    lacks  lacks(modules), the keys of those unlocked today, returns why the API is shut, None where it is open
    """

    key: str
    lacks: Callable[[frozenset[str]], Text | None]
