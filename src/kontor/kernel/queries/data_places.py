"""Whether each tenant's data lies where its contracts demand: what the pages show and the start of the server asks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings

from kontor.kernel.data_places import BACKUPS, DATABASE, FILES, DataPlace, holding
from kontor.kernel.models import Tenant
from kontor.kernel.storage import UndeclaredPlaceError, declared_place
from kontor.rulebook.data_places import lies_right
from kontor.rulebook.ruling import Clause

FITS: Final = "FITS"
ELSEWHERE: Final = "ELSEWHERE"
UNDECLARED: Final = "UNDECLARED"


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
    state   FITS, ELSEWHERE or UNDECLARED; what nothing is demanded of fits anywhere
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
    return [
        _judged(FILES, _files_place(tenant.files_at), wanted),
        *(_judged(kind, holding(settings.KONTOR_PLACES, kind), wanted) for kind in (DATABASE, BACKUPS)),
    ]


def fitting(wanted: Sequence[tuple[str, ...]]) -> DataPlace | None:
    """Return the first declared place of files that satisfies every demand."""
    places = holding(settings.KONTOR_PLACES, FILES)
    return next((place for place in places if lies_right(wanted, country=place.country)), None)


def misplaced(wanted: Sequence[tuple[str, ...]]) -> list[Lying]:
    """
    Return what of a further tenant with these demands would lie wrong here: no place of files, rows or backups outside.

    Rows and backups that nobody declared stand in no list: they are asked for on the page, and by nobody else.
    """
    if not wanted:
        return []
    found = [_judged(kind, holding(settings.KONTOR_PLACES, kind), wanted) for kind in (DATABASE, BACKUPS)]
    wrong = [one for one in found if one.state == ELSEWHERE]
    return wrong if fitting(wanted) else [Lying(FILES, (), ELSEWHERE), *wrong]


def _files_place(key: str) -> list[DataPlace]:
    try:
        place = declared_place(key)
    except UndeclaredPlaceError:
        return []
    return [place] if place else []


def _judged(kind: str, places: Sequence[DataPlace], wanted: Sequence[tuple[str, ...]]) -> Lying:
    if all(lies_right(wanted, country=place.country) for place in places):
        state = FITS if places or not wanted else UNDECLARED
    else:
        state = ELSEWHERE
    return Lying(kind, tuple(places), state)
