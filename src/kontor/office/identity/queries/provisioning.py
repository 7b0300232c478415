"""Reads about people and groups that a directory brings: how they are told to it, and what they mean here."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import BooleanField, Case, QuerySet, Value, When
from django.db.models.functions import Now

from kontor.kernel.links import absolute
from kontor.kernel.models import Lock, Membership
from kontor.kernel.rows import TenantQuerySet
from kontor.kernel.tenancy import as_person, current_tenant
from kontor.office.identity.models import (
    IdentityProvider,
    ProvisionedGroup,
    ProvisionedMember,
    ProvisionedUser,
    ScimToken,
)
from kontor.office.identity.models.single_sign_on import EVERYBODY
from kontor.office.identity.queries import here
from kontor.office.identity.queries.saml import SamlDetails

CREDENTIAL: Final = "identity.scim"
USER: Final = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP: Final = "urn:ietf:params:scim:schemas:core:2.0:Group"
_FLAG: Final = BooleanField()


@dataclass(frozen=True, slots=True)
class Told:
    """A resource as a directory reads it, and its version (RFC 7644, 3.14)."""

    resource: dict[str, Any]
    version: int

    @property
    def tag(self) -> str:
        """How HTTP names the version."""
        return f'W/"{self.version}"'


def people(provider: IdentityProvider) -> QuerySet[ProvisionedUser]:
    """Return whom a provider brought and did not take away, with `is_active`: whether they are in now."""
    inside = here(Now(), "membership__")
    active = Case(When(inside, active=True, then=Value(value=True)), default=Value(value=False), output_field=_FLAG)
    rows: QuerySet[ProvisionedUser] = ProvisionedUser.objects.filter(provider=provider, deleted_at=None)
    rows = rows.select_related("membership").order_by("made_at", "pk")
    return rows.annotate(is_active=active)


def groups(provider: IdentityProvider) -> QuerySet[ProvisionedGroup]:
    """Return the groups that a provider brought."""
    return ProvisionedGroup.objects.filter(provider=provider).order_by("made_at", "pk")


def told_people(provider: IdentityProvider, rows: Sequence[ProvisionedUser], *, at: datetime) -> list[Told]:
    """Return people as the directory reads them, with their groups; one query for all of them."""
    found = ProvisionedMember.objects.filter(person__in=rows).select_related("group").order_by("group__name", "pk")
    by_person: dict[uuid.UUID, list[ProvisionedGroup]] = {}
    for each in found if rows else ():
        by_person.setdefault(each.person_id, []).append(each.group)
    root = absolute("scim", provider.pk)
    return [Told(_person(row, by_person.get(row.pk, []), root, at), row.version) for row in rows]


def told_groups(provider: IdentityProvider, rows: Sequence[ProvisionedGroup], *, members: bool) -> list[Told]:
    """Return groups as the directory reads them; one query for all of their members, none where they are left out."""
    by_group: dict[uuid.UUID, list[ProvisionedUser]] = {}
    if members and rows:
        found = ProvisionedMember.objects.filter(group__in=rows).select_related("person").order_by("person__user_key")
        for each in found:
            by_group.setdefault(each.group_id, []).append(each.person)
    root = absolute("scim", provider.pk)
    return [Told(_group(row, by_group.get(row.pk, []), root, members=members), row.version) for row in rows]


def is_in(row: ProvisionedUser, *, at: datetime) -> bool:
    """Tell whether somebody whom a directory brought is in at a moment: it says so, and nobody here ended it."""
    until = row.membership.until
    return row.active and (until is None or until > at)


def subject_at(provider: IdentityProvider, external_id: str) -> str:
    """
    Return by what a provider's sign-in names the person whom its provisioning names so; "" where that is not known.

    Entra ID names directory and object: it must send the object's id. Others send what they sign in with.
    """
    if not external_id or not provider.issuer:
        return ""
    if not provider.entra_tenant:
        named = provider.protocol == IdentityProvider.Protocol.SAML and SamlDetails.of(provider).subject_attribute
        return "" if named else external_id
    try:
        return f"{provider.entra_tenant}.{uuid.UUID(external_id)}"
    except ValueError:
        return ""


def works_elsewhere(user_id: uuid.UUID) -> bool:
    """Tell whether a person works, or worked, for another tenant too, so that no directory may change their account."""
    tenant = current_tenant()
    with as_person(user_id):
        mine = TenantQuerySet[Membership](Membership).filter(user_id=user_id)
        return mine.exclude(tenant_id=tenant).exists()


def values_of(people: Collection[uuid.UUID]) -> Mapping[uuid.UUID, frozenset[str]]:
    """Return the values that role rules are held against, for each of these people: their groups' names and ids."""
    found: dict[uuid.UUID, set[str]] = {each: {EVERYBODY} for each in people}
    rows = ProvisionedMember.objects.filter(person__in=people)
    for person, name, external in rows.values_list("person_id", "group__name", "group__external_id"):
        found[person] |= {name, external} - {""}
    return {person: frozenset(values) for person, values in found.items()}


