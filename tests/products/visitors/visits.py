"""A tenant with sites and kinds of visits, and the ways people come there."""

from datetime import UTC, datetime, timedelta
from typing import Any

from kontor.kernel.actions.tenants import open_site
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.models import Site, Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.products.visitors.actions import inviting, settling
from kontor.products.visitors.actions.happening import Attempt
from kontor.products.visitors.actions.inviting import Appointment, Guest, Host
from kontor.products.visitors.models import Visit, VisitType
from tests.people import entitle, make_tenant

MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)  # 10:00 in Berlin
HOST = Host(name="Jonas Alder", email="jonas@alder.example")
DESK = Actor("PERSON", None, "Rita Kern")


def make_alder(name: str = "Alder") -> Tenant:
    tenant = make_tenant(name)
    entitle(tenant, "visitors")
    return tenant


def make_site(name: str = "Hamburg", zone: str = "Europe/Berlin") -> Site:
    return open_site(name=name, at=MONDAY, actor=MACHINE, zone=zone, city=name)


def types() -> dict[str, VisitType]:
    settling.begin_types(at=MONDAY, actor=MACHINE)
    return {row.title_en: row for row in VisitType.objects.all()}


def by(way: str = "reception", *, at: datetime = MONDAY, key: str = "", actor: Actor = DESK) -> Attempt:
    return Attempt(way=way, at=at, actor=actor, key=key)


def appointment(site: Site, kind: VisitType, **given: Any) -> Appointment:
    told: dict[str, Any] = {"begins_at": MONDAY, "ends_at": MONDAY + timedelta(hours=2), "host": HOST}
    return Appointment(site=site, type=kind, **told | given)


def expect(site: Site, kind: VisitType, name: str = "Nele Brandt", **given: Any) -> Visit:
    guest = Guest(name=name, company="Brandt Elektro", email="nele@brandt.example", language="en")
    (visit,) = inviting.invite([guest], appointment(site, kind, **given), by(at=MONDAY - timedelta(days=1)))
    return visit


__all__ = ["DESK", "HOST", "MONDAY", "appointment", "as_tenant", "by", "expect", "make_alder", "make_site", "types"]
