"""What somebody has beside the password: an authenticator app, passkeys, recovery codes."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, QuerySet

from kontor.kernel.models import AccessPolicy, Membership, RoleAssignment
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.models import User

KINDS: Final = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)  # recovery codes replace one, they are none


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey: on a phone, in a computer or on a key."""

    id: int
    name: str
    since: datetime
    last_used_at: datetime | None

    @property
    def mark(self) -> str:
        """What its parts of a page are called by."""
        return str(self.id)


@dataclass(frozen=True, slots=True)
class Factors:
    """
    What a person has beside the password.

    app_since   since when an authenticator app is set up, None without one
    codes_left  recovery codes that are good still; None where none were made
    """

    app_since: datetime | None
    app_last_used_at: datetime | None
    passkeys: Sequence[Passkey]
    codes_left: int | None

    @property
    def any(self) -> bool:
        """Whether there is a second factor at all."""
        return self.app_since is not None or bool(self.passkeys)


def factors_of(person: uuid.UUID) -> Factors:
    """Return what a person has; one query."""
    rows = list(Authenticator.objects.filter(user_id=person).order_by("created_at", "pk"))
    app = next((row for row in rows if row.type == Authenticator.Type.TOTP), None)
    codes = next((row for row in rows if row.type == Authenticator.Type.RECOVERY_CODES), None)
    passkeys = [
        Passkey(row.pk, row.data["name"], row.created_at, row.last_used_at)
        for row in rows
        if row.type == Authenticator.Type.WEBAUTHN
    ]
    return Factors(
        app.created_at if app else None,
        app.last_used_at if app else None,
        passkeys,
        len(codes.wrap().get_unused_codes()) if codes else None,
    )


def has_factor(person: uuid.UUID) -> bool:
    """Tell whether a person has a second factor; one query."""
    return bool(Authenticator.objects.filter(user_id=person, type__in=KINDS).exists())


def is_offered_a_factor(person: uuid.UUID, tenant: str | None) -> bool:
    """Tell whether somebody who begins to work in a tenant has no second factor and was told that one is up to them."""
    if tenant is None:
        return False
    with as_tenant(uuid.UUID(tenant)):
        optional = Membership.objects.filter(user_id=person, second_factor=AccessPolicy.SecondFactor.OPTIONAL).exists()
    return optional and not has_factor(person)


def with_factor(members: QuerySet[Any]) -> QuerySet[Any]:
    """Return members with `has_factor`, in the same query."""
    own = Authenticator.objects.filter(user_id=OuterRef("user_id"), type__in=KINDS)
    found: QuerySet[Any] = with_role_demand(members).annotate(has_factor=Exists(own))
    return found


def with_role_demand(members: QuerySet[Any]) -> QuerySet[Any]:
    """Return members with `role_demands`, whether one of their roles demands a second factor, in the same query."""
    strict = RoleAssignment.objects.filter(membership=OuterRef("pk"), role__second_factor=True)
    found: QuerySet[Any] = members.annotate(role_demands=Exists(strict))
    return found


def demanded(membership: Any, policy: AccessPolicy) -> str:
    """
    Return what a member, made by `with_role_demand`, is asked for: "OFF", "OPTIONAL" or "MANDATORY".

    A role that demands it comes first, then what is set for the person, then what is for everybody.
    """
    if membership.role_demands:
        return AccessPolicy.SecondFactor.MANDATORY
    own: str = membership.second_factor or policy.second_factor
    return own


def passkey_of(user: User, passkey: int) -> Authenticator:
    """Return a person's own passkey; Authenticator.DoesNotExist for anybody else's."""
    return Authenticator.objects.get(pk=passkey, user=user, type=Authenticator.Type.WEBAUTHN)
