"""What other apps may do with people."""

import uuid
from datetime import date, datetime

from kontor.kernel.actor import Actor
from kontor.kernel.models import Role
from kontor.office.identity.actions import house_locks as locking, invitations
from kontor.office.identity.actions.attempts import PausedError, begin_attempt, forget_attempt, note_failure
from kontor.office.identity.actions.auditors import admit_auditor, dismiss_auditor
from kontor.office.identity.actions.demo import look_after_access, open_sites, try_apart
from kontor.office.identity.actions.forgetting import forget_person
from kontor.office.identity.actions.house_locks import HouseGround
from kontor.office.identity.actions.invitations import AlreadyHereError
from kontor.office.identity.actions.locks import LockRefusedError
from kontor.office.identity.actions.notify import tell_administrators
from kontor.office.identity.actions.taking_in import TakenIn, send_new_links, take_in
from kontor.office.identity.queries import here
from kontor.office.identity.queries.addresses import (
    Colleague,
    MailTo,
    addresses_of,
    colleagues,
    mail_to,
    names_of,
)
from kontor.office.identity.queries.cases import case_words, open_cases
from kontor.office.identity.queries.house_locks import ShownLock, ShownViolation, house_locks, violations
from kontor.office.identity.queries.single_sign_on import is_own_domain

__all__ = [
    "AlreadyHereError",
    "Colleague",
    "HouseGround",
    "LockRefusedError",
    "MailTo",
    "PausedError",
    "ShownLock",
    "ShownViolation",
    "TakenIn",
    "addresses_of",
    "admit_auditor",
    "begin_attempt",
    "case_words",
    "colleagues",
    "dismiss_auditor",
    "enrol",
    "forget_attempt",
    "forget_person",
    "here",
    "house_locks",
    "invite_administrator",
    "is_own_domain",
    "lay_house_lock",
    "lift_house_lock",
    "look_after_access",
    "mail_to",
    "names_of",
    "note_failure",
    "note_violation",
    "open_cases",
    "open_sites",
    "report_violation",
    "send_new_links",
    "take_in",
    "tell_administrators",
    "try_apart",
    "violations",
]


def lay_house_lock(
    of_tenant: uuid.UUID, user_name: str, ground: HouseGround, *, at: datetime, actor: Actor
) -> uuid.UUID:
    """Lock, as the house, a customer or one person there, once its contract allows it; the lock's key."""
    return locking.lay(of_tenant, user_name, ground, at=at, actor=actor)


def lift_house_lock(lock_id: uuid.UUID, *, because: str, at: datetime, actor: Actor) -> uuid.UUID:
    """Lift a lock of the house with the reason; the customer's key."""
    return locking.lift(lock_id, because=because, at=at, actor=actor)


def note_violation(
    of_tenant: uuid.UUID, user_name: str, *, rule: str, clause: str, on: date, at: datetime, actor: Actor
) -> uuid.UUID:
    """Keep that one of a customer's people broke a rule of use; the violation's key."""
    return locking.note_violation(of_tenant, user_name, rule=rule, clause=clause, on=on, at=at, actor=actor).pk


def report_violation(violation_id: uuid.UUID, *, at: datetime, actor: Actor) -> None:
    """Tell the customer's contact of a violation and demand that it stop."""
    locking.report_violation(violation_id, at=at, actor=actor)


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
