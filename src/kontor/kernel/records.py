"""Kinds of records that other apps hang things at: each app names its own in its `module.py`."""

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from kontor.rulebook.ruling import Text


@dataclass(frozen=True, slots=True)
class NamedRecord:
    """A record as others speak of it: its name and its page."""

    title: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordKind:
    """
    A kind of record, "contracts.Contract".

    permission  whoever holds it sees the record
    named       names those of these records that the current tenant has; one query
    """

    key: str
    label: Text
    permission: str
    named: Callable[[Collection[uuid.UUID]], Mapping[uuid.UUID, NamedRecord]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """
    A column that points to a record and follows when two records are made one.

    Rows that are never changed are none of them: a document keeps saying whom it was issued to.

    model   "desk.Ticket"
    column  "party_id"
    to      the kind of record, "parties.Party"
    where   what else narrows its rows, where one column points to several kinds
    """

    model: str
    column: str
    to: str
    where: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def key(self) -> str:
        """The column's name among all, "desk.Ticket.party_id"."""
        return f"{self.model}.{self.column}"
