"""What an app offers to letters: each app names its own fields in its `module.py`."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kontor.rulebook.ruling import Text


@dataclass(frozen=True, slots=True)
class MergeField:
    """
    A field that a template may name.

    key     "contact.name"
    sample  what a preview writes: text, a day, a number, `Money`, or for a list its rows by their fields' names
    """

    key: str
    label: Text
    sample: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeSource:
    """
    The fields of one kind of record.

    kind    of the record, "parties.Party", as a `RecordKind` names it
    listed  every such record that a letter can be about: (id, as a choice names it)
    values  every field's value for one record of the current tenant, None or "" where it has none
    """

    kind: str
    fields: tuple[MergeField, ...]
    listed: Callable[[], Sequence[tuple[uuid.UUID, str]]]
    values: Callable[[uuid.UUID], Mapping[str, Any]]
