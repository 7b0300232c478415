"""Who is expected, who is here, and what happened."""

import uuid
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.shortcuts import get_object_or_404
from ninja import Query

from kontor.kernel.api import Call, Cursor, Page, after, cut
from kontor.kernel.api.schemas import Day
from kontor.kernel.models import Site
from kontor.products.visitors.api.mounted import endpoints
from kontor.products.visitors.api.shown import HappenedShown, KindShown, SiteShown, State, VisitShown, shown
from kontor.products.visitors.models import Visit, VisitType

SEE: Final = "visitors.see"
LIMIT: Any = Query(100, ge=1, le=500)  # type: ignore[type-arg]  # ninja types it twice


@endpoints.reads("/visitors/sites", permission=SEE, answers=Page[SiteShown])
def list_sites(request: Call) -> Page[SiteShown]:  # noqa: ARG001  an endpoint's signature
    """List the sites."""
    return Page[SiteShown](items=[SiteShown(id=row.pk, name=row.name, zone=row.zone) for row in _sites()])


@endpoints.reads("/visitors/kinds", permission=SEE, answers=Page[KindShown])
def list_kinds(request: Call) -> Page[KindShown]:  # noqa: ARG001  an endpoint's signature
    """List the kinds of visits that are offered, as terminals show them."""
    rows = VisitType.objects.filter(archived_at=None).order_by("place", "pk")
    told = ("title_de", "title_en", "asks", "demands", "walk_in", "approval", "qualified")
    return Page[KindShown](items=[KindShown(id=row.pk, **{key: getattr(row, key) for key in told}) for row in rows])


@endpoints.reads("/visitors/visits", permission=SEE, answers=Page[VisitShown])
def list_visits(
    request: Call,
    site: Query[uuid.UUID | None] = None,
    state: Query[State | None] = None,
    on: Query[Day | None] = None,
    cursor: Query[Cursor | None] = None,
    limit: int = LIMIT,
) -> Page[VisitShown]:
    """List visits, the oldest first: all, of a site, in a state, of a day (at each visit's own site)."""
    rows = Visit.objects.select_related("site", "type").order_by("pk")
    if site:
        rows = rows.filter(site=site)
    if state:
        rows = rows.filter(state=state)
    if on:
        rows = rows.filter(_of_day(on))
    if begins := after(cursor):
        rows = rows.filter(pk__gt=begins)
    some, coming = cut(list(rows[: limit + 1]), limit=limit, key=lambda row: row.pk)
    return Page[VisitShown](items=shown(some, request), next=coming)


@endpoints.reads("/visitors/present", permission=SEE, answers=Page[VisitShown])
def list_present(request: Call, site: Query[uuid.UUID | None] = None) -> Page[VisitShown]:
    """List who is in the building, at one site or at all, the first to come first."""
    rows = Visit.objects.select_related("site", "type").filter(state=Visit.State.IN).order_by("in_at", "pk")
    return Page[VisitShown](items=shown(list(rows.filter(site=site) if site else rows), request))


@endpoints.reads("/visitors/visits/{uuid:visit_id}", permission=SEE, answers=VisitShown)
def show_visit(request: Call, visit_id: uuid.UUID) -> VisitShown:
    """Show a visit."""
    return one(visit_id, request)


@endpoints.reads("/visitors/visits/{uuid:visit_id}/events", permission=SEE, answers=Page[HappenedShown])
def list_happened(request: Call, visit_id: uuid.UUID) -> Page[HappenedShown]:  # noqa: ARG001  an endpoint's signature
    """List what happened to a visit, in its order."""
    rows = get_object_or_404(Visit, pk=visit_id).events.order_by("number")
    told = [HappenedShown(kind=row.kind, way=row.told.get("way", ""), by=row.by_name, at=row.at) for row in rows]
    return Page[HappenedShown](items=told)


def one(visit_id: uuid.UUID, request: Call) -> VisitShown:
    """Return a visit as the API tells it; Http404 for a stranger's."""
    row = get_object_or_404(Visit.objects.select_related("site", "type"), pk=visit_id)
    return shown([row], request)[0]


def _sites() -> list[Site]:
    return list(Site.objects.order_by("name", "pk"))


def _of_day(on: date) -> Q:
    """Return the visits that begin on a day, as each site counts its days."""
    zones = {row.pk: ZoneInfo(row.zone) for row in _sites()}
    begins = {key: datetime.combine(on, time(), zone) for key, zone in zones.items()}
    ends = {key: datetime.combine(on + timedelta(days=1), time(), zone) for key, zone in zones.items()}
    found = Q(pk__in=[])
    for key, first in begins.items():
        found |= Q(site=key, begins_at__gte=first, begins_at__lt=ends[key])
    return found
