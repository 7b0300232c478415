"""Erasures as pages show them."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from kontor.kernel.models import Tenant
from kontor.office.privacy.models import Deletion, Erasure
from kontor.office.privacy.queries.remains import title_of
from kontor.rulebook.ruling import Text


@dataclass(frozen=True, slots=True)
class Part:
    """A module's share of an erasure: how many rows in how many tables."""

    title: Text
    rows: int
    tables: tuple[tuple[str, int], ...]


def erasures() -> QuerySet[Erasure]:
    """Return every erasure, those to come first, then the newest."""
    return Erasure.objects.order_by("-due_on", "-pk")


def parts(counts: dict[str, int]) -> list[Part]:
    """Return what went (or stays), by module."""
    found: dict[Text, list[tuple[str, int]]] = {}
    for label, rows in sorted(counts.items()):
        found.setdefault(Text(*title_of(label)), []).append((label.partition(".")[2], rows))
    return [Part(title, sum(rows for _, rows in tables), tuple(tables)) for title, tables in found.items()]


def remaining_rows(remains: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what stays, each with its module's title."""
    return [{**row, "title": Text(*title_of(row["table"])), "name": row["table"].partition(".")[2]} for row in remains]


def title_of_table(label: str) -> Text:
    """Return how pages name a table: its module and its own name."""
    german, english = title_of(label)
    name = label.partition(".")[2]
    return Text(f"{german} · {name}", f"{english} · {name}")


def erasable_tenants() -> list[tuple[uuid.UUID, str]]:
    """Return the companies that can be erased or held, by name: all but the house and those that are gone."""
    gone = Deletion.objects.filter(person=None).values_list("of_tenant", flat=True)
    rows = Tenant.objects.filter(is_house=False).exclude(pk__in=list(gone)).order_by("name", "pk")
    return list(rows.values_list("pk", "name"))
