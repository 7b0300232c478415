"""Kinds of records that other apps hang things at: each app names its own in its `module.py`."""

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

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
