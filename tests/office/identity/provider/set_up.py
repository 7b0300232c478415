"""Tenants that trust a directory, and people who come by it."""

from typing import Any

from django.test import Client

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Membership, Role, Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.actions import providers
from kontor.office.identity.models import ClaimedDomain, Entrance, ExternalIdentity, IdentityProvider, User
from tests.factories import AT
from tests.office.identity.provider.certified import Certified
from tests.office.identity.provider.free import Free

DONE: Any = {"at": AT, "actor": MACHINE}


def trust(
    tenant: Tenant, issuer: str, *, secret: str = "hush", name: str = "Alder account",  # noqa: S107  it opens nothing
    **given: Any,
) -> IdentityProvider:  # fmt: skip
    """Set a provider up, tested and switched on."""
    with as_tenant(tenant.pk):
        made = providers.add_provider(protocol="OIDC", kind=given.pop("kind", "GENERIC"), name=name, **DONE)
        told = {"issuer": issuer, "client_id": "kontor", "client_secret": secret, **given}
        providers.change_provider(made.pk, **told, **DONE)
        providers.note_test(made.pk, **DONE)
        return providers.switch_provider(made.pk, active=True, **DONE)


def trust_certified(
    tenant: Tenant, certified: Certified, *, signed_out: str = "", after: str = "", **given: Any
) -> IdentityProvider:  # fmt: skip
    """Register with the certified provider under the addresses that a new provider has, as a person would."""
    made = trust(tenant, certified.issuer, **given)
    known = certified.register(f"http://testserver/sign-in/with/{made.pk}/back/", signed_out=signed_out, after=after)
    with as_tenant(tenant.pk):
        told = {"client_id": known["client_id"], "client_secret": known["client_secret"]}
        providers.change_provider(made.pk, **told, **DONE)
        providers.note_test(made.pk, **DONE)
        return providers.switch_provider(made.pk, active=True, **DONE)


def own(tenant: Tenant, domain: str = "alder.example") -> None:
    """Prove a domain, as if its record had been seen."""
    with as_tenant(tenant.pk):
        ClaimedDomain.objects.create(domain=domain, token="seen", claimed_at=AT, verified_at=AT)
        Entrance.objects.create(kind="DOMAIN", name=domain, tenant=tenant)


def rules(provider: IdentityProvider, **roles: Role) -> None:
    with as_tenant(provider.tenant_id):
        providers.set_rules(provider.pk, rules=list(roles.items()), **DONE)


def known(provider: IdentityProvider, user: User, subject: str) -> None:
    with as_tenant(provider.tenant_id):
        ExternalIdentity.objects.create(
            provider=provider, issuer=provider.issuer, subject=subject, user=user, connected_at=AT
        )


def roles_of(tenant: Tenant, user: User) -> list[str]:
    with as_tenant(tenant.pk):
        member = Membership.objects.get(user=user)
        return sorted(member.assignments.values_list("role__name", flat=True))


def come(client: Client, certified: Certified, provider: IdentityProvider, **query: str) -> Any:
    """Sign in by the certified provider, as a browser does."""
    asked = client.get(f"/sign-in/with/{provider.pk}/", query)
    assert asked.status_code == 302, asked.content
    return client.get(certified.sign_in(asked["Location"]).removeprefix("http://testserver"))


def answer(client: Client, free: Free, provider: IdentityProvider, **claims: Any) -> Any:
    """Sign in by the free directory, whose token says `claims`; the nonce is the one we asked with unless told."""
    client.get(f"/sign-in/with/{provider.pk}/")
    flow = client.session["sso_flows"][-1]
    if "token" in claims:
        free.says = {"id_token": claims["token"]}
    else:
        free.says = {"id_token": free.token(**{"nonce": flow["nonce"], **claims}), "access_token": "seen"}
    return client.get(f"/sign-in/with/{provider.pk}/back/", {"code": "once", "state": flow["state"]})


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session
