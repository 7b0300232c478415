"""
A person of the house as a tenant's guest: whether they may look now, and with what rights.

The session stays the house's; beside its tenant it carries the key of the grant. Everything is asked anew with every
request, so that a grant that ended, and a person who left the house or was locked, opens nothing more.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q

from kontor.kernel import registry
from kontor.kernel.models import Entitlement, SupportGrant, Tenant
from kontor.kernel.registry import Permission
from kontor.kernel.sessions import TENANT
from kontor.kernel.standing import Entry, Standing

GRANT: Final = "support"  # the session's key for the tenant and the grant of a guest
LOOK: Final = "identity.support"  # what a person of the house needs
KIND: Final = "SUPPORT"
# keys of the API, more of this, and pictures of identity documents, whose every look is written down
NEVER: Final = frozenset({"identity.api", "identity.grant_support", "documents.proofs"})


@dataclass(frozen=True, slots=True)
class Guest:
    """Under which grant a request looks at a tenant, and until when."""

    grant: uuid.UUID
    until: datetime


def begin_looking(session: Any, grant: SupportGrant) -> None:
    """Let a session of the house look at the tenant of a grant from its next request on."""
    session[GRANT] = f"{grant.tenant_id}/{grant.pk}"


def end_looking(session: Any) -> None:
    """Let a session be the house's alone again."""
    session.pop(GRANT, None)


def looked_at_by(session: Any) -> tuple[uuid.UUID, uuid.UUID] | None:
    """Return the keys of the tenant and of the grant that a session looks through, None for one that looks nowhere."""
    if TENANT not in session or GRANT not in session:
        return None
    tenant, _, grant = session[GRANT].partition("/")
    return uuid.UUID(tenant), uuid.UUID(grant)


def standing_grant(grant: uuid.UUID, *, house: uuid.UUID, at: datetime) -> SupportGrant | None:
    """Return a grant of the current tenant that holds for this house at this moment, None otherwise."""
    given = SupportGrant.objects.filter(pk=grant, house=house, granted_at__lte=at, ended_at=None, until__gt=at)
    return given.first()


def guest_standing(tenant: Tenant, grant: SupportGrant, *, at: datetime) -> Standing:
    """Return what a guest may do in the current tenant: look at the pages of the grant's permissions, nothing else."""
    today = at.astimezone(ZoneInfo(tenant.zone)).date()
    begun = Entitlement.objects.filter(Q(until_on=None) | Q(until_on__gt=today), from_on__lte=today)
    entitled = begun.values_list("module", flat=True).distinct()
    granted = frozenset(grant.permissions) & {one.key for one in grantable()}
    return Standing(
        tenant, grant.pk, everything=False, permissions=granted, modules=frozenset(entitled), entry=Entry(kind=KIND)
    )


def grantable() -> list[Permission]:
    """Return the permissions whose pages a customer can open to the house, in the modules' order."""
    every = (permission for module in registry.modules() for permission in module.permissions)
    return [one for one in every if registry.meant_for(one.audience, is_house=False) and one.key not in NEVER]


def keep_from_writing() -> None:
    """Have the database refuse every write until the end of this transaction; what was written is checked now."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET TRANSACTION READ ONLY")


def wrote(error: Exception) -> bool:
    """Tell whether an exception says that something was to be written where the database keeps from it."""
    return getattr(error.__cause__, "sqlstate", "") == "25006"  # read_only_sql_transaction, PostgreSQL appendix A
