"""What other apps may do with people."""

import uuid
from datetime import datetime

from kontor.kernel.actor import Actor
from kontor.kernel.models import Role
from kontor.office.identity.actions import invitations
from kontor.office.identity.queries import here
from kontor.office.identity.queries.cases import case_words, open_cases

__all__ = ["case_words", "enrol", "here", "invite_administrator", "open_cases"]


def invite_administrator(*, email: str, name: str, language: str, at: datetime, actor: Actor) -> uuid.UUID:
    """Invite the person who will administer the current tenant, and return their membership's id."""
    role = Role.objects.get(everything=True)
    membership = invitations.invite(
        email=email, name=name, roles=[role], kind="EMPLOYEE", language=language, held=None, at=at, actor=actor
    )
    return membership.pk


def enrol(*, email: str, name: str, password: str, role: str, language: str, at: datetime, actor: Actor) -> uuid.UUID:
    """Let a person in with a known password and the role of that name, "" for the administrator's; their user id."""
    chosen = Role.objects.get(name=role) if role else Role.objects.get(everything=True)
    user = invitations.enrol(
        email=email, name=name, password=password, roles=[chosen], language=language, at=at, actor=actor
    )
    return user.pk
