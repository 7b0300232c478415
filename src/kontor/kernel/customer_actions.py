"""What a customer may do with its supplier's row."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kontor.rulebook.ruling import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerAction:
    """A customer's answer on its supplier's shared row of `model`: act(row, actor=, at=, **answer), as its tenant."""

    key: str
    model: str
    meaning: Text
    act: Callable[..., Any]
