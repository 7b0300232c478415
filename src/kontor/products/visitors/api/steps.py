"""What others do with visits: invite, allow, move, call off, check in and out; each once per Idempotency-Key."""

import uuid
from typing import Final

from django.shortcuts import get_object_or_404

from kontor.kernel.api import Call, Page
from kontor.kernel.models import Site
from kontor.products.visitors.actions import arriving, inviting
from kontor.products.visitors.actions.arriving import Arrival, WalkIn
from kontor.products.visitors.actions.happening import Attempt
from kontor.products.visitors.actions.inviting import Appointment, Guest, Host
from kontor.products.visitors.api.mounted import endpoints
from kontor.products.visitors.api.reading import one
from kontor.products.visitors.api.shown import (
    INVITE,
    CheckIn,
    GivenReason,
    GuestTold,
    HostTold,
    NewVisits,
    NewWalkIn,
    VisitMoved,
    VisitShown,
    shown,
)
from kontor.products.visitors.models import Visit, VisitType

ALLOW: Final = "visitors.allow"
RECEIVE: Final = "visitors.receive"


@endpoints.writes("/visitors/visits", permission=INVITE, answers=Page[VisitShown], status=201)
def invite(request: Call, told: NewVisits) -> Page[VisitShown]:
    """Invite people to an appointment, each with a code and a PIN; those with an address get a mail."""
    to = Appointment(
        site=_site(told.site), type=_kind(told.kind), begins_at=told.begins_at, ends_at=told.ends_at,
        host=_host(told.host), title=told.title, open_places=told.open_places, origin=Visit.Origin.API,
    )  # fmt: skip
    made = inviting.invite([_guest(each) for each in told.guests], to, _by(request))
    return Page[VisitShown](items=shown(_again([row.pk for row in made]), request))


@endpoints.writes("/visitors/walk-ins", permission=RECEIVE, answers=VisitShown, status=201)
def walk_in(request: Call, told: NewWalkIn) -> VisitShown:
    """Let somebody in who was not expected."""
    who = WalkIn(type=_kind(told.kind), guest=_guest(told.guest), host=_host(told.host), until=told.until)
    made = arriving.walk_in(who, Arrival(site=_site(told.site), overridden=told.because), _by(request))
    return one(made.pk, request)


@endpoints.writes("/visitors/visits/{uuid:visit_id}/allow", permission=ALLOW, answers=VisitShown)
def allow(request: Call, visit_id: uuid.UUID) -> VisitShown:
    """Allow a visit that was asked for; its visitor is written to."""
    return one(inviting.allow(_known(visit_id), _by(request)).pk, request)


@endpoints.writes("/visitors/visits/{uuid:visit_id}/refuse", permission=ALLOW, answers=VisitShown)
def refuse(request: Call, visit_id: uuid.UUID, told: GivenReason) -> VisitShown:
    """Refuse a visit that was asked for."""
    return one(inviting.refuse(_known(visit_id), told.because, _by(request)).pk, request)


@endpoints.writes("/visitors/visits/{uuid:visit_id}/move", permission=INVITE, answers=VisitShown)
def move(request: Call, visit_id: uuid.UUID, told: VisitMoved) -> VisitShown:
    """Move a visit; code and PIN are new, and its visitor is written to."""
    site = _site(told.site) if told.site else Visit.objects.select_related("site").get(pk=_known(visit_id)).site
    moved = inviting.move(
        _known(visit_id), begins_at=told.begins_at, ends_at=told.ends_at, site=site, attempt=_by(request)
    )
    return one(moved.pk, request)


@endpoints.writes("/visitors/visits/{uuid:visit_id}/cancel", permission=INVITE, answers=VisitShown)
def cancel(request: Call, visit_id: uuid.UUID, told: GivenReason) -> VisitShown:
    """Call a visit off; one that has begun stays as it is."""
    inviting.cancel([_known(visit_id)], told.because, _by(request))
    return one(visit_id, request)


@endpoints.writes("/visitors/visits/{uuid:visit_id}/check-in", permission=RECEIVE, answers=VisitShown)
def check_in(request: Call, visit_id: uuid.UUID, told: CheckIn) -> VisitShown:
    """Let an expected visitor in; 409 says what keeps them out."""
    arrival = Arrival(site=_site(told.site), overridden=told.because)
    return one(arriving.check_in(_known(visit_id), arrival, _by(request)).pk, request)


@endpoints.writes("/visitors/visits/{uuid:visit_id}/check-out", permission=RECEIVE, answers=VisitShown)
def check_out(request: Call, visit_id: uuid.UUID) -> VisitShown:
    """Note that a visitor has left."""
    return one(arriving.check_out(_known(visit_id), _by(request)).pk, request)


def _by(request: Call) -> Attempt:
    return Attempt(way="api", at=request.at, actor=request.actor)


def _site(site_id: uuid.UUID) -> Site:
    return get_object_or_404(Site, pk=site_id)


def _kind(kind_id: uuid.UUID) -> VisitType:
    return get_object_or_404(VisitType, pk=kind_id, archived_at=None)


def _known(visit_id: uuid.UUID) -> uuid.UUID:
    return get_object_or_404(Visit.objects.only("pk"), pk=visit_id).pk


def _host(told: HostTold | None) -> Host:
    return Host(name=told.name, email=told.email) if told else Host()


def _guest(told: GuestTold) -> Guest:
    details = {key: getattr(told, key) for key in ("plate", "dock", "reason") if getattr(told, key)}
    return Guest(
        name=told.name, company=told.company, email=told.email, phone=told.phone, language=told.language,
        details=details,
    )  # fmt: skip


def _again(visits: list[uuid.UUID]) -> list[Visit]:
    return list(Visit.objects.select_related("site", "type").filter(pk__in=visits).order_by("pk"))
