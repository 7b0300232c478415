"""Ending sessions: one's own wherever they are, a member's where they work for this tenant."""

from datetime import datetime

from django.db import transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actions.sessions import end_session, end_sessions
from kontor.kernel.actor import Actor
from kontor.kernel.models import Membership, Session
from kontor.kernel.tenancy import current_tenant
from kontor.office.identity.models import User


@transaction.atomic
def end_own(user: User, *, key: str = "", keep: str | None = None, at: datetime, actor: Actor | None) -> int:
    """
    End one of one's own sessions, or with no key all but the one that asks; return how many.

    keep   the cookie of the session that asks
    actor  None where the person works nowhere yet: then no record is there to write to
    """
    ended = end_session(key, person=user.pk) if key else end_sessions(user.pk, keep=keep)
    if ended and actor is not None:
        record("identity.sessions_ended", user, at=at, actor=actor, after={"count": ended})
    return ended


@transaction.atomic
def end_of_member(membership: Membership, *, key: str = "", at: datetime, actor: Actor) -> int:
    """
    End the sessions in which a member works for the current tenant, or the one kept under `key`; return how many.

    Those in which the person works for somebody else are none of this tenant's affair.
    """
    here = Session.objects.filter(person=membership.user_id, working_in=current_tenant())
    ended = here.filter(pk=key).delete()[0] if key else here.delete()[0]
    if ended:
        record("identity.sessions_ended", membership, at=at, actor=actor, after={"count": ended})
    return ended
