"""Cases of security that the house must look at."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kontor.office.identity.models import SecurityCase
from kontor.rulebook.ruling import Text

_WORDS: Final[Mapping[str, Text]] = {
    "SUSPICION": Text("Ein Zugang ist vielleicht in fremden Händen", "An access may be in other hands"),
    "STRANGERS": Text("Jemand probiert fremde Kennungen", "Somebody tries strangers' identifiers"),
    "EMERGENCY": Text("Zugang im Notfall gesperrt: freiwillige Hilfe", "Access locked in an emergency: voluntary help"),
}


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A case that waits for somebody: its key, its kind, whom it is about, and since when."""

    pk: uuid.UUID
    kind: str
    tenant_name: str
    at: datetime


def open_cases() -> list[OpenCase]:
    """Return the current tenant's cases that nobody has closed, the oldest first; one query."""
    rows = SecurityCase.objects.filter(closed_at=None).order_by("at", "pk")
    return [OpenCase(*row) for row in rows.values_list("pk", "kind", "tenant_name", "at")]


def case_words(kind: str) -> Text:
    """Return what a kind of case is called."""
    return _WORDS[kind]
