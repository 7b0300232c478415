"""Auditors: let in by name for some days, with pages of their own choosing, and out again by themselves."""

import uuid
from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from kontor.kernel.actions import rights
from kontor.kernel.actions.sessions import end_sessions
from kontor.kernel.actor import Actor
from kontor.kernel.models import Membership, Role
from kontor.kernel.tenancy import current_tenant
from kontor.office.identity.actions.invitations import invite
from kontor.office.identity.actions.limits import Held


@transaction.atomic
def admit_auditor(
    *, email: str, name: str, language: str, permissions: Collection[str], held: Held, until: datetime, at: datetime,
    actor: Actor,
) -> uuid.UUID:  # fmt: skip
    """
    Invite somebody to look at the pages of these permissions until a moment; the membership's key.

    held  what whoever admits them may do, None for everything; errors as `invite`
    """
    wanted = f"Audit: {name}"[:100]
    known = Role.objects.filter(name=wanted).first()
    if known is None:
        role = rights.make_role(name=wanted, permissions=permissions, at=at, actor=actor)
    else:
        role = rights.change_role(known.pk, name=wanted, permissions=permissions, at=at, actor=actor)
    member = invite(
        email=email, name=name, roles=[role], kind=Membership.Kind.AUDITOR, language=language, held=held, until=until,
        at=at, actor=actor,
    )  # fmt: skip
    return member.pk


@transaction.atomic
def dismiss_auditor(membership_id: uuid.UUID, *, at: datetime, actor: Actor) -> None:
    """End an auditor's access now, wherever they are signed in; Membership.DoesNotExist for anybody else."""
    member = Membership.objects.get(pk=membership_id, kind=Membership.Kind.AUDITOR)
    rights.set_leaving(member.pk, until=at, at=at, actor=actor)
    end_sessions(member.user_id, working_in=current_tenant())
