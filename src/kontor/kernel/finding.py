"""
What the search field finds: each app names sources in its `module.py`, each source looks into one table.

A source looks for rows of the current tenant in which every word that was typed begins a word. The rows are narrowed by
the tenant's index first, as the policy of the table wants it; `limit` ends the reading.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Q

from kontor.kernel import registry
from kontor.kernel.search_sources import SearchSource
from kontor.kernel.standing import Standing
from kontor.rulebook.ruling import Text

EACH: Final = 6  # results of one source; whoever sees so many types one more letter
LEAST: Final = 2  # letters without which nothing is looked for
MOST_WORDS: Final = 5


@dataclass(frozen=True, slots=True)
class Found:
    """One result: its name, what tells it from others, its page."""

    title: str
    note: str
    url: str


@dataclass(frozen=True, slots=True)
class FoundGroup:
    """The results of one source."""

    key: str
    label: Text
    results: tuple[Found, ...]

    @property
    def mark(self) -> str:
        """The key as an element's id."""
        return self.key.replace(".", "-")


def words_of(asked: str) -> tuple[str, ...]:
    """Return the words that are looked for; none where too little was typed."""
    plain = asked.replace("\x00", " ").strip()
    return tuple(plain.split()[:MOST_WORDS]) if len(plain) >= LEAST else ()


def begins(words: Sequence[str], *fields: str) -> Q:
    """Return the condition that each of these words begins a word of one of these fields, whatever their case."""
    found = Q()
    for word in words:
        either = Q()
        for field in fields:
            either |= Q(**{f"{field}__istartswith": word}) | Q(**{f"{field}__icontains": f" {word}"})
        found &= either
    return found


def search(asked: str, *, standing: Standing) -> list[FoundGroup]:
    """Return what this person may see of what was asked for; one query for each source that they may ask."""
    words = words_of(asked)
    if not words:
        return []
    groups = [
        FoundGroup(source.key, source.label, tuple(source.find(words, limit=EACH, **_narrowed(source, standing))))
        for source in registry.search_sources()
        if standing.unlocked(source.permission)
        and (standing.may(source.permission) or _narrowed(source, standing))
        and registry.meant_for(source.audience, is_house=standing.tenant.is_house)
    ]
    return [group for group in groups if group.results]


def _narrowed(source: SearchSource, standing: Standing) -> dict[str, frozenset[uuid.UUID]]:
    """Return the sites to which a source is limited for this person, {} for everywhere and for nowhere."""
    sites = standing.limited_to(source.permission) if source.at_sites else None
    return {"sites": sites} if sites else {}
