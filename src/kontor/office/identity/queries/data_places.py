"""Where each tenant's data lies and what of it can be moved, for the house's page and the tenant's own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from kontor.kernel.components import Badge
from kontor.kernel.data_places import BACKUPS, DATABASE, ELSEWHERE, FILES, FITS, UNDECLARED, DataPlace, holding
from kontor.kernel.models import FileMove, Tenant
from kontor.kernel.queries.data_places import Demand, Lying, countries, demands, lying
from kontor.rulebook import terms
from kontor.rulebook.data_places import lies_right, sandbox_promised
from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.terms import ToBeAgreed

KINDS: Final[Mapping[str, Promise]] = {
    FILES: gettext_lazy("Files"),
    DATABASE: gettext_lazy("Database"),
    BACKUPS: gettext_lazy("Backups"),
}
BADGES: Final[Mapping[str, Badge]] = {
    FITS: Badge(gettext_lazy("as agreed"), "good"),
    ELSEWHERE: Badge(gettext_lazy("elsewhere"), "bad"),
    UNDECLARED: Badge(gettext_lazy("not declared"), "warn"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One kind of data as the pages show it."""

    kind: str
    label: Promise
    badge: Badge
    places: Sequence[DataPlace]
    state: str


@dataclass(frozen=True, slots=True)
class TenantLying:
    """A tenant, where its data lies, and to which places its files can be moved."""

    tenant: Tenant
    demands: Sequence[Demand]
    lying: Sequence[Shown]
    targets: Sequence[DataPlace]
    move: FileMove | None

    @property
    def wrong(self) -> bool:
        """Whether anything lies where it may not."""
        return any(one.state == ELSEWHERE for one in self.lying)

    @property
    def badge(self) -> Badge:
        """The worst of its states; none where no contract demands anything."""
        if not any(demand.countries for demand in self.demands):
            return Badge(gettext_lazy("no demand"))
        states = {one.state for one in self.lying}
        return BADGES[next(state for state in (ELSEWHERE, UNDECLARED, FITS) if state in states)]

    @property
    def files(self) -> Shown:
        """Where its files lie."""
        return next(one for one in self.lying if one.kind == FILES)


def lying_of(tenant: Tenant, *, move: FileMove | None = None) -> TenantLying:
    """Return where one tenant's data lies; no query."""
    found = [_shown(one) for one in lying(tenant)]
    here = {place.key for one in found if one.kind == FILES for place in one.places}
    wanted = countries(tenant.kept_under)
    targets = [
        place
        for place in holding(settings.KONTOR_PLACES, FILES)
        if place.key not in here and lies_right(wanted, country=place.country)
    ]
    return TenantLying(tenant, demands(tenant.kept_under), found, targets, move)


def _shown(one: Lying) -> Shown:
    return Shown(one.kind, KINDS[one.kind], BADGES[one.state], one.places, one.state)


def everybody_lying() -> list[TenantLying]:
    """Return every tenant here with where its data lies, what lies wrong first; two queries, as the house."""
    open_moves = {move.customer_tenant_id: move for move in FileMove.objects.filter(ended_at=None)}
    found = [
        lying_of(tenant, move=open_moves.get(tenant.pk)) for tenant in Tenant.objects.order_by("name", "created_at")
    ]
    return sorted(found, key=lambda one: (not one.wrong, one.move is None))


def sandbox_ruling(tenant: Tenant) -> Ruling[bool]:
    """Return whether some pack under which a tenant's data is kept promises it a test tenant; the first that does."""
    found = Ruling(
        False, (), (), (Text("Kein Vertrag sagt eine Testumgebung zu.", "No contract promises a test environment."),)
    )
    for row in tenant.kept_under:
        promised = sandbox_promised(terms.load(row["pack"], row["version"]))
        if promised.value:
            return promised
    return found


def logged(tenant: Tenant) -> list[tuple[Text, object]]:
    """Return the items of the access log that a host may see, as the tenant's packs name them: (words, clause)."""
    found: dict[Text, object] = {}
    for row in tenant.kept_under:
        privacy = terms.load(row["pack"], row["version"]).privacy
        fields = privacy.log_fields if privacy else None
        if fields is not None and not isinstance(fields, ToBeAgreed):
            found |= {Text(item.de, item.en): item.clause or fields.clause for item in fields.value}
    return list(found.items())
