"""Handing over: what somebody may do here passes to a colleague, and the access of who leaves ends."""

import uuid
from datetime import datetime

from django.db import transaction

from kontor.kernel.actions import credentials, rights
from kontor.kernel.actions.record import record
from kontor.kernel.actions.sessions import end_sessions
from kontor.kernel.actor import Actor
from kontor.kernel.models import Membership, Role, RoleAssignment
from kontor.kernel.tenancy import current_tenant
from kontor.office.identity.actions.limits import Held, refuse_roles_beyond
from kontor.office.identity.actions.policy import pass_again
from kontor.office.identity.queries import INVITATION, is_here


class NobodyToHandToError(Exception):
    """Whoever is to take over is not here (any more), or is the same person."""


@transaction.atomic
def hand_over(membership_id: uuid.UUID, *, to: uuid.UUID, held: Held, at: datetime, actor: Actor) -> Membership:
    """
    Give a colleague every role of a member, at each place, in addition to their own; the member's access ends now.

    Return the colleague's membership. NobodyToHandToError, BeyondOwnRightsError, Membership.DoesNotExist.
    """
    list(Role.objects.select_for_update().filter(everything=True))
    leaving = Membership.objects.select_for_update().select_related("user").get(pk=membership_id)
    taking = Membership.objects.select_for_update().select_related("user").get(pk=to)
    if taking == leaving or not is_here(taking, at=at):
        raise NobodyToHandToError
    passed = list(leaving.assignments.select_related("role", "site"))
    refuse_roles_beyond(held, [grant.role for grant in passed])
    for grant in passed:
        RoleAssignment.objects.get_or_create(membership=taking, role=grant.role, site=grant.site)
    names = sorted(f"{grant.role.name} · {grant.site}" if grant.site else grant.role.name for grant in passed)
    for one, other in ((leaving, taking), (taking, leaving)):
        told = {"roles": names, "from": str(leaving.user), "to": str(taking.user)}
        record("identity.handed_over", one, at=at, actor=actor, after=told | {"with": str(other.pk)})
    rights.set_leaving(leaving.pk, until=at, at=at, actor=actor)
    credentials.revoke(INVITATION, leaving.user_id, at=at)
    for member in (leaving, taking):
        pass_again(member)
        if member.user_id != actor.id:
            end_sessions(member.user_id, working_in=current_tenant())
    return taking
