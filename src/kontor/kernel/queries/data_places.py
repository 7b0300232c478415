"""Whether each tenant's data lies where its contracts demand: what the pages show and the start of the server asks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from kontor.kernel.data_places import BACKUPS, DATABASE, FILES, DataPlace, files_place, holding, judged
from kontor.kernel.models import Tenant
from kontor.rulebook.ruling import Clause


@dataclass(frozen=True, slots=True)
class Demand:
    """What one pack demands: a country of these, none where it names none; and the clause that says it."""

    countries: tuple[str, ...]
    clause: Clause | None


@dataclass(frozen=True, slots=True)
class Lying:
    """
    Where one kind of a tenant's data lies, and whether it may.

    places  the places; none where nobody declared one
    state   FITS, ELSEWHERE or UNDECLARED
    """

    kind: str
    places: tuple[DataPlace, ...]
    state: str


def demands(kept_under: Iterable[Mapping[str, Any]]) -> list[Demand]:
    """Return what a tenant's contracts demand, as `Tenant.kept_under` keeps it."""
    return [
        Demand(
            tuple(row["countries"]),
            Clause(row["pack"], row["clause"], row["version"]) if row["clause"] else None,
        )
        for row in kept_under
    ]


def countries(kept_under: Iterable[Mapping[str, Any]]) -> list[tuple[str, ...]]:
    """Return the countries that each contract names, those that name none left out."""
    return [demand.countries for demand in demands(kept_under) if demand.countries]


def lying(tenant: Tenant) -> list[Lying]:
    """Return where a tenant's files, rows and backups lie; no query."""
    wanted = countries(tenant.kept_under)
    files = files_place(settings.KONTOR_PLACES, tenant.files_at, blobs=Path(settings.KONTOR_BLOBS))
    places = {FILES: [files] if files else []}
    places |= {kind: holding(settings.KONTOR_PLACES, kind) for kind in (DATABASE, BACKUPS)}
    return [Lying(kind, tuple(found), judged(found, wanted)) for kind, found in places.items()]
