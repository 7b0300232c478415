"""
What ties the requirements to the packs: every value of a contract answers a row, every number in a row has its value.

>>> from kontor.rulebook import terms
>>> row = Row("FW-026", "visitor", "Minimum and initial term 12 months.")
>>> row.has_number, rows_without_value([row], [terms.load("visitor")])
(True, ())
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Self

from kontor.rulebook.terms.pack import TermsPack

_WORDS: Final = (
    "two three four five six seven eight nine ten eleven twelve twice fourteen fifteen twenty thirty forty seventh"
)
# A quantity, not a name: "SAML 2.0", "Art. 28", "section 14", "annex III 2.7", "HTML5", "OAuth 2" say no number.
_NAMES: Final = re.compile(
    r"\b(?:Art\.|section|sections|annex|Klausel|clause|SAML|Regel|rule|version|v)\s*\d+(?:\.\d+)*(?:\(\d+\))?",
    re.IGNORECASE,
)
# "One" is a number before a thing that is counted; "in one booking" is none.
_ONE: Final = r"one (?:[a-z]+ )?(?:day|month|year|site|copy|contact|person|interval|term)\b"
_NUMBER: Final = re.compile(rf"(?<![A-Za-z\d.])\d|\b(?:{'|'.join(_WORDS.split())}|{_ONE})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the requirements: its id, the pack it comes from, its statement."""

    id: str
    source: str
    statement: str

    @classmethod
    def read(cls, written: Mapping[str, object]) -> Self:
        """Return a row from a parsed entry of requirements.yaml; KeyError where id, source or statement is missing."""
        return cls(str(written["id"]), str(written["source"]), str(written["statement"]))

    @property
    def has_number(self) -> bool:
        """Whether the statement holds a quantity, in digits or in words."""
        return _NUMBER.search(_NAMES.sub("", self.statement)) is not None


def values_without_row(packs: Iterable[TermsPack]) -> tuple[tuple[str, str], ...]:
    """Return (pack key, dotted key) of every value that names no row, neither itself nor by its entries."""
    without: list[tuple[str, str]] = []
    for pack in packs:
        answering = {key for key, _ in pack.rows()}
        without.extend(
            (pack.key, key)
            for key, _ in pack.values()
            if key not in answering and not any(other.startswith(f"{key}.") for other in answering)
        )
    return tuple(without)


def rows_without_value(rows: Iterable[Row], packs: Iterable[TermsPack]) -> tuple[str, ...]:
    """Return the ids of rows whose statement holds a number that no pack value answers."""
    answered = {row for pack in packs for _, row in pack.rows()}
    return tuple(row.id for row in rows if row.has_number and row.id not in answered)


def unknown_rows(rows: Iterable[Row], packs: Iterable[TermsPack]) -> tuple[tuple[str, str, str], ...]:
    """Return (pack key, dotted key, row id) where a pack names a row that does not exist or belongs to another pack."""
    sources = {row.id: row.source for row in rows}
    return tuple((pack.key, key, row) for pack in packs for key, row in pack.rows() if sources.get(row) != pack.key)
