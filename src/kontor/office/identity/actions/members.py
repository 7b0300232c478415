"""What becomes of a member: kind, roles, and when they leave."""

import uuid
from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from kontor.kernel.actions import credentials, rights
from kontor.kernel.actions.record import record
from kontor.kernel.actions.sessions import end_sessions
from kontor.kernel.actor import Actor
from kontor.kernel.models import Membership, Role
from kontor.kernel.tenancy import current_tenant
from kontor.office.identity.actions.limits import Held, refuse_roles_beyond, refuse_without_contract, take_a_seat
from kontor.office.identity.actions.policy import pass_again
from kontor.office.identity.queries import INVITATION, is_here


@transaction.atomic
def change_member(
    membership_id: uuid.UUID,
    *,
    kind: str,
    roles: Collection[uuid.UUID],
    until: datetime | None,
    held: Held,
    at: datetime,
    actor: Actor,
    consulting_contract: str = "",
) -> Membership:
    """
    Give a member this kind, exactly these roles everywhere, and this moment of leaving, None for no end.

    held                 what the person who does it may do, None for everything
    consulting_contract  under which a service provider works here; without one they can only leave

    LastAdministratorError, SeatsTakenError (for somebody who comes back), ContractMissingError and BeyondOwnRightsError
    say what stands in the way; Membership.DoesNotExist for another tenant's id.
    """
    if until is None or until > at:
        refuse_without_contract(kind, consulting_contract)
    membership = Membership.objects.select_for_update().get(pk=membership_id)
    before = {each.role_id: each.role for each in membership.assignments.filter(site=None).select_related("role")}
    chosen = {role.pk: role for role in Role.objects.filter(pk__in=roles)}
    swapped = [role for key, role in (before | chosen).items() if (key in before) != (key in chosen)]
    refuse_roles_beyond(held, swapped)
    leaving_changes = until != membership.until
    if leaving_changes:
        refuse_roles_beyond(held, [role for role in before.values() if role.everything])
    if not is_here(membership, at=at) and (until is None or until > at):
        take_a_seat(at=at)
    contract = consulting_contract.strip() if kind == Membership.Kind.SERVICE_PROVIDER else ""
    _set_kind(membership, kind, contract, at=at, actor=actor)
    if leaving_changes:
        rights.set_leaving(membership.pk, until=until, at=at, actor=actor)
    if swapped:
        rights.set_roles(membership.pk, roles=list(chosen), at=at, actor=actor)
        pass_again(membership)
        if membership.user_id != actor.id:
            end_sessions(membership.user_id, working_in=current_tenant())
    if until is not None and until <= at:
        credentials.revoke(INVITATION, membership.user_id, at=at)
    return Membership.objects.get(pk=membership.pk)


def _set_kind(membership: Membership, kind: str, contract: str, *, at: datetime, actor: Actor) -> None:
    if membership.kind == Membership.Kind.AUDITOR:
        return  # what an auditor opens is on record and never writes, until the visit is over
    before, after = _kind(membership), {"kind": kind} | ({"contract": contract} if contract else {})
    if before == after:
        return
    membership.kind, membership.consulting_contract = kind, contract
    membership.save(update_fields=["kind", "consulting_contract"])
    record("identity.kind_changed", membership, at=at, actor=actor, before=before, after=after)


def _kind(membership: Membership) -> dict[str, str]:
    contract = membership.consulting_contract
    return {"kind": membership.kind} | ({"contract": contract} if contract else {})
