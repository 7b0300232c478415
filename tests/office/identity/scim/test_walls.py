"""Every address and method of SCIM, called by whom it is none of their business, and with keys of another company."""

import uuid
from typing import Any

import pytest
from django.utils import timezone

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Membership
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.actions.scim_tokens import make_token, revoke_token
from kontor.office.identity.models import IdentityProvider, ProvisionedGroup, ProvisionedUser, ScimToken
from tests.config.every_address import Address, addresses
from tests.office.identity.scim.calling import GROUP, PATCH, Directory, directory, person
from tests.people import administrator, make_tenant

pytestmark = pytest.mark.django_db
ROUTES = [each for each in addresses() if each.path.startswith("/scim/v2/")]
NAMING = [each for each in ROUTES if "thing" in each.rows]
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
NO_ROW = uuid.UUID(int=1)
BODIES: dict[str, Any] = {
    "POST": person("mara"),
    "PUT": person("mara"),
    "PATCH": {"schemas": [PATCH], "Operations": [{"op": "replace", "path": "active", "value": False}]},
}


def brought(name: str, **given: Any) -> tuple[Directory, str, str]:
    """Return a company's directory, somebody whom it brought and a group of it."""
    tenant = make_tenant(name)
    administrator(tenant, f"jana@{name.lower()}.example")
    made = directory(tenant, domain=f"{name.lower()}.example", **given)
    address = f"ben@{name.lower()}.example"
    somebody = made.brings("ben", externalId="ben", userName=address, emails=[{"primary": True, "value": address}])
    status, group = made.call("POST", "/Groups", {"schemas": [GROUP], "displayName": "Sales", "members": []})
    assert status == 201, group
    return made, somebody, str(group["id"])


def rows(theirs: Directory) -> list[list[Any]]:
    """Return what a call could change in a company: the people, the groups, what was called and when."""
    with as_tenant(theirs.tenant.pk):
        tables = (Membership, ProvisionedUser, ProvisionedGroup, ScimToken, IdentityProvider)
        return [list(table.objects.order_by("pk").values()) for table in tables]


def answers(
    caller: Directory, provider: IdentityProvider, thing: str, routes: list[Address]
) -> dict[tuple[str, str], tuple[int, bytes]]:
    """Call addresses of a provider by each method; return status and body."""
    asked: dict[tuple[str, str], tuple[int, bytes]] = {}
    aimed = Directory(caller.tenant, provider, caller.token, caller.client)
    for route in routes:
        path = route.filled({"provider_id": provider.pk, "thing": uuid.UUID(thing)})
        for method in METHODS:
            answer = aimed.answer(method, path.removeprefix(f"/scim/v2/{provider.pk}"), BODIES.get(method))
            asked[route.path, method] = (answer.status_code, answer.content)
    return asked


def test_a_token_opens_no_address_of_another_companys_provider():
    alder = brought("Alder")[0]
    birke, ben, _group = brought("Birke", issuer="https://birke.example", kind="GENERIC")
    before = rows(birke)
    with as_tenant(alder.tenant.pk):
        revoked, secret = make_token(alder.provider.pk, at=timezone.now(), actor=MACHINE)
        revoke_token(revoked.pk, at=timezone.now(), actor=MACHINE)

    callers = {
        "other company's": (alder, birke),
        "revoked": (Directory(alder.tenant, alder.provider, secret), alder),
    }
    for who, (caller, asked_of) in callers.items():
        asked = answers(caller, asked_of.provider, ben, ROUTES)
        assert (who, {status for status, _ in asked.values()}) == (who, {401})
        assert len(asked) == len(ROUTES) * len(METHODS)

    assert rows(birke)[:4] == before[:4]  # the provider itself keeps what was called
    assert len(ROUTES) > 10


def test_keys_of_another_companys_people_and_groups_are_keys_of_nobody():
    alder = brought("Alder")[0]
    birke, ben, sales = brought("Birke", issuer="https://birke.example", kind="GENERIC")
    before = rows(birke)

    def at_rows(thing: str) -> dict[tuple[str, str], tuple[int, bytes]]:
        asked = answers(alder, alder.provider, thing, NAMING)
        return {at: (status, body.replace(thing.encode(), b"")) for at, (status, body) in asked.items()}

    nobodys = at_rows(str(NO_ROW))
    assert at_rows(ben) == at_rows(sales) == nobodys
    assert {status for status, _ in nobodys.values()} == {404, 405}
    assert {nobodys[route.path, "GET"][0] for route in NAMING} == {404}
    assert rows(birke) == before
