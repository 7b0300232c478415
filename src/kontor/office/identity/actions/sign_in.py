"""Where every way of signing in ends: password, passkey, OIDC, SAML."""

import uuid
from datetime import datetime
from typing import Final

from django.http import HttpRequest

from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.models import Membership
from kontor.kernel.requests import PASSED, PROVED_AT
from kontor.kernel.sessions import METHOD, TENANT as SESSION_TENANT
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.models import User
from kontor.office.identity.queries import tenants_of

FACTOR_AT: Final = "factor_at"
PASSWORD: Final = "password"  # noqa: S105  the name of a way in


def signed_in(request: HttpRequest, user: User, method: str, *, second_factor: bool, address: str | None) -> None:
    """
    Begin the session of somebody who has just shown who they are; the caller has made it theirs (`login`).

    The session's key is another from now on, its time counts anew, and where the person works in one tenant alone they
    are in it; where a tenant was chosen before, in that one if they may. The tenant's record says that they came.

    method         "password", "passkey", "oidc:<provider>", "saml:<provider>"
    second_factor  something they have was shown too, here or where the provider says so
    """
    at: datetime = request.at  # type: ignore[attr-defined]
    session = request.session
    session.cycle_key()
    session[METHOD] = method
    session[PROVED_AT] = at.isoformat()
    for left in (FACTOR_AT, PASSED):
        session.pop(left, None)
    if second_factor:
        session[FACTOR_AT] = at.isoformat()
    session.begin(agent=request.headers.get("User-Agent", ""), address=address, at=at)  # type: ignore[attr-defined]
    tenant = _tenant(user, session.get(SESSION_TENANT), at=at)
    if tenant is None:
        session.pop(SESSION_TENANT, None)
        return
    session[SESSION_TENANT] = str(tenant)
    note_coming(user, tenant, method=method, second_factor=second_factor, at=at)


def note_coming(user: User, tenant: uuid.UUID, *, method: str, second_factor: bool, at: datetime) -> None:
    """Record in a tenant that a person begins to work there, and how they showed who they are."""
    with as_tenant(tenant):
        member = Membership.objects.get(user_id=user.pk)
        shown = {"method": method, "second_factor": second_factor}
        record("identity.signed_in", member, at=at, actor=Actor.person(user), after=shown)


def _tenant(user: User, chosen: str | None, *, at: datetime) -> uuid.UUID | None:
    """Where the person begins to work: the tenant chosen before, the only one, or none while there is a choice."""
    mine = [tenant.pk for tenant in tenants_of(user.pk, at=at)]
    if chosen is not None and uuid.UUID(chosen) in mine:
        return uuid.UUID(chosen)
    return mine[0] if len(mine) == 1 else None
