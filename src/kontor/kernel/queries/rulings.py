"""Stored decisions, as the "Why?" box shows them."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kontor.kernel.models import StoredRuling
from kontor.kernel.rows import TenantQuerySet
from kontor.kernel.ruling_values import read
from kontor.kernel.tenancy import current_tenant
from kontor.kernel.wording import spoken
from kontor.rulebook.ruling import Clause, Ruling, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasons:
    """
    A stored ruling, read back: the four parts of a `Ruling`, and when and under which terms it was made.

    value   dates, money and exact numbers as they were; other value objects with their fields as attributes
    digest  SHA-256 over all of it, shown as the decision's short number
    """

    id: uuid.UUID
    question: str
    pack: str
    version: str
    value: Any
    clauses: tuple[Clause, ...]
    inputs: tuple[tuple[str, str], ...]
    working: tuple[Text, ...]
    digest: bytes
    at: datetime

    @property
    def value_text(self) -> str:
        """The answer in the reader's language."""
        return spoken(self.value)

    @property
    def ruling(self) -> Ruling[Any]:
        """The decision itself, for a rulebook function that builds on it."""
        return Ruling(self.value, self.clauses, self.inputs, self.working)


def reasons_of(ruling_id: uuid.UUID) -> Reasons:
    """Return a ruling of the current tenant, or one shared with it; StoredRuling.DoesNotExist for anybody else's."""
    found = reasons_by_id([ruling_id])
    if ruling_id not in found:
        raise StoredRuling.DoesNotExist(f"No ruling {ruling_id} is visible here.")
    return found[ruling_id]


def reasons_by_id(ruling_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Reasons]:
    """Return the rulings, by id, that are the current tenant's own or shared with it; at most two queries."""
    tenant, ids = current_tenant(), set(ruling_ids)
    rows: list[StoredRuling] = list(TenantQuerySet(StoredRuling).of(tenant).filter(pk__in=ids))
    if rest := ids - {row.pk for row in rows}:
        rows += TenantQuerySet(StoredRuling).received_by(tenant).filter(pk__in=rest)
    return {row.pk: _read(row) for row in rows}


def _read(row: StoredRuling) -> Reasons:
    return Reasons(
        id=row.pk,
        question=row.question,
        pack=row.pack,
        version=row.version,
        value=read(row.value),
        clauses=tuple(Clause(each["source"], each["number"], each["version"]) for each in row.clauses),
        inputs=tuple((name, value) for name, value in row.inputs),
        working=tuple(Text(step["de"], step["en"]) for step in row.working),
        digest=bytes(row.digest),
        at=row.at,
    )
