"""A directory that calls: its token, its address, and the bodies that Entra ID and Okta are documented to send."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from django.utils import timezone

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Membership, RecordEntry, Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.actions.scim_tokens import make_token, switch_provisioning
from kontor.office.identity.models import IdentityProvider, ProvisionedUser
from tests.office.identity.provider.set_up import own, trust

DIRECTORY = "1b2c3d4e-0000-4000-8000-000000000001"
ANNA = "0f0f0f0f-1111-4111-8111-111111111111"
ENTRA: dict[str, Any] = {
    "kind": "ENTRA", "entra_tenant": DIRECTORY, "issuer": f"https://login.microsoftonline.com/{DIRECTORY}/v2.0",
}  # fmt: skip
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


@dataclass
class Directory:
    """A provider whose directory calls with a token."""

    tenant: Tenant
    provider: IdentityProvider
    token: str
    client: Client = field(default_factory=Client)

    def call(self, method: str, path: str, told: Any = None, **headers: str) -> tuple[int, Any]:
        """Call and return status and body, None where there is none."""
        answer = self.answer(method, path, told, **headers)
        return answer.status_code, json.loads(answer.content) if answer.content else None

    def answer(self, method: str, path: str, told: Any = None, **headers: str) -> Any:
        body = "" if told is None else told if isinstance(told, str) else json.dumps(told)
        given = {"content_type": "application/scim+json", "HTTP_ACCEPT_LANGUAGE": "en"} | headers
        if self.token:
            given["HTTP_AUTHORIZATION"] = f"Bearer {self.token}"
        return self.client.generic(method, f"/scim/v2/{self.provider.pk}{path}", body, **given)  # type: ignore[arg-type]

    def patch(self, path: str, *operations: dict[str, Any], **headers: str) -> tuple[int, Any]:
        return self.call("PATCH", path, {"schemas": [PATCH], "Operations": list(operations)}, **headers)

    def brings(self, name: str, **more: Any) -> str:
        """Bring somebody and return their id."""
        status, made = self.call("POST", "/Users", person(name, **more))
        assert status == 201, made
        return str(made["id"])

    def member(self, person_id: str) -> Membership:
        with as_tenant(self.tenant.pk):
            return ProvisionedUser.objects.select_related("membership__user").get(pk=person_id).membership

    def entries(self, verb: str) -> list[RecordEntry]:
        with as_tenant(self.tenant.pk):
            return list(RecordEntry.objects.filter(verb=verb))


def directory(tenant: Tenant, *, domain: str = "alder.example", **given: Any) -> Directory:
    """Let a provider of a tenant bring people: Entra ID unless told otherwise."""
    told = ENTRA | given
    provider = trust(tenant, told.pop("issuer"), **told)
    if domain:
        own(tenant, domain)
    token = token_of(tenant, provider)
    with as_tenant(tenant.pk):
        return Directory(tenant, IdentityProvider.objects.get(pk=provider.pk), token)


def token_of(tenant: Tenant, provider: IdentityProvider) -> str:
    with as_tenant(tenant.pk):
        switch_provisioning(provider.pk, on=True, at=timezone.now(), actor=MACHINE)
        return make_token(provider.pk, at=timezone.now(), actor=MACHINE)[1]


def person(name: str, **more: Any) -> dict[str, Any]:
    """Return somebody as Entra ID brings them: with what is kept here and what is not."""
    return {
        "schemas": [USER, ENTERPRISE],
        "externalId": ANNA if name == "anna" else "",
        "userName": f"{name.capitalize()}@alder.example",
        "active": True,
        "displayName": f"{name.capitalize()} Alder",
        "emails": [{"primary": True, "type": "work", "value": f"{name.capitalize()}@alder.example"}],
        "meta": {"resourceType": "User"},
        "name": {"formatted": f"{name.capitalize()} Alder", "familyName": "Alder", "givenName": name.capitalize()},
        "preferredLanguage": "en-GB",
        "roles": [],
        "phoneNumbers": [{"primary": True, "type": "mobile", "value": "+49 170 000"}],
        ENTERPRISE: {"department": "Sales"},
    } | more
