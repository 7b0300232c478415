"""
Telling a site's access-control system who may pass: as a visit is allowed, moved, given a card, and over.

Each call says the whole state, so that one that was lost is made good by the next; whoever is told twice is told the
same. The state is read as the call is made: a grant that could not be delivered before its visitor left is a
revocation by then, or nothing.
"""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from kontor.kernel.actions.queue import queue_many
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.models import Site
from kontor.kernel.tenancy import current_tenant
from kontor.kernel.webhook_signing import headers, new_secret
from kontor.kernel.webhook_transport import AddressRefusedError, target_of
from kontor.products.visitors.formats.access_calls import Rights, body_of
from kontor.products.visitors.models import AccessGrant, AccessSystem, Visit
from kontor.products.visitors.queries.codes import rules_of
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

TELL: Final = "visitors.tell_access"
CLAUSE: Final = "Anlage 1, 1.5"
# what happened to a visit that changes what its visitor may open
CHANGES: Final = frozenset({
    "invited", "allowed", "moved", "cancelled", "refused", "checked_in", "left", "assumed_out", "missed", "card_out",
    "card_revoked",
})  # fmt: skip
_MAY: Final = frozenset({Visit.State.EXPECTED, Visit.State.IN})


class SystemRefusedError(RefusalError):
    """Nothing was changed about an access-control system."""


@dataclass(frozen=True, slots=True)
class Call:
    """One attempt, ready to be sent."""

    grant: uuid.UUID
    revision: int
    attempt: int
    address: str
    body: bytes
    headers: dict[str, str]


@transaction.atomic
def keep_system(site: Site, address: str, *, at: datetime, actor: Actor) -> AccessSystem:
    """Tell a site's access-control system at this address from now on; SystemRefusedError for one that must not be."""
    try:
        target_of(address)
    except AddressRefusedError as refused:
        raise SystemRefusedError(
            Text(
                "Diese Adresse geht nicht: Sie muss mit https:// beginnen und im öffentlichen Netz liegen.",
                "This address cannot be used: it must begin with https:// and lie in the public internet.",
            )
        ) from refused
    row = AccessSystem.objects.select_for_update().filter(site=site, removed_at=None).first()
    row = row or AccessSystem(site=site, secret=new_secret())
    row.address, row.problem = address, ""
    row.save()
    record("visitors.access_system_kept", row, at=at, actor=actor, clause=CLAUSE, after={"site": site.name})
    return row


@transaction.atomic
def remove_system(system_id: uuid.UUID, *, at: datetime, actor: Actor) -> None:
    """Tell a system nothing more; it is told nothing of that either, since what it knows runs out by itself."""
    row = AccessSystem.objects.select_for_update().get(pk=system_id, removed_at=None)
    row.removed_at = at
    row.save(update_fields=["removed_at"])
    record("visitors.access_system_removed", row, at=at, actor=actor, clause=CLAUSE)


def tell_of(visits: Sequence[Visit], kind: str) -> None:
    """Have the systems of these visits' sites told in the background, where what happened changes anything for them."""
    if kind not in CHANGES:
        return
    sites = set(AccessSystem.objects.filter(removed_at=None).values_list("site", flat=True))
    queue_many(TELL, [(current_tenant(), {"visit": str(each.pk)}) for each in visits if each.site_id in sites])


@transaction.atomic
def next_call(visit_id: uuid.UUID, *, at: datetime) -> Call | None:
    """
    Count an attempt before it is made and return it; None where its system knows already, or there is none.

    A visit that was never granted is not revoked either.
    """
    visit = Visit.objects.select_related("site", "type__cards").filter(pk=visit_id).first()
    row = _next_told(visit) if visit else None
    if visit is None or row is None:
        return None
    system, rights = row.system, _rights(visit, row, at=at)
    said = hashlib.sha256(body_of(replace(rights, revision=0))).hexdigest()
    if (not rights.granted and row.revision == 0) or (row.told_at is not None and row.said == said):
        return None
    row.revision += 1
    row.granted, row.said, row.told_at, row.given_up_at = rights.granted, said, None, None
    row.attempts += 1
    row.save()
    body = body_of(rights)
    signed = headers([system.secret], f"{row.pk}.{row.revision}", int(at.timestamp()), body)
    return Call(row.pk, row.revision, row.attempts, system.address, body, signed)


@transaction.atomic
def note_answer(call: Call, problem: str, *, last: bool, at: datetime) -> None:
    """Note whether a call arrived ("" for no problem); one that was overtaken by a newer one changes nothing."""
    row = AccessGrant.objects.select_for_update(of=("self",)).filter(pk=call.grant, revision=call.revision).first()
    if row is None:
        return
    row.problem = problem
    if not problem:
        row.told_at, row.attempts = at, 0
    elif last:
        row.given_up_at, row.attempts = at, 0
    row.save()
    told = {"problem": problem} | ({} if problem else {"answered_at": at})
    AccessSystem.objects.filter(pk=row.system_id).update(**told)


def _next_told(visit: Visit) -> AccessGrant | None:
    """Return, locked, the row of a visit about which something may be to tell: at a site it was moved from first."""
    rows = AccessGrant.objects.select_for_update(of=("self",)).select_related("system")
    open_ones = rows.filter(visit=visit, system__removed_at=None)
    undone = Q(granted=True) | Q(told_at=None)
    if left := open_ones.exclude(system__site=visit.site_id).filter(undone, revision__gt=0).first():
        return left
    system = AccessSystem.objects.filter(site=visit.site_id, removed_at=None).first()
    if system is None:
        return None
    AccessGrant.objects.get_or_create(visit=visit, system=system)
    return rows.get(visit=visit, system=system)


def _rights(visit: Visit, row: AccessGrant, *, at: datetime) -> Rights:
    """Return what a visitor may open now: what the group of their kind opens, from early arrival to the planned end."""
    group, issue = visit.type.cards, visit.cards.filter(revoked_at=None).select_related("card").first()
    until = issue.until if issue else visit.ends_at
    here = row.system.site_id == visit.site_id
    may = here and visit.state in _MAY and group is not None and bool(group.zones) and until > at
    hours = (f"{group.opens_at:%H:%M}", f"{group.closes_at:%H:%M}") if group and group.opens_at else None
    early = timedelta(minutes=rules_of(visit.site).early_minutes)
    return Rights(
        grant=str(row.pk), revision=row.revision + 1, granted=may, name=visit.name, company=visit.company,
        site=visit.site.name, zones=group.zones if group else (), hours=hours, valid_from=visit.begins_at - early,
        valid_until=until, card=issue.card.number if issue else "",
    )  # fmt: skip
