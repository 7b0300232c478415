"""What an app declares in its `module.py` for the search field to find."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from kontor.rulebook.ruling import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchSource:
    """
    Something that the search field finds, shown to whoever has its permission.

    find      find(words, *, limit) returns `kernel.finding.Found` of the current tenant, the best first, in one query
    at_sites  whether it is asked for whoever holds the permission at sites alone, and then told `sites` too
    audience  as a menu entry's
    """

    key: str
    label: Text
    permission: str
    find: Callable[..., Iterable[Any]]
    at_sites: bool = False
    audience: str = "everyone"
    order: int = 50