def is_provisioned(provider: IdentityProvider, membership: Membership) -> bool:
    """Tell whether a member's roles come from groups that the provider brings, and not from its claims."""
    rows = ProvisionedUser.objects.filter(provider=provider, membership=membership, deleted_at=None)
    return provider.provisions and rows.exists()


def live_tokens(provider: IdentityProvider, *, at: datetime) -> list[ScimToken]:
    """Return the tokens that open something, the newest first."""
    rows = ScimToken.objects.filter(provider=provider, revoked_at=None, ends_at__gt=at)
    return list(rows.order_by("-made_at", "-pk"))


def is_locked(*, at: datetime) -> bool:
    """Tell whether the whole tenant's access is locked."""
    return Lock.objects.filter(membership=None, lifted_at=None, effective_at__lte=at).exists()


def _person(row: ProvisionedUser, in_groups: Iterable[ProvisionedGroup], root: str, at: datetime) -> dict[str, Any]:
    name = {"formatted": row.display_name, "givenName": row.given_name, "familyName": row.family_name}
    told = {
        "schemas": [USER],
        "id": str(row.pk),
        "externalId": row.external_id,
        "userName": row.user_name,
        "name": {part: value for part, value in name.items() if value},
        "displayName": row.display_name,
        "emails": [{"value": row.email, "type": "work", "primary": True}] if row.email else [],
        "preferredLanguage": row.language,
        "active": is_in(row, at=at),
        "groups": [
            {"value": str(each.pk), "display": each.name, "$ref": f"{root}/Groups/{each.pk}"} for each in in_groups
        ],
        "meta": _meta("User", row, f"{root}/Users/{row.pk}"),
    }
    return {part: value for part, value in told.items() if value not in ("", [], {})}


def _group(
    row: ProvisionedGroup, inside: Iterable[ProvisionedUser], root: str, *, members: bool
) -> dict[str, Any]:  # fmt: skip
    told = {"schemas": [GROUP], "id": str(row.pk), "externalId": row.external_id, "displayName": row.name}
    listed = [
        {"value": str(each.pk), "display": each.display_name or each.user_name, "$ref": f"{root}/Users/{each.pk}"}
        for each in inside
    ]
    more = {"members": listed} if members else {}
    return (
        {part: value for part, value in told.items() if value}
        | more
        | {"meta": _meta("Group", row, f"{root}/Groups/{row.pk}")}
    )


def _meta(kind: str, row: ProvisionedUser | ProvisionedGroup, address: str) -> dict[str, str]:
    return {
        "resourceType": kind,
        "created": row.made_at.isoformat(),
        "lastModified": row.changed_at.isoformat(),
        "location": address,
        "version": f'W/"{row.version}"',
    }
