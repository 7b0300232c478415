"""Reads about single sign-on: where an address leads, who is trusted, and whom a provider's word lets in."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kontor.kernel.models import AccessPolicy, Membership
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.models import (
    BreakGlass,
    ClaimedDomain,
    Entrance,
    ExternalIdentity,
    IdentityProvider,
    ProvisionedUser,
)
from kontor.office.identity.queries import here, tenants_of


@dataclass(frozen=True, slots=True)
class Way:
    """A provider that somebody may sign in by: its tenant, its name, and whether it is the only way there."""

    provider: uuid.UUID
    protocol: str
    name: str
    tenant: uuid.UUID
    only: bool


def domain_of(email: str) -> str:
    """Return an address's domain as it is written in DNS; "" for what is no address."""
    name, at_sign, domain = email.strip().lower().rpartition("@")
    try:
        return domain.encode("idna").decode() if name and at_sign else ""
    except UnicodeError:
        return ""


def ways_in(email: str) -> Sequence[Way]:
    """
    Return the providers that sign people of an address's domain in; works outside any tenant.

    It looks at the domain alone, so it tells nothing about who has an account.
    """
    domain = domain_of(email)
    found = Entrance.objects.filter(kind=Entrance.Kind.DOMAIN, name=domain).first() if domain else None
    return ways_of(found.tenant_id) if found else []


def ways_of(tenant: uuid.UUID) -> Sequence[Way]:
    """Return the providers by which people may sign in to a tenant, by name."""
    with as_tenant(tenant):
        only = AccessPolicy.objects.filter(sso_only=True).exists()
        rows = IdentityProvider.objects.filter(active=True).order_by("name").values_list("pk", "protocol", "name")
        return [Way(pk, protocol, name, tenant, only) for pk, protocol, name in rows]


def closed_to_passwords(user_id: uuid.UUID, *, at: datetime) -> Sequence[Way]:
    """
    Return how a person signs in instead, where every tenant they work in takes single sign-on only; else nothing.

    Who is named for emergencies may still use a password, and says why on the next page.
    """
    ways: list[Way] = []
    for tenant in tenants_of(user_id, at=at):
        with as_tenant(tenant.pk):
            if not AccessPolicy.objects.filter(sso_only=True).exists() or may_break_glass(user_id):
                return []
        ways += ways_of(tenant.pk)
    return ways


def may_break_glass(user_id: uuid.UUID) -> bool:
    """Tell whether a person may come into the current tenant with a password while single sign-on is enforced."""
    return BreakGlass.objects.filter(membership__user_id=user_id).exists()


def tenant_of_provider(provider: uuid.UUID) -> uuid.UUID | None:
    """Return whose a provider is, None where there is none; works outside any tenant."""
    found = Entrance.objects.filter(kind=Entrance.Kind.PROVIDER, name=str(provider)).first()
    return found.tenant_id if found else None


def is_own_domain(email: str) -> bool:
    """Tell whether an address lies in a domain that the current tenant has proved to be its own."""
    return ClaimedDomain.objects.filter(domain=domain_of(email), verified_at__isnull=False).exists()


def not_connected(*, at: datetime) -> Sequence[Membership]:
    """Return the members whom no provider knows or awaits yet, by name: with it as the only way they had none in."""
    known = ExternalIdentity.objects.values("user_id")
    awaited = ProvisionedUser.objects.filter(made_here=True, deleted_at=None).values("membership_id")
    spared = BreakGlass.objects.values("membership_id")
    rows = Membership.objects.select_related("user").exclude(user_id__in=known).exclude(pk__in=spared)
    rows = rows.exclude(pk__in=awaited)
    return list(rows.filter(here(at)).order_by("user__name", "pk"))
