"""Founding a tenant and its places of business."""

from datetime import datetime

from django.conf import settings

from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.models import EventStream, Role, Site, Tenant
from kontor.kernel.tenancy import as_tenant

ADMINISTRATOR = {"de": "Verwaltung", "en": "Administration"}


def found_tenant(*, name: str, at: datetime, actor: Actor, language: str = "de", zone: str = "Europe/Berlin") -> Tenant:
    """Make a tenant that can be worked in: with its event stream and the role that may do everything."""
    tenant = reserve_tenant(name=name, at=at, language=language, zone=zone)
    with as_tenant(tenant.pk):
        furnish(tenant, at=at, actor=actor)
    return tenant


def reserve_tenant(*, name: str, at: datetime, language: str, zone: str, sandbox_of: Tenant | None = None) -> Tenant:
    """
    Give a tenant its id, so that documents can name it before a job furnishes it as that tenant.

    sandbox_of  whose test tenant it is, kept where the company's own data is; in an installation for tests all are one
    """
    stage = Tenant.Stage.TEST if sandbox_of else _stage()
    return Tenant.objects.create(
        name=name, language=language, zone=zone, created_at=at, stage=stage, sandbox_of=sandbox_of,
        kept_under=sandbox_of.kept_under if sandbox_of else [],
    )  # fmt: skip


def found_house(*, name: str, at: datetime, actor: Actor, language: str = "de", zone: str = "Europe/Berlin") -> Tenant:
    """Make the one tenant that is the provider itself; a second one is refused by the database."""
    tenant = Tenant.objects.create(
        name=name, is_house=True, language=language, zone=zone, created_at=at, stage=_stage()
    )
    with as_tenant(tenant.pk):
        furnish(tenant, at=at, actor=actor)
    return tenant


def furnish(tenant: Tenant, *, at: datetime, actor: Actor) -> Role:
    """Give the current tenant its event stream and the role that may do everything; repeating it changes nothing."""
    EventStream.objects.get_or_create()
    role, made = Role.objects.get_or_create(everything=True, defaults={"name": ADMINISTRATOR[tenant.language]})
    if made:
        record("kernel.tenant_founded", tenant, at=at, actor=actor)
    return role


def open_site(*, name: str, at: datetime, actor: Actor, zone: str, **address: str) -> Site:
    """Add a place of business: street, postcode, city and country are optional."""
    site = Site.objects.create(name=name, zone=zone, **address)
    record("kernel.site_opened", site, at=at, actor=actor, after={"name": name, "zone": zone, **address})
    return site


def _stage() -> str:
    return Tenant.Stage.TEST if settings.KONTOR_STAGE == "test" else Tenant.Stage.PRODUCTION
