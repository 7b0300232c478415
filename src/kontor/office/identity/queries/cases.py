"""Cases of security that the house must look at."""

from collections.abc import Mapping
from typing import Final

from kontor.office.identity.models import SecurityCase
from kontor.rulebook.ruling import Text

_WORDS: Final[Mapping[str, Text]] = {
    "SUSPICION": Text("Ein Zugang ist vielleicht in fremden Händen", "An access may be in other hands"),
    "STRANGERS": Text("Jemand probiert fremde Kennungen", "Somebody tries strangers' identifiers"),
}


def open_cases() -> list[SecurityCase]:
    """Return the current tenant's cases that nobody has closed, the oldest first; one query."""
    return list(SecurityCase.objects.filter(closed_at=None).order_by("at", "pk"))


def case_words(kind: str) -> Text:
    """Return what a kind of case is called."""
    return _WORDS[kind]
