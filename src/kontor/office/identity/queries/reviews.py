"""When everybody's rights are to be looked through again, and what such a review looks at."""

import hashlib
import json
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from kontor.kernel.models import AccessPolicy, Membership, RoleAssignment, Tenant
from kontor.kernel.tenancy import current_tenant
from kontor.office.identity.models import RightsReview
from kontor.office.identity.queries.grants import grants
from kontor.rulebook.period import Months, add_months

QUARTER: Final = 3  # months: how often rights are reviewed where the tenant has set nothing else


@dataclass(frozen=True, slots=True)
class Due:
    """When the next review is due, how often there is one, and whether its day has come."""

    on: date
    months: int
    last: RightsReview | None
    is_due: bool


def review_due(*, at: datetime) -> Due:
    """Return when rights are to be reviewed: so many months after the last time, or after the first person came."""
    tenant = Tenant.objects.get(pk=current_tenant())
    zone = ZoneInfo(tenant.zone)
    last = RightsReview.objects.order_by("-at").first()
    months = AccessPolicy.objects.values_list("review_months", flat=True).first() or QUARTER
    begin = last.at if last else Membership.objects.order_by("since").values_list("since", flat=True).first()
    on = add_months((begin or tenant.created_at).astimezone(zone).date(), months, rule=Months.CLAMPING)
    return Due(on, months, last, at.astimezone(zone).date() >= on)


def told(grant: RoleAssignment, *, kept: bool) -> dict[str, Any]:
    """Return a grant as a review keeps it."""
    until = grant.membership.until
    return {
        "grant": str(grant.pk),
        "person": grant.membership.user.name,
        "email": grant.membership.user.email,
        "kind": grant.membership.kind,
        "contract": grant.membership.consulting_contract,
        "until": until.isoformat() if until else "",
        "role": grant.role.name,
        "site": grant.site.name if grant.site else "",
        "everything": grant.role.everything,
        "rights": sorted(grant.role.permissions),
        "kept": kept,
    }


def digest(kept: Sequence[dict[str, Any]]) -> bytes:
    """Return the SHA-256 over the grants of a review, as canonical JSON: what its signature refers to."""
    plain = json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).digest()


def stands(*, at: datetime) -> str:
    """Return a mark of every grant as it stands: another one means that something changed meanwhile."""
    rows = [told(grant, kept=True) for grant in grants(at=at)]
    return digest(rows).hex()


def ended(rows: Collection[RoleAssignment], keep: Collection[uuid.UUID]) -> list[RoleAssignment]:
    """Return the grants that a review does not keep."""
    return [grant for grant in rows if grant.pk not in keep]
